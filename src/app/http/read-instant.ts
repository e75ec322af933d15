/** An instant of RFC 3339, which allows more digits of a second than Temporal does. */
export function readInstant(text: string | undefined): Temporal.Instant | undefined | 'invalid' {
  if (!text) return undefined
  try {
    return Temporal.Instant.from(text)
  } catch {
    return 'invalid'
  }
}
