import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { phoneNumberKey } from '#description/phone-numbers/normalise-phone-number.ts'
import type { RecordingRule, RegisterDescription } from '#description/register-description.ts'
import { monthsInForce, termSteps } from '#description/term-steps.ts'
import { recordingTerms } from '#description/terms.ts'
import { destructionAt, dueBounds } from './terms-in-force.ts'

const instant = (day: string) => Temporal.ZonedDateTime.from(`${day}T00:00[Europe/Helsinki]`).toInstant()
const [first, second] = ['029 497 000', '029 497 001'].map((written) => phoneNumberKey(written)!)
const ruleOf = (changed: Partial<RecordingRule>): RecordingRule => ({
  id: 'service-numbers',
  version: 1,
  names: { fi: 'x', sv: 'x', en: 'x' },
  numbers: [first!],
  share: 0.1,
  recordingMonths: 6,
  from: instant('2026-01-01'),
  ...changed,
})
const planOf = (rules: RecordingRule[], effectiveFrom = instant('2026-06-01')) =>
  ({
    effectiveFrom,
    recordingPlan: { announcements: [], recordForwarded: true, rules },
  }) satisfies Partial<RegisterDescription>

describe('the months of a number', () => {
  test('are those of the rule in force', () => {
    const plan = planOf([
      ruleOf({ recordingMonths: 6, until: instant('2026-03-01') }),
      ruleOf({ recordingMonths: 3, from: instant('2026-03-01') }),
      ruleOf({ numbers: [second!], recordingMonths: 2, from: instant('2026-05-01') }),
    ])
    expect([...monthsInForce(plan, instant('2026-02-28'))]).toEqual([[first, 6]])
    expect([...monthsInForce(plan, instant('2026-03-01'))]).toEqual([[first, 3]])
    expect([...monthsInForce(plan, instant('2026-05-01'))]).toEqual([
      [first, 3],
      [second, 2],
    ])
  })

  test('are the longest if several rules share it by the hour', () => {
    const hours = {
      days: ['MON'] as const,
      from: Temporal.PlainTime.from('08:00'),
      to: Temporal.PlainTime.from('16:00'),
    }
    const plan = planOf([ruleOf({ hours, recordingMonths: 2 }), ruleOf({ id: 'rest', recordingMonths: 4 })])
    expect(monthsInForce(plan, instant('2026-06-01')).get(first!)).toBe(4)
  })
})

describe('a step', () => {
  const before = planOf([ruleOf({ numbers: [first!, second!] })])

  test('occurs if a term becomes shorter, and never if it becomes longer', () => {
    const after = planOf([ruleOf({ recordingMonths: 3 }), ruleOf({ id: 'b', numbers: [second!] })])
    expect(termSteps(before, after)).toEqual([{ at: after.effectiveFrom, key: first, months: 3, from: 6 }])
    expect(termSteps(after, before)).toEqual([])
  })

  test('occurs when a rule begins, which may be after its version', () => {
    const later = instant('2026-09-01')
    const after = planOf([
      ruleOf({ numbers: [first!, second!], until: later }),
      ruleOf({ id: 'b', numbers: [first!], recordingMonths: 2, from: later }),
    ])
    expect(termSteps(before, after)).toEqual([{ at: later, key: first, months: 2, from: 6 }])
  })

  test('occurs once if a later rule has the same months', () => {
    const after = planOf([
      ruleOf({ recordingMonths: 3, until: instant('2026-09-01') }),
      ruleOf({ id: 'b', recordingMonths: 3, from: instant('2026-09-01'), until: instant('2026-10-01') }),
      ruleOf({ id: 'c', recordingMonths: 2, from: instant('2026-10-01') }),
    ])
    expect(termSteps(before, after).map(({ at, months, from }) => [at, months, from])).toEqual([
      [after.effectiveFrom, 3, 6],
      [instant('2026-10-01'), 2, 3],
    ])
  })

  test('occurs when the longer of a number’s two rules ends', () => {
    const until = instant('2026-09-01')
    const after = planOf([ruleOf({ until }), ruleOf({ id: 'b', recordingMonths: 3 })])
    expect(termSteps(before, after)).toEqual([{ at: until, key: first, months: 3, from: 6 }])
  })

  test('does not occur for a number without an earlier rule', () => {
    expect(termSteps(planOf([]), before).map(({ from }) => from)).toEqual([undefined, undefined])
  })
})

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
