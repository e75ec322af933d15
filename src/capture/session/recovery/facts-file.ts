import type { SegmentFacts } from '#register/admit.ts'

const instants = new Set(['startedAt', 'answeredAt', 'endedAt'])

/**
 * Serialises facts for the spool as JSON, with instants in ISO 8601 and digests in hex. Leaves out another client's caller once
 * the call has ended, as it may be a number that the caller withholds.
 */
export function writeFacts({ otherCaller, ...facts }: SegmentFacts): string {
  return JSON.stringify(
    facts.endedAt || !otherCaller ? facts : { ...facts, otherCaller },
    function (this: Record<string, unknown>, key, value: unknown) {
      const original = this[key]
      return Buffer.isBuffer(original) ? original.toString('hex') : value
    },
  )
}

/** Parses stored facts. Throws SyntaxError or RangeError for any other file. */
export function readFacts(text: string): SegmentFacts {
  return JSON.parse(text, (key, value: unknown) => {
    if (typeof value !== 'string') return value
    if (instants.has(key)) return Temporal.Instant.from(value)
    if (key === 'intakeDay') return Temporal.PlainDate.from(value)
    if (key === 'sha256') return Buffer.from(value, 'hex')
    return value
  }) as SegmentFacts
}
