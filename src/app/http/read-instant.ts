import type { Refusal } from './refuse.ts'

/** Parses a period. Refuses one that cannot be parsed or does not end after it begins, and names the invalid field. */
export function readPeriod(
  times: { from: string; to: string },
  tooLong?: { hours: number; message: string },
): { from: Temporal.Instant; to: Temporal.Instant } | Refusal {
  const [from, to] = [readInstant(times.from), readInstant(times.to)]
  if (from === 'invalid') return { refused: 'input.invalid', field: 'from' }
  if (to === 'invalid') return { refused: 'input.invalid', field: 'to' }
  const hours = to.since(from).total('hours')
  if (hours > 0 && hours <= (tooLong?.hours ?? Infinity)) return { from, to }
  return { refused: 'input.invalid', field: 'to', message: tooLong?.message ?? 'The period must end after it begins.' }
}

/** Parses an RFC 3339 instant, which may have more digits than Temporal accepts. */
export function readInstant(text: string): Temporal.Instant | 'invalid'
export function readInstant(text: string | undefined): Temporal.Instant | undefined | 'invalid'
export function readInstant(text: string | undefined): Temporal.Instant | undefined | 'invalid' {
  if (text === undefined) return undefined
  try {
    return Temporal.Instant.from(text)
  } catch {
    return 'invalid'
  }
}
