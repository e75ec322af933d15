import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decideRecording, type RecordingInput } from './decide-recording.ts'
import { draw, hashCallId } from './draw.ts'
import { phoneNumberKey } from './phone-numbers/normalise-phone-number.ts'
import { readDescription } from './read-description.ts'
import { weekdays } from './closed-lists.ts'
import type { RecordingRule, RegisterDescription } from './register-description.ts'

const description = await readDescription()
const drawKey = Buffer.alloc(32, 7)
const at = (text: string): Temporal.Instant => Temporal.Instant.from(text)

type Changes = Partial<RecordingInput> & { description?: RegisterDescription; callId?: string }

const inputFor = (to: string, { description: other, callId = 'call-1', ...more }: Changes = {}): RecordingInput => ({
  version: { version: 7, description: other ?? description },
  drawKey,
  drawnOn: hashCallId(callId),
  numberReached: phoneNumberKey(to),
  answeredAt: at('2027-03-03T08:01:30Z'),
  viaSwitchboard: false,
  quotaUsed: () => {
    throw new Error('no rule here has a quota')
  },
  ...more,
})

/** Returns the seed's description with other rules and switches. */
const withRules = (rules: RecordingRule[], switches: Partial<RegisterDescription['switches']> = {}) => ({
  ...description,
  recordingPlan: { ...description.recordingPlan, rules },
  switches: { ...description.switches, ...switches },
})
const always = { ...description.recordingPlan.rules[0]!, share: 1 }
const ofRule = { ruleId: 'service-numbers', ruleVersion: 3, share: 1 }
const ofCall = { descriptionVersion: 7, drawnOn: hashCallId('call-1') }

test('a call to the test line is recorded, with its rule in the decision', () => {
  expect(decideRecording(inputFor('029 497 099'))).toEqual({
    record: true,
    reason: 'drawn',
    ruleId: 'test-line',
    ruleVersion: 1,
    share: 1,
    draw: draw(drawKey, 'test-line', 1, hashCallId('call-1')),
    recordingMonths: 2,
    ...ofCall,
  })
})

test('the test line’s rule is in force to the last moment of its last day', () => {
  const last = decideRecording(inputFor('029 497 099', { answeredAt: at('2027-05-31T20:59:59Z') }))
  const after = decideRecording(inputFor('029 497 099', { answeredAt: at('2027-05-31T21:00:00Z') }))
  expect(last.reason).toBe('drawn')
  expect(after).toEqual({ record: false, reason: 'rule-ended', ...ofCall })
})

test('a switchboard call is never recorded, whatever the rules are (R13, AC3)', () => {
  const rules = [{ ...description.recordingPlan.rules[1]!, numbers: [phoneNumberKey('029 512 001')!] }]
  expect(decideRecording(inputFor('029 512 001', { description: withRules(rules) }))).toEqual({
    record: false,
    reason: 'switchboard',
    ...ofCall,
  })
})

test('a call to a number missing from the register is not recorded (R7)', () => {
  expect(decideRecording(inputFor('029 497 777')).reason).toBe('unknown-number')
  expect(decideRecording(inputFor('anonymous')).reason).toBe('unknown-number')
  expect(decideRecording(inputFor('029 497 099', { answeredAt: at('2025-12-31T21:59:59Z') })).reason).toBe(
    'unknown-number',
  )
})

test('a call to a service number without a rule is not recorded (R14)', () => {
  expect(decideRecording(inputFor('029 497 000', { description: withRules([]) })).reason).toBe('no-rule')
})

test('a rule is not retroactive (R14)', () => {
  const rule = { ...description.recordingPlan.rules[1]!, from: at('2027-04-01T00:00:00Z') }
  expect(decideRecording(inputFor('029 497 099', { description: withRules([rule]) })).reason).toBe('no-rule')
})

test('a call forwarded by the switchboard follows recordForwarded (R13, AC4)', () => {
  expect(decideRecording(inputFor('029 497 099', { viaSwitchboard: true })).reason).toBe('drawn')
  const strict = { ...description, recordingPlan: { ...description.recordingPlan, recordForwarded: false } }
  expect(decideRecording(inputFor('029 497 099', { viaSwitchboard: true, description: strict })).reason).toBe(
    'forwarded',
  )
  expect(decideRecording(inputFor('029 497 099', { description: strict })).reason).toBe('drawn')
})

test('the draw is the first 53 bits of the HMAC over the hashed call id, as computed by another program', () => {
  // printf 'service-numbers 3 %s' $(printf call-1 | openssl dgst -sha256 -r | cut -c-64) | openssl dgst -sha256 -hmac key
  expect(draw(Buffer.from('key'), 'service-numbers', 3, hashCallId('call-1'))).toBe(0.2107431016086041)
})

test('a call always gets the same decision, and a draw is in [0, 1)', () => {
  fc.assert(
    fc.property(fc.string(), fc.uint8Array({ minLength: 16, maxLength: 32 }), (callId, key) => {
      const once = decideRecording(inputFor('029 497 000', { callId, drawKey: key }))
      expect(decideRecording(inputFor('0294 97000', { callId, drawKey: key }))).toEqual(once)
      expect(once.draw).toBeGreaterThanOrEqual(0)
      expect(once.draw).toBeLessThan(1)
      expect(once.record).toBe(once.draw! < once.share!)
    }),
  )
})

test('over 10,000 calls the share is met within three standard deviations (R15, AC2)', () => {
  const calls = 10_000
  for (const share of [0.01, 0.1, 0.5, 0.9]) {
    const rules = [{ ...description.recordingPlan.rules[0]!, share }]
    const plan = withRules(rules)
    let recorded = 0
    for (let call = 0; call < calls; call += 1) {
      if (decideRecording(inputFor('029 497 000', { description: plan, callId: `c${call}` })).record) recorded += 1
    }
    expect(Math.abs(recorded - calls * share)).toBeLessThan(3 * Math.sqrt(calls * share * (1 - share)))
  }
})

test('a share of 0 records nothing, and a share of 1 everything', () => {
  const withShare = (share: number) => withRules([{ ...always, share }])
  for (let call = 0; call < 1_000; call += 1) {
    const callId = `c${call}`
    expect(decideRecording(inputFor('029 497 000', { callId, description: withShare(0) })).record).toBe(false)
    expect(decideRecording(inputFor('029 497 000', { callId, description: withShare(1) })).record).toBe(true)
  }
})

describe('a rule with hours', () => {
  const clock = (text: string) => Temporal.PlainTime.from(text)
  const inHours = withRules([{ ...always, hours: { days: ['MON', 'FRI'], from: clock('08:00'), to: clock('16:15') } }])
  const reasonAt = (text: string) =>
    decideRecording(inputFor('029 497 000', { description: inHours, answeredAt: at(text) })).reason

  test('applies on its days from the start of its hours until just before their end, in Helsinki time', () => {
    // 5 March 2027 is a Friday. Helsinki is two hours ahead of UTC then, and three after 28 March.
    expect(reasonAt('2027-03-05T05:59:59.999Z')).toBe('outside-hours')
    expect(reasonAt('2027-03-05T06:00:00Z')).toBe('drawn')
    expect(reasonAt('2027-03-05T14:14:59.999Z')).toBe('drawn')
    expect(reasonAt('2027-03-05T14:15:00Z')).toBe('outside-hours')
    expect(reasonAt('2027-03-06T08:00:00Z')).toBe('outside-hours')
    expect(reasonAt('2027-04-02T05:00:00Z')).toBe('drawn')
    expect(reasonAt('2027-04-02T13:15:00Z')).toBe('outside-hours')
  })

  test('is named in the decision about a call outside its hours, which is not drawn', () => {
    const missed = inputFor('029 497 000', { description: inHours, answeredAt: at('2027-03-06T08:00:00Z') })
    expect(decideRecording(missed)).toEqual({ record: false, reason: 'outside-hours', ...ofRule, ...ofCall })
  })

  test('decides during its hours if a number has several rules', () => {
    const morning = { ...always, id: 'morning', hours: { days: weekdays, from: clock('08:00'), to: clock('12:00') } }
    const rest = {
      ...always,
      id: 'rest',
      hours: { days: weekdays, from: clock('12:00'), to: clock('23:59:59.999999999') },
    }
    const ruleAt = (text: string) =>
      decideRecording(inputFor('029 497 000', { description: withRules([morning, rest]), answeredAt: at(text) })).ruleId
    expect(ruleAt('2027-03-03T09:59:59Z')).toBe('morning')
    expect(ruleAt('2027-03-03T10:00:00Z')).toBe('rest')
    expect(ruleAt('2027-03-03T21:59:59.999Z')).toBe('rest')
  })
})

describe('a quota', () => {
  const perOfficial = withRules([{ ...always, quota: { per: 'official', weekly: 5 } }])
  const perNumber = withRules([{ ...always, quota: { per: 'number', weekly: 5 } }])
  const officialId = 'b4a4e5c0-0000-4000-8000-000000000001'

  test('that is not full lets a drawn call be recorded, and the decision has the recordings counted before', () => {
    const requests: unknown[] = []
    const decide = inputFor('029 497 000', {
      description: perOfficial,
      officialId,
      quotaUsed: (rule, of) => requests.push([rule.id, of]) + 3,
    })
    expect(decideRecording(decide)).toMatchObject({ record: true, reason: 'drawn', quotaUsed: 4, recordingMonths: 6 })
    expect(requests).toEqual([['service-numbers', { official: officialId }]])
  })

  test('that is full lets no drawn call be recorded, and the decision still has the draw', () => {
    const decide = inputFor('029 497 000', { description: perOfficial, officialId, quotaUsed: () => 5 })
    expect(decideRecording(decide)).toEqual({
      record: false,
      reason: 'quota-full',
      ...ofRule,
      ...ofCall,
      draw: draw(drawKey, 'service-numbers', 3, hashCallId('call-1')),
      quotaUsed: 5,
    })
  })

  test('per official requires a known official, and a quota per number does not', () => {
    expect(decideRecording(inputFor('029 497 000', { description: perOfficial }))).toEqual({
      record: false,
      reason: 'no-official',
      ...ofRule,
      ...ofCall,
    })
    const requests: unknown[] = []
    const decide = inputFor('029 497 000', { description: perNumber, quotaUsed: (_, of) => requests.push(of) })
    expect(decideRecording(decide).reason).toBe('drawn')
    expect(requests).toEqual([{ number: phoneNumberKey('029 497 000') }])
  })

  test('is not checked if the draw does not record', () => {
    const never = withRules([{ ...always, share: 0, quota: { per: 'number', weekly: 5 } }])
    expect(decideRecording(inputFor('029 497 000', { description: never })).reason).toBe('not-drawn')
  })
})

test('if consent is required, calls of officials without consent and of unknown officials are not recorded (C10)', () => {
  const plan = withRules([always], { officialConsent: 'required' })
  const officialId = 'b4a4e5c0-0000-4000-8000-000000000001'
  const reason = (more: Changes) => decideRecording(inputFor('029 497 000', { description: plan, ...more })).reason
  expect(reason({ officialId, consents: true })).toBe('drawn')
  expect(reason({ officialId, consents: false })).toBe('no-consent')
  expect(reason({ officialId })).toBe('no-consent')
  expect(reason({ consents: true })).toBe('no-official')
})

test('if an announcement is required, a number without one in Finnish and Swedish is not recorded', () => {
  const [announcement] = description.recordingPlan.announcements
  const plan = (announcements: RegisterDescription['recordingPlan']['announcements'], announcementRequired = true) => {
    const changed = withRules([always], { announcementRequired })
    return { ...changed, recordingPlan: { ...changed.recordingPlan, announcements } }
  }
  const reason = (other: RegisterDescription) => decideRecording(inputFor('029 497 000', { description: other })).reason
  const { fi, sv } = announcement!.texts
  expect(reason(plan([]))).toBe('no-announcement')
  expect(reason(plan([], false))).toBe('drawn')
  expect(reason(plan([{ ...announcement!, texts: { fi: fi! } }]))).toBe('no-announcement')
  expect(
    reason(
      plan([
        { ...announcement!, texts: { fi: fi! } },
        { ...announcement!, texts: { sv: sv! } },
      ]),
    ),
  ).toBe('drawn')
})
