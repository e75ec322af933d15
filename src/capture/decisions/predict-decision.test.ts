import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readShippedDescription } from '#test/database/describe-from.ts'
import type { PhoneNumberKey } from '#description/phone-numbers/phone-number.ts'
import type { RecordingRule, RegisterDescription } from '#description/register-description.ts'
import type { DirectoryEntry } from '#safeguards/people/people.ts'
import { numbersCalled, officials } from '#test/simulator/people.ts'
import { describeSegment, type CallInvitation } from '../session/machine/describe-segment.ts'
import { directoryAt } from '../session/reading/directory.ts'
import { createQuotaCounts } from '../session/register/quota-counts.ts'
import { normaliseCallIds, type CallIdSource } from '../siprec/read-call-ids.ts'
import {
  predictDecision,
  type DecisionResponse,
  type DecisionContext,
  type DecisionRequest,
} from './predict-decision.ts'

const seed = await readShippedDescription()
const at = Temporal.Instant.from('2026-11-26T10:00:20Z')
const drawKey = Buffer.alloc(32, 5)
const entries: DirectoryEntry[] = officials.map(({ key, name, phone }, index) => ({
  ...{ personId: key, unitId: null, name, phoneKey: phone as PhoneNumberKey, to: null },
  from: Temporal.Instant.from('2026-01-01T00:00:00Z'),
  consentedFrom: index % 2 === 0 ? Temporal.Instant.from('2026-01-01T00:00:00Z') : null,
}))

function descriptionWith(change: Partial<RecordingRule> = {}, consent = false): RegisterDescription {
  const rules = seed.recordingPlan.rules.map((rule) => ({ ...rule, ...change }))
  const switches = {
    ...seed.switches,
    officialConsent: consent ? ('required' as const) : seed.switches.officialConsent,
  }
  return { ...seed, switches, recordingPlan: { ...seed.recordingPlan, rules } }
}

function contextWith(description: RegisterDescription, changed: Partial<DecisionContext> = {}): DecisionContext {
  return {
    versionAt: () => ({ version: 7, description }),
    ...{ drawKey, quotas: createQuotaCounts(), officials: () => entries, now: () => at },
    ...changed,
  }
}

/** Returns capture’s decision on the call itself, once its client reports it. */
function decidedByCapture(question: DecisionRequest, context: DecisionContext, answeredAt = at) {
  const version = context.versionAt(answeredAt)
  const directory = directoryAt(version.description, entries, answeredAt)
  const entry = directory.findNumber(question.number as PhoneNumberKey)
  const official = question.official && directory.findOfficial(question.official as PhoneNumberKey)
  const invitation = {
    parties: {
      ...{ direction: 'incoming', needsReview: [], streams: {} },
      number: { number: { key: question.number }, ...(entry && { entry }) },
      ...(official && { official: { number: { key: official.phoneKey, display: '' }, entry: official } }),
    },
    ...{ times: { startedAtMs: answeredAt.epochMilliseconds }, streams: [], problems: [] },
    callIds: normaliseCallIds(question.callIds),
  } as unknown as CallInvitation
  const segment = describeSegment(invitation, {
    ...{ version, drawKey, answeredAt, arrivedAt: answeredAt },
    quotaUsed: context.quotas.used(answeredAt),
    ids: { segmentId: 's', contactId: 'c', recordingId: 'r' },
    intakeDay: Temporal.PlainDate.from('2026-11-26'),
  })
  if (segment === 'outside') throw new Error('the call is one of the register')
  return segment.facts.decision
}

const callIdsOf = (text: string): DecisionRequest['callIds'] => ({ ucid: text })
const answerTo = (question: Partial<DecisionRequest>, context: DecisionContext): DecisionResponse => {
  const answer = predictDecision({ number: numbersCalled.national, callIds: callIdsOf('1'), ...question }, context)
  if ('wrong' in answer) throw new Error(answer.wrong)
  return answer
}

describe('the predicted decision is the one that capture makes', () => {
  const sources: CallIdSource[] = ['ucid', 'sipSessionId', 'ciscoGuid', 'originalCallId', 'sipCallId']
  const questions = fc.record({
    number: fc.constantFrom(...Object.values(numbersCalled)),
    official: fc.option(fc.constantFrom(...officials.map(({ phone }) => phone)), { nil: undefined }),
    callIds: fc.dictionary(fc.constantFrom(...sources), fc.uuid(), { minKeys: 1 }),
  })
  const plans = fc.record({ share: fc.constantFrom(0.2, 0.5, 0.9), consent: fc.boolean() })

  test('a call without an announcement is not recorded, whoever answers, and a call predicted as recorded is recorded', () => {
    const outcomes = new Set<string>()
    fc.assert(
      fc.property(questions, plans, ({ official, ...question }, { share, consent }) => {
        const context = contextWith(descriptionWith({ share }, consent))
        const request = { ...question, ...(official !== undefined && { official }) } as DecisionRequest
        const answer = answerTo(request, context)
        outcomes.add(answer.outcome)
        const decision = decidedByCapture(request, context)
        expect(answer.outcome === 'recorded').toBe(decision.record)
        expect(answer.reason).toBe(decision.reason)
        if (answer.announce || official !== undefined) return
        for (const { phone } of officials)
          expect(decidedByCapture({ ...request, official: phone }, context).record).toBe(false)
      }),
      { numRuns: 500 },
    )
    expect([...outcomes].sort()).toEqual(['not-recorded', 'possible', 'recorded'])
  })

  test('a call id has the same draw in the notation of every client', () => {
    const context = contextWith(descriptionWith({ share: 0.5 }))
    for (let id = 1; id < 60; id++) {
      const hex = id.toString(16).toUpperCase().padStart(16, '0')
      const plain = answerTo({ callIds: { ucid: hex } }, context)
      expect(answerTo({ callIds: { ucid: `00FA08${hex};encoding=hex` } }, context)).toEqual(plain)
      expect(answerTo({ callIds: { ucid: hex, sipCallId: 'a worse one' } }, context)).toEqual(plain)
    }
  })
})

describe('before the answering official is known', () => {
  test('with required consent the call may be recorded, and is announced', () => {
    expect(answerTo({}, contextWith(descriptionWith({ share: 1 }, true)))).toMatchObject({
      ...{ outcome: 'possible', announce: true, reason: 'no-official' },
    })
  })

  test('a call to an official who does not consent is not recorded, and nothing is announced', () => {
    const [, withoutConsent] = entries
    const answer = answerTo({ official: withoutConsent!.phoneKey }, contextWith(descriptionWith({ share: 1 }, true)))
    expect(answer).toEqual({
      ...{ outcome: 'not-recorded', announce: false, reason: 'no-consent', descriptionVersion: 7, announcements: [] },
    })
  })

  test('if one official’s quota is full, a call may still be recorded for another official', () => {
    const quotas = { used: () => (_rule: unknown, of: object) => ('official' in of && of.official === 'x' ? 5 : 0) }
    const context = contextWith(descriptionWith({ share: 1, quota: { per: 'official', weekly: 5 } }), { quotas })
    expect(answerTo({}, context)).toMatchObject({ outcome: 'possible', reason: 'no-official' })
  })
})

describe('what may change before the call is answered', () => {
  test('a version that comes into force within ten minutes is announced, one in an hour is not', () => {
    const [none, all] = [descriptionWith({ share: 0 }), descriptionWith({ share: 1 })]
    const inMinutes = (minutes: number) =>
      contextWith(none, {
        versionAt: (when) =>
          Temporal.Instant.compare(when, at.add({ minutes })) < 0
            ? { version: 7, description: none }
            : { version: 8, description: all },
      })
    expect(answerTo({}, inMinutes(5))).toMatchObject({ outcome: 'possible', announce: true, descriptionVersion: 7 })
    expect(answerTo({}, inMinutes(60))).toMatchObject({ outcome: 'not-recorded', announce: false })
  })

  test('a recording time that begins soon is announced', () => {
    const hours = { days: ['THU'], from: Temporal.PlainTime.from('12:05'), to: Temporal.PlainTime.from('16:00') }
    const answer = answerTo({}, contextWith(descriptionWith({ share: 1, hours: hours as never })))
    expect(answer).toMatchObject({ outcome: 'possible', reason: 'outside-hours', announce: true })
  })
})

describe('content of the answer', () => {
  test('includes the announcements of the number, in the languages of the number', () => {
    const { announcements } = answerTo({}, contextWith(descriptionWith({ share: 1 })))
    expect(announcements.length).toBeGreaterThan(0)
    expect(announcements[0]!.texts.fi).toBeTruthy()
    expect(announcements[0]!.texts.sv).toBeTruthy()
  })

  test('has no announcement for a call to the switchboard or to an unknown number', () => {
    const context = contextWith(descriptionWith({ share: 1 }))
    expect(answerTo({ number: numbersCalled.switchboardSwedish }, context)).toMatchObject({
      announce: false,
      reason: 'switchboard',
    })
    expect(answerTo({ number: '+358294977777' }, context)).toMatchObject({ announce: false, reason: 'unknown-number' })
  })

  test('for an invalid telephone number, has only the name of the wrong member', () => {
    expect(predictDecision({ number: 'nobody', callIds: callIdsOf('1') }, contextWith(descriptionWith()))).toEqual({
      wrong: 'number',
    })
  })
})
