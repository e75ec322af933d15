import { describe, expect, test } from 'vitest'
import { noteOf } from './notes.ts'
import type { Question } from './study.ts'

const day = (written: string) => Temporal.PlainDate.from(written)
const known = {
  since: day('2024-03-05'),
  today: day('2026-11-26'),
  byHourFrom: day('2025-09-26'),
  isCurrent: true,
  reachesNumbers: true,
}
const ask = (from: string, to: string, by: Question['by'] = 'month', more: Partial<typeof known> = {}) => {
  const period = { from: day(from), to: day(to) }
  return noteOf(period, { period, by, measure: 'calls', numbers: [] }, { ...known, ...more })
}

describe('what is told of a time beside its counts', () => {
  test('is nothing where all of it is there by the hour', () => {
    expect(ask('2025-10-01', '2026-10-31', 'hour')).toEqual({})
  })

  test('is that it goes on, that calls are being counted, and since when there are any', () => {
    expect(ask('2026-11-01', '2026-11-30')).toEqual({ isUnfinished: true })
    expect(ask('2026-11-01', '2026-11-02', 'month', { isCurrent: false })).toEqual({ isBehind: true })
    expect(ask('2024-01-01', '2026-10-31')).toEqual({ countsSince: '2024-03-05', wholeMonthsBefore: '2025-09-26' })
  })

  test('is which days have no hours any more', () => {
    expect(ask('2025-01-10', '2026-10-31', 'weekday')).toEqual({
      leftOut: [{ from: '2025-01-10', to: '2025-09-25', why: 'no-hours' }],
    })
  })

  test('is which days have no units any more, for who reaches units alone', () => {
    expect(ask('2025-08-01', '2026-10-31', 'month', { reachesNumbers: false })).toEqual({
      leftOut: [{ from: '2025-08-01', to: '2025-09-25', why: 'no-units' }],
    })
  })

  test('is which days are of a month that is not whole in the time', () => {
    expect(ask('2025-06-15', '2025-08-20')).toEqual({
      wholeMonthsBefore: '2025-09-26',
      leftOut: [
        { from: '2025-06-15', to: '2025-06-30', why: 'part-of-month' },
        { from: '2025-08-01', to: '2025-08-20', why: 'part-of-month' },
      ],
    })
    expect(ask('2025-09-10', '2025-09-28')).toEqual({
      leftOut: [{ from: '2025-09-10', to: '2025-09-25', why: 'part-of-month' }],
    })
    // The month that is losing its days is whole in this time: what has gone to it counts, and what has not.
    expect(ask('2025-09-01', '2025-09-30')).toEqual({ wholeMonthsBefore: '2025-09-26' })
  })

  test('is nothing of what never was', () => {
    expect(ask('2023-01-01', '2023-12-31')).toEqual({ countsSince: '2024-03-05' })
    expect(ask('2024-01-01', '2024-02-28', 'hour', { since: null as never })).toEqual({
      leftOut: [{ from: '2024-01-01', to: '2024-02-28', why: 'no-hours' }],
    })
  })
})
