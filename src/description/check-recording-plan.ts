import { type FieldProblem } from './problem.ts'
import { inForce, type RecordingPlan, type RecordingRule, type ServiceNumber } from './register-description.ts'

/** A share that leaves out fewer than one call in twenty is recording everything under another name (R15). */
export const everythingShare = 0.95

/**
 * What speaks against approving a recording plan: it names numbers that are not service numbers (R13), leaves two rules for one number at one time, or records everything (R15): one number in full only
 * for a limited time and with a justification, all numbers never.
 *
 * @returns the problems, by the rule's place in the plan; none for a plan that can be approved
 */
export function checkRecordingPlan(plan: RecordingPlan, numbers: readonly ServiceNumber[]): FieldProblem[] {
  const problems = plan.rules.flatMap((rule, index) => checkRule(rule, index, numbers))
  plan.rules.forEach((rule, index) => {
    const rival = plan.rules.slice(0, index).find((earlier) => overlap(earlier, rule))
    if (rival) add(index, 'numbers', `shares a number and time with rule ${rival.id} version ${rival.version} (R14)`)
  })
  const everything = worstMoments(plan, numbers)
    .map((at) => inFullAt(plan, numbers, at))
    .find((found) => found >= 0)
  if (everything !== undefined) {
    add(everything, 'share', 'all calls: with this rule every call on every service number is recorded (R15)')
  }
  return problems

  function add(index: number, field: string, message: string): void {
    problems.push({ path: ['rules', index, field], message })
  }
}

function checkRule(rule: RecordingRule, index: number, numbers: readonly ServiceNumber[]): FieldProblem[] {
  const problems: FieldProblem[] = []
  const add = (field: string | [string, number], message: string): void => {
    problems.push({ path: ['rules', index, ...[field].flat()], message })
  }
  rule.numbers.forEach((key, place) => {
    const known = numbers.filter((number) => number.key === key)
    if (known.length === 0) add(['numbers', place], 'is not in the list of numbers (R7)')
    if (known.some((number) => number.kind === 'SWITCHBOARD')) {
      add(['numbers', place], 'is a switchboard number: its calls are never recorded (R13)')
    }
  })
  if (rule.until && Temporal.Instant.compare(rule.until, rule.from) <= 0) add('until', 'is before the rule begins')
  if (rule.share >= everythingShare) {
    if (!rule.until) add('share', 'recording a number in full needs an end date: until (R15)')
    if (!rule.justification) add('share', 'recording a number in full needs a justification (R15)')
  }
  return problems
}

function overlap(one: RecordingRule, other: RecordingRule): boolean {
  return (
    one.numbers.some((key) => other.numbers.includes(key)) &&
    (inForce(one.from, one.until, other.from) || inForce(other.from, other.until, one.from))
  )
}

/** Coverage grows where a rule begins and where a number that is not recorded in full ends: there it is at its worst. */
function worstMoments(plan: RecordingPlan, numbers: readonly ServiceNumber[]): Temporal.Instant[] {
  return [...plan.rules.map((rule) => rule.from), ...numbers.flatMap(({ validTo }) => validTo ?? [])]
}

/** The first rule that records in full at an instant when all service numbers are so recorded; -1 where some are not. */
function inFullAt(plan: RecordingPlan, numbers: readonly ServiceNumber[], at: Temporal.Instant): number {
  const full = (rule: RecordingRule): boolean => rule.share >= everythingShare && inForce(rule.from, rule.until, at)
  const service = numbers.filter(
    (number) => number.kind !== 'SWITCHBOARD' && inForce(number.validFrom, number.validTo, at),
  )
  const all = service.every(({ key }) => plan.rules.some((rule) => full(rule) && rule.numbers.includes(key)))
  return service.length > 0 && all ? plan.rules.findIndex(full) : -1
}
