import { everythingShare, recordsEverything, findMomentRecordingAll } from './full-recording.ts'
import { displayPhoneNumber } from '../phone-numbers/display-phone-number.ts'
import { type NumberingOptions, type PhoneNumberKey } from '../phone-numbers/phone-number.ts'
import { problemAt, type FieldPath, type FieldProblem } from '../problem.ts'
import { inForce, type RecordingPlan, type RecordingRule, type ServiceNumber } from '../register-description.ts'
import { momentText } from '../value-texts.ts'

const percent = everythingShare * 100

/**
 * Checks a recording plan (R13-R15). Rules name service numbers only, do not overlap for a number, and never record everything:
 * a single number in full only for a limited time and with a justification, all numbers at one moment never.
 * @param numbers the whole list of numbers; without it checks that need it are skipped
 */
export function checkRecordingPlan(
  { rules }: RecordingPlan,
  numbers: readonly ServiceNumber[] | undefined,
  numbering: NumberingOptions = {},
): FieldProblem[] {
  const display = (key: PhoneNumberKey): string =>
    numbers?.find((number) => number.key === key)?.display ?? displayPhoneNumber(key, numbering)
  const problems = rules.flatMap((rule, index) => [
    ...checkRule(rule, ['recordingPlan', 'rules', index]),
    ...checkNamedNumbers(rule.numbers, ['recordingPlan', 'rules', index, 'numbers'], numbers, display, rule),
  ])
  const named = rules.map((rule) => new Set(rule.numbers))
  rules.forEach((rule, index) => {
    const earlier = rules.slice(0, index)
    if (earlier.some(({ id, version }) => id === rule.id && version === rule.version)) {
      const values = { rule: rule.id, version: rule.version }
      problems.push(problemAt(['recordingPlan', 'rules', index, 'id'], 'rule.twice', values))
    }
    for (const [position, rival] of earlier.entries()) {
      const shared = overlapInTime(rival, rule) ? rule.numbers.find((key) => named[position]!.has(key)) : undefined
      if (shared === undefined) continue
      const values = { number: display(shared), rule: rival.id, version: rival.version }
      problems.push(problemAt(['recordingPlan', 'rules', index, 'numbers'], 'rule.overlap', values))
      break
    }
  })
  const found = numbers && findMomentRecordingAll({ rules }, numbers)
  if (found) {
    const path = ['recordingPlan', 'rules', rules.indexOf(found.rule), 'share']
    problems.push(problemAt(path, 'plan.all-calls', { at: momentText(found.at), percent }))
  }
  return problems
}

/** Checks the numbers of a rule or an announcement; a rule's numbers are never the switchboard. */
export function checkNamedNumbers(
  keys: readonly PhoneNumberKey[],
  path: FieldPath,
  numbers: readonly ServiceNumber[] | undefined,
  display: (key: PhoneNumberKey) => string,
  rule?: RecordingRule,
): FieldProblem[] {
  const listed = numbers && Map.groupBy(numbers, ({ key }) => key)
  const seen = new Set<PhoneNumberKey>()
  return keys.flatMap((key, index) => {
    const problems: FieldProblem[] = []
    const known = listed && (listed.get(key) ?? [])
    const values = { number: display(key) }
    if (known?.length === 0) problems.push(problemAt([...path, index], 'rule.unknown-number', values))
    if (rule && known?.some((number) => number.kind === 'SWITCHBOARD' && isInForceDuring(rule, number))) {
      problems.push(problemAt([...path, index], 'rule.switchboard', values))
    }
    if (seen.has(key)) problems.push(problemAt([...path, index], 'rule.number-twice', values))
    seen.add(key)
    return problems
  })
}

function checkRule(rule: RecordingRule, path: FieldPath): FieldProblem[] {
  const { hours, share, quota, from, until } = rule
  const problems: FieldProblem[] = []
  if (until && Temporal.Instant.compare(until, from) <= 0) {
    problems.push(problemAt([...path, 'until'], 'time.end-before-begin'))
  }
  if (recordsEverything(rule)) {
    if (!until) problems.push(problemAt([...path, 'until'], 'rule.full-without-end', { percent }))
    if (rule.justification === undefined) {
      problems.push(problemAt([...path, 'justification'], 'rule.full-without-justification', { percent }))
    }
  }
  if (quota && share === 0) problems.push(problemAt([...path, 'quota'], 'rule.quota-of-nothing'))
  if (hours) {
    if (Temporal.PlainTime.compare(hours.to, hours.from) <= 0) {
      problems.push(problemAt([...path, 'hours', 'to'], 'rule.hours-backwards'))
    }
    hours.days.forEach((day, index) => {
      if (hours.days.indexOf(day) < index) {
        problems.push(problemAt([...path, 'hours', 'days', index], 'rule.day-twice', { day }))
      }
    })
  }
  return problems
}

function isInForceDuring({ from, until }: RecordingRule, { validFrom, validTo }: ServiceNumber): boolean {
  return inForce(from, until, validFrom) || inForce(validFrom, validTo, from)
}

/** Returns true if both rules are in force at some moment. */
function overlapInTime(one: RecordingRule, other: RecordingRule): boolean {
  return (
    (inForce(one.from, one.until, other.from) || inForce(other.from, other.until, one.from)) && hoursOverlap(one, other)
  )
}

function hoursOverlap({ hours: one }: RecordingRule, { hours: other }: RecordingRule): boolean {
  if (!one || !other) return true
  return (
    one.days.some((day) => other.days.includes(day)) &&
    Temporal.PlainTime.compare(one.from, other.to) < 0 &&
    Temporal.PlainTime.compare(other.from, one.to) < 0
  )
}
