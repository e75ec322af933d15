import { readFile } from 'node:fs/promises'
import fc from 'fast-check'
import { parse } from 'yaml'
import { expect, test } from 'vitest'
import { buildDescription } from '../build-description.ts'
import { type DescriptionFile } from '../description-file.ts'
import { editDescription, type TextEdit } from '../edit/edit-description.ts'
import { fieldName, type FieldPath, type FieldProblem } from '../problem.ts'
import { readDescription, seedDescriptionFile } from '../read-description.ts'
import { languages } from '../closed-lists.ts'
import type { RegisterDescription } from '../register-description.ts'
import { shapeProblems } from '../shape-problems.ts'
import { describeChanges } from './describe-changes.ts'

const seed = await readFile(seedDescriptionFile, 'utf8')
const first = await readDescription()

/** The seed with every optional value. */
const full = editDescription(seed, [
  { path: ['recordingPlan', 'rules', 0, 'quota'], value: { per: 'official', weekly: 5 } },
  { path: ['recordingPlan', 'rules', 0, 'hours'], value: { days: ['MON', 'TUE'], from: '08:00', to: '16:15' } },
  { path: ['recordingPlan', 'rules', 0, 'share'], value: 0.125 },
  { path: ['recordingPlan', 'rules', 0, 'until'], value: '2027-12-31' },
  { path: ['recordingPlan', 'rules', 0, 'necessity'], value: 'Otos riittää.' },
  { path: ['recordingPlan', 'announcements', 0, 'numbers', 3] },
  { path: ['purposes', 0, 'legalBasis'], value: { fi: 'a', sv: 'b', en: 'c' } },
  { path: ['numbers', 0, 'validTo'], value: '2028-12-31' },
  { path: ['disclosure', 'provisions', 0, 'validTo'], value: '2030-12-31' },
  { path: ['disclosure', 'pseudonymised'], value: true },
  { path: ['disclosure', 'returnWorkingDays'], value: 5 },
  { path: ['contacts', 'accessibility', 'phone'], value: '029 512 000' },
  {
    path: ['contacts', 'dataProtectionOfficer'],
    value: { address: { fi: 'a', sv: 'b', en: 'c' }, email: 'tsv@vero.example', phone: '029 512 000' },
  },
  { path: ['switches', 'logRetentionMonths'], value: 72 },
  { path: ['storage', 'backupDays'], value: 14 },
])

/** Returns a file's content, valid or not; undefined if it does not have the shape of a description. */
function readAnyway(file: DescriptionFile): RegisterDescription | undefined {
  if (shapeProblems(file).length > 0) return undefined
  const problems: FieldProblem[] = []
  const description = buildDescription(file, problems)
  return problems.length === 0 ? (description as RegisterDescription) : undefined
}
const fullFile = parse(full) as DescriptionFile
const fullDescription = readAnyway(fullFile)!

/** Returns the complete file with other values. */
function withValues(edits: readonly TextEdit[]): DescriptionFile {
  const file = structuredClone(fullFile)
  for (const { path, value } of edits) {
    const holder = path.slice(0, -1).reduce<unknown>((at, part) => (at as Record<string, unknown>)[part], file)
    ;(holder as Record<string, unknown>)[path.at(-1)!] = value
  }
  return file
}

const changesAfter = (edits: TextEdit[]) => {
  const next = readAnyway(parse(editDescription(seed, edits)) as DescriptionFile)
  expect(next).toBeDefined()
  return describeChanges(first, next!)
}
const rule = ['recordingPlan', 'rules', 0]

/** Returns every value in the file with its path, except the values that the approval procedure sets. */
function leavesOf(value: unknown, path: FieldPath = []): [FieldPath, unknown][] {
  if (typeof value !== 'object' || value === null) return [[path, value]]
  return Object.entries(value).flatMap(([key, item]) =>
    leavesOf(item, [...path, Array.isArray(value) ? Number(key) : key]),
  )
}
const reportedLeaves = leavesOf(fullFile).filter(
  ([path]) =>
    !['version', 'effectiveFrom', 'decision'].includes(String(path[0])) &&
    !/^recordingPlan\.(defaultShare|rules\[\d\]\.version)$/.test(fieldName(path)),
)
/** Candidates for changed values; the first one that is valid in its place is used. */
const words =
  'SUPERVISOR QUALITY TRAINING unit own gdpr SWITCHBOARD NATIONAL_SERVICE sv fi recordings history number SAT CALLERS ANSWERING_OFFICIALS CALLER_NUMBER SERVICE_NUMBER SECURITY optional denied required case fault inspection SE'
const candidatesFor = (value: unknown): unknown[] => {
  if (typeof value === 'boolean') return [!value]
  if (value === null) return [6]
  if (typeof value === 'number') return value < 1 ? [value / 2] : [value + 1, value - 1, value / 2, null]
  return ['2029-02-03', '09:30', '029 497 055', '029 777', ...words.split(' '), 'other-id', 'Toinen teksti'].filter(
    (other) => other !== value,
  )
}
const mutants = reportedLeaves.flatMap(([path, value]) => {
  const found = candidatesFor(value)
    .map((other) => ({ path, value: other }))
    .find((edit) => readAnyway(withValues([edit])))
  return found ? [found] : []
})

test('no changes are reported if only the head and the versions of rules differ', () => {
  expect(describeChanges(fullDescription, fullDescription)).toEqual([])
  expect(
    changesAfter([
      { path: ['version'], value: 2 },
      { path: ['effectiveFrom'], value: '2027-01-01' },
      { path: ['decision', 'author'], value: 'paula' },
      { path: [...rule, 'version'], value: 4 },
    ]),
  ).toEqual([])
})

test('every changed value is reported with its section, in three languages', () => {
  const unchanged = reportedLeaves.filter(([path]) => !mutants.some((edit) => fieldName(edit.path) === fieldName(path)))
  expect(unchanged.map(([path]) => fieldName(path))).toEqual([
    'terms.historyMonths',
    'terms.recordingFloorMonths',
    'terms.recordingCeilingMonths',
  ])
  for (const edit of mutants) {
    const changes = describeChanges(fullDescription, readAnyway(withValues([edit]))!)
    expect(changes.length, fieldName(edit.path)).toBeGreaterThan(0)
    for (const { field, text } of changes) {
      expect(field.split(/[.[]/)[0]).toBe(edit.path[0])
      expect(text.en, `${fieldName(edit.path)} is described`).not.toContain('the order changes')
      for (const language of languages) {
        expect(text[language]).toMatch(/^\S.*[.]$/s)
        expect(text[language]).not.toMatch(/undefined|\[object|NaN/)
      }
      expect(text.fi).not.toBe(text.sv)
    }
  }
})

test('every removed and added item is reported', () => {
  const lists = ['purposes', 'roles', 'numbers', 'recordingPlan.rules', 'recordingPlan.announcements', 'storage.sites']
  for (const list of [...lists, 'disclosure.provisions', 'roles.0.purposes', 'recordingPlan.rules.0.numbers']) {
    const path = list.split('.').map((part) => (/^\d+$/.test(part) ? Number(part) : part))
    const items = path.reduce<unknown>((at, part) => (at as Record<string, unknown>)[part], fullFile) as unknown[]
    // A list that loses its only item is empty: invalid in a description, but enough for the comparison.
    const less = structuredClone(fullFile)
    ;(path.reduce<unknown>((at, part) => (at as Record<string, unknown>)[part], less) as unknown[]).pop()
    const shorter = buildDescription(less, []) as RegisterDescription
    expect(items.length).toBeGreaterThan(0)
    for (const changes of [describeChanges(fullDescription, shorter), describeChanges(shorter, fullDescription)]) {
      expect(changes.length, list).toBeGreaterThan(0)
      for (const { text } of changes) expect(text.en).not.toContain('the order changes')
    }
  }
})

test('if several sections are edited, each is reported, in both directions', () => {
  fc.assert(
    fc.property(fc.subarray(mutants, { minLength: 1 }), (edits) => {
      const next = readAnyway(withValues(edits))!
      for (const changes of [describeChanges(fullDescription, next), describeChanges(next, fullDescription)]) {
        const sections = new Set(changes.map(({ field }) => field.split(/[.[]/)[0]))
        expect(sections).toEqual(new Set(edits.map(({ path }) => path[0])))
      }
    }),
    { numRuns: 60 },
  )
})

test('a changed term names the telephone numbers that it applies to (R25)', () => {
  const [change, ...more] = changesAfter([
    { path: [...rule, 'recordingMonths'], value: 3 },
    { path: [...rule, 'version'], value: 4 },
  ])
  expect(more).toEqual([])
  expect(change).toEqual({
    field: 'recordingPlan.rules[0].recordingMonths',
    text: {
      fi: 'Säilytysaika numeroissa 029 497 000, 029 497 001 ja 029 497 010: aiemmin 6, jatkossa 3 kuukautta.',
      sv: 'Lagringstiden för 029 497 000, 029 497 001 och 029 497 010: hittills 6, framöver 3 månader.',
      en: 'Retention on 029 497 000, 029 497 001 and 029 497 010 from 6 to 3 months.',
    },
  })
})

test.each<[what: string, edits: TextEdit[], field: string, fi: string, en: string]>([
  [
    'the controller',
    [{ path: ['controller', 'name'], value: { fi: 'Kela', sv: 'FPA', en: 'Kela' } }],
    'controller.name',
    'Rekisterinpitäjän nimi: aiemmin ”Verohallinto”, jatkossa ”Kela”.',
    'Name of the controller: from “Tax Administration” to “Kela”.',
  ],
  [
    'one language of a name',
    [{ path: ['controller', 'name', 'sv'], value: 'Skatte' }],
    'controller.name.sv',
    'Rekisterinpitäjän nimi ruotsiksi: aiemmin ”Skatteförvaltningen”, jatkossa ”Skatte”.',
    'Name of the controller in Swedish: from “Skatteförvaltningen” to “Skatte”.',
  ],
  [
    'a share',
    [{ path: ['recordingPlan', 'defaultShare'], value: 0.125 }],
    'recordingPlan.rules[0].share',
    'Otanta numeroissa 029 497 000, 029 497 001 ja 029 497 010: aiemmin 10 %, jatkossa 12,5 %.',
    'Share recorded on 029 497 000, 029 497 001 and 029 497 010 from 10% to 12.5%.',
  ],
  [
    'hours',
    [{ path: [...rule, 'hours'], value: { days: ['MON', 'FRI'], from: '08.00', to: '24:00' } }],
    'recordingPlan.rules[0].hours',
    'Sääntö Palvelunumerot, ajat: aiemmin ympäri vuorokauden, jatkossa ma ja pe 8.00–24.00.',
    'Rule Service numbers, hours: from around the clock to Mon and Fri 8:00–24:00.',
  ],
  [
    'a quota',
    [{ path: [...rule, 'quota'], value: { per: 'official', weekly: 5 } }],
    'recordingPlan.rules[0].quota',
    'Sääntö Palvelunumerot, kiintiö: aiemmin ei kiintiötä, jatkossa enintään 5 tallennetta viikossa virkailijaa kohti.',
    'Rule Service numbers, quota: from no quota to at most 5 recordings a week for each official.',
  ],
  [
    'a number that ends',
    [{ path: ['numbers', 2, 'validTo'], value: '2027-05-31' }],
    'numbers[2].validTo',
    'Numero 029 497 010, viimeinen päivä: aiemmin ei rajaa, jatkossa 31.5.2027.',
    'Number 029 497 010, last day: from no limit to 31 May 2027.',
  ],
  [
    'a purpose of a role',
    [{ path: ['roles', 0, 'purposes', 1] }],
    'roles[0].purposes',
    'Rooli virkailija ei enää saa käyttää rekisteriä tarkoitukseen tarkastusoikeuden toteuttaminen.',
    'Role official may no longer use the register for serving the right of inspection.',
  ],
  [
    'a switch',
    [{ path: ['switches', 'officialConsent'], value: 'required' }],
    'switches.officialConsent',
    'Virkailijan asema: aiemmin virkailijalle kerrotaan, jatkossa virkailijan suostumus tarvitaan.',
    'Status of the official: from the official is informed to the official’s consent is required.',
  ],
  [
    'what maintenance may see',
    [{ path: ['switches', 'maintenanceContent'], value: 'breakGlass' }],
    'switches.maintenanceContent',
    'Teknisen ylläpidon pääsy sisältöön: aiemmin sallittu, jatkossa vain hätätilanteessa.',
    'Access of technical maintenance to content: from allowed to only in an emergency.',
  ],
  [
    'the order of a list',
    [{ path: ['dataSubjects'], value: ['ANSWERING_OFFICIALS', 'CALLERS'] }],
    'dataSubjects',
    'Rekisteröidyt: aiemmin soittavat asiakkaat ja vastaavat virkailijat, jatkossa vastaavat virkailijat ja soittavat asiakkaat.',
    'Data subjects: from customers who call and officials who answer to officials who answer and customers who call.',
  ],
])('%s is described in plain language', (_what, edits, field, fi, en) => {
  expect(changesAfter(edits)).toEqual([{ field, text: { fi, sv: expect.any(String) as string, en } }])
})

test('a changed kind of number, and a new number, are described', () => {
  const number = {
    number: '029 497 020',
    kind: 'REGIONAL_SERVICE',
    language: 'sv',
    region: { fi: 'Ahvenanmaa', sv: 'Åland', en: 'Åland' },
    names: { fi: 'Ahvenanmaan numero', sv: 'Ålands nummer', en: 'Number for Åland' },
    validFrom: '2027-01-01',
  }
  expect(changesAfter([{ path: ['numbers', 6], value: number }])[0]?.text).toEqual({
    fi: 'Uusi numero 029 497 020, Ahvenanmaan numero (alueellinen palvelunumero, Ahvenanmaa, ruotsi), 1.1.2027–.',
    sv: 'Nytt nummer 029 497 020, Ålands nummer (regionalt servicenummer, Åland, svenska), 1.1.2027–.',
    en: 'New number 029 497 020, Number for Åland (regional service number, Åland, Swedish), 1 Jan 2027–.',
  })
})

test('a new version of a rule is reported as a new rule, and the end of the old version as its changed last day', () => {
  const [sample] = first.recordingPlan.rules
  const next = {
    id: 'service-numbers',
    version: 4,
    names: sample!.names,
    numbers: ['029 497 000'],
    share: 0.2,
    recordingMonths: 3,
    from: '2027-06-01',
  }
  const changes = changesAfter([
    { path: [...rule, 'until'], value: '2027-05-31' },
    { path: ['recordingPlan', 'rules', 2], value: next },
  ])
  expect(changes.map(({ field, text }) => `${field} ${text.en}`)).toEqual([
    'recordingPlan.rules[0].until Rule Service numbers, last day: from no limit to 31 May 2027.',
    'recordingPlan.rules[2] New rule Service numbers: on 029 497 000 20% of the calls are recorded from 1 Jun 2027; recordings are kept for 3 months.',
  ])
})
