import { protectCount } from './protect-counts.ts'
import type { StoredCounts, Period, Question } from './study.ts'

export interface Cell {
  key: string
  /** Key in the compared period, if months are compared. */
  comparedKey?: string
  counts: StoredCounts
  /** Counts of the compared period. */
  compared: StoredCounts
  /** True for a month before the first count, and for a month that a period lacks: it has no figures, rather than 0. */
  isUncounted?: boolean
  isComparedUncounted?: boolean
}

export const noCounts: StoredCounts = { calls: 0, answered: 0, judged: 0, recorded: 0, expectedPpm: 0, lengths: [] }

/**
 * Arranges the cells of a study: hours from the first to the last with calls, weekdays from Monday, every month of the period from
 * the first count on, other keys by their protected count of calls. Months of two periods are paired in order, everything else
 * by key.
 * @param since first day with counts; null before the first call
 */
export function arrange(
  { by, period, compared }: Question,
  one: ReadonlyMap<string, StoredCounts>,
  other: ReadonlyMap<string, StoredCounts> | undefined,
  since: Temporal.PlainDate | null,
): Cell[] {
  if (by === 'month') {
    const first = since?.toPlainYearMonth().toString() ?? ''
    const isUncounted = (month: string | undefined) => month === undefined || month < first
    const [months, others] = [monthsOf(period), compared ? monthsOf(compared) : []]
    const rows = Math.max(months.length, others.length)
    return Array.from({ length: rows }, (_, index) => {
      const [key, comparedKey] = [months[index], others[index]]
      return {
        key: key ?? '',
        ...(comparedKey !== undefined && { comparedKey }),
        counts: one.get(key ?? '') ?? noCounts,
        compared: other?.get(comparedKey ?? '') ?? noCounts,
        isUncounted: isUncounted(key),
        isComparedUncounted: isUncounted(comparedKey),
      }
    }).filter((cell) => !cell.isUncounted || !cell.isComparedUncounted)
  }
  return keysOf(by, one, other).map((key) => ({
    key,
    counts: one.get(key) ?? noCounts,
    compared: other?.get(key) ?? noCounts,
  }))
}

function keysOf(
  by: Question['by'],
  one: ReadonlyMap<string, StoredCounts>,
  other: ReadonlyMap<string, StoredCounts> = new Map(),
) {
  const keys = [...new Set([...one.keys(), ...other.keys()])]
  if (by === 'weekday') return ['1', '2', '3', '4', '5', '6', '7']
  if (by === 'hour') {
    const hours = keys.map(Number)
    if (hours.length === 0) return []
    const [first, last] = [Math.min(...hours), Math.max(...hours)]
    return Array.from({ length: last - first + 1 }, (_, hour) => String(first + hour))
  }
  // Sorted by protected counts: the order of suppressed cells reveals nothing.
  const shown = (key: string) => protectCount(one.get(key)?.calls ?? 0) ?? 0
  return keys.sort((a, b) => shown(b) - shown(a) || (a < b ? -1 : 1))
}

function monthsOf({ from, to }: Period): string[] {
  const months: string[] = []
  for (let month = from.toPlainYearMonth(); ; month = month.add({ months: 1 })) {
    if (Temporal.PlainYearMonth.compare(month, to.toPlainYearMonth()) > 0) return months
    months.push(month.toString())
  }
}
