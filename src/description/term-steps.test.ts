import { describe, expect, test } from 'vitest'
import { phoneNumberKey } from './phone-numbers/normalise-phone-number.ts'
import type { RecordingRule, RegisterDescription } from './register-description.ts'
import { monthsInForce, termSteps } from './term-steps.ts'

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
