import { readFile } from 'node:fs/promises'
import fc from 'fast-check'
import { parse } from 'yaml'
import { describe, expect, test } from 'vitest'
import { parseDescription, parseSuccessor, readDescription, seedDescriptionFile } from '../read-description.ts'
import { editDescription } from './edit-description.ts'
import { settleDraft } from './settle-draft.ts'

const seed = await readFile(seedDescriptionFile, 'utf8')
const first = await readDescription()
const head = {
  version: 2,
  effectiveFrom: Temporal.Instant.from('2027-01-31T22:00:00Z'),
  decision: { author: 'eero', decidedOn: Temporal.PlainDate.from('2026-11-25') },
}
const changedLines = (before: string, after: string): string[] => {
  const lines = before.split('\n')
  return after.split('\n').filter((line, index) => line !== lines[index])
}

test('settling changes the three lines of the head and no other line', () => {
  const settled = settleDraft(seed, [first], head)
  expect(changedLines(seed, settled)).toEqual([
    'version: 2',
    'effectiveFrom: 2027-02-01',
    'decision: { author: "eero", approver: "(awaits decision)", decidedOn: 2026-11-25 }',
  ])
  expect(settled.split('\n')).toHaveLength(seed.split('\n').length)
  expect(parseSuccessor(settled, [first])).toMatchObject({ ok: true, description: { version: 2 } })
})

test('fields of the head for which no value is given are kept', () => {
  expect(changedLines(seed, settleDraft(seed, [first], { version: 2 }))).toEqual(['version: 2'])
  expect(settleDraft(seed, [first], { version: 2, decision: { ...head.decision, approver: 'riitta' } })).toContain(
    'decision: { author: "eero", approver: "riitta", decidedOn: 2026-11-25 }\n',
  )
})

test('a rule gets its next version if its decisions change, and otherwise keeps its version (R14)', () => {
  const path = ['recordingPlan', 'rules', 0]
  const rules = (text: string): unknown[] =>
    (parse(text) as { recordingPlan: { rules: { id: string; version: number }[] } }).recordingPlan.rules.map(
      ({ id, version }) => [id, version],
    )
  const shorter = settleDraft(editDescription(seed, [{ path: [...path, 'recordingMonths'], value: 3 }]), [first], head)
  expect(rules(shorter)).toEqual([
    ['service-numbers', 4],
    ['test-line', 1],
  ])
  expect(parseSuccessor(shorter, [first])).toMatchObject({ ok: true })
  const back = settleDraft(editDescription(shorter, [{ path: [...path, 'recordingMonths'], value: 6 }]), [first], head)
  expect(rules(back)[0]).toEqual(['service-numbers', 3])
  const renamed = editDescription(seed, [{ path: [...path, 'names', 'en'], value: 'Service' }])
  expect(rules(settleDraft(renamed, [first], head))[0]).toEqual(['service-numbers', 3])
})

test('a new rule without a version gets version 1', () => {
  const rule = {
    id: 'evenings',
    names: { fi: 'Illat', sv: 'Kvällar', en: 'Evenings' },
    numbers: ['029 497 099'],
    share: 0.2,
    recordingMonths: 2,
    from: '2027-06-01',
  }
  const settled = settleDraft(
    editDescription(seed, [{ path: ['recordingPlan', 'rules', 2], value: rule }]),
    [first],
    head,
  )
  expect(parseSuccessor(settled, [first])).toMatchObject({ ok: true })
  expect(changedLines(seed, settled)).toContain('      version: 1')
})

test('the versions of readable rules are set even if another rule is unreadable', () => {
  const broken = editDescription(seed, [
    { path: ['recordingPlan', 'rules', 0, 'numbers'], value: 'all' },
    { path: ['recordingPlan', 'rules', 1, 'share'], value: 0.5 },
  ])
  expect(changedLines(broken, settleDraft(broken, [first], { version: 2 }))).toEqual(['version: 2', '      version: 2'])
})

test('settling a settled draft changes nothing', () => {
  const edited = editDescription(seed, [{ path: ['recordingPlan', 'defaultShare'], value: 0.2 }])
  const once = settleDraft(edited, [first], head)
  expect(settleDraft(once, [first], head)).toBe(once)
})

test.each([
  ['in a block', 'version: 1 # one\ndecision:\n  author: a\n  # why\n  approver: b\n\nname: x\n'],
  ['quoted', '"version": 1\ndecision: {author: a,\n  approver: b}\nname: x\n'],
  ['missing', '# a comment\nname: x\n'],
  ['empty', 'version:\ndecision:\nname: x\n'],
])('a head that is %s is written in the right place', (_, text) => {
  const settled = settleDraft(text, [first], { version: 7, decision: head.decision })
  expect(parse(settled)).toEqual({
    version: 7,
    decision: { author: 'eero', approver: '(awaits decision)', decidedOn: '2026-11-25' },
    name: 'x',
  })
  expect(settled).toMatch(/^version: 7( # one)?$/m)
  expect(settled).toMatch(/^decision: \{ author: "eero", /m)
})

test('a text that is not a mapping is returned unchanged', () => {
  for (const text of ['', '- a\n', 'a: [', 'a: 1\na: 2', '%']) expect(settleDraft(text, [first], head)).toBe(text)
})

describe('an instant', () => {
  const settledWith = (instant: string): string =>
    settleDraft('name: x', [], { version: 2, effectiveFrom: Temporal.Instant.from(instant) })

  test('is written as a day if it is midnight in Europe/Helsinki, otherwise as a time with its offset', () => {
    expect(settledWith('2026-10-24T21:00:00Z')).toContain('effectiveFrom: 2026-10-25\n')
    expect(settledWith('2026-10-25T06:30:00Z')).toContain('effectiveFrom: 2026-10-25T08:30:00+02:00\n')
  })

  test('is parsed to the same instant', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1_770_000_000, max: 1_796_000_000 }), (seconds) => {
        const effectiveFrom = Temporal.Instant.fromEpochMilliseconds(seconds * 1000)
        const parsed = parseDescription(settleDraft(seed, [first], { ...head, effectiveFrom }))
        expect(parsed.ok && parsed.description.effectiveFrom.equals(effectiveFrom)).toBe(true)
      }),
      { numRuns: 25 },
    )
  })
})
