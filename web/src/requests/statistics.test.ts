import { CalendarDate } from '@internationalized/date'
import { expect, test } from 'vitest'
import { barOf, daysOf, readStatistics, sumOf } from './statistics.ts'

test('the last twelve months begin with the first day of the month eleven back', () => {
  const today = new CalendarDate(2026, 11, 24)
  expect(daysOf('year-back', today)).toEqual({ from: '2025-12-01', to: '2026-11-24' })
  expect(daysOf('this-year', today)).toEqual({ from: '2026-01-01', to: '2026-11-24' })
  expect(daysOf('last-year', today)).toEqual({ from: '2025-01-01', to: '2025-12-31' })
  expect(daysOf('year-back', new CalendarDate(2027, 1, 31))).toEqual({ from: '2026-02-01', to: '2027-01-31' })
})

test('the period is in the URL, and anything else means the last twelve months', () => {
  expect(readStatistics({ period: 'last-year' })).toEqual({ period: 'last-year' })
  expect(readStatistics({ period: 'ever' })).toEqual({})
})

test('the sums cover all months, and the longest bar is full', () => {
  const month = { received: 3, answered: 1, refused: 0, withdrawn: 1, open: 1, late: 1 }
  expect(
    sumOf([
      { month: '2026-10', ...month },
      { month: '2026-11', ...month, medianDays: 4 },
    ]),
  ).toEqual({
    received: 6,
    answered: 2,
    refused: 0,
    withdrawn: 2,
    open: 2,
    late: 2,
  })
  expect([barOf(3, 6), barOf(6, 6), barOf(0, 0)]).toEqual([50, 100, 0])
})
