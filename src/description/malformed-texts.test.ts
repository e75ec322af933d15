import { readFile } from 'node:fs/promises'
import fc from 'fast-check'
import { parse } from 'yaml'
import { expect, test } from 'vitest'
import { checkDescription } from './checks/check-description.ts'
import { editDescription } from './edit/edit-description.ts'
import { settleDraft } from './edit/settle-draft.ts'
import {
  parseDescription,
  parseSuccessor,
  readDescription,
  readValidParts,
  seedDescriptionFile,
} from './read-description.ts'
import { languages } from './closed-lists.ts'

const seed = await readFile(seedDescriptionFile, 'utf8')
const first = await readDescription()

/** Returns the codes of a text's problems; expects each problem to have a message and a line of the text. */
function problemsOf(text: string): string[] {
  const parsed = parseSuccessor(text, [first])
  if (parsed.ok) return []
  const lines = text.split('\n').length
  for (const { line, field, message, remedy } of parsed.problems) {
    expect(line).toBeGreaterThanOrEqual(1)
    expect(line).toBeLessThanOrEqual(lines)
    expect(field).not.toBe('')
    for (const language of languages) expect(`${message[language]} ${remedy[language]}`).toMatch(/^\S.+[.]$/s)
  }
  expect(parsed.problems.length).toBeLessThanOrEqual(500)
  return parsed.problems.map(({ code }) => code)
}
const repeated = (count: number, line: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => line(index)).join('\n')
const listed = (count: number): string =>
  Array.from({ length: count }, (_, index) => `029 4${String(index).padStart(4, '0')}`).join(', ')
const planOf = (rules: string): string => seed.replace(/\n {2}rules:\n[^]*?\nterms:/, `\n  rules:\n${rules}\n\nterms:`)
const ruleLine = (index: number, numbers: string): string =>
  `    - { id: r${index}, version: 1, names: { fi: a, sv: b, en: c }, numbers: [${numbers}], share: 1, recordingMonths: 2, from: 2026-01-01, until: 2027-01-01, justification: x }`

test.each<[what: string, text: string, codes: string[]]>([
  ['nothing', '', ['yaml.empty']],
  ['a byte order mark alone', '\uFEFF', ['yaml.empty']],
  ['comments alone', '# a\n# b\n', ['yaml.empty']],
  ['null', 'null', ['shape.type']],
  ['a number', '42', ['shape.type']],
  ['a field without a name', `: ${seed}`, ['shape.unknown']],
  ['a text', 'rekisteriseloste', ['shape.type']],
  ['two documents', `${seed}---\nversion: 1\n`, ['yaml.syntax']],
  ['tabs', seed.replaceAll('  ', '\t'), ['yaml.indentation']],
  ['NUL', `${seed}\u0000`, ['text.character']],
  ['a key written twice', `${seed}version: 2\n`, ['yaml.duplicate-key']],
  ['a merge key', seed.replace('profile: seed', '<<: { profile: seed }\nprofile: seed'), ['shape.unknown']],
  ['a tag that runs code elsewhere', seed.replace('profile: seed', 'profile: !!js/function x'), ['yaml.tag']],
  ['an unfinished quotation', seed.replace('profile: seed', 'profile: "seed'), ['yaml.syntax']],
  ['a share of NaN', seed.replace('defaultShare: 0.1', 'defaultShare: .nan'), ['shape.type']],
  ['an infinite share', seed.replace('defaultShare: 0.1', 'defaultShare: .inf'), ['shape.type']],
  ['a version beyond counting', seed.replace('version: 1', 'version: 1e308'), ['shape.too-large']],
  ['months of a fraction', seed.replace('recordingMonths: 6', 'recordingMonths: 5.999999999999999'), ['term.range']],
  ['30 February', seed.replace('until: 2027-05-31', 'until: 2027-02-30'), ['day.none']],
  [
    '29 February in a year that is not a leap year',
    seed.replace('until: 2027-05-31', 'until: 2027-02-29'),
    ['day.none'],
  ],
  ['month 13', seed.replace('until: 2027-05-31', 'until: 2027-13-01'), ['day.none']],
  ['a day of the year 275761', seed.replace('until: 2027-05-31', 'until: +275761-01-01'), ['shape.date']],
  ['Latin-1 read as UTF-8', Buffer.from(seed, 'latin1').toString('utf8'), ['text.encoding']],
  ['UTF-16', Buffer.from(seed, 'utf16le').toString('utf8'), ['text.character']],
])('%s is refused with its reason', (_what, text, codes) => {
  const found = problemsOf(text)
  for (const code of codes) expect(found).toContain(code)
})

test('a byte order mark or another system’s line ends are accepted', () => {
  const windows = `\uFEFF${seed.replaceAll('\n', '\r\n')}`
  expect(parseDescription(windows)).toMatchObject({ ok: true })
  const edited = editDescription(windows, [{ path: ['recordingPlan', 'rules', 0, 'recordingMonths'], value: 3 }])
  expect(edited).toBe(windows.replace('recordingMonths: 6', 'recordingMonths: 3'))
})

/** A quarter of the maximum size is enough to show more than linear time; the long run uses all of it. */
const sizeShare = process.env['SELOSTE_LONG'] === '1' ? 1 : 1 / 4
const scaled = (max: number): number => max * sizeShare

/** CPU time of this process, in seconds. */
function cpuSeconds(work: () => void): number {
  const began = process.cpuUsage()
  work()
  return process.cpuUsage(began).user / 1e6
}
/** CPU time of twenty ordinary descriptions on this machine, for comparison. */
const twentySeeds = cpuSeconds(() => {
  for (let turn = 0; turn < 20; turn++) {
    problemsOf(seed)
    settleDraft(seed, [first], { version: 2 })
  }
})

test.each<[what: string, text: string, code: string]>([
  [
    'aliases of aliases',
    repeated(30, (index) => `a${index}: &a${index} [${`*a${index - 1}, `.repeat(9)}]`),
    'yaml.alias',
  ],
  ['brackets without end', '['.repeat(scaled(200_000)), 'yaml.syntax'],
  [`${scaled(60_000)} fields`, repeated(scaled(60_000), (index) => `field${index}: 1`), 'shape.missing'],
  [
    `${scaled(60_000)} fields more`,
    `${seed}${repeated(scaled(60_000), (index) => `field${index}: 1`)}`,
    'shape.unknown',
  ],
  [`a field of ${scaled(400_000)} letters`, `${seed}${'a'.repeat(scaled(400_000))}: 1`, 'yaml.syntax'],
  [
    `${scaled(4000)} numbers, all of them one`,
    seed.replace(
      /\nnumbers:\n/,
      `\nnumbers:\n${repeated(scaled(4000), () => '  - { number: 029 497 000, kind: SWITCHBOARD, language: fi, names: { fi: a, sv: b, en: c }, validFrom: 2026-01-01 }')}\n`,
    ),
    'number.twice',
  ],
  [`one rule of ${scaled(4900)} numbers`, planOf(ruleLine(0, listed(scaled(4900)))), 'rule.unknown-number'],
  [
    `${scaled(500)} rules of 120 numbers`,
    planOf(repeated(scaled(500), (index) => ruleLine(index, listed(120)))),
    'rule.overlap',
  ],
])('%s take linear time', (_what, text, code) => {
  expect(text.length).toBeLessThan(1_000_000)
  const cost = cpuSeconds(() => {
    expect(problemsOf(text)).toContain(code)
    settleDraft(text, [first], { version: 2 })
  })
  // The slowest text takes 3 times as long as twenty seeds at a quarter of the size. At full size that is 12 times in linear
  // time, and 48 times in quadratic time.
  expect(cost / twentySeeds).toBeLessThan(40 * sizeShare)
})

test('wrong values of every kind in every place are reported, and nothing is thrown', () => {
  const wrong = [null, -1, '', 'x', [null], { x: 1 }]
  const file = parse(seed) as Record<string, unknown>
  const places: (string | number)[][] = []
  walk(file, [])
  let reported = 0
  for (const path of places) {
    // Fields near the top get every wrong value, deeper fields one each.
    for (const value of path.length < 3 ? wrong : [wrong[path.length % wrong.length]]) {
      const changed = structuredClone(file)
      const holder = path.slice(0, -1).reduce<unknown>((at, part) => (at as Record<string, unknown>)[part], changed)
      ;(holder as Record<string, unknown>)[path.at(-1)!] = value
      const { description, shortened, problems } = readValidParts(changed)
      reported += problems.length + checkDescription(description, shortened).length
    }
  }
  expect(places.length).toBeGreaterThan(250)
  expect(reported).toBeGreaterThan(places.length)

  function walk(value: unknown, path: (string | number)[]): void {
    if (path.length > 0) places.push(path)
    if (typeof value !== 'object' || value === null) return
    for (const [key, item] of Object.entries(value)) walk(item, [...path, Array.isArray(value) ? Number(key) : key])
  }
})

test('a text with random damage is either parsed or refused, and can be settled', () => {
  const scrap = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 6 }),
    fc.constantFrom(
      ': ',
      '\n',
      '- ',
      '{',
      '}',
      '[',
      ']',
      '#',
      '"',
      "'",
      '&a ',
      '*a',
      '!x ',
      '|\n',
      '\t',
      '? ',
      '%',
      '---\n',
    ),
  )
  fc.assert(
    fc.property(fc.nat(seed.length), fc.nat(40), scrap, (at, length, put) => {
      const text = seed.slice(0, at) + put + seed.slice(at + length)
      problemsOf(text)
      settleDraft(text, [first], { version: 2 })
    }),
    { numRuns: 40 },
  )
})
