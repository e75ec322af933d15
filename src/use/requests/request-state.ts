/**
 * How far a request is and what comes next (requirements 1.5), from what has been done for it. In: facts. Out: state and next
 * steps. Never here: a database, a call’s contents, a state that somebody sets.
 */
import type { RequestCallState, RequestKind, RequestParty } from '#register/request-tables.ts'

export type RequestState =
  | 'RECEIVED'
  | 'IDENTIFIED'
  | 'CALL_FOUND'
  | 'NOT_FOUND'
  | 'NOT_IDENTIFIABLE'
  | 'ANSWERED'
  | 'APPOINTMENT'
  | 'HEARD'
  | 'NO_SHOW'
  | 'CLOSED'

export type NextStep =
  | 'identify'
  | 'name-call'
  | 'narrow-call'
  | 'verify-call'
  | 'answer'
  | 'book'
  | 'note-outcome'
  | 'forbid'
  | 'make-copy'
  | 'correct'
  | 'decide'
  | 'send-letter'
  | 'close'

export type Unfinished = 'call' | 'prohibition' | 'letter' | 'appointment' | 'copy' | 'correction' | 'decision'

export interface RequestFacts {
  party: RequestParty
  kinds: readonly RequestKind[]
  isIdentified: boolean
  isClosed: boolean
  isExtended: boolean
  dueAt: Temporal.Instant
  /** In the order in which they were named; all but the state is of matched calls alone. */
  calls: readonly {
    state: RequestCallState
    canBeHeard: boolean
    canBeForbidden: boolean
    /** This request has forbidden the use of a recording of it. */
    isForbidden: boolean
    /** This request restricts a recording of it. */
    isRestricted?: boolean
  }[]
  letters: readonly { kind: string; isDelivered: boolean }[]
  /** Oldest first; `isPast` once its time is over. */
  /** `isLate`: it ends after something that is to be heard in it. */
  appointments: readonly { state: string; isPast: boolean; isLate?: boolean }[]
  copies: readonly { state: string }[]
  corrections: readonly { isDecided: boolean }[]
  isDecided: boolean
  /** The first day of a recording that can be heard. */
  firstEnd: Temporal.Instant | undefined
  /** What stands in the way of closing it as answered. */
  unfinished: readonly Unfinished[]
}

/** Letters that answer whatever was asked. */
const wholeAnswers = new Set(['answer', 'not-identifiable', 'refusal'])
/** Letters that answer one thing alone; every other one goes out on the way. */
const ownAnswer: Partial<Record<RequestKind, readonly string[]>> = {
  PROHIBIT: ['prohibition', 'erasure', 'objection'],
  ERASURE: ['erasure'],
  OBJECTION: ['erasure', 'objection'],
  RESTRICTION: ['restriction'],
  COPY: ['copy'],
  LOG_EXTRACT: ['log-extract'],
  RECTIFY: ['correction'],
  MENTIONED: ['mentioned'],
  OPENNESS: ['openness'],
}
/** Carried out by forbidding the use of the recording, which destroys it (R50, L9). */
const endsUse: ReadonlySet<RequestKind> = new Set<RequestKind>(['PROHIBIT', 'ERASURE', 'OBJECTION'])
const settled = new Set<RequestCallState>(['MATCHED', 'NOT_FOUND', 'NOT_IDENTIFIABLE', 'NOT_PARTY'])
/** Every other one was not fetched, and is made again where that is asked for. */
const hasCopy = new Set(['making', 'ready', 'taken'])
const urgentHours = 3 * 24
const soonHours = 7 * 24

export function stateOf(facts: RequestFacts): RequestState {
  if (facts.isClosed) return 'CLOSED'
  if (!isIdentified(facts)) return 'RECEIVED'
  const appointment = facts.appointments.findLast(({ state }) => ['BOOKED', 'HEARD', 'NO_SHOW'].includes(state))?.state
  if (appointment) return appointment === 'BOOKED' ? 'APPOINTMENT' : (appointment as 'HEARD' | 'NO_SHOW')
  const delivered = facts.letters.filter(({ isDelivered }) => isDelivered)
  if (isAnsweredBy(delivered, facts)) return 'ANSWERED'
  if (facts.party === 'OUTSIDER') return 'RECEIVED'
  const states = new Set(facts.calls.map(({ state }) => state))
  if (states.has('FOUND') || states.has('MATCHED')) return 'CALL_FOUND'
  if (states.size === 0 || states.has('SEVERAL')) return 'IDENTIFIED'
  return states.has('NOT_IDENTIFIABLE') ? 'NOT_IDENTIFIABLE' : 'NOT_FOUND'
}

/** The most pressing first; nothing once it is closed. */
export function nextSteps(facts: RequestFacts): NextStep[] {
  if (facts.isClosed) return []
  const { calls, letters, appointments } = facts
  // Why it takes longer is told within the month (GDPR 12(3)).
  const toTellWhy = facts.isExtended && !letters.some(({ kind }) => kind === 'extension')
  const toSend = toTellWhy || letters.some(({ isDelivered }) => !isDelivered)
  if (!isIdentified(facts)) return toSend ? ['identify', 'send-letter'] : ['identify']
  const asks = (kind: RequestKind) => facts.kinds.includes(kind)
  const has = (state: RequestCallState) => calls.some((call) => call.state === state)
  const canBeHeard = calls.some((call) => call.canBeHeard)
  const isBooked = appointments.some(({ state }) => state === 'BOOKED')
  const toBook = asks('LISTEN') && canBeHeard && !isBooked && !isListeningOver(appointments)
  // What one has asked to hear is not destroyed by one's own prohibition before.
  const toForbid =
    facts.kinds.some((kind) => endsUse.has(kind)) && calls.some((call) => call.canBeForbidden) && !toBook && !isBooked
  const canAnswer = asks('OPENNESS')
    ? facts.isDecided
    : asks('MENTIONED') || (calls.length > 0 && calls.every(({ state }) => settled.has(state)))
  // What was forbidden is told by the letter that comes once it is destroyed.
  const forbidsAlone =
    facts.kinds.every((kind) => endsUse.has(kind)) && (toForbid || calls.some(({ isForbidden }) => isForbidden))
  const isCorrecting = facts.corrections.some(({ isDecided }) => !isDecided)
  const correctsAlone = facts.kinds.every((kind) => kind === 'RECTIFY') && isCorrecting
  const steps: Record<NextStep, boolean> = {
    identify: false,
    'note-outcome': appointments.some(({ state, isPast }) => state === 'BOOKED' && isPast),
    'name-call': calls.length === 0 && !asks('OPENNESS') && !asks('MENTIONED'),
    'narrow-call': has('SEVERAL'),
    'verify-call': has('FOUND'),
    // The answer tells the time that was agreed on, and what has become of what was forbidden, copied or corrected.
    book: toBook,
    forbid: toForbid,
    'make-copy': asks('COPY') && canBeHeard && !facts.copies.some(({ state }) => hasCopy.has(state)),
    correct: asks('RECTIFY') && has('MATCHED') && facts.corrections.length === 0,
    answer: canAnswer && !isAnsweredBy(letters, facts) && !forbidsAlone && !correctsAlone,
    decide: (asks('OPENNESS') && !facts.isDecided) || isCorrecting,
    'send-letter': toSend,
    close: facts.unfinished.length === 0,
  }
  return (Object.keys(steps) as NextStep[]).filter((step) => steps[step])
}

export interface Pressing {
  isOverdue: boolean
  /** A recording to be heard is destroyed within three days or before its appointment, or the answer is due within a week. */
  isUrgent: boolean
  /** The first day of a recording that is to be heard. */
  firstEnd?: Temporal.Instant
}

export function howPressing(facts: RequestFacts, now: Temporal.Instant): Pressing {
  if (facts.isClosed) return { isOverdue: false, isUrgent: false }
  const toHear = facts.kinds.some((kind) => kind === 'LISTEN' || kind === 'COPY')
  const isHeard = facts.appointments.some(({ state }) => state === 'HEARD')
  const isGivenUp = isListeningOver(facts.appointments) && !facts.kinds.includes('COPY')
  const firstEnd = toHear && !isHeard && !isGivenUp ? facts.firstEnd : undefined
  const within = (instant: Temporal.Instant, hours: number) =>
    instant.epochMilliseconds <= now.add({ hours }).epochMilliseconds
  // Once it is answered, a request that restricts stays open until the restriction is lifted.
  const isAnswered =
    facts.kinds.includes('RESTRICTION') &&
    isAnsweredBy(
      facts.letters.filter(({ isDelivered }) => isDelivered),
      facts,
    )
  return {
    isOverdue: !isAnswered && within(facts.dueAt, 0),
    isUrgent:
      (!isAnswered && within(facts.dueAt, soonHours)) ||
      (firstEnd !== undefined && within(firstEnd, urgentHours)) ||
      facts.appointments.some(({ isLate }) => isLate === true),
    ...(firstEnd && { firstEnd }),
  }
}

/** Heard, or given up: nothing waits to be heard any more, and no other time is booked (R47). */
function isListeningOver(appointments: RequestFacts['appointments']): boolean {
  const last = appointments.findLast(({ state }) => state !== 'MOVED')?.state
  return last === 'WITHDRAWN' || appointments.some(({ state }) => state === 'HEARD')
}

/** Whether letters answer all that was asked: one may answer a part. The twin of `letter_answers` in database/functions/requests/whole.sql. */
function isAnsweredBy(letters: RequestFacts['letters'], { kinds, calls, corrections }: RequestFacts): boolean {
  // Who looked at a call, and what became of a correction, is told in no other letter.
  const onlyByItsOwn: Partial<Record<RequestKind, boolean>> = {
    LOG_EXTRACT: calls.some(({ state }) => state === 'MATCHED'),
    RESTRICTION: calls.some(({ isRestricted }) => isRestricted === true),
    RECTIFY: corrections.length > 0,
  }
  return kinds.every((asked) =>
    letters.some(
      ({ kind }) =>
        ownAnswer[asked]?.includes(kind) ||
        (wholeAnswers.has(kind) && !(kind === 'answer' && onlyByItsOwn[asked] === true)),
    ),
  )
}

/** Nobody says who they are to ask for an official document (Act 621/1999 section 13). */
function isIdentified({ party, isIdentified: was }: RequestFacts): boolean {
  return was || party === 'OUTSIDER'
}
