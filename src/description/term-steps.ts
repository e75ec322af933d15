/**
 * Terms of recordings by number, and where a change of the recording plan shortens them (R25). In: descriptions, an instant. Out:
 * months by number, steps to shorter terms. Never here: a recording.
 */
import type { PhoneNumberKey } from './phone-numbers/phone-number.ts'
import { inForce, type RegisterDescription } from './register-description.ts'

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

/** Where `after` shortens terms: as it comes into force, and as each of its rules begins or ends later. Oldest first. */
export function termSteps(before: Planned, after: Planned & Pick<RegisterDescription, 'effectiveFrom'>): TermStep[] {
  const changes = after.recordingPlan.rules
    .flatMap(({ from, until }) => (until ? [from, until] : [from]))
    .filter((at) => Temporal.Instant.compare(at, after.effectiveFrom) > 0)
  const instants = [after.effectiveFrom, ...changes]
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
