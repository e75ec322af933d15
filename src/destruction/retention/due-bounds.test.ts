import fc from 'fast-check'
import { expect, test } from 'vitest'
import { recordingTerms } from '#description/terms.ts'
import { destructionAt, dueBounds } from './due-bounds.ts'

const instant = (day: string) => Temporal.ZonedDateTime.from(`${day}T00:00[Europe/Helsinki]`).toInstant()

test('the bounds of due recordings by the end of their calls agree with the term of each recording', () => {
  const seconds = fc.integer({
    min: instant('2025-01-01').epochMilliseconds / 1000,
    max: instant('2029-01-01').epochMilliseconds / 1000,
  })
  const nearby = fc.integer({ min: -9 * 86_400, max: 9 * 86_400 })
  fc.assert(
    fc.property(seconds, fc.integer({ min: 2, max: 6 }), nearby, (second, months, off) => {
      const at = Temporal.Instant.fromEpochMilliseconds(second * 1000)
      const local = at.toZonedDateTimeISO('Europe/Helsinki').subtract({ months })
      const endedAt = local.toInstant().add({ seconds: off })
      const { minKeepUntil } = recordingTerms(endedAt, months)
      const isDue =
        Temporal.Instant.compare(destructionAt({ call_ended_at: endedAt, min_keep_until: minKeepUntil }, months), at) <=
        0
      const { from, until } = dueBounds(at, months)
      expect(Temporal.Instant.compare(from, until)).toBeLessThanOrEqual(0)
      if (Temporal.Instant.compare(endedAt, from) < 0) expect(isDue).toBe(true)
      if (Temporal.Instant.compare(endedAt, until) >= 0) expect(isDue).toBe(false)
      // Few days must be checked one by one.
      expect(until.since(from).total('days')).toBeLessThanOrEqual(8)
    }),
    { numRuns: 3000 },
  )
})
