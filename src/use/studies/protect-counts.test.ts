import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { percentile } from './percentile.ts'
import {
  fewest,
  fewestToDivide,
  revealsSuppressed,
  protectCount,
  protectStudy,
  type Count,
  type Figures,
} from './protect-counts.ts'
import { measures, talkBounds, type StoredCounts } from './study.ts'

const small = fc.oneof(fc.integer({ min: 0, max: 12 }), fc.integer({ min: 0, max: 2000 }))
const cell = fc
  .record({
    calls: small,
    answeredShare: fc.double({ min: 0, max: 1, noNaN: true }),
    recordedShare: fc.double({ min: 0, max: 0.3, noNaN: true }),
  })
  .map(({ calls, answeredShare, recordedShare }): StoredCounts => {
    const answered = Math.round(calls * answeredShare)
    const recorded = Math.round(answered * recordedShare)
    const lengths = [...talkBounds, 0].map((_, bin) => (bin === 3 ? answered : 0))
    return { calls, answered, judged: answered, recorded, expectedPpm: answered * 100_000, lengths }
  })
const counts = ['calls', 'answered', 'unanswered', 'judged', 'recorded'] as const
const countsOf = (figures: Figures) => counts.flatMap((name) => figures[name] ?? [])

/** Tries all values that fit the shown total and parts. Returns the possible values of each part, one to four if suppressed. */
function possibleValues(total: number, parts: readonly Count[]): Set<number>[] {
  const found = parts.map(() => new Set<number>())
  const rangeOf = (part: Count) =>
    part === null
      ? [1, 2, 3, 4]
      : part === 0
        ? [0]
        : [-2, -1, 0, 1, 2].map((by) => part + by).filter((n) => n >= fewest)
  const sums = rangeOf(total)
  const walk = (index: number, chosen: number[], sum: number) => {
    if (index === parts.length) {
      if (sums.includes(sum)) chosen.forEach((value, at) => found[at]!.add(value))
      return
    }
    for (const value of rangeOf(parts[index]!)) walk(index + 1, [...chosen, value], sum + value)
  }
  walk(0, [], 0)
  return found
}

describe('counts as shown', () => {
  test('never reveal one to four calls: every count, total and difference of two answers is a multiple of five', () => {
    fc.assert(
      fc.property(
        fc.array(cell, { maxLength: 24 }),
        fc.array(cell, { maxLength: 24 }),
        fc.constantFrom(...measures),
        (cells, more, measure) => {
          const [one, other] = [protectStudy(measure, cells), protectStudy(measure, [...cells, ...more])]
          const reported = [...one.cells, one.total, ...other.cells, other.total].flatMap(countsOf)
          for (const count of reported) {
            expect(count % fewest).toBe(0)
            expect(count === 0 || count >= fewest).toBe(true)
          }
        },
      ),
    )
  })

  test('leave open whether a suppressed count is one, two, three or four, even beside a total', () => {
    fc.assert(
      fc.property(fc.array(small, { minLength: 1, maxLength: 5 }), (exact) => {
        const parts = exact.map(protectCount)
        const all = exact.reduce((sum, count) => sum + count, 0)
        const total = protectCount(all)
        if (total === null || revealsSuppressed(total, parts)) return
        for (const [index, values] of possibleValues(total, parts).entries()) {
          if (parts[index] === null) expect([...values]).toEqual(expect.arrayContaining([1, fewest - 1]))
        }
      }),
      { numRuns: 400 },
    )
  })

  test('omit a total that would reveal its suppressed parts, and include one that does not', () => {
    const countsFor = (calls: number): StoredCounts => ({
      calls,
      answered: calls,
      judged: 0,
      recorded: 0,
      expectedPpm: 0,
      lengths: [],
    })
    expect(protectStudy('calls', [countsFor(4), countsFor(4)]).total.calls).toBeNull()
    expect(protectStudy('calls', [countsFor(4), countsFor(4), countsFor(30)]).total.calls).toBeNull()
    expect(protectStudy('calls', [countsFor(2), countsFor(3), countsFor(30)]).total.calls).toBe(35)
  })

  test('are rounded to the nearest five', () => {
    fc.assert(
      fc.property(fc.integer({ min: fewest, max: 20_000_000 }), (count) => {
        expect(Math.abs((protectCount(count) ?? NaN) - count)).toBeLessThanOrEqual(2)
      }),
    )
    expect([0, 1, 4, 5, 7, 8].map(protectCount)).toEqual([0, null, null, 5, 5, 10])
  })

  test('have shares and lengths only from twenty calls, and no share made by one to four calls', () => {
    fc.assert(
      fc.property(cell, (counts) => {
        const { answeredShare } = protectStudy('answered', [counts]).cells[0]!
        const unanswered = counts.calls - counts.answered
        const reveals =
          counts.calls >= fewestToDivide && [counts.answered, unanswered].every((part) => part === 0 || part >= fewest)
        expect(answeredShare === null).toBe(!reveals)
        const { median } = protectStudy('talk', [counts]).cells[0]!
        expect(median === null).toBe(counts.answered < fewestToDivide)
      }),
    )
  })

  test('have the same total by weekday as by hour, even with no call on the last day', () => {
    const countsFor = (calls: number): StoredCounts => {
      const lengths = calls === 0 ? [] : [...talkBounds, 0].map((_, bin) => (bin === 3 ? calls : 0))
      return { calls, answered: calls, judged: 0, recorded: 0, expectedPpm: 0, lengths }
    }
    const byHour = protectStudy('talk', [countsFor(1_000), countsFor(1_390)])
    const byWeekday = protectStudy('talk', [
      countsFor(500),
      countsFor(490),
      countsFor(400),
      countsFor(500),
      countsFor(500),
      countsFor(0),
      countsFor(0),
    ])
    expect(byHour.total.median).toEqual({ seconds: 150 })
    expect(byWeekday.total).toEqual(byHour.total)
  })

  test('treat a count that a late correction made negative as zero', () => {
    expect(protectCount(-1)).toBe(0)
  })
})

describe('a percentile of lengths', () => {
  test('is interpolated linearly in the bin where the share is reached', () => {
    const bins = [0, 10, 0, 10, ...talkBounds.slice(3).map(() => 0)]
    expect(percentile(bins, talkBounds, 0.5)).toEqual({ seconds: 60 })
    expect(percentile(bins, talkBounds, 0.25)).toEqual({ seconds: 45 })
    expect(percentile(bins, talkBounds, 0.9)).toEqual({ seconds: 168 })
  })

  test('is at least the last bound if beyond it', () => {
    expect(percentile([...talkBounds.map(() => 0), 7], talkBounds, 0.5)).toEqual({ seconds: 3600, isAtLeast: true })
  })
})
