import { readFile } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import { createTestDatabase } from '#test/database/create-test-database.ts'
import { acceptedDraft } from '#test/database/drafts.ts'
import { enterTestPerson } from '#test/database/people.ts'
import { editDescription } from '#description/edit/edit-description.ts'
import { parseDescription, seedDescriptionFile } from '#description/read-description.ts'
import type { SafeguardTables } from '../tables.ts'
import { readDraft } from './draft.ts'
import { startDraft } from './change-draft.ts'
import { importNumbers, readNumbersFile } from './import-numbers.ts'

const seed = await readFile(seedDescriptionFile, 'utf8')
const heading = 'number;kind;language;name_fi;name_sv;name_en;region_fi;region_sv;region_en;valid_from;valid_to'
const row = (cells: Partial<Record<string, string>> = {}) => {
  const values = {
    number: '029 497 020',
    kind: 'national_service',
    language: 'fi',
    name_fi: 'Yritykset',
    name_sv: 'Företag',
    name_en: 'Businesses',
    valid_from: '2027-01-01',
    ...cells,
  } as Record<string, string>
  return heading
    .split(';')
    .map((column) => values[column] ?? '')
    .join(';')
}
const file = (...rows: string[]) => Buffer.from([heading, ...rows].join('\r\n'), 'utf8')
const problemsOf = (content: Buffer, text = seed) => {
  const read = readNumbersFile(content, text)
  return read.ok ? [] : read.problems.map(({ row: line, column, code }) => [line, column, code])
}

describe('a file of numbers', () => {
  test('adds new entries and replaces the entry with the same number and first day', () => {
    const content = file(
      row(),
      row({
        number: '+358 29 497 010',
        kind: 'REGIONAL_SERVICE',
        region_fi: 'Lappi',
        region_sv: 'Lappland',
        region_en: 'Lapland',
        valid_from: '1.1.2026',
        valid_to: '31.12.2026',
      }),
      row({ number: '029497010', valid_from: '2027-01-01' }),
    )
    const read = readNumbersFile(content, seed)
    if (!read.ok) throw new Error(JSON.stringify(read.problems))
    const parsed = parseDescription(editDescription(seed, [{ path: ['numbers'], value: read.numbers }]))
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems))
    expect(parsed.description.numbers).toHaveLength(8)
    expect(parsed.description.numbers[2]).toMatchObject({
      display: '029 497 010',
      kind: 'REGIONAL_SERVICE',
      region: { sv: 'Lappland' },
      validTo: Temporal.Instant.from('2026-12-31T22:00:00Z'),
    })
    expect(parsed.description.numbers.slice(6).map(({ display, kind }) => [display, kind])).toEqual([
      ['029 497 020', 'NATIONAL_SERVICE'],
      ['029 497 010', 'NATIONAL_SERVICE'],
    ])
  })

  test.each([
    ['no number', { number: '' }, 'number', 'number.missing'],
    ['an invalid number', { number: 'puhelin' }, 'number', 'number.not-a-number'],
    ['a withheld number', { number: 'anonymous' }, 'number', 'number.not-a-number'],
    ['a kind that does not exist', { kind: 'MOBILE' }, 'kind', 'number.kind'],
    ['a language that does not exist', { language: 'de' }, 'language', 'number.language'],
    ['a name missing', { name_sv: '' }, 'name_sv', 'number.name-missing'],
    ['a control character', { name_en: 'Busi\u0007nesses' }, 'name_en', 'number.text-wrong'],
    [
      'a region missing',
      { kind: 'REGIONAL_SERVICE', region_fi: 'Lappi', region_sv: 'Lappland' },
      'region_en',
      'number.region-missing',
    ],
    ['a region too many', { region_fi: 'Lappi' }, 'region_fi', 'number.region-extra'],
    ['no first day', { valid_from: '' }, 'valid_from', 'number.from-missing'],
    ['an invalid day', { valid_from: '31.2.2027' }, 'valid_from', 'number.not-a-day'],
    ['an end before the start', { valid_to: '2026-12-31' }, 'valid_to', 'number.ends-before-it-begins'],
    ['a number the draft has at that time', { number: '029 497 000' }, 'valid_from', 'number.in-draft'],
  ])('with %s is refused with its row and column', (_, cells, column, code) => {
    expect(problemsOf(file(row({ number: '029 497 021' }), row(cells)))).toEqual([[3, column, code]])
  })

  test('with duplicate or overlapping numbers reports both rows', () => {
    expect(problemsOf(file(row(), row({ number: '+35829497020' })))).toEqual([[3, 'number', 'number.twice-in-file']])
    const overlapping = file(row({ valid_to: '2027-06-30' }), row({ valid_from: '2027-06-30' }))
    expect(problemsOf(overlapping)).toEqual([[3, 'number', 'number.twice-in-file']])
    const read = readNumbersFile(overlapping, seed)
    expect(!read.ok && read.problems[0]?.message.fi).toBe(
      'Numero 029 497 020 on samaan aikaan voimassa myös rivillä 2.',
    )
    expect(problemsOf(file(row({ valid_to: '2027-06-30' }), row({ valid_from: '2027-07-01' })))).toEqual([])
  })

  test('with a wrong encoding or heading reports it', () => {
    expect(problemsOf(Buffer.from([heading, row({ name_fi: 'Älä' })].join('\n'), 'latin1'))).toMatchObject([
      [2, undefined, 'csv.encoding'],
    ])
    expect(problemsOf(Buffer.from('number;kind;colour\n1;2;3'))).toContainEqual([1, 'colour', 'csv.column-unknown'])
  })

  test('reports every wrong row', () => {
    expect(problemsOf(file(row({ kind: 'x' }), row({ language: 'x' }), row({ valid_from: 'x' })))).toEqual([
      [2, 'kind', 'number.kind'],
      [3, 'language', 'number.language'],
      [4, 'valid_from', 'number.not-a-day'],
    ])
  })

  test('is refused if the draft’s list of numbers cannot be read', () => {
    expect(problemsOf(file(row()), 'numbers: [')).toEqual([[1, undefined, 'number.draft-unreadable']])
    expect(problemsOf(file(row()), 'numbers: 3')).toEqual([[1, undefined, 'number.draft-unreadable']])
    expect(problemsOf(file(row()), 'numbers: [3, null, { number: x }]')).toEqual([])
  })
})

describe('an import into a draft', async () => {
  const database = await createTestDatabase<SafeguardTables>()
  const desk = database.as('seloste_desk').db
  const now = () => Temporal.Now.instant()
  const enter = async (name: string) => {
    const right = {
      role: 'ADMINISTRATOR' as const,
      purposes: [],
      scope: { kind: 'none' as const, units: [], numbers: [] },
    }
    return (await enterTestPerson(database.as().db, desk, { name, right })).signIn()
  }
  const [anssi, bea] = await Promise.all([enter('Anssi'), enter('Bea')])

  test('all of a file’s numbers are imported, or none', async () => {
    const draft = acceptedDraft(await startDraft(desk, anssi, now()))
    const wrong = { revision: draft.revision, content: file(row(), row({ number: '029 497 000' })) }
    expect(await importNumbers(desk, anssi, draft.id, wrong, now())).toMatchObject({
      refused: 'import.refused',
      problems: [{ row: 3 }],
    })
    expect(await readDraft(desk, anssi, draft.id, now())).toMatchObject({ text: draft.text, revision: draft.revision })
    const right = { revision: draft.revision, content: file(row()) }
    const changed = await importNumbers(desk, anssi, draft.id, right, now())
    expect(changed).toMatchObject({ revision: draft.revision + 1 })
    expect((changed as typeof draft).text).toContain('029 497 020')
    expect((changed as typeof draft).text).toContain('# The register description of')
  })

  test('nothing is imported into another person’s draft or a stale revision', async () => {
    const draft = acceptedDraft(await startDraft(desk, anssi, now()))
    const request = { revision: draft.revision, content: file(row()) }
    expect(await importNumbers(desk, bea, draft.id, request, now())).toEqual({ refused: 'draft.not-editable' })
    const stale = { ...request, revision: draft.revision - 1 }
    expect(await importNumbers(desk, anssi, draft.id, stale, now())).toEqual({ refused: 'draft.changed-meanwhile' })
  })
})
