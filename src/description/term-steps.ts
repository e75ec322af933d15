/** Retention by number, and where a change of the recording plan shortens it (R25). */
import type { PhoneNumberKey } from './phone-numbers/phone-number.ts'
import { inForce, type RegisterDescription } from './register-description.ts'

type Planned = Pick<RegisterDescription, 'recordingPlan'>

/**
 * Returns the months of retention for each number by the rules in force at an instant; if several rules share a number by
 * hours, the longest. Numbers without a rule in force are left out: their recordings keep their terms.
 */
export function monthsInForce({ recordingPlan }: Planned, at: Temporal.Instant): Map<PhoneNumberKey, number> {
  const months = new Map<PhoneNumberKey, number>()
  for (const rule of recordingPlan.rules) {
    if (!inForce(rule.from, rule.until, at)) continue
    for (const key of rule.numbers) months.set(key, Math.max(rule.recordingMonths, months.get(key) ?? 0))
  }
  return months
}

/** A shorter term of a number's recordings from an instant. */
export interface TermStep {
  at: Temporal.Instant
  key: PhoneNumberKey
  months: number
  /** Previous term, or the term without the change; undefined if no rule was in force for the number. */
  from?: number
}

/**
 * Returns the instants at which `after` shortens terms: as it comes into force, and as its rules begin or end later. Oldest
 * first.
 */
export function termSteps(before: Planned, after: Planned & Pick<RegisterDescription, 'effectiveFrom'>): TermStep[] {
  return stepsAgainst((at) => monthsInForce(before, at), after)
}

/**
 * Like termSteps, but compares with the terms in force just before `after` takes effect. So it also returns shortenings that
 * `before` had planned for later.
 */
export function plannedSteps(before: Planned, after: Planned & Pick<RegisterDescription, 'effectiveFrom'>): TermStep[] {
  const held = monthsInForce(before, after.effectiveFrom.subtract({ nanoseconds: 1 }))
  return stepsAgainst(() => held, after)
}

function stepsAgainst(
  withoutAt: (at: Temporal.Instant) => Map<PhoneNumberKey, number>,
  after: Planned & Pick<RegisterDescription, 'effectiveFrom'>,
): TermStep[] {
  const changes = after.recordingPlan.rules
    .flatMap(({ from, until }) => (until ? [from, until] : [from]))
    .filter((at) => Temporal.Instant.compare(at, after.effectiveFrom) > 0)
  const instants = [after.effectiveFrom, ...changes]
    .sort(Temporal.Instant.compare)
    .filter((at, index, all) => index === 0 || !at.equals(all[index - 1]!))
  const reached = new Map<PhoneNumberKey, number>()
  return instants.flatMap((at) => {
    const without = withoutAt(at)
    return [...monthsInForce(after, at)].flatMap(([key, months]) => {
      const known = [without.get(key), reached.get(key)].filter((one) => one !== undefined)
      const from = known.length === 0 ? undefined : Math.min(...known)
      if (from !== undefined && from <= months) return []
      reached.set(key, months)
      return [{ at, key, months, ...(from !== undefined && { from }) }]
    })
  })
}
