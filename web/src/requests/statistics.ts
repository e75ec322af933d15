import type { CalendarDate } from '@internationalized/date'
import type { RequestStatistics } from '../api/shapes.ts'

export const periods = ['year-back', 'this-year', 'last-year'] as const
export type Period = (typeof periods)[number]

/** Reads the period from the URL; the last twelve months by default. */
export function readStatistics(search: Record<string, unknown>): { period?: Exclude<Period, 'year-back'> } {
  const { period } = search
  return period === 'this-year' || period === 'last-year' ? { period } : {}
}

/** Returns the first and last day of a period; the last twelve months are eleven whole ones and the current one. */
export function daysOf(period: Period, today: CalendarDate): { from: string; to: string } {
  if (period === 'last-year') {
    const start = today.set({ month: 1, day: 1 }).subtract({ years: 1 })
    return { from: start.toString(), to: start.set({ month: 12, day: 31 }).toString() }
  }
  const from = period === 'this-year' ? today.set({ month: 1, day: 1 }) : today.set({ day: 1 }).subtract({ months: 11 })
  return { from: from.toString(), to: today.toString() }
}

type Sums = Omit<RequestStatistics['months'][number], 'month' | 'medianDays'>

/** Sums all months. */
export function sumOf(months: RequestStatistics['months']): Sums {
  const none: Sums = { received: 0, answered: 0, refused: 0, withdrawn: 0, open: 0, late: 0 }
  return months.reduce<Sums>(
    (sum, one) => ({
      received: sum.received + one.received,
      answered: sum.answered + one.answered,
      refused: sum.refused + one.refused,
      withdrawn: sum.withdrawn + one.withdrawn,
      open: sum.open + one.open,
      late: sum.late + one.late,
    }),
    none,
  )
}

/** Returns a bar's length, 0 to 100 of the longest. */
export function barOf(count: number, max: number): number {
  return max > 0 ? Math.round((count / max) * 100) : 0
}
