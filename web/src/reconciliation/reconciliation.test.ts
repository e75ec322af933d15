import { describe, expect, test } from 'vitest'
import { daysOf, readReconciliationFilters, type Counted } from './reconciliation-shapes.ts'
import { sumCounts } from './sum-counts.ts'

const row = (given: Partial<Counted>): Counted => ({
  day: '2026-11-20',
  number: '+35829497000',
  feed: 'exchange',
  told: 0,
  expected: 0,
  recorded: 0,
  forbidden: 0,
  missing: 0,
  missingExplained: 0,
  waiting: 0,
  untold: 0,
  untoldExplained: 0,
  notYetTold: 0,
  ...given,
})

describe('counts', () => {
  const counts = [
    row({ told: 5, expected: 2, missing: 1 }),
    row({ day: '2026-11-21', told: 3, untold: 1 }),
    row({ number: '+35829497010', feed: 'branch', told: 2, expected: 1 }),
  ]

  test('are summed by day with the newest first, by number and by feed, without loss', () => {
    const byDay = sumCounts(counts, 'day')
    expect(byDay.rows.map(({ key, sums }) => [key, sums.told, sums.expected])).toEqual([
      ['2026-11-21', 3, 0],
      ['2026-11-20', 7, 3],
    ])
    expect(sumCounts(counts, 'number').rows.map(({ key, sums }) => [key, sums.told])).toEqual([
      ['+35829497000', 8],
      ['+35829497010', 2],
    ])
    expect(sumCounts(counts, 'feed').rows.map(({ key }) => key)).toEqual(['branch', 'exchange'])
    for (const by of ['day', 'number', 'feed'] as const)
      expect(sumCounts(counts, by).total).toMatchObject({ told: 10, expected: 3, missing: 1, untold: 1 })
  })

  test('without data are empty', () => {
    expect(sumCounts([], 'day')).toMatchObject({ rows: [], total: { told: 0 } })
  })
})

describe('the URL', () => {
  test('keeps valid values, and drops defaults, invalid values and periods that are too long', () => {
    expect(
      readReconciliationFilters({ from: '2026-11-01', to: '2026-11-20', kind: 'untold', by: 'number', state: 'any' }),
    ).toEqual({
      from: '2026-11-01',
      to: '2026-11-20',
      kind: 'untold',
      by: 'number',
      state: 'any',
    })
    expect(
      readReconciliationFilters({
        from: '2026-11-20',
        to: '2026-11-01',
        kind: 'unrecorded',
        by: 'day',
        state: 'x',
        why: 'y',
      }),
    ).toEqual({})
    expect(readReconciliationFilters({ from: '2026-01-01', to: '2026-11-01', number: '', feed: 'exchange' })).toEqual({
      feed: 'exchange',
    })
  })

  test('without days covers seven, the last of them today', () => {
    const { start, end } = daysOf({})
    expect(end.compare(start)).toBe(6)
  })
})
