import { localTime } from '../local-time.ts'
import { type PhoneNumberKey } from '../phone-numbers/phone-number.ts'
import { inForce, type RecordingPlan, type RecordingRule, type ServiceNumber } from '../register-description.ts'
import { termZone } from '../terms.ts'

/** A share that leaves out fewer than one call in twenty is recording everything under another name (R15). */
export const everythingShare = 0.95

/**
 * Recordings in a week up to which a quota bounds what a rule records. Nobody answers much more than a hundred calls in
 * a week, and a number with a thousand is a busy one: a quota beyond that is recording everything under another name.
 */
const boundingQuota = { official: 100, number: 1000 }

/** True where the rule, while and when it holds, records every call. */
export function isInFull({ share, quota }: Pick<RecordingRule, 'share' | 'quota'>): boolean {
  return share >= everythingShare && !(quota && quota.weekly <= boundingQuota[quota.per])
}

/** Days that show every hour of a week, and one more where it begins in the middle of a day. */
const daysOfAPattern = 8

/**
 * The first moment at which every service number in use is recorded in full (R15), and a rule that does it. Undefined
 * where there is none: then some call to some number has always been left out. Hours leave times out, but do not excuse
 * the moments that they cover.
 */
export function momentOfAllCalls(
  { rules }: Pick<RecordingPlan, 'rules'>,
  numbers: readonly ServiceNumber[],
): { at: Temporal.Instant; rule: RecordingRule } | undefined {
  const full = rules.filter(isInFull)
  const service = numbers.filter(({ kind }) => kind !== 'SWITCHBOARD')
  const turns = [
    ...full.flatMap(({ from, until }) => [from, until]),
    ...service.flatMap(({ validFrom, validTo }) => [validFrom, validTo]),
  ]
    .filter((at) => at !== undefined)
    .sort((one, other) => Temporal.Instant.compare(one, other))
    .filter((at, place, sorted) => place === 0 || !at.equals(sorted[place - 1]!))
  for (const [place, begin] of turns.entries()) {
    // Between two turns the rules and the numbers are the same; only the hours of the week differ.
    const inUse = service.filter(({ validFrom, validTo }) => inForce(validFrom, validTo, begin)).map(({ key }) => key)
    const holding = full.filter(({ from, until }) => inForce(from, until, begin))
    if (!coversAll(inUse, holding)) continue
    const at = momentsBetween(begin, turns[place + 1], holding).find((moment) =>
      coversAll(
        inUse,
        holding.filter((rule) => isWithinHours(rule, moment)),
      ),
    )
    const rule = at && holding.find((one) => isWithinHours(one, at))
    if (rule) return { at, rule }
  }
  return undefined
}

/** Coverage grows only where hours begin: there it is at its worst. */
function momentsBetween(
  begin: Temporal.Instant,
  end: Temporal.Instant | undefined,
  rules: readonly RecordingRule[],
): Temporal.Instant[] {
  const firstDay = begin.toZonedDateTimeISO(termZone).toPlainDate()
  const moments = [begin]
  for (let days = 0; days < daysOfAPattern; days += 1) {
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
