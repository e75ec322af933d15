import { describe, expect, test } from 'vitest'
import { urgencyOf, nextSteps, stateOf, type RequestFacts } from './request-state.ts'

const now = Temporal.Instant.from('2026-11-26T10:00:00Z')
const facts = (overrides: Partial<RequestFacts> = {}): RequestFacts => ({
  party: 'CALLER',
  kinds: ['KNOW'],
  isIdentified: true,
  isClosed: false,
  isExtended: false,
  dueAt: now.add({ hours: 30 * 24 }),
  calls: [],
  letters: [],
  appointments: [],
  copies: [],
  corrections: [],
  isDecided: false,
  firstEnd: undefined,
  unfinished: ['letter'],
  ...overrides,
})
type Call = RequestFacts['calls'][number]
const call = (state: Call['state'], overrides: Partial<Call> = {}): Call => ({
  state,
  canBeHeard: false,
  canBeForbidden: false,
  isForbidden: false,
  ...overrides,
})
const forbidden = call('MATCHED', { isForbidden: true })
const playable = call('MATCHED', { canBeHeard: true, canBeForbidden: true })
const restricted = call('MATCHED', { isRestricted: true })
const sent = (kind: string) => ({ kind, isDelivered: true })
const booked = { state: 'BOOKED', isPast: false }

describe('the state of a request', () => {
  const calls = (...states: Call['state'][]) => facts({ calls: states.map((state) => call(state)) })
  test.each<[string, RequestFacts, string]>([
    ['is received until the requester is identified', facts({ isIdentified: false, calls: [playable] }), 'RECEIVED'],
    ['is identified until a call is found or not', facts(), 'IDENTIFIED'],
    ['is identified while several calls match', calls('NOT_FOUND', 'SEVERAL'), 'IDENTIFIED'],
    ['is found with the first found call', calls('SEVERAL', 'FOUND'), 'CALL_FOUND'],
    ['is found with a call verified as the requester’s', calls('NOT_PARTY', 'MATCHED'), 'CALL_FOUND'],
    ['is not found if no call is', calls('NOT_FOUND'), 'NOT_FOUND'],
    ['is also not found if a call is somebody else’s, without distinction', calls('NOT_PARTY'), 'NOT_FOUND'],
    [
      'is not identifiable if calls cannot be distinguished',
      calls('NOT_FOUND', 'NOT_IDENTIFIABLE'),
      'NOT_IDENTIFIABLE',
    ],
    ['is answered once the answer was sent', facts({ calls: [playable], letters: [sent('answer')] }), 'ANSWERED'],
    [
      'is not answered by the letter of an extension',
      facts({ calls: [playable], letters: [sent('extension')] }),
      'CALL_FOUND',
    ],
    [
      'is not answered by the notice of a prohibition if more was requested',
      facts({ kinds: ['KNOW', 'PROHIBIT'], calls: [forbidden], letters: [sent('prohibition')] }),
      'CALL_FOUND',
    ],
    [
      'is answered by that notice if nothing else was requested',
      facts({ kinds: ['PROHIBIT'], calls: [forbidden], letters: [sent('prohibition')] }),
      'ANSWERED',
    ],
    [
      'is booked with an appointment',
      facts({ calls: [playable], letters: [sent('answer')], appointments: [booked] }),
      'APPOINTMENT',
    ],
    [
      'is heard after a held appointment',
      facts({
        appointments: [
          { state: 'NO_SHOW', isPast: true },
          { state: 'HEARD', isPast: true },
        ],
      }),
      'HEARD',
    ],
    [
      'is a no-show after a missed appointment',
      facts({
        appointments: [
          { state: 'MOVED', isPast: true },
          { state: 'NO_SHOW', isPast: true },
        ],
      }),
      'NO_SHOW',
    ],
    [
      'is not booked by a withdrawn appointment',
      facts({ appointments: [{ state: 'WITHDRAWN', isPast: false }] }),
      'IDENTIFIED',
    ],
    ['is closed, whatever was done', facts({ isClosed: true, calls: [playable], appointments: [booked] }), 'CLOSED'],
    [
      'is received until answered if made by an outsider',
      facts({ party: 'OUTSIDER', kinds: ['OPENNESS'], isIdentified: false }),
      'RECEIVED',
    ],
  ])('%s', (_, request, state) => {
    expect(stateOf(request)).toBe(state)
  })
})

describe('the next step of a request', () => {
  test.each<[string, RequestFacts, string[]]>([
    ['identifies the requester first', facts({ isIdentified: false }), ['identify']],
    ['then asks for a call', facts(), ['name-call']],
    ['asks for more details if several calls match', facts({ calls: [call('SEVERAL')] }), ['narrow-call']],
    ['verifies a found call', facts({ calls: [call('FOUND'), call('NOT_FOUND')] }), ['verify-call']],
    ['answers what was found or not', facts({ calls: [call('NOT_FOUND')] }), ['answer']],
    [
      'sends a letter that was made',
      facts({ calls: [playable], letters: [{ kind: 'answer', isDelivered: false }] }),
      ['send-letter'],
    ],
    [
      'books a listening appointment',
      facts({ kinds: ['LISTEN'], calls: [playable], letters: [sent('answer')] }),
      ['book'],
    ],
    [
      'books another one after a no-show',
      facts({
        kinds: ['LISTEN'],
        calls: [playable],
        letters: [sent('answer')],
        appointments: [{ state: 'NO_SHOW', isPast: true }],
      }),
      ['book'],
    ],
    [
      'notes the outcome of an appointment',
      facts({
        kinds: ['LISTEN'],
        calls: [playable],
        letters: [sent('answer')],
        appointments: [{ state: 'BOOKED', isPast: true }],
      }),
      ['note-outcome'],
    ],
    [
      'books the appointment before the answer, which states its time',
      facts({ kinds: ['KNOW', 'LISTEN'], calls: [playable] }),
      ['book', 'answer'],
    ],
    ['forbids the use of a recording', facts({ kinds: ['PROHIBIT'], calls: [playable] }), ['forbid']],
    ['carries out an erasure by a prohibition', facts({ kinds: ['ERASURE'], calls: [playable] }), ['forbid']],
    [
      'is none for an objection that was carried out by a prohibition',
      facts({ kinds: ['OBJECTION'], calls: [forbidden] }),
      [],
    ],
    [
      'is none after a prohibition, whose notice follows the destruction',
      facts({ kinds: ['PROHIBIT'], calls: [forbidden] }),
      [],
    ],
    [
      'forbids before the answer, which states the outcome',
      facts({ kinds: ['KNOW', 'PROHIBIT'], calls: [playable] }),
      ['forbid', 'answer'],
    ],
    [
      'answers what else was requested, even after the notice of a prohibition',
      facts({ kinds: ['KNOW', 'PROHIBIT'], calls: [forbidden], letters: [sent('prohibition')] }),
      ['answer'],
    ],
    [
      'answers a request to forbid if the call was not recorded',
      facts({ kinds: ['PROHIBIT'], calls: [call('MATCHED')] }),
      ['answer'],
    ],
    [
      'does not forbid a recording before its booked listening',
      facts({ kinds: ['LISTEN', 'PROHIBIT'], calls: [playable], letters: [sent('answer')], appointments: [booked] }),
      [],
    ],
    [
      'forbids it after the listening',
      facts({
        kinds: ['LISTEN', 'PROHIBIT'],
        calls: [playable],
        letters: [sent('answer')],
        appointments: [{ state: 'HEARD', isPast: true }],
      }),
      ['forbid'],
    ],
    ['makes a copy', facts({ kinds: ['COPY'], calls: [playable], letters: [sent('answer')] }), ['make-copy']],
    [
      'does not make a copy twice',
      facts({ kinds: ['COPY'], calls: [playable], letters: [sent('answer')], copies: [{ state: 'ready' }] }),
      [],
    ],
    [
      'makes a copy again if it was not collected in time',
      facts({ kinds: ['COPY'], calls: [playable], letters: [sent('answer')], copies: [{ state: 'expired' }] }),
      ['make-copy'],
    ],
    [
      'makes a copy again if it failed',
      facts({ kinds: ['COPY'], calls: [playable], letters: [sent('answer')], copies: [{ state: 'failed' }] }),
      ['make-copy'],
    ],
    [
      'informs of an extension',
      facts({ isExtended: true, calls: [playable], letters: [sent('answer')] }),
      ['send-letter'],
    ],
    [
      'informs of an extension even before identification',
      facts({ isIdentified: false, isExtended: true }),
      ['identify', 'send-letter'],
    ],
    [
      'informs of an extension once',
      facts({ isExtended: true, calls: [playable], letters: [sent('extension'), sent('answer')] }),
      [],
    ],
    [
      'forbids, if requested, after listening was given up, without another appointment',
      facts({
        kinds: ['LISTEN', 'PROHIBIT'],
        calls: [playable],
        letters: [sent('answer')],
        appointments: [{ state: 'WITHDRAWN', isPast: false }],
      }),
      ['forbid'],
    ],
    [
      'answers a log extract by its own letter',
      facts({ kinds: ['KNOW', 'LOG_EXTRACT'], calls: [playable], letters: [sent('answer')] }),
      ['answer'],
    ],
    [
      'has no separate log extract without a call',
      facts({ kinds: ['KNOW', 'LOG_EXTRACT'], calls: [call('NOT_FOUND')], letters: [sent('answer')] }),
      [],
    ],
    ['makes a copy before its covering letter', facts({ kinds: ['COPY'], calls: [playable] }), ['make-copy', 'answer']],
    [
      'decides a correction before the answer',
      facts({ kinds: ['RECTIFY'], calls: [playable], corrections: [{ isDecided: false }] }),
      ['decide'],
    ],
    [
      'answers a decided correction by its own letter',
      facts({
        kinds: ['KNOW', 'RECTIFY'],
        calls: [playable],
        letters: [sent('answer')],
        corrections: [{ isDecided: true }],
      }),
      ['answer'],
    ],
    ['proposes a correction', facts({ kinds: ['RECTIFY'], calls: [playable], letters: [sent('answer')] }), ['correct']],
    [
      'decides a proposed correction',
      facts({ kinds: ['RECTIFY'], calls: [playable], letters: [sent('answer')], corrections: [{ isDecided: false }] }),
      ['decide'],
    ],
    [
      'decides on an official document before the answer',
      facts({ party: 'OUTSIDER', kinds: ['OPENNESS'], isIdentified: false }),
      ['decide'],
    ],
    [
      'answers after the decision on an official document',
      facts({ party: 'OUTSIDER', kinds: ['OPENNESS'], isIdentified: false, isDecided: true }),
      ['answer'],
    ],
    [
      'closes the request if nothing is unfinished',
      facts({ calls: [playable], letters: [sent('answer')], unfinished: [] }),
      ['close'],
    ],
    ['is none for a closed request', facts({ isClosed: true, calls: [playable], unfinished: [] }), []],
    [
      'answers a restriction by its own letter',
      facts({ kinds: ['RESTRICTION'], calls: [restricted], letters: [sent('answer')] }),
      ['answer'],
    ],
    [
      'is none once a restriction was answered, until it is lifted',
      facts({ kinds: ['RESTRICTION'], calls: [restricted], letters: [sent('restriction')] }),
      [],
    ],
  ])('%s', (_, request, next) => {
    expect(nextSteps(request)).toEqual(next)
  })
})

describe('a request is urgent', () => {
  const inHours = (hours: number) => now.add({ hours })
  test.each<[string, Partial<RequestFacts>, object]>([
    ['not a month before it is due', {}, { isUrgent: false, isOverdue: false }],
    ['a week before it is due', { dueAt: inHours(7 * 24) }, { isUrgent: true, isOverdue: false }],
    ['on the due date, and is then overdue', { dueAt: now }, { isUrgent: true, isOverdue: true }],
    [
      'three days before the end of a recording to be heard',
      { kinds: ['LISTEN'], firstEnd: inHours(72) },
      { isUrgent: true },
    ],
    ['not more than three days before that end', { kinds: ['LISTEN'], firstEnd: inHours(73) }, { isUrgent: false }],
    [
      'not for a recording that was heard',
      { kinds: ['LISTEN'], firstEnd: inHours(1), appointments: [{ state: 'HEARD', isPast: true }] },
      { isUrgent: false },
    ],
    [
      'not once listening was given up',
      { kinds: ['LISTEN'], firstEnd: inHours(1), appointments: [{ state: 'WITHDRAWN', isPast: false }] },
      { isUrgent: false },
    ],
    [
      'not for a recording without a request to listen',
      { kinds: ['PROHIBIT'], firstEnd: inHours(1) },
      { isUrgent: false },
    ],
    [
      'not while a notified restriction lasts',
      { kinds: ['RESTRICTION'], dueAt: inHours(-1), calls: [restricted], letters: [sent('restriction')] },
      { isUrgent: false, isOverdue: false },
    ],
    ['not when closed', { isClosed: true, dueAt: inHours(-1) }, { isUrgent: false, isOverdue: false }],
  ])('%s', (_, overrides, urgency) => {
    expect(urgencyOf(facts(overrides), now)).toMatchObject(urgency)
  })
})
