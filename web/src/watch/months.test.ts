import { CalendarDate } from '@internationalized/date'
import { describe, expect, test } from 'vitest'
import { formatMonth, instantsOf, selectableMonths, readMonth } from './months.ts'

describe('the months of an extract', () => {
  test('are the present one and the fourteen before it, across the year', () => {
    const months = selectableMonths(new CalendarDate(2026, 3, 31))
    expect(months).toHaveLength(15)
    expect(months.slice(0, 4)).toEqual(['2026-03', '2026-02', '2026-01', '2025-12'])
    expect(months.at(-1)).toBe('2025-01')
  })

  test('begin and end at Finland’s midnight, in summer time or not', () => {
    expect(instantsOf('2026-03')).toEqual({ from: '2026-02-28T22:00:00.000Z', to: '2026-03-31T21:00:00.000Z' })
    expect(instantsOf('2026-12')).toEqual({ from: '2026-11-30T22:00:00.000Z', to: '2026-12-31T22:00:00.000Z' })
  })

  test('that are invalid in the URL, or no longer kept, are dropped', () => {
    for (const month of ['2020-01', '2026-13', 'x', '', 7, undefined]) expect(readMonth({ month })).toEqual({})
    const [thisMonth] = selectableMonths()
    expect(readMonth({ month: thisMonth })).toEqual({ month: thisMonth })
  })

  test('have their names in the three languages', () => {
    expect(formatMonth('2026-10', 'fi')).toBe('lokakuu 2026')
    expect(formatMonth('2026-10', 'sv')).toBe('oktober 2026')
    expect(formatMonth('2026-10', 'en')).toBe('October 2026')
  })
})
