import { localTime } from '../local-time.ts'
import { type PhoneNumberKey } from '../phone-numbers/phone-number.ts'
import { inForce, type RecordingPlan, type RecordingRule, type ServiceNumber } from '../register-description.ts'
import { termZone } from '../terms.ts'

/** Recording 95 % or more counts as recording everything (R15). */
export const everythingShare = 0.95

/**
 * Weekly quotas up to which a rule counts as bounded. An official seldom answers more than a hundred calls a week, and a number
 * with a thousand is busy: a larger quota records everything.
 */
const boundingQuota = { official: 100, number: 1000 }

/** Returns true if the rule records every call while it is in force. */
export function recordsEverything({ share, quota }: Pick<RecordingRule, 'share' | 'quota'>): boolean {
  return share >= everythingShare && !(quota && quota.weekly <= boundingQuota[quota.per])
}

/** Days to check: a week, and one more day since the first may begin at any hour. */
const daysToCheck = 8

/**
 * Returns the first moment at which every service number in use is recorded in full (R15), with a rule that records in full
 * then; undefined if there is no such moment. A rule with hours counts only during its hours.
 */
export function findMomentRecordingAll(
  { rules }: Pick<RecordingPlan, 'rules'>,
  numbers: readonly ServiceNumber[],
): { at: Temporal.Instant; rule: RecordingRule } | undefined {
  const full = rules.filter(recordsEverything)
  const service = numbers.filter(({ kind }) => kind !== 'SWITCHBOARD')
  const boundaries = [
    ...full.flatMap(({ from, until }) => [from, until]),
    ...service.flatMap(({ validFrom, validTo }) => [validFrom, validTo]),
  ]
    .filter((at) => at !== undefined)
    .sort((one, other) => Temporal.Instant.compare(one, other))
    .filter((at, index, sorted) => index === 0 || !at.equals(sorted[index - 1]!))
  for (const [index, begin] of boundaries.entries()) {
    // Between two changes rules and numbers are constant; only the hours of the week matter.
    const inUse = service.filter(({ validFrom, validTo }) => inForce(validFrom, validTo, begin)).map(({ key }) => key)
    const inForceRules = full.filter(({ from, until }) => inForce(from, until, begin))
    if (!coversAll(inUse, inForceRules)) continue
    const at = momentsBetween(begin, boundaries[index + 1], inForceRules).find((moment) =>
      coversAll(
        inUse,
        inForceRules.filter((rule) => isWithinHours(rule, moment)),
      ),
    )
    const rule = at && inForceRules.find((one) => isWithinHours(one, at))
    if (rule) return { at, rule }
  }
  return undefined
}

/** Returns the moments to check: coverage increases only where the hours of a rule begin. */
function momentsBetween(
  begin: Temporal.Instant,
  end: Temporal.Instant | undefined,
  rules: readonly RecordingRule[],
): Temporal.Instant[] {
  const firstDay = begin.toZonedDateTimeISO(termZone).toPlainDate()
  const moments = [begin]
  for (let days = 0; days < daysToCheck; days += 1) {
    for (const { hours } of rules) {
      if (!hours) continue
      const at = firstDay.add({ days }).toZonedDateTime({ timeZone: termZone, plainTime: hours.from }).toInstant()
      if (inForce(begin, end, at)) moments.push(at)
    }
  }
  return moments
}

function coversAll(keys: readonly PhoneNumberKey[], rules: readonly RecordingRule[]): boolean {
  const covered = new Set(rules.flatMap(({ numbers }) => numbers))
  return keys.length > 0 && keys.every((key) => covered.has(key))
}

function isWithinHours({ hours }: RecordingRule, at: Temporal.Instant): boolean {
  if (!hours) return true
  const { weekday, clockMs } = localTime(at.epochMilliseconds)
  const clock = Temporal.PlainTime.from({ hour: 0 }).add({ milliseconds: clockMs })
  return (
    hours.days.includes(weekday) &&
    Temporal.PlainTime.compare(hours.from, clock) <= 0 &&
    Temporal.PlainTime.compare(clock, hours.to) < 0
  )
}
