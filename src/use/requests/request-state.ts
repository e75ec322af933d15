/** Derives a request's state and next steps from its facts. Pure; nobody sets a state. */
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
  /** In the order in which they were named. The members other than the state apply only to matched calls. */
  calls: readonly {
    state: RequestCallState
    canBeHeard: boolean
    canBeForbidden: boolean
    /** This request has forbidden the use of a recording of the call. */
    isForbidden: boolean
    /** This request restricts a recording of the call. */
    isRestricted?: boolean
    /**
     * False if corrections have assigned every part of the call that the requesting official had answered to other
     * officials.
     */
    hasPart?: boolean
  }[]
  letters: readonly { kind: string; isDelivered: boolean }[]
  /** Oldest first; `isPast`: its time is over; `isLate`: it ends after the destruction of a recording to be listened to. */
  appointments: readonly { state: string; isPast: boolean; isLate?: boolean }[]
  copies: readonly { state: string }[]
  corrections: readonly { isDecided: boolean }[]
  isDecided: boolean
  /** Earliest end of a playable recording. */
  firstEnd: Temporal.Instant | undefined
  /** Obstacles to closing the request as answered. */
  unfinished: readonly Unfinished[]
}

/** Letters that answer every kind. */
const completeAnswers = new Set(['answer', 'not-identifiable', 'refusal'])
/** Letters that answer one kind only; all others are interim letters. */
const answersOfKind: Partial<Record<RequestKind, readonly string[]>> = {
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
/** Kinds that are carried out by forbidding the use of the recording, which destroys it (R50, L9). */
const prohibitingKinds: ReadonlySet<RequestKind> = new Set<RequestKind>(['PROHIBIT', 'ERASURE', 'OBJECTION'])
const settledStates = new Set<RequestCallState>(['MATCHED', 'NOT_FOUND', 'NOT_IDENTIFIABLE', 'NOT_PARTY'])
/** A copy in another state was not fetched, and is made again on request. */
const validCopyStates = new Set(['making', 'ready', 'taken'])
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

/** Returns the next steps, the most urgent first; none once it is closed. */
export function nextSteps(facts: RequestFacts): NextStep[] {
  if (facts.isClosed) return []
  const { calls, letters, appointments } = facts
  // The reason for an extension is due within the month (GDPR 12(3)).
  const needsReason = facts.isExtended && !letters.some(({ kind }) => kind === 'extension')
  const toSend = needsReason || letters.some(({ isDelivered }) => !isDelivered)
  if (!isIdentified(facts)) return toSend ? ['identify', 'send-letter'] : ['identify']
  const requests = (kind: RequestKind) => facts.kinds.includes(kind)
  const has = (state: RequestCallState) => calls.some((call) => call.state === state)
  const canBeHeard = calls.some((call) => call.canBeHeard)
  const isBooked = appointments.some(({ state }) => state === 'BOOKED')
  const toBook = requests('LISTEN') && canBeHeard && !isBooked && !hasListeningEnded(appointments)
  const toCopy = requests('COPY') && canBeHeard && !facts.copies.some(({ state }) => validCopyStates.has(state))
  const isCopyWaiting = facts.copies.some(({ state }) => state === 'making' || state === 'ready')
  // A requester's own prohibition does not destroy what they still wait to listen to or to fetch.
  const toForbid =
    facts.kinds.some((kind) => prohibitingKinds.has(kind)) &&
    calls.some((call) => call.canBeForbidden) &&
    !(toBook || isBooked || toCopy || isCopyWaiting)
  const canAnswer = requests('OPENNESS')
    ? facts.isDecided
    : requests('MENTIONED') || (calls.length > 0 && calls.every(({ state }) => settledStates.has(state)))
  // A prohibition is answered by the automatic letter after destruction.
  const forbidsAlone =
    facts.kinds.every((kind) => prohibitingKinds.has(kind)) &&
    (toForbid || calls.some(({ isForbidden }) => isForbidden))
  const isCorrecting = facts.corrections.some(({ isDecided }) => !isDecided)
  const correctsAlone = facts.kinds.every((kind) => kind === 'RECTIFY') && isCorrecting
  const steps: Record<NextStep, boolean> = {
    identify: false,
    'note-outcome': appointments.some(({ state, isPast }) => state === 'BOOKED' && isPast),
    'name-call': calls.length === 0 && !requests('OPENNESS') && !requests('MENTIONED'),
    'narrow-call': has('SEVERAL'),
    'verify-call': has('FOUND'),
    // These steps come before the answer, which states the appointment and what was forbidden, copied or corrected.
    book: toBook,
    forbid: toForbid,
    'make-copy': toCopy,
    correct: requests('RECTIFY') && has('MATCHED') && facts.corrections.length === 0,
    answer: canAnswer && !isAnsweredBy(letters, facts) && !forbidsAlone && !correctsAlone,
    decide: (requests('OPENNESS') && !facts.isDecided) || isCorrecting,
    'send-letter': toSend,
    close: facts.unfinished.length === 0,
  }
  return (Object.keys(steps) as NextStep[]).filter((step) => steps[step])
}

export interface Urgency {
  isOverdue: boolean
  /**
   * A recording to be listened to is destroyed within three days or before its appointment, or the answer is due within a week.
   */
  isUrgent: boolean
  /** Earliest end of a recording to be listened to. */
  firstEnd?: Temporal.Instant
}

export function urgencyOf(facts: RequestFacts, now: Temporal.Instant): Urgency {
  if (facts.isClosed) return { isOverdue: false, isUrgent: false }
  const toHear = facts.kinds.some((kind) => kind === 'LISTEN' || kind === 'COPY')
  const isHeard = facts.appointments.some(({ state }) => state === 'HEARD')
  const isGivenUp = hasListeningEnded(facts.appointments) && !facts.kinds.includes('COPY')
  const firstEnd = toHear && !isHeard && !isGivenUp ? facts.firstEnd : undefined
  const within = (instant: Temporal.Instant, hours: number) =>
    instant.epochMilliseconds <= now.add({ hours }).epochMilliseconds
  // After its answer, a restriction request stays open until the restriction is lifted.
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

/** Returns true once listening was done or given up: nothing waits and no other slot is booked (R47). */
function hasListeningEnded(appointments: RequestFacts['appointments']): boolean {
  const last = appointments.findLast(({ state }) => state !== 'MOVED')?.state
  return last === 'WITHDRAWN' || appointments.some(({ state }) => state === 'HEARD')
}

/**
 * Returns true if letters answer all kinds requested; a single letter may answer a part of them. Must equal `letter_answers`
 * in database/functions/requests/closing.sql.
 */
function isAnsweredBy(letters: RequestFacts['letters'], { kinds, calls, corrections }: RequestFacts): boolean {
  // These kinds are answered by their own letter only: who viewed a call, a restriction, a correction's result.
  const onlyByItsOwn: Partial<Record<RequestKind, boolean>> = {
    LOG_EXTRACT: calls.some(({ state, hasPart }) => state === 'MATCHED' && hasPart !== false),
    RESTRICTION: calls.some(({ isRestricted }) => isRestricted === true),
    RECTIFY: corrections.length > 0,
  }
  return kinds.every((request) =>
    letters.some(
      ({ kind }) =>
        answersOfKind[request]?.includes(kind) ||
        (completeAnswers.has(kind) && !(kind === 'answer' && onlyByItsOwn[request] === true)),
    ),
  )
}

/** A request for an official document needs no identification (Act 621/1999 section 13). */
function isIdentified({ party, isIdentified: was }: RequestFacts): boolean {
  return was || party === 'OUTSIDER'
}
