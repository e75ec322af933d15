/**
 * What a recording plan says of the terms of what is held (R25). In: descriptions, an instant. Out: months by number,
 * where a description shortens them, and which recordings have come to their day. Never here: the database.
 */
import type { PhoneNumberKey } from '#description/phone-numbers/phone-number.ts'
import { inForce, type RegisterDescription } from '#description/register-description.ts'
import { recordingCeilingMonths, recordingTerms, termZone } from '#description/terms.ts'

type Planned = Pick<RegisterDescription, 'recordingPlan'>

/**
 * For how many months recordings of each number are kept by the rules in force at an instant; where several rules share
 * a number, each in its hours, by the longest of them. A number without a rule in force is not there: its recordings keep
 * the term they were made with.
 */
export function monthsInForce({ recordingPlan }: Planned, at: Temporal.Instant): Map<PhoneNumberKey, number> {
  const months = new Map<PhoneNumberKey, number>()
  for (const rule of recordingPlan.rules) {
    if (!inForce(rule.from, rule.until, at)) continue
    for (const key of rule.numbers) months.set(key, Math.max(rule.recordingMonths, months.get(key) ?? 0))
  }
  return months
}

/** A number's recordings get a shorter term at an instant. */
export interface TermStep {
  at: Temporal.Instant
  key: PhoneNumberKey
  months: number
  /** What held before, or would hold then without the change; none where no rule was in force for the number. */
  from?: number
}

/** Where `after` shortens terms: as it comes into force, and as each of its rules does later. Oldest first. */
export function termSteps(before: Planned, after: Planned & Pick<RegisterDescription, 'effectiveFrom'>): TermStep[] {
  const begins = after.recordingPlan.rules
    .map(({ from }) => from)
    .filter((from) => Temporal.Instant.compare(from, after.effectiveFrom) > 0)
  const instants = [after.effectiveFrom, ...begins]
    .sort(Temporal.Instant.compare)
    .filter((at, index, all) => index === 0 || !at.equals(all[index - 1]!))
  const reached = new Map<PhoneNumberKey, number>()
  return instants.flatMap((at) => {
    const without = monthsInForce(before, at)
    return [...monthsInForce(after, at)].flatMap(([key, months]) => {
      const known = [without.get(key), reached.get(key)].filter((one) => one !== undefined)
      const from = known.length === 0 ? undefined : Math.min(...known)
      if (from !== undefined && from <= months) return []
      reached.set(key, months)
      return [{ at, key, months, ...(from !== undefined && { from }) }]
    })
  })
}

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
