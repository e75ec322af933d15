import { describe, expect, test } from 'vitest'
import { urgencyOf, nextSteps, stateOf, type RequestFacts } from './request-state.ts'

const now = Temporal.Instant.from('2026-11-26T10:00:00Z')
const facts = (given: Partial<RequestFacts> = {}): RequestFacts => ({
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
  ...given,
})
type Call = RequestFacts['calls'][number]
const call = (state: Call['state'], given: Partial<Call> = {}): Call => ({
  state,
  canBeHeard: false,
  canBeForbidden: false,
  isForbidden: false,
  ...given,
})
const forbidden = call('MATCHED', { isForbidden: true })
const heard = call('MATCHED', { canBeHeard: true, canBeForbidden: true })
const restricted = call('MATCHED', { isRestricted: true })
const sent = (kind: string) => ({ kind, isDelivered: true })
const booked = { state: 'BOOKED', isPast: false }

describe('the state of a request', () => {
  const calls = (...states: Call['state'][]) => facts({ calls: states.map((state) => call(state)) })
  test.each<[string, RequestFacts, string]>([
    ['received until the requester is identified', facts({ isIdentified: false, calls: [heard] }), 'RECEIVED'],
    ['identified until a call is found or not', facts(), 'IDENTIFIED'],
    ['identified while several calls fit', calls('NOT_FOUND', 'SEVERAL'), 'IDENTIFIED'],
    ['found with the first call that is found', calls('SEVERAL', 'FOUND'), 'CALL_FOUND'],
    ['found with a call that is the requester’s', calls('NOT_PARTY', 'MATCHED'), 'CALL_FOUND'],
    ['not found where none is', calls('NOT_FOUND'), 'NOT_FOUND'],
    ['not found, too, where a call is somebody else’s: the two are told alike', calls('NOT_PARTY'), 'NOT_FOUND'],
    ['not identifiable where calls stay alike', calls('NOT_FOUND', 'NOT_IDENTIFIABLE'), 'NOT_IDENTIFIABLE'],
    ['answered once the answer was sent', facts({ calls: [heard], letters: [sent('answer')] }), 'ANSWERED'],
    ['not answered by a letter on the way', facts({ calls: [heard], letters: [sent('extension')] }), 'CALL_FOUND'],
    [
      'not answered by the notice of a prohibition where more was asked',
      facts({ kinds: ['KNOW', 'PROHIBIT'], calls: [forbidden], letters: [sent('prohibition')] }),
      'CALL_FOUND',
    ],
    [
      'answered by it where nothing else was',
      facts({ kinds: ['PROHIBIT'], calls: [forbidden], letters: [sent('prohibition')] }),
      'ANSWERED',
    ],
    ['booked', facts({ calls: [heard], letters: [sent('answer')], appointments: [booked] }), 'APPOINTMENT'],
    [
      'heard',
      facts({
        appointments: [
          { state: 'NO_SHOW', isPast: true },
          { state: 'HEARD', isPast: true },
        ],
      }),
      'HEARD',
    ],
    [
      'nobody came',
      facts({
        appointments: [
          { state: 'MOVED', isPast: true },
          { state: 'NO_SHOW', isPast: true },
        ],
      }),
      'NO_SHOW',
    ],
    [
      'not booked by a time that was withdrawn',
      facts({ appointments: [{ state: 'WITHDRAWN', isPast: false }] }),
      'IDENTIFIED',
    ],
    ['closed, whatever was done', facts({ isClosed: true, calls: [heard], appointments: [booked] }), 'CLOSED'],
    [
      'of an outsider, received until it is answered',
      facts({ party: 'OUTSIDER', kinds: ['OPENNESS'], isIdentified: false }),
      'RECEIVED',
    ],
  ])('%s', (_, given, state) => {
    expect(stateOf(given)).toBe(state)
  })
})

describe('the next step of a request', () => {
  test.each<[string, RequestFacts, string[]]>([
    ['before all else the requester is identified', facts({ isIdentified: false }), ['identify']],
    ['then they name a call', facts(), ['name-call']],
    ['of several they tell more', facts({ calls: [call('SEVERAL')] }), ['narrow-call']],
    ['one that is found is verified', facts({ calls: [call('FOUND'), call('NOT_FOUND')] }), ['verify-call']],
    ['what was found or not is answered', facts({ calls: [call('NOT_FOUND')] }), ['answer']],
    [
      'a letter that was made is sent',
      facts({ calls: [heard], letters: [{ kind: 'answer', isDelivered: false }] }),
      ['send-letter'],
    ],
    ['a listening is booked', facts({ kinds: ['LISTEN'], calls: [heard], letters: [sent('answer')] }), ['book']],
    [
      'again after nobody came',
      facts({
        kinds: ['LISTEN'],
        calls: [heard],
        letters: [sent('answer')],
        appointments: [{ state: 'NO_SHOW', isPast: true }],
      }),
      ['book'],
    ],
    [
      'what came of it is noted',
      facts({
        kinds: ['LISTEN'],
        calls: [heard],
        letters: [sent('answer')],
        appointments: [{ state: 'BOOKED', isPast: true }],
      }),
      ['note-outcome'],
    ],
    [
      'a listening is booked before the answer, which tells the time',
      facts({ kinds: ['KNOW', 'LISTEN'], calls: [heard] }),
      ['book', 'answer'],
    ],
    ['a use is forbidden', facts({ kinds: ['PROHIBIT'], calls: [heard] }), ['forbid']],
    ['erasure is carried out by forbidding', facts({ kinds: ['ERASURE'], calls: [heard] }), ['forbid']],
    ['and so is an objection', facts({ kinds: ['OBJECTION'], calls: [forbidden] }), []],
    ['and told by the letter that comes once it is destroyed', facts({ kinds: ['PROHIBIT'], calls: [forbidden] }), []],
    [
      'before the answer, which tells what has become of it',
      facts({ kinds: ['KNOW', 'PROHIBIT'], calls: [heard] }),
      ['forbid', 'answer'],
    ],
    [
      'and what else was asked is answered though a notice of the prohibition went out',
      facts({ kinds: ['KNOW', 'PROHIBIT'], calls: [forbidden], letters: [sent('prohibition')] }),
      ['answer'],
    ],
    [
      'a call that was not recorded is answered though it was to be forbidden',
      facts({ kinds: ['PROHIBIT'], calls: [call('MATCHED')] }),
      ['answer'],
    ],
    [
      'what is to be heard first is not destroyed before',
      facts({ kinds: ['LISTEN', 'PROHIBIT'], calls: [heard], letters: [sent('answer')], appointments: [booked] }),
      [],
    ],
    [
      'and forbidden after it was heard',
      facts({
        kinds: ['LISTEN', 'PROHIBIT'],
        calls: [heard],
        letters: [sent('answer')],
        appointments: [{ state: 'HEARD', isPast: true }],
      }),
      ['forbid'],
    ],
    ['a copy is made', facts({ kinds: ['COPY'], calls: [heard], letters: [sent('answer')] }), ['make-copy']],
    [
      'not twice',
      facts({ kinds: ['COPY'], calls: [heard], letters: [sent('answer')], copies: [{ state: 'ready' }] }),
      [],
    ],
    [
      'but again where it was not fetched in its time',
      facts({ kinds: ['COPY'], calls: [heard], letters: [sent('answer')], copies: [{ state: 'expired' }] }),
      ['make-copy'],
    ],
    [
      'or could not be made',
      facts({ kinds: ['COPY'], calls: [heard], letters: [sent('answer')], copies: [{ state: 'failed' }] }),
      ['make-copy'],
    ],
    [
      'why it takes longer is told',
      facts({ isExtended: true, calls: [heard], letters: [sent('answer')] }),
      ['send-letter'],
    ],
    [
      'also to somebody who is not identified yet',
      facts({ isIdentified: false, isExtended: true }),
      ['identify', 'send-letter'],
    ],
    ['once', facts({ isExtended: true, calls: [heard], letters: [sent('extension'), sent('answer')] }), []],
    [
      'whoever gave up listening is offered no other time, and forbids if they asked to',
      facts({
        kinds: ['LISTEN', 'PROHIBIT'],
        calls: [heard],
        letters: [sent('answer')],
        appointments: [{ state: 'WITHDRAWN', isPast: false }],
      }),
      ['forbid'],
    ],
    [
      'who looked at a call is told by a letter of its own',
      facts({ kinds: ['KNOW', 'LOG_EXTRACT'], calls: [heard], letters: [sent('answer')] }),
      ['answer'],
    ],
    [
      'and of no call by the answer',
      facts({ kinds: ['KNOW', 'LOG_EXTRACT'], calls: [call('NOT_FOUND')], letters: [sent('answer')] }),
      [],
    ],
    ['a copy comes before its covering letter', facts({ kinds: ['COPY'], calls: [heard] }), ['make-copy', 'answer']],
    [
      'what is to be corrected is answered once that is decided',
      facts({ kinds: ['RECTIFY'], calls: [heard], corrections: [{ isDecided: false }] }),
      ['decide'],
    ],
    [
      'and then by a letter of its own',
      facts({
        kinds: ['KNOW', 'RECTIFY'],
        calls: [heard],
        letters: [sent('answer')],
        corrections: [{ isDecided: true }],
      }),
      ['answer'],
    ],
    ['a correction is proposed', facts({ kinds: ['RECTIFY'], calls: [heard], letters: [sent('answer')] }), ['correct']],
    [
      'and decided',
      facts({ kinds: ['RECTIFY'], calls: [heard], letters: [sent('answer')], corrections: [{ isDecided: false }] }),
      ['decide'],
    ],
    [
      'an official document is decided on before it is answered',
      facts({ party: 'OUTSIDER', kinds: ['OPENNESS'], isIdentified: false }),
      ['decide'],
    ],
    [
      'and answered',
      facts({ party: 'OUTSIDER', kinds: ['OPENNESS'], isIdentified: false, isDecided: true }),
      ['answer'],
    ],
    [
      'with nothing unfinished it is closed',
      facts({ calls: [heard], letters: [sent('answer')], unfinished: [] }),
      ['close'],
    ],
    ['and then there is nothing', facts({ isClosed: true, calls: [heard], unfinished: [] }), []],
    [
      'a restriction is answered by its own letter',
      facts({ kinds: ['RESTRICTION'], calls: [restricted], letters: [sent('answer')] }),
      ['answer'],
    ],
    [
      'and then there is nothing to do until it is lifted',
      facts({ kinds: ['RESTRICTION'], calls: [restricted], letters: [sent('restriction')] }),
      [],
    ],
  ])('%s', (_, given, next) => {
    expect(nextSteps(given)).toEqual(next)
  })
})

describe('a request is urgent', () => {
  const inHours = (hours: number) => now.add({ hours })
  test.each<[string, Partial<RequestFacts>, object]>([
    ['not a month before its day', {}, { isUrgent: false, isOverdue: false }],
    ['a week before it', { dueAt: inHours(7 * 24) }, { isUrgent: true, isOverdue: false }],
    ['on its day and after', { dueAt: now }, { isUrgent: true, isOverdue: true }],
    ['three days before what is to be heard ends', { kinds: ['LISTEN'], firstEnd: inHours(72) }, { isUrgent: true }],
    ['not before that', { kinds: ['LISTEN'], firstEnd: inHours(73) }, { isUrgent: false }],
    [
      'not for what was heard',
      { kinds: ['LISTEN'], firstEnd: inHours(1), appointments: [{ state: 'HEARD', isPast: true }] },
      { isUrgent: false },
    ],
    [
      'nor once it was given up',
      { kinds: ['LISTEN'], firstEnd: inHours(1), appointments: [{ state: 'WITHDRAWN', isPast: false }] },
      { isUrgent: false },
    ],
    ['nor for what nobody wants to hear', { kinds: ['PROHIBIT'], firstEnd: inHours(1) }, { isUrgent: false }],
    [
      'nor while a restriction lasts that was told',
      { kinds: ['RESTRICTION'], dueAt: inHours(-1), calls: [restricted], letters: [sent('restriction')] },
      { isUrgent: false, isOverdue: false },
    ],
    ['nor when it is closed', { isClosed: true, dueAt: inHours(-1) }, { isUrgent: false, isOverdue: false }],
  ])('%s', (_, given, pressing) => {
    expect(urgencyOf(facts(given), now)).toMatchObject(pressing)
  })
})
