import { expect, test } from 'vitest'
import { checkDescription } from './check-description.ts'
import { phoneNumberKey } from '../phone-numbers/normalise-phone-number.ts'
import { readDescription } from '../read-description.ts'
import { type RecordingPlan, type RecordingRule, type RuleHours, type ServiceNumber } from '../register-description.ts'

const seed = await readDescription()
const [sample, testLine] = seed.recordingPlan.rules as [RecordingRule, RecordingRule]
const at = (text: string): Temporal.Instant => Temporal.Instant.from(text)
const hours = (days: RuleHours['days'], from = '08:00', to = '16:15'): RuleHours => ({
  days,
  from: Temporal.PlainTime.from(from),
  to: Temporal.PlainTime.from(to === '24:00' ? '23:59:59.999999999' : to),
})
const inFull = { ...sample, share: 1, until: testLine.until!, justification: 'kokeilu' }

function problemsOf(rules: RecordingRule[], numbers: readonly ServiceNumber[] = seed.numbers): string[] {
  return withPlan({ rules }, { numbers })
}
function withPlan(plan: Partial<RecordingPlan>, more: object = {}): string[] {
  const recordingPlan = { ...seed.recordingPlan, ...plan }
  return checkDescription({ ...seed, ...more, recordingPlan }).map(
    ({ code, path }) => `${code} ${path.slice(1).join('.')}`,
  )
}

test('a plan that records every call on every service number is refused (R15, AC2)', () => {
  expect(problemsOf([inFull, testLine])).toEqual(['plan.all-calls rules.0.share'])
  expect(problemsOf([{ ...inFull, share: 0.99 }, testLine])).toEqual(['plan.all-calls rules.0.share'])
  expect(problemsOf([{ ...inFull, share: 0.9 }, testLine])).toEqual([])
  expect(problemsOf([{ ...inFull, numbers: inFull.numbers.slice(1) }, testLine])).toEqual([])
})

test('a plan is refused if all numbers that remain after one has ended are recorded in full', () => {
  const [first, ...others] = seed.numbers
  const retired = [{ ...first!, validTo: at('2027-02-01T00:00:00Z') }, ...others]
  const rest = { ...inFull, numbers: inFull.numbers.slice(1) }
  expect(problemsOf([rest, testLine], retired)).toEqual(['plan.all-calls rules.0.share'])
})

test('rules that record all numbers in full are accepted if they are never in force at the same moment', () => {
  const firstHalf = { ...testLine, until: at('2026-12-31T22:00:00Z') }
  const secondHalf = { ...inFull, from: at('2026-12-31T22:00:00Z') }
  expect(problemsOf([secondHalf, firstHalf])).toEqual([])
  expect(problemsOf([{ ...secondHalf, from: at('2026-12-31T21:59:59Z') }, firstHalf])).toEqual([
    'plan.all-calls rules.0.share',
  ])
})

test('a rule with hours records in full only during its hours', () => {
  const weekdays = hours(['MON', 'TUE', 'WED', 'THU', 'FRI'])
  expect(problemsOf([{ ...inFull, hours: weekdays }, testLine])).toEqual(['plan.all-calls rules.0.share'])
  expect(
    problemsOf([
      { ...inFull, hours: hours(['MON']) },
      { ...testLine, hours: hours(['TUE']) },
    ]),
  ).toEqual([])
  const [morning, noon] = [hours(['MON'], '08:00', '12:00'), hours(['MON'], '12:00', '24:00')]
  expect(
    problemsOf([
      { ...inFull, hours: morning },
      { ...testLine, hours: noon },
    ]),
  ).toEqual([])
  const late = hours(['MON'], '11:59', '24:00')
  expect(
    problemsOf([
      { ...inFull, hours: morning },
      { ...testLine, hours: late },
    ]),
  ).toEqual(['plan.all-calls rules.0.share'])
  // The rule is in force from Tuesday to Friday, so its hours on Monday never occur.
  const days = { from: at('2026-11-23T22:00:00Z'), until: at('2026-11-27T22:00:00Z') }
  expect(problemsOf([{ ...inFull, ...days, hours: hours(['MON']) }, testLine])).toEqual([])
  expect(problemsOf([{ ...inFull, ...days, hours: hours(['THU']) }, testLine])).toEqual([
    'plan.all-calls rules.0.share',
  ])
})

test('a rule with a quota does not record in full, unless the quota is too large to be reached', () => {
  const bounded = { ...sample, share: 1, quota: { per: 'official', weekly: 5 } } as const
  expect(problemsOf([bounded, testLine])).toEqual([])
  expect(problemsOf([{ ...bounded, quota: { per: 'official', weekly: 5000 } }, testLine])).toEqual([
    'rule.full-without-end rules.0.until',
    'rule.full-without-justification rules.0.justification',
    'plan.all-calls rules.0.share',
  ])
  expect(problemsOf([{ ...bounded, share: 0 }, testLine])).toEqual(['rule.quota-of-nothing rules.0.quota'])
})

test('recording one number in full needs an end and a justification (R15)', () => {
  const { until: _, ...endless } = testLine
  expect(problemsOf([sample, endless])).toEqual(['rule.full-without-end rules.1.until'])
  const { justification: _j, ...unexplained } = testLine
  expect(problemsOf([sample, unexplained])).toEqual(['rule.full-without-justification rules.1.justification'])
})

test('overlapping rules for one number are refused, but not consecutive rules or rules for different hours (R14)', () => {
  const next = { ...sample, version: 4, share: 0.2, from: at('2027-01-31T22:00:00Z') }
  expect(problemsOf([sample, next])).toEqual(['rule.overlap rules.1.numbers'])
  expect(problemsOf([{ ...sample, until: next.from }, next])).toEqual([])
  const [morning, noon] = [hours(['MON'], '08:00', '12:00'), hours(['MON'], '12:00', '16:00')]
  expect(
    problemsOf([
      { ...sample, hours: morning },
      { ...next, hours: noon },
    ]),
  ).toEqual([])
  expect(
    problemsOf([
      { ...sample, hours: morning },
      { ...next, hours: hours(['MON', 'TUE']) },
    ]),
  ).toEqual(['rule.overlap rules.1.numbers'])
  expect(problemsOf([{ ...sample, hours: morning }, next])).toEqual(['rule.overlap rules.1.numbers'])
  expect(
    problemsOf([
      { ...sample, until: next.from },
      { ...next, version: 3 },
    ]),
  ).toEqual(['rule.twice rules.1.id'])
})

test('a rule names only service numbers of the description, each once (R7, R13)', () => {
  const withNumber = (text: string) =>
    problemsOf([{ ...sample, numbers: [...sample.numbers, phoneNumberKey(text)!] }, testLine])
  expect(withNumber('029 512 001')).toContain('rule.switchboard rules.0.numbers.3')
  expect(withNumber('029 497 777')).toContain('rule.unknown-number rules.0.numbers.3')
  expect(withNumber('029 497 000')).toEqual(['rule.number-twice rules.0.numbers.3'])
})

test('a former switchboard number may only have rules that begin after it was the switchboard (R7, R13)', () => {
  const changedAt = at('2027-01-31T22:00:00Z')
  const [first, ...others] = seed.numbers
  const changed = [
    { ...first!, kind: 'SWITCHBOARD', validTo: changedAt } as const,
    { ...first!, validFrom: changedAt },
    ...others,
  ]
  expect(problemsOf([sample, testLine], changed)).toEqual(['rule.switchboard rules.0.numbers.0'])
  expect(problemsOf([{ ...sample, from: changedAt }, testLine], changed)).toEqual([])
  expect(problemsOf([{ ...sample, from: changedAt.subtract({ seconds: 1 }) }, testLine], changed)).toHaveLength(1)
})

test('hours end after they begin, and each day is named once', () => {
  const withHours = (ruleHours: RuleHours) => problemsOf([{ ...sample, hours: ruleHours }, testLine])
  expect(withHours(hours(['MON'], '16:00', '08:00'))).toEqual(['rule.hours-backwards rules.0.hours.to'])
  expect(withHours(hours(['MON'], '08:00', '08:00'))).toEqual(['rule.hours-backwards rules.0.hours.to'])
  expect(withHours(hours(['MON', 'TUE', 'MON']))).toEqual(['rule.day-twice rules.0.hours.days.2'])
  expect(withHours(hours(['SAT', 'SUN'], '00:00', '24:00'))).toEqual([])
})

test('no number is recorded without its announcement in both national languages (L3)', () => {
  const [announcement] = seed.recordingPlan.announcements
  const { sv: _, ...finnish } = announcement!.texts
  const swedish = { ...announcement!, id: 'in-swedish', texts: { sv: 'Samtalet kan spelas in.' } }
  const missing = ['0.numbers.0', '0.numbers.1', '0.numbers.2', '1.numbers.0'].map(
    (place) => `announcement.missing rules.${place}`,
  )
  expect(withPlan({ announcements: [] })).toEqual(missing)
  expect(withPlan({ announcements: [{ ...announcement!, texts: finnish }] })).toEqual(missing)
  expect(withPlan({ announcements: [{ ...announcement!, texts: finnish }, swedish] })).toEqual([])
  expect(withPlan({ announcements: [] }, { switches: { ...seed.switches, announcementRequired: false } })).toEqual([])
  expect(withPlan({ announcements: [announcement!, announcement!] })).toEqual(['announcement.twice announcements.1.id'])
  expect(withPlan({ announcements: [announcement!, { ...announcement!, id: 'x', texts: {} }] })).toEqual([
    'announcement.empty announcements.1.texts',
  ])
})

test('no rule is in force before the decision of the cooperation procedure (L16)', () => {
  const { cooperation, ...without } = seed.recordingPlan
  const check = (recordingPlan: RecordingPlan) => checkDescription({ ...seed, recordingPlan }).map(({ code }) => code)
  expect(check(without)).toEqual(['cooperation.missing'])
  expect(check({ ...without, rules: [] })).toEqual([])
  const late = { ...cooperation!, decidedOn: Temporal.PlainDate.from('2026-01-02') }
  expect(check({ ...without, cooperation: late })).toEqual(['cooperation.late'])
})
