import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { changeFrom, splitAtBounds, holdsAt, overlap, type Interval } from './intervals.ts'

const at = (day: number) => Temporal.Instant.fromEpochMilliseconds(day * 86_400_000)
const interval = (start: number, end: number | null) => ({ from: at(start), to: end === null ? null : at(end) })
type Held = Interval & { value: string }

/** Random changes: a day and a new value, or null to end it. */
const changes = fc.array(
  fc.record({
    from: fc.integer({ min: 0, max: 50 }),
    value: fc.option(fc.constantFrom('a', 'b', 'c'), { freq: 4 }),
  }),
  { maxLength: 12 },
)
const same = (one: { value: string }, other: { value: string }) => one.value === other.value
const apply = (timeline: Held[], { from: day, value }: { from: number; value: string | null }): Held[] =>
  changeFrom(timeline, { from: at(day) }, value === null ? null : { value }, same)
const valueAt = (timeline: readonly Held[], day: number) =>
  timeline.find((held) => holdsAt(held, at(day)))?.value ?? null
const days = Array.from({ length: 60 }, (_, day) => day)

describe('a timeline', () => {
  test('after any changes is in order, never overlaps, and has no two equal neighbours', () => {
    fc.assert(
      fc.property(changes, (made) => {
        const timeline = made.reduce(apply, [])
        for (const [index, held] of timeline.entries()) {
          if (held.to) expect(Temporal.Instant.compare(held.from, held.to)).toBe(-1)
          const next = timeline[index + 1]
          if (!next) continue
          expect(held.to && Temporal.Instant.compare(held.to, next.from)).toBeLessThanOrEqual(0)
          expect(held.to?.equals(next.from) && same(held, next)).toBe(false)
        }
      }),
    )
  })

  test('has a change’s value from its day until the next known change, and is otherwise as before (R11)', () => {
    fc.assert(
      fc.property(changes, fc.integer({ min: 0, max: 50 }), fc.constantFrom('a', 'x', null), (made, day, value) => {
        const before = made.reduce(apply, [])
        const after = apply(before, { from: day, value })
        const cuts = before
          .flatMap((held) => [held.from, held.to])
          .flatMap((cut) =>
            cut && Temporal.Instant.compare(cut, at(day)) > 0 ? cut.epochMilliseconds / 86_400_000 : [],
          )
        const next = Math.min(...cuts, Infinity)
        for (const tested of days) {
          const expected = tested < day || tested >= next ? valueAt(before, tested) : value
          expect(valueAt(after, tested)).toBe(expected)
        }
      }),
    )
  })
})

test('intervals that only touch do not overlap', () => {
  expect(overlap(interval(1, 5), interval(5, null))).toBe(false)
  expect(overlap(interval(1, 6), interval(5, null))).toBe(true)
  expect(overlap(interval(1, null), interval(5, 6))).toBe(true)
  expect(overlap(interval(7, null), interval(5, 6))).toBe(false)
})

test('an interval is split at every start and end within it, and nowhere else', () => {
  expect(splitAtBounds(interval(1, 10), [interval(0, 3), interval(3, 5), interval(9, null), interval(10, 20)])).toEqual(
    [interval(1, 3), interval(3, 5), interval(5, 9), interval(9, 10)],
  )
  expect(splitAtBounds(interval(1, null), [])).toEqual([interval(1, null)])
})
