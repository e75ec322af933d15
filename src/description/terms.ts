/**
 * Retention terms (R22-R25) in calendar months of Europe/Helsinki. Not `Date`: its setMonth turns 31.8. + 6 months into
 * 3.3., past the ceiling. Terms that end on a holiday are not extended to the next working day: Act 150/1930 section 5 does
 * that for acts before an authority, and here it would exceed the maximum.
 */
import assert from 'node:assert/strict'
import { laterOf } from '#platform/clock/instants.ts'

export const termZone = 'Europe/Helsinki'
/** Months of contact history (R22). */
export const historyMonths = 14
/** Months before which nobody may delete a recording at will (R23). */
export const recordingFloorMonths = 2
/** Months at which a recording must be destroyed, whatever is pending (R24). */
export const recordingCeilingMonths = 6
/** Longest retention of a backup (R52, L28); the description may promise fewer days. */
export const maxBackupDays = 30
/** Default working days for returning recalled copies, and those of a study that has ended (R30, R50, AC13). */
export const defaultReturnWorkingDays = 3
export const maxReturnWorkingDays = 10

/** Destruction at the ceiling is scheduled this long before, so that it is done in time (R24). */
const ceilingLeadHours = 24

export type RecordingTerms = {
  /** Nobody may delete it at will before this instant (R23). */
  minKeepUntil: Temporal.Instant
  /** Scheduled destruction; always in [minKeepUntil, ceiling]. */
  destroyAt: Temporal.Instant
  /** Anything left after this instant is an incident (R24). */
  ceiling: Temporal.Instant
}

/**
 * Returns the terms of a recording of a call that ended at `endedAt`, kept for `months` (2 to 6, R25). Monotone by day: within
 * a day, and at a month's end where several days share their last day, the local time of the end decides, like the law's months
 * (Act 150/1930 section 3).
 */
export function recordingTerms(endedAt: Temporal.Instant, months: number): RecordingTerms {
  assert(
    Number.isInteger(months) && months >= recordingFloorMonths && months <= recordingCeilingMonths,
    `a recording is kept 2 to 6 whole months (R25), not ${months}`,
  )
  const minKeepUntil = monthsAfter(endedAt, recordingFloorMonths, 'later')
  const ceiling = monthsAfter(endedAt, recordingCeilingMonths, 'earlier')
  const due =
    months === recordingCeilingMonths
      ? ceiling.subtract({ hours: ceilingLeadHours })
      : monthsAfter(endedAt, months, 'earlier')
  return { minKeepUntil, destroyAt: laterOf(due, minKeepUntil), ceiling }
}

/** Returns when the identification data of a call that ended at `endedAt` are deleted: 14 calendar months later (R22). */
export function historyEndsAt(endedAt: Temporal.Instant): Temporal.Instant {
  return monthsAfter(endedAt, historyMonths, 'earlier')
}

/**
 * Adds calendar months in local time, clamped to the month's last day. A local time that the clocks skip or repeat is the later
 * instant for a minimum and the earlier one for a maximum.
 */
function monthsAfter(instant: Temporal.Instant, months: number, disambiguation: 'earlier' | 'later'): Temporal.Instant {
  return instant
    .toZonedDateTimeISO(termZone)
    .toPlainDateTime()
    .add({ months }, { overflow: 'constrain' })
    .toZonedDateTime(termZone, { disambiguation })
    .toInstant()
}

/** Returns the term of each number with rules, in months: the shortest of its rules. */
export function shortestTerms(
  rules: readonly { readonly numbers: readonly string[]; readonly recordingMonths: number }[],
): Record<string, number> {
  const terms: Record<string, number> = {}
  for (const { numbers, recordingMonths } of rules)
    for (const key of numbers) terms[key] = Math.min(recordingMonths, terms[key] ?? recordingMonths)
  return terms
}
