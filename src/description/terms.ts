/**
 * How long things are kept (R22-R25), in calendar months of Europe/Helsinki. In: the end of a call. Out: instants.
 * Never here: `Date` (its setMonth turns 31.8. + 6 months into 3.3., past the ceiling), a look at the clock, or the next
 * working day of Act 150/1930 section 5: that is for acts before an authority and would break the maximum.
 */
import assert from 'node:assert/strict'

export const termZone = 'Europe/Helsinki'
/** Months a contact-history entry is kept (R22). */
export const historyMonths = 14
/** Months before which nobody may delete a recording at will (R23). */
export const recordingFloorMonths = 2
/** Months at which a recording must be gone, whatever is pending (R24). */
export const recordingCeilingMonths = 6
/** No backup is kept for longer (R52, L28); the description may promise fewer days. */
export const longestBackupDays = 30
/** Working days in which a recalled copy, or those of a study that has ended, come back (R30, R50, AC13); the description may say others. */
export const usualReturnWorkingDays = 3
export const longestReturnWorkingDays = 10

/** At the ceiling itself the work must be done already: it is scheduled this long before (requirements, R24). */
const ceilingLeadHours = 24

export type RecordingTerms = {
  /** Nobody deletes it at will before this instant (R23). */
  minKeepUntil: Temporal.Instant
  /** It is destroyed then; always in [minKeepUntil, ceiling]. */
  destroyAt: Temporal.Instant
  /** If anything exists after this instant, that is an incident (R24). */
  ceiling: Temporal.Instant
}

/**
 * The terms of a recording of a call that ended at `endedAt`, kept for `months` (2 to 6, R25).
 * Monotone by day: within a day, and at a month's end where several days share their last day, the local time of the
 * end decides, as the law's months do (Act 150/1930 section 3).
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

/** When the identification data of a call that ended at `endedAt` are deleted: 14 calendar months after (R22). */
export function historyEndsAt(endedAt: Temporal.Instant): Temporal.Instant {
  return monthsAfter(endedAt, historyMonths, 'earlier')
}

/**
 * Calendar months after the local time, the month's last day where the day does not exist. A local time that the clocks
 * skip or show twice is the later instant for a minimum and the earlier one for a maximum.
 */
function monthsAfter(instant: Temporal.Instant, months: number, disambiguation: 'earlier' | 'later'): Temporal.Instant {
  return instant
    .toZonedDateTimeISO(termZone)
    .toPlainDateTime()
    .add({ months }, { overflow: 'constrain' })
    .toZonedDateTime(termZone, { disambiguation })
    .toInstant()
}

function laterOf(a: Temporal.Instant, b: Temporal.Instant): Temporal.Instant {
  return Temporal.Instant.compare(a, b) >= 0 ? a : b
}
