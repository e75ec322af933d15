import { describe, expect, test } from 'vitest'
import { daysOf, readPeriod } from './filters.ts'
import { judgeShare } from './judge-share.ts'
import { ordinaryRange } from './ordinary-range.ts'
import { formatHours } from './rule-words.ts'

/** Returns the probability of each count, from factorials: independent of the code under test. */
function chances(calls: number, share: number): number[] {
  const logs = [0]
  for (let n = 1; n <= calls; n++) logs.push(logs[n - 1]! + Math.log(n))
  return Array.from({ length: calls + 1 }, (_, k) =>
    Math.exp(logs[calls]! - logs[k]! - logs[calls - k]! + k * Math.log(share) + (calls - k) * Math.log(1 - share)),
  )
}

describe('an ordinary range', () => {
  test.each([
    [10, 0.1],
    [120, 0.1],
    [500, 0.35],
    [1000, 0.9],
  ])(
    'of %i calls at %f excludes at most one in two hundred at each end, and is no wider than necessary',
    (calls, share) => {
      const { low, high } = ordinaryRange(calls, share)
      const chance = chances(calls, share)
      const below = (count: number) => chance.slice(0, Math.max(0, count)).reduce((sum, one) => sum + one, 0)
      const above = (count: number) => chance.slice(count + 1).reduce((sum, one) => sum + one, 0)
      expect(below(low)).toBeLessThanOrEqual(0.005)
      expect(above(high)).toBeLessThanOrEqual(0.005)
      expect(below(low + 1)).toBeGreaterThan(0.005)
      expect(above(high - 1)).toBeGreaterThan(0.005)
    },
  )

  test('of a share of 0 or 1 is a single count', () => {
    expect([ordinaryRange(50, 0), ordinaryRange(50, 1), ordinaryRange(0, 0.1)]).toEqual([
      { low: 0, high: 0 },
      { low: 50, high: 50 },
      { low: 0, high: 0 },
    ])
  })

  test('of a million calls is found at once', () => {
    const begun = performance.now()
    const { low, high } = ordinaryRange(1_000_000, 0.1)
    expect(performance.now() - begun).toBeLessThan(100)
    // 100 000 and 2.58 standard deviations of 300 each way.
    expect([Math.abs(low - 99_227), Math.abs(high - 100_773)].every((difference) => difference <= 2)).toBe(true)
  })
})

describe('a share', () => {
  const share = { answered: 1000, expected: 100, drawn: 104, recorded: 104 }

  test('within the range is ordinary, and beyond it chance is no explanation', () => {
    expect(judgeShare(share, false)).toMatchObject({ draw: 'ordinary', planned: 0.1, actual: 0.104, difference: 0 })
    expect(judgeShare({ ...share, drawn: 150, recorded: 150 }, false).draw).toBe('more')
    expect(judgeShare({ ...share, drawn: 60, recorded: 60 }, false).draw).toBe('fewer')
  })

  test('below the range is explained by a full quota; a share above the range is not', () => {
    expect(judgeShare({ ...share, drawn: 60, recorded: 60 }, true).draw).toBe('quota')
    expect(judgeShare({ ...share, drawn: 150, recorded: 150 }, true).draw).toBe('more')
  })

  test('reports drawn calls without a recording, and recordings without a draw', () => {
    expect(judgeShare({ ...share, recorded: 101 }, false).difference).toBe(-3)
    expect(judgeShare({ ...share, recorded: 105 }, false).difference).toBe(1)
  })

  test('of no calls is undefined', () => {
    const none = judgeShare({ answered: 0, expected: 0, drawn: 0, recorded: 0 }, false)
    expect(none).toMatchObject({ draw: 'none', planned: undefined, actual: undefined })
  })
})

describe('the hours of a rule', () => {
  test('are written with consecutive days as one range', () => {
    const hours = { from: '08:00', to: '16:15' }
    expect(formatHours({ ...hours, days: ['MON', 'TUE', 'WED', 'THU', 'FRI'] }, 'fi')).toBe('ma–pe 8.00–16.15')
    expect(formatHours({ ...hours, days: ['SAT', 'MON', 'TUE'] }, 'fi')).toBe('ma, ti, la 8.00–16.15')
    expect(formatHours({ days: ['SUN'], from: '00:00', to: '24:00' }, 'en')).toBe('Sun 0.00–24.00')
  })
})

describe('the period', () => {
  test('is two days in order, or none', () => {
    const period = { from: '2026-10-01', to: '2026-10-31' }
    expect(readPeriod(period)).toEqual(period)
    expect(readPeriod({ from: '2026-10-31', to: '2026-10-01' })).toEqual({})
    expect(readPeriod({ from: '2026-02-30', to: '2026-10-01' })).toEqual({})
    expect(readPeriod({ from: 7 })).toEqual({})
  })

  test('is the last thirty days by default', () => {
    const { start, end } = daysOf({})
    expect(end.compare(start)).toBe(29)
    expect(daysOf({ from: '2026-10-01', to: '2026-10-31' }).start.toString()).toBe('2026-10-01')
  })
})
