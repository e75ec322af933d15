import { problemAt, type FieldProblem } from '../problem.ts'
import { type RecordingRule, type RegisterDescription, type ServiceNumber } from '../register-description.ts'
import { dayText, momentText } from '../value-texts.ts'

/**
 * Checks a version against `history` (R1, R7, R11, R14): version numbers are consecutive and come into force in order; a
 * changed rule has a new version; a number that has been in force keeps its entry, so that old calls keep their meaning.
 * @param history all versions so far, oldest first; empty for the first
 * @param next the readable sections of the next version
 * @param shortened lists without their unreadable items, as in checkDescription
 */
export function checkSuccession(
  history: readonly RegisterDescription[],
  next: Partial<RegisterDescription>,
  shortened: ReadonlySet<string> = new Set(),
): FieldProblem[] {
  const previous = history.at(-1)
  const problems: FieldProblem[] = []
  const { version, effectiveFrom, recordingPlan, numbers, switches } = next
  // Transcripts for callers (C1) are not supported: earlier versions may have the switch on, later ones may not.
  if (switches?.accessTranscript) {
    problems.push(problemAt(['switches', 'accessTranscript'], 'switch.not-available', { default: 'false' }))
  }
  const expected = (previous?.version ?? 0) + 1
  if (version !== undefined && version !== expected) {
    problems.push(problemAt(['version'], 'version.number', { expected }))
  }
  if (!previous) return problems
  if (effectiveFrom && Temporal.Instant.compare(effectiveFrom, previous.effectiveFrom) <= 0) {
    const previousMoment = momentText(previous.effectiveFrom)
    problems.push(problemAt(['effectiveFrom'], 'version.not-later', { previous: previousMoment }))
  }
  if (recordingPlan) problems.push(...checkRuleVersions(history, recordingPlan.rules))
  if (numbers && effectiveFrom && !shortened.has('numbers')) {
    problems.push(...checkNumbersKept(previous.numbers, numbers, effectiveFrom))
  }
  return problems
}

/**
 * Returns the version that each rule must have after `history`, in the order of `rules`. A rule whose decisions are those of
 * the version before keeps its number; a changed rule gets the next number after the highest of its id. A rule with a new id
 * keeps the number it has.
 */
export function expectedRuleVersions(
  history: readonly RegisterDescription[],
  rules: readonly RecordingRule[],
): number[] {
  const highest = new Map<string, number>()
  for (const rule of history.flatMap(({ recordingPlan }) => recordingPlan.rules)) {
    highest.set(rule.id, Math.max(rule.version, highest.get(rule.id) ?? 0))
  }
  const before = [...(history.at(-1)?.recordingPlan.rules ?? [])]
  return rules.map((rule) => {
    const position = before.findIndex((earlier) => earlier.id === rule.id && decidesLike(earlier, rule))
    if (position >= 0) return before.splice(position, 1)[0]!.version
    const last = highest.get(rule.id)
    const expected = last === undefined ? rule.version : last + 1
    highest.set(rule.id, expected)
    return expected
  })
}

function checkRuleVersions(history: readonly RegisterDescription[], rules: readonly RecordingRule[]): FieldProblem[] {
  const used = history.flatMap(({ recordingPlan }) => recordingPlan.rules)
  const before = history.at(-1)?.recordingPlan.rules ?? []
  const expectedVersions = expectedRuleVersions(history, rules)
  return rules.flatMap((rule, index) => {
    const expected = expectedVersions[index]!
    if (rule.version === expected) return []
    const path = ['recordingPlan', 'rules', index, 'version']
    if (before.some((one) => one.id === rule.id && one.version === expected)) {
      return [problemAt(path, 'rule.version-idle', { rule: rule.id, expected })]
    }
    const isUsed = used.some((one) => one.id === rule.id && one.version === rule.version)
    const code = isUsed ? 'rule.version-unraised' : 'rule.version-skipped'
    return [problemAt(path, code, { rule: rule.id, version: rule.version, expected })]
  })
}

/** Returns true if both rules lead to the same decisions; names and explanations do not count (R14). */
function decidesLike(one: RecordingRule, other: RecordingRule): boolean {
  return decisionKey(one) === decisionKey(other)
}

function decisionKey({ numbers, share, quota, hours, recordingMonths, from, until }: RecordingRule): string {
  return JSON.stringify([
    [...numbers].sort(),
    share,
    quota && [quota.per, quota.weekly],
    hours && [[...hours.days].sort(), hours.from, hours.to],
    recordingMonths,
    from,
    until,
  ])
}

function checkNumbersKept(
  before: readonly ServiceNumber[],
  after: readonly ServiceNumber[],
  effectiveFrom: Temporal.Instant,
): FieldProblem[] {
  return before.flatMap((number) => {
    const { key, display, kind, validFrom } = number
    if (Temporal.Instant.compare(validFrom, effectiveFrom) >= 0) return []
    const position = after.findIndex(
      (entry) => entry.key === key && Temporal.Instant.compare(entry.validFrom, validFrom) === 0,
    )
    const entry = after[position]
    if (!entry) {
      return [problemAt(['numbers'], 'number.vanished', { number: display, since: dayText(validFrom) })]
    }
    return entry.kind === kind
      ? []
      : [problemAt(['numbers', position, 'kind'], 'number.kind-changed', { number: display })]
  })
}
