import fc from 'fast-check'
import { expect, test } from 'vitest'
import { checkRecordingPlan } from './check-recording-plan.ts'
import { decideRecording, type RecordingQuestion } from './decide-recording.ts'
import { draw, hashCallId } from './draw.ts'
import { phoneNumberKey } from './phone-numbers/normalise-phone-number.ts'
import { readDescription } from './read-description.ts'
import { type RecordingRule, type RegisterDescription } from './register-description.ts'

const description = await readDescription()
const drawKey = Buffer.alloc(32, 7)
const at = (text: string): Temporal.Instant => Temporal.Instant.from(text)

type Asked = Partial<RecordingQuestion> & { description?: RegisterDescription; callId?: string }

const question = (to: string, { description: other, callId = 'call-1', ...more }: Asked = {}): RecordingQuestion => ({
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

/** The seed with other rules, and whatever else a test changes. */
const withRules = (rules: RecordingRule[], switches: Partial<RegisterDescription['switches']> = {}) => ({
  ...description,
  recordingPlan: { ...description.recordingPlan, rules },
  switches: { ...description.switches, ...switches },
})
const always = { ...description.recordingPlan.rules[0]!, share: 1 }
const explained = { ruleId: 'service-numbers', ruleVersion: 3, share: 1 }
const asked = { descriptionVersion: 7, drawnOn: hashCallId('call-1') }

test('a call to the test line is recorded, and the decision says by which rule', () => {
  expect(decideRecording(question('029 497 099'))).toEqual({
    record: true,
    reason: 'drawn',
    ruleId: 'test-line',
    ruleVersion: 1,
    share: 1,
    draw: draw(drawKey, 'test-line', 1, hashCallId('call-1')),
    recordingMonths: 2,
    ...asked,
  })
})

test('the test line’s rule holds to the last moment of its last day', () => {
  const last = decideRecording(question('029 497 099', { answeredAt: at('2027-05-31T20:59:59Z') }))
  const after = decideRecording(question('029 497 099', { answeredAt: at('2027-05-31T21:00:00Z') }))
  expect(last.reason).toBe('drawn')
  expect(after).toEqual({ record: false, reason: 'rule-ended', ...asked })
})

test('a switchboard call is never recorded, whatever the rules say (R13, AC3)', () => {
  const rules = [{ ...description.recordingPlan.rules[1]!, numbers: [phoneNumberKey('029 512 001')!] }]
  expect(decideRecording(question('029 512 001', { description: withRules(rules) }))).toEqual({
    record: false,
    reason: 'switchboard',
    ...asked,
  })
})

test('a number that the register does not know is not recorded (R7)', () => {
  expect(decideRecording(question('029 497 777')).reason).toBe('unknown-number')
  expect(decideRecording(question('anonymous')).reason).toBe('unknown-number')
  expect(decideRecording(question('029 497 099', { answeredAt: at('2025-12-31T21:59:59Z') })).reason).toBe(
    'unknown-number',
  )
})

test('a service number without a rule is not recorded (R14)', () => {
  expect(decideRecording(question('029 497 000', { description: withRules([]) })).reason).toBe('no-rule')
})

test('a rule is not retroactive (R14)', () => {
  const rule = { ...description.recordingPlan.rules[1]!, from: at('2027-04-01T00:00:00Z') }
  expect(decideRecording(question('029 497 099', { description: withRules([rule]) })).reason).toBe('no-rule')
})

test('a call passed on by the switchboard follows recordForwarded (R13, AC4)', () => {
  expect(decideRecording(question('029 497 099', { viaSwitchboard: true })).reason).toBe('drawn')
  const strict = { ...description, recordingPlan: { ...description.recordingPlan, recordForwarded: false } }
  expect(decideRecording(question('029 497 099', { viaSwitchboard: true, description: strict })).reason).toBe(
    'forwarded',
  )
  expect(decideRecording(question('029 497 099', { description: strict })).reason).toBe('drawn')
})

test('the draw is the first 53 bits of the HMAC over the hashed call id, known from outside', () => {
  // printf 'service-numbers 3 '$(printf call-1 | openssl dgst -sha256 -r | cut -c-64) | openssl dgst -sha256 -hmac key
  expect(draw(Buffer.from('key'), 'service-numbers', 3, hashCallId('call-1'))).toBe(KNOWN)
})

test('the same call has the same answer, and a draw lies in [0, 1)', () => {
  fc.assert(
    fc.property(fc.string(), fc.uint8Array({ minLength: 16, maxLength: 32 }), (callId, key) => {
      const once = decideRecording(question('029 497 000', { callId, drawKey: key }))
      expect(decideRecording(question('0294 97000', { callId, drawKey: key }))).toEqual(once)
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
      if (decideRecording(question('029 497 000', { description: plan, callId: `c${call}` })).record) recorded += 1
    }
    expect(Math.abs(recorded - calls * share)).toBeLessThan(3 * Math.sqrt(calls * share * (1 - share)))
  }
})

test('a share of nothing records nothing, a share of one everything', () => {
  const withShare = (share: number) => withRules([{ ...always, share }])
  for (let call = 0; call < 1_000; call += 1) {
    const callId = `c${call}`
    expect(decideRecording(question('029 497 000', { callId, description: withShare(0) })).record).toBe(false)
    expect(decideRecording(question('029 497 000', { callId, description: withShare(1) })).record).toBe(true)
  }
})

test('a plan that records every call on every service number is refused (R15, AC2)', () => {
  const [sample, test] = description.recordingPlan.rules as [RecordingRule, RecordingRule]
  const inFull = { ...sample, share: 1, until: test.until!, justification: 'kokeilu' }
  const refusals = checkRecordingPlan(
    { recordForwarded: true, announcements: [], rules: [inFull, test] },
    description.numbers,
  )
  expect(refusals).toEqual([{ path: ['rules', 0, 'share'], message: expect.stringMatching(/^all calls/) }])
  const almost = checkRecordingPlan(
    { recordForwarded: true, announcements: [], rules: [{ ...inFull, share: 0.99 }, test] },
    description.numbers,
  )
  expect(almost).toEqual(refusals)
  const [first, ...others] = description.numbers
  const retired = [{ ...first!, validTo: at('2027-02-01T00:00:00Z') }, ...others]
  const rest = { ...inFull, numbers: inFull.numbers.slice(1) }
  expect(checkRecordingPlan({ recordForwarded: true, announcements: [], rules: [rest, test] }, retired)).toEqual(
    refusals,
  )
  const oneFree = { ...inFull, numbers: inFull.numbers.slice(1) }
  expect(
    checkRecordingPlan({ recordForwarded: true, announcements: [], rules: [oneFree, test] }, description.numbers),
  ).toEqual([])
})

test('two rules for one number at one time are refused, one after the other are not (R14)', () => {
  const [sample] = description.recordingPlan.rules as [RecordingRule]
  const next = { ...sample, version: 4, share: 0.2, from: at('2027-01-31T22:00:00Z') }
  expect(
    checkRecordingPlan({ recordForwarded: true, announcements: [], rules: [sample, next] }, description.numbers),
  ).toMatchObject([{ path: ['rules', 1, 'numbers'], message: expect.stringMatching(/version 3/) }])
  const ended = { ...sample, until: next.from }
  expect(
    checkRecordingPlan({ recordForwarded: true, announcements: [], rules: [ended, next] }, description.numbers),
  ).toEqual([])
})
