/**
 * Ends of what is held under a term (R25). In: ends of calls, months. Out: when a recording ends, and which have come to their day.
 * Never here: the database.
 */
import { recordingCeilingMonths, recordingTerms, termZone } from '#description/terms.ts'

/** When a recording kept for `months` is destroyed, with the floor that it was promised. */
export function destructionAt(
  {
    call_ended_at: endedAt,
    min_keep_until: floor,
  }: { call_ended_at: Temporal.Instant; min_keep_until: Temporal.Instant },
  months: number,
): Temporal.Instant {
  const { destroyAt } = recordingTerms(endedAt, months)
  return Temporal.Instant.compare(destroyAt, floor) >= 0 ? destroyAt : floor
}

/** Ends of calls before `from` are past their term at the instant asked for; from `until` on none is; between, each by itself. */
export interface DueEnds {
  from: Temporal.Instant
  until: Temporal.Instant
}

/**
 * Which calls' recordings have come to their day at `at`, by whole local days: the term of a call that ended on a day ends
 * on one day, and calls of a later day never before it. Kept for the ceiling, it ends a day earlier than the calendar says.
 */
export function dueEnds(at: Temporal.Instant, months: number): DueEnds {
  const today = at.toZonedDateTimeISO(termZone).toPlainDate()
  const leadDays = months === recordingCeilingMonths ? 2 : 0
  const dueDay = (day: Temporal.PlainDate) => day.add({ months }, { overflow: 'constrain' })
  // A month has three days more than another at most.
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
