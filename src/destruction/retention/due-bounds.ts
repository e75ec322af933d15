/** When held recordings end under a term (R25). */
import { laterOf } from '#platform/clock/instants.ts'
import { recordingCeilingMonths, recordingTerms, termZone } from '#description/terms.ts'

/** Returns when a recording with a term of `months` is destroyed: never before its floor. */
export function destructionAt(
  {
    call_ended_at: endedAt,
    min_keep_until: floor,
  }: { call_ended_at: Temporal.Instant; min_keep_until: Temporal.Instant },
  months: number,
): Temporal.Instant {
  return laterOf(recordingTerms(endedAt, months).destroyAt, floor)
}

/** Calls that ended before `from` are due at the instant; calls from `until` on are not; those in between need a check each. */
export interface DueBounds {
  from: Temporal.Instant
  until: Temporal.Instant
}

/**
 * Returns the recordings due at `at`, by whole local days on which their calls ended: calls that ended on one day are due on
 * one day, never after calls of a later day. At the ceiling they are due a day earlier than the calendar says.
 */
export function dueBounds(at: Temporal.Instant, months: number): DueBounds {
  const today = at.toZonedDateTimeISO(termZone).toPlainDate()
  const leadDays = months === recordingCeilingMonths ? 2 : 0
  const dueDay = (day: Temporal.PlainDate) => day.add({ months }, { overflow: 'constrain' })
  // A month is at most three days longer than another.
  const earliest = today.subtract({ months }).subtract({ days: 4 })
  const latest = today.add({ days: leadDays }).subtract({ months }).add({ days: 5 })
  let from = latest
  let until = earliest
  for (let day = earliest; Temporal.PlainDate.compare(day, latest) <= 0; day = day.add({ days: 1 })) {
    const due = dueDay(day)
    if (Temporal.PlainDate.compare(due, today) < 0) continue
    if (Temporal.PlainDate.compare(day, from) < 0) from = day
    if (Temporal.PlainDate.compare(due, today.add({ days: leadDays })) <= 0) until = day.add({ days: 1 })
  }
  if (Temporal.PlainDate.compare(until, from) < 0) until = from
  return { from: begins(from), until: begins(until) }
}

function begins(day: Temporal.PlainDate): Temporal.Instant {
  return day.toZonedDateTime(termZone).toInstant()
}
