import { describe, expect, test } from 'vitest'
import { notesOf } from './notes.ts'
import type { Question } from './study.ts'

const day = (written: string) => Temporal.PlainDate.from(written)
const coverage = {
  since: day('2024-03-05'),
  today: day('2026-11-26'),
  byHourFrom: day('2025-09-26'),
  isCurrent: true,
  reachesNumbers: true,
}
const query = (from: string, to: string, by: Question['by'] = 'month', more: Partial<typeof coverage> = {}) => {
  const period = { from: day(from), to: day(to) }
  return notesOf(period, { period, by, measure: 'calls', numbers: [] }, { ...coverage, ...more })
}

describe('the notes of a period', () => {
  test('are empty if all of it has hourly counts', () => {
    expect(query('2025-10-01', '2026-10-31', 'hour')).toEqual({})
  })

  test('state that the period is unfinished, that counting is behind, and since when there are counts', () => {
    expect(query('2026-11-01', '2026-11-30')).toEqual({ isUnfinished: true })
    expect(query('2026-11-01', '2026-11-02', 'month', { isCurrent: false })).toEqual({ isBehind: true })
    expect(query('2024-01-01', '2026-10-31')).toEqual({ countsSince: '2024-03-05', wholeMonthsBefore: '2025-09-26' })
  })

  test('name days without hourly counts', () => {
    expect(query('2025-01-10', '2026-10-31', 'weekday')).toEqual({
      leftOut: [{ from: '2025-01-10', to: '2025-09-25', why: 'no-hours' }],
    })
  })

  test('name days without counts by unit, for viewers who may see only units', () => {
    expect(query('2025-08-01', '2026-10-31', 'month', { reachesNumbers: false })).toEqual({
      leftOut: [{ from: '2025-08-01', to: '2025-09-25', why: 'no-units' }],
    })
  })

  test('name days of a month that is only partly in the period', () => {
    expect(query('2025-06-15', '2025-08-20')).toEqual({
      wholeMonthsBefore: '2025-09-26',
      leftOut: [
        { from: '2025-06-15', to: '2025-06-30', why: 'part-of-month' },
        { from: '2025-08-01', to: '2025-08-20', why: 'part-of-month' },
      ],
    })
    expect(query('2025-09-10', '2025-09-28')).toEqual({
      leftOut: [{ from: '2025-09-10', to: '2025-09-25', why: 'part-of-month' }],
    })
    // The month being rolled up is entirely in this period: its monthly and its remaining daily counts are both
    // included.
    expect(query('2025-09-01', '2025-09-30')).toEqual({ wholeMonthsBefore: '2025-09-26' })
  })

  test('do not name days before the first count', () => {
    expect(query('2023-01-01', '2023-12-31')).toEqual({ countsSince: '2024-03-05' })
    expect(query('2024-01-01', '2024-02-28', 'hour', { since: null as never })).toEqual({
      leftOut: [{ from: '2024-01-01', to: '2024-02-28', why: 'no-hours' }],
    })
  })
})
