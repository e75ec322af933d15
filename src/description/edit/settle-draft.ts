import { isMap, isScalar, type Pair } from 'yaml'
import { expectedRuleVersions } from '../checks/check-succession.ts'
import { readValidParts } from '../read-description.ts'
import { readText } from '../read-text.ts'
import { type RegisterDescription } from '../register-description.ts'
import { termZone } from '../terms.ts'
import { rewriteText } from './rewrite-text.ts'
import { isFields } from './write-value.ts'

/** The lines of a draft that only the approval procedure writes (R14). */
export type DraftHead = {
  version: number
  /** Default: the value in the text. */
  effectiveFrom?: Temporal.Instant
  /** User ids. Without an approver a placeholder is written (`approved_text`, database/functions/description/versions.sql). */
  decision?: { author: string; approver?: string; decidedOn: Temporal.PlainDate }
}

/** Placeholder for the approver; user ids have no brackets. */
const awaitsDecision = '(awaits decision)'

/**
 * Returns the draft's text with its head and rule versions as they must be after `history`: a rule whose decisions change
 * gets the next version, others keep theirs (R14). Everything else is unchanged. Unreadable parts stay; their problems are
 * reported first.
 * @param history all versions so far, oldest first
 */
export function settleDraft(text: string, history: readonly RegisterDescription[], head: DraftHead): string {
  return settleHead(settleRules(text, history), head)
}

function settleRules(text: string, history: readonly RegisterDescription[]): string {
  const reading = readText(text)
  if (!reading.ok) return text
  const { document, file } = reading.read
  const rules = rulesOf(file)
  if (!rules) return text
  // Reads a new rule without a version as version 1.
  const numbered = withRules(file, (rule) => (Number.isInteger(rule['version']) ? rule : { ...rule, version: 1 }))
  const { description, asWritten } = readValidParts(numbered)
  const read = description.recordingPlan?.rules ?? []
  const versions = new Map(
    expectedRuleVersions(history, read).map((version, index) => [
      asWritten(['recordingPlan', 'rules', index])[2],
      version,
    ]),
  )
  const settled = withRules(file, (rule, index) =>
    versions.has(index) ? { ...rule, version: versions.get(index) } : rule,
  )
  return rewriteText(text, document, settled)
}

function rulesOf(file: unknown): unknown[] | undefined {
  const plan = isFields(file) ? file['recordingPlan'] : undefined
  const rules = isFields(plan) ? plan['rules'] : undefined
  return Array.isArray(rules) ? rules : undefined
}

function withRules(
  file: unknown,
  change: (rule: Record<string, unknown>, index: number) => Record<string, unknown>,
): unknown {
  const { recordingPlan, ...rest } = file as { recordingPlan: object }
  const rules = rulesOf(file)!.map((rule, index) => (isFields(rule) ? change(rule, index) : rule))
  return { ...rest, recordingPlan: { ...recordingPlan, rules } }
}

/** Returns unreadable text, or text that is not a YAML mapping, unchanged. */
function settleHead(text: string, { version, effectiveFrom, decision }: DraftHead): string {
  const reading = readText(text)
  if (!reading.ok) return text
  const { contents } = reading.read.document
  if (!isMap(contents) || contents.flow === true) return text
  const fields = contents
  const lines: [name: string, value: string][] = [['version', String(version)]]
  if (decision) {
    const { author, approver = awaitsDecision, decidedOn } = decision
    const people = `author: ${JSON.stringify(author)}, approver: ${JSON.stringify(approver)}`
    lines.push(['decision', `{ ${people}, decidedOn: ${decidedOn.toString()} }`])
  }
  if (effectiveFrom) lines.push(['effectiveFrom', writeInstant(effectiveFrom)])
  return lines
    .map(([name, value]) => {
      const pair = fields.items.find(({ key }) => isScalar(key) && key.value === name)
      return { ...rangeOf(pair), line: `${name}: ${value}` }
    })
    .sort((one, other) => other.from - one.from)
    .reduce(
      (written, { from, to, line }) => written.slice(0, from) + line + (from === to ? '\n' : '') + written.slice(to),
      text,
    )

  /** Returns the range from the key to the end of the value; the beginning of the text if the key is missing. */
  function rangeOf(pair: Pair | undefined): { from: number; to: number } {
    const start = fields.range?.[0] ?? 0
    const key = pair?.key as { range?: [number, number, number] } | undefined
    if (!pair || !key?.range) return { from: start, to: start }
    return { from: key.range[0], to: endOffset(pair.value) ?? text.indexOf(':', key.range[1]) + 1 }
  }
}

/** Formats an instant as in the file: as a day if it is midnight in Helsinki. */
function writeInstant(instant: Temporal.Instant): string {
  const local = instant.toZonedDateTimeISO(termZone)
  return local.equals(local.startOfDay())
    ? local.toPlainDate().toString()
    : local.toString({ timeZoneName: 'never', smallestUnit: 'second' })
}

/** Returns the end of a value, without the white space that a block leaves after its last entry. */
function endOffset(value: unknown): number | undefined {
  if (isMap(value) && value.flow !== true) {
    const last = value.items.at(-1)
    return last && (endOffset(last.value) ?? (last.key as { range?: number[] }).range?.[1])
  }
  return (value as { range?: [number, number, number] } | null)?.range?.[1]
}
