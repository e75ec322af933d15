import { readFile } from 'node:fs/promises'
import fc from 'fast-check'
import { parse } from 'yaml'
import { describe, expect, test } from 'vitest'
import { parseDescription, seedDescriptionFile } from '#description/read-description.ts'
import { awaitsDecision, settleHead, writeInstant } from './settle-head.ts'

const seed = await readFile(seedDescriptionFile, 'utf8')
const head = {
  version: 7,
  effectiveFrom: Temporal.Instant.from('2027-01-31T22:00:00Z'),
  author: 'eero',
  today: Temporal.PlainDate.from('2026-11-25'),
}

test('a head is three lines, and no other line of the text changes', () => {
  const before = seed.split('\n')
  const after = settleHead(seed, head).split('\n')
  expect(after.filter((line, index) => line !== before[index])).toEqual([
    'version: 7',
    'effectiveFrom: 2027-02-01',
    `decision: { author: "eero", approver: "${awaitsDecision}", decidedOn: 2026-11-25 }`,
  ])
  expect(after).toHaveLength(before.length)
  expect(parseDescription(after.join('\n'))).toMatchObject({ ok: true, description: { version: 7 } })
})

test('settling twice is settling once', () => {
  const once = settleHead(seed, head)
  expect(settleHead(once, head)).toBe(once)
})

test.each([
  ['in a block', 'version: 1 # one\ndecision:\n  author: a\n  # why\n  approver: b\n\nname: x\n'],
  ['quoted', '"version": 1\ndecision: {author: a,\n  approver: b}\nname: x\n'],
  ['missing', '# a comment\nname: x\n'],
  ['empty', 'version:\ndecision:\nname: x\n'],
])('a head that is %s is written where it belongs', (_, text) => {
  const settled = settleHead(text, { ...head, effectiveFrom: null })
  expect(parse(settled)).toEqual({
    version: 7,
    decision: { author: 'eero', approver: awaitsDecision, decidedOn: '2026-11-25' },
    name: 'x',
  })
  expect(settled).toMatch(/^version: 7( # one)?$/m)
  expect(settled).toMatch(/^decision: \{ author: "eero", /m)
})

test('what is no mapping is left to its problems', () => {
  for (const text of ['', '- a\n', 'a: [', 'a: 1\na: 2', '%']) expect(settleHead(text, head)).toBe(text)
})

describe('an instant', () => {
  test('is a day where it begins one by the clock of Europe/Helsinki, and a time with its offset elsewhere', () => {
    expect(writeInstant(Temporal.Instant.from('2026-10-24T21:00:00Z'))).toBe('2026-10-25')
    expect(writeInstant(Temporal.Instant.from('2026-10-25T06:30:00Z'))).toBe('2026-10-25T08:30:00+02:00')
  })

  test('is read back as the same instant', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1_750_000_000, max: 2_500_000_000 }), (seconds) => {
        const effectiveFrom = Temporal.Instant.fromEpochMilliseconds(seconds * 1000)
        const parsed = parseDescription(settleHead(seed, { ...head, effectiveFrom }))
        expect(parsed.ok && parsed.description.effectiveFrom.equals(effectiveFrom)).toBe(true)
      }),
      { numRuns: 25 },
    )
  })
})
