import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { canonicalJson } from '#safeguards/audit/entry-bytes.ts'
import { describeRecord } from './describe-record.ts'
import type { RecordRow } from './list-records.ts'
import { csvHeader, csvLine } from './write-csv.ts'

const names = {
  person: (id: string) => ({ p1: 'Riitta Ratkaisija', p2: 'Aino Virkailija' })[id] ?? id,
  role: () => ({ fi: 'Virkailija', sv: 'Tjänsteman', en: 'Official' }),
}
const at = Temporal.Instant.from('2026-11-02T08:00:00.123456Z')
const row = (given: Partial<RecordRow> = {}): RecordRow => ({
  key: 'authority:V-2026-1',
  kind: 'AUTHORITY',
  act: 'REQUEST',
  number: 'V-2026-1',
  entered_at: at,
  decided_at: at.add({ hours: 1 }),
  closed_at: null,
  outcome: 'PART',
  agents: [
    { role: 'RECIPIENT', person: null, name: 'Helsingin poliisilaitos' },
    { role: 'DECISION_MAKER', person: 'p1', name: null },
  ],
  languages: ['fi'],
  facts: { caseNumber: '5560/R/1/26', items: 2 },
  ...given,
})

describe('a decision in the diary', () => {
  test('has what SÄHKE2 requires of a record', () => {
    expect(describeRecord(row(), names)).toMatchObject({
      identifier: 'authority:V-2026-1',
      title: { fi: 'Luovutus viranomaiselle V-2026-1: Helsingin poliisilaitos' },
      agents: [
        { role: 'RECIPIENT', name: 'Helsingin poliisilaitos' },
        { role: 'DECISION_MAKER', name: 'Riitta Ratkaisija' },
      ],
      dates: { entered: '2026-11-02T08:00:00.123456Z', decided: '2026-11-02T09:00:00.123456Z' },
      functionClass: 'disclosure-to-authority',
      type: 'decision',
      publicity: { class: 'SECRET', ground: 'Act 621/1999 section 24(1)(3)', years: 25 },
      retention: { period: 'BY_PLAN' },
      personalData: true,
      languages: ['fi'],
      format: 'application/json',
    })
  })

  test('has a hash of all its other members, whatever their order', () => {
    const entry = describeRecord(row(), names)
    const { hash, ...rest } = JSON.parse(JSON.stringify(entry)) as typeof entry
    expect(createHash('sha256').update(canonicalJson(rest)).digest('hex')).toBe(hash.value)
    const reordered = Object.fromEntries(Object.entries(rest).toReversed())
    expect(createHash('sha256').update(canonicalJson(reordered)).digest('hex')).toBe(hash.value)
    expect(describeRecord(row({ outcome: 'REFUSED' }), names).hash.value).not.toBe(hash.value)
  })

  test('of the description is public, and names the digest of its text', () => {
    const version = row({
      kind: 'VERSION',
      act: 'APPROVAL',
      number: '3',
      agents: [],
      facts: { sha256: 'ab'.repeat(32) },
    })
    expect(describeRecord(version, names)).toMatchObject({
      title: { sv: 'Registerbeskrivningens version 3' },
      publicity: { class: 'PUBLIC' },
      retention: { period: 'PERMANENT' },
      facts: { sha256: 'ab'.repeat(32) },
    })
  })

  test('about a right is named by its role in the three languages', () => {
    const right = row({ kind: 'RIGHT', act: 'REVIEW', number: null, facts: { role: 'OFFICIAL' } })
    expect(describeRecord(right, names).title).toEqual({
      fi: 'Käyttövaltuuden tarkistus: Virkailija',
      sv: 'Granskning av användarbehörighet: Tjänsteman',
      en: 'Review of an access authorisation: Official',
    })
  })
})

describe('the diary as CSV', () => {
  test('has a cell for each column of its header', () => {
    const header = csvHeader()
    expect(header.startsWith('\uFEFFidentifier;kind;')).toBe(true)
    expect(csvLine(describeRecord(row(), names), 'fi').split(';')).toHaveLength(header.split(';').length)
  })

  test.each(['=HYPERLINK("http://x")', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1'])(
    'starts no formula with %j, in any cell',
    (name) => {
      const entry = describeRecord(
        row({
          key: name,
          act: name,
          outcome: name,
          languages: [name],
          agents: [{ role: 'RECIPIENT', person: null, name }],
          facts: { [name]: name },
        }),
        names,
      )
      const cells = csvLine({ ...entry, title: { fi: name, sv: name, en: name } }, 'fi').split(';')
      for (const cell of cells) expect(cell.replace(/^"/, '')).not.toMatch(/^[=+\-@\t\r]/)
    },
  )

  test('keeps a name with quotes, semicolons and line breaks in one cell', () => {
    const agents: RecordRow['agents'] = [{ role: 'RECIPIENT', person: null, name: 'A; "B"\nC' }]
    expect(csvLine(describeRecord(row({ agents }), names), 'fi')).toContain(';"RECIPIENT: A; ""B""\nC";')
  })
})
