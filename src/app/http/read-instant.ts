import type { Refusal } from './refuse.ts'

/** A time that begins at one instant and ends at a later one; or which of the two is wrong. */
export function readPeriod(
  times: { from: string; to: string },
  tooLong?: { hours: number; message: string },
): { from: Temporal.Instant; to: Temporal.Instant } | Refusal {
  const [from, to] = [readInstant(times.from), readInstant(times.to)]
  if (from === 'invalid') return { refused: 'input.invalid', field: 'from' }
  if (to === 'invalid') return { refused: 'input.invalid', field: 'to' }
  const hours = to.since(from).total('hours')
  if (hours > 0 && hours <= (tooLong?.hours ?? Infinity)) return { from, to }
  return { refused: 'input.invalid', field: 'to', message: tooLong?.message ?? 'The time must end after it begins.' }
}

/** An instant of RFC 3339, which allows more digits of a second than Temporal does. */
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
