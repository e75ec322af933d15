import { earlier, isBefore, lastOf, later, type Period, type Question } from './study.ts'

/** Coverage of the counts. */
export interface Coverage {
  /** First day with counts; null before the first call. */
  since: Temporal.PlainDate | null
  today: Temporal.PlainDate
  /** Hourly counts exist from this day on; before it only counts of whole months, rounded. */
  byHourFrom: Temporal.PlainDate
  /** True if every call that ended at least a minute ago is counted. */
  isCurrent: boolean
}

/** Notes on a period: what the answer lacks of it, and why. */
export interface Notes {
  /** Counts begin on this day, which is within the period. */
  countsSince?: string
  /** The period includes today or later days. */
  isUnfinished?: true
  /** Counting is behind: more calls may be added. */
  isBehind?: true
  /** Figures are suppressed since fewer than three officials answered: the lengths, or all counts of a unit. */
  isOfFew?: true
  /** Before this day only whole months are counted, to the nearest five; they are in the answer. */
  wholeMonthsBefore?: string
  /**
   * Days of the period not in the answer, both included: their calls have no hours, weekdays or units any more, or the month is
   * not whole in the period.
   */
  leftOut?: { from: string; to: string; why: 'no-hours' | 'no-units' | 'part-of-month' }[]
}

/** Returns the notes of an answer for one period. */
export function notesOf(
  period: Period,
  { by }: Question,
  coverage: Coverage & { reachesNumbers: boolean },
  isOfFew = false,
): Notes {
  const notes: Notes = isOfFew ? { isOfFew } : {}
  if (coverage.since && isBefore(period.from, coverage.since)) notes.countsSince = coverage.since.toString()
  if (!isBefore(period.to, coverage.today)) notes.isUnfinished = true
  if (!coverage.isCurrent) notes.isBehind = true
  // Days before the first count are not reported as left out.
  const from = coverage.since && isBefore(period.from, coverage.since) ? coverage.since : period.from
  if (!isBefore(from, coverage.byHourFrom)) return notes
  const to = earlier(period.to, coverage.byHourFrom.subtract({ days: 1 }))
  if (isBefore(to, from)) return notes
  if (by === 'hour' || by === 'weekday') notes.leftOut = [leftOutDays(from, to, 'no-hours')]
  else if (!coverage.reachesNumbers) notes.leftOut = [leftOutDays(from, to, 'no-units')]
  else {
    const parts = partsOfMonths(period, from, to)
    if (parts.length > 0) notes.leftOut = parts
    const leftOut = parts.reduce((days, part) => days + daysIn(part.from, part.to), 0)
    if (leftOut < daysIn(from.toString(), to.toString())) notes.wholeMonthsBefore = coverage.byHourFrom.toString()
  }
  return notes
}

/** Returns the days of months that are only partly in the period: a month without daily counts is counted whole or not at all. */
function partsOfMonths(period: Period, from: Temporal.PlainDate, to: Temporal.PlainDate) {
  const parts = []
  const first = period.from.with({ day: 1 })
  if (!period.from.equals(first) && !isBefore(period.from, from)) {
    parts.push(leftOutDays(from, earlier(to, lastOf(period.from)), 'part-of-month'))
  }
  const last = period.to
  if (!last.equals(lastOf(last)) && !isBefore(to, last.with({ day: 1 })) && !sameMonth(parts[0]?.from, last)) {
    const begin = last.with({ day: 1 })
    parts.push(leftOutDays(later(from, begin), earlier(to, last), 'part-of-month'))
  }
  return parts
}

function leftOutDays(
  from: Temporal.PlainDate,
  to: Temporal.PlainDate,
  why: NonNullable<Notes['leftOut']>[number]['why'],
) {
  return { from: from.toString(), to: to.toString(), why }
}

function sameMonth(day: string | undefined, other: Temporal.PlainDate): boolean {
  return day !== undefined && Temporal.PlainDate.from(day).toPlainYearMonth().equals(other.toPlainYearMonth())
}

function daysIn(from: string, to: string): number {
  return Temporal.PlainDate.from(from).until(Temporal.PlainDate.from(to)).days + 1
}
