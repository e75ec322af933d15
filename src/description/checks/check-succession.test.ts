import { expect, test } from 'vitest'
import { readFile } from 'node:fs/promises'
import { editDescription, type TextEdit } from '../edit/edit-description.ts'
import { settleDraft } from '../edit/settle-draft.ts'
import { parseSuccessor, readDescription, seedDescriptionFile } from '../read-description.ts'
import { type RegisterDescription } from '../register-description.ts'

const seed = await readFile(seedDescriptionFile, 'utf8')
const first = await readDescription()
const later = '2027-02-01'
const rule = ['recordingPlan', 'rules', 0]
/** The seed with the next version number and a later start: a valid successor of the seed. */
const second = editDescription(seed, [
  { path: ['version'], value: 2 },
  { path: ['effectiveFrom'], value: later },
])

/** Returns the problems of a successor's text, each as `code field, line as written`. */
function problemsOf(text: string, history: readonly RegisterDescription[] = [first]): string[] {
  const parsed = parseSuccessor(text, history)
  const lines = text.split('\n')
  return parsed.ok ? [] : parsed.problems.map(({ code, field, line }) => `${code} ${field}, ${lines[line - 1]!.trim()}`)
}
const after = (edits: TextEdit[]): string[] => problemsOf(editDescription(second, edits))

test('a version follows the previous one, with the next number and a later start (R1)', () => {
  expect(problemsOf(second)).toEqual([])
  expect(problemsOf(seed)).toEqual([
    'version.number version, version: 1',
    'version.not-later effectiveFrom, effectiveFrom: 2026-01-01',
  ])
  expect(problemsOf(seed, [])).toEqual([])
  expect(problemsOf(second, [])).toEqual(['version.number version, version: 2'])
  expect(after([{ path: ['version'], value: 3 }])).toEqual(['version.number version, version: 3'])
  expect(after([{ path: ['effectiveFrom'], value: '2025-12-31T23:59:59+02:00' }])).toContain(
    'version.not-later effectiveFrom, effectiveFrom: 2025-12-31T23:59:59+02:00',
  )
  expect(after([{ path: ['effectiveFrom'], value: '2026-01-01T00:00:01+02:00' }])).toEqual([])
})

test('the version of a rule must be raised if its decisions change, and only then (R14)', () => {
  const field = 'recordingPlan.rules[0].version'
  const changes: TextEdit[] = [
    { path: [...rule, 'recordingMonths'], value: 3 },
    { path: [...rule, 'share'], value: 0.2 },
    { path: [...rule, 'quota'], value: { per: 'number', weekly: 5 } },
    { path: [...rule, 'hours'], value: { days: ['MON'], from: '08:00', to: '16:00' } },
    { path: [...rule, 'until'], value: '2027-05-31' },
    { path: [...rule, 'numbers', 2] },
  ]
  for (const change of changes) {
    expect(after([change])).toEqual([`rule.version-unraised ${field}, version: 3`])
    expect(after([change, { path: [...rule, 'version'], value: 4 }])).toEqual([])
    expect(after([change, { path: [...rule, 'version'], value: 5 }])).toEqual([
      `rule.version-skipped ${field}, version: 5`,
    ])
  }
  expect(after([{ path: [...rule, 'version'], value: 4 }])).toEqual([`rule.version-idle ${field}, version: 4`])
  expect(after([{ path: [...rule, 'names', 'en'], value: 'Numbers' }])).toEqual([])
  expect(after([{ path: ['recordingPlan', 'defaultShare'], value: 0.2 }])).toEqual([
    `rule.version-unraised ${field}, version: 3`,
  ])
})

test('a rule’s version is never reused, even after the rule was removed (R14)', () => {
  const without = settleDraft(editDescription(second, [{ path: ['recordingPlan', 'rules', 1] }]), [first], {
    version: 2,
  })
  const parsed = parseSuccessor(without, [first])
  expect(parsed).toMatchObject({ ok: true })
  const history = [first, (parsed as { description: RegisterDescription }).description]
  const back = editDescription(second, [
    { path: ['version'], value: 3 },
    { path: ['effectiveFrom'], value: '2027-03-01' },
  ])
  expect(problemsOf(back, history)).toEqual(['rule.version-unraised recordingPlan.rules[1].version, version: 1'])
  expect(problemsOf(settleDraft(back, history, { version: 3 }), history)).toEqual([])
})

test('a number that was in use must stay in the list with its kind, and may get an end (R7, R11)', () => {
  const unused = [
    { path: [...rule, 'numbers', 2] },
    { path: [...rule, 'version'], value: 4 },
    { path: ['recordingPlan', 'announcements', 0, 'numbers', 2] },
  ]
  expect(after([...unused, { path: ['numbers', 2, 'validTo'], value: '2027-01-31' }])).toEqual([])
  expect(after([...unused, { path: ['numbers', 2] }])).toEqual(['number.vanished numbers, numbers:'])
  expect(after([...unused, { path: ['numbers', 2, 'validFrom'], value: '2026-02-01' }])).toEqual([
    'number.vanished numbers, numbers:',
  ])
  expect(
    after([{ path: ['numbers', 2, 'kind'], value: 'NATIONAL_SERVICE' }, { path: ['numbers', 2, 'region'] }]),
  ).toEqual(['number.kind-changed numbers[2].kind, kind: NATIONAL_SERVICE'])
  // A number that begins after the new version takes effect was never in use.
  const planned = { ...first, numbers: first.numbers.map((number) => ({ ...number })) }
  planned.numbers[2]!.validFrom = Temporal.Instant.from('2027-06-01T00:00:00Z')
  expect(problemsOf(editDescription(second, [...unused, { path: ['numbers', 2] }]), [planned])).toEqual([])
})

test('a number with an unreadable entry is not reported as missing', () => {
  expect(after([{ path: ['numbers', 2, 'kind'], value: 'MOBILE' }])).toEqual([
    'shape.choice numbers[2].kind, kind: MOBILE',
  ])
})

test('invalid values and conflicts with the previous version are reported together', () => {
  expect(
    after([
      { path: ['version'], value: 9 },
      { path: [...rule, 'recordingMonths'], value: 7 },
      { path: ['numbers', 3] },
    ]).map((problem) => problem.split(' ')[0]),
  ).toEqual(['version.number', 'number.vanished', 'rule.unknown-number', 'term.range', 'rule.unknown-number'])
})
