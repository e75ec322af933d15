import { isMap, isScalar, parseDocument, type Pair } from 'yaml'
import { termZone } from '#description/terms.ts'

/** What a draft says of itself: the three lines that the procedure writes, and nobody else. */
export interface DraftHead {
  version: number
  /** None while no instant has been chosen: the text keeps its own. */
  effectiveFrom: Temporal.Instant | null
  /** User id. */
  author: string
  /** A day to stand there until the decision gives its own. */
  today: Temporal.PlainDate
}

/** Stands for the approver until there is one; the database puts the user id in its place (migration 0002, settled_text). */
export const awaitsDecision = '(awaits decision)'

/**
 * Writes a draft's head into its text and leaves every other letter as it is. A text that is no YAML mapping comes back
 * unchanged: its problems are told first.
 */
export function settleHead(text: string, head: DraftHead): string {
  const document = parseDocument(text)
  if (document.errors.length > 0 || !isMap(document.contents)) return text
  const mapping = document.contents
  const lines: [string, string][] = [
    ['version', String(head.version)],
    [
      'decision',
      `{ author: ${JSON.stringify(head.author)}, approver: ${JSON.stringify(awaitsDecision)}, decidedOn: ${head.today.toString()} }`,
    ],
  ]
  if (head.effectiveFrom) lines.push(['effectiveFrom', writeInstant(head.effectiveFrom)])
  const places = lines.map(([name, value]) => {
    const pair = mapping.items.find(({ key }) => isScalar(key) && key.value === name)
    return { ...placeOf(pair), line: `${name}: ${value}` }
  })
  return places
    .sort((a, b) => b.from - a.from)
    .reduce(
      (written, { from, to, line }) => written.slice(0, from) + line + (from === to ? '\n' : '') + written.slice(to),
      text,
    )

  /** From the first letter of the key to the last of the value; the beginning of the text where there is none. */
  function placeOf(pair: Pair | undefined): { from: number; to: number } {
    const start = mapping.range?.[0] ?? 0
    const key = pair?.key as { range?: [number, number, number] } | undefined
    if (!pair || !key?.range) return { from: start, to: start }
    return { from: key.range[0], to: lastLetter(pair.value) ?? text.indexOf(':', key.range[1]) + 1 }
  }
}

/** An instant as the file writes it: a day where it is the beginning of one. */
export function writeInstant(instant: Temporal.Instant): string {
  const there = instant.toZonedDateTimeISO(termZone)
  return there.equals(there.startOfDay())
    ? there.toPlainDate().toString()
    : there.toString({ timeZoneName: 'never', smallestUnit: 'second' })
}

/** Where a value ends, without what a block leaves behind its last entry. */
function lastLetter(value: unknown): number | undefined {
  if (isMap(value) && value.flow !== true) {
    const last = value.items.at(-1)
    return last && (lastLetter(last.value) ?? (last.key as { range?: number[] }).range?.[1])
  }
  return (value as { range?: [number, number, number] } | null)?.range?.[1]
}
