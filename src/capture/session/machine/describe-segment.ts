import { decideRecording, type QuotaUsed, type RecordingDecision } from '#description/decide-recording.ts'
import { hashCallId } from '#description/draw.ts'
import type { PhoneNumberKey } from '#description/phone-numbers/phone-number.ts'
import type { ServiceNumber } from '#description/register-description.ts'
import type { RecordingFacts, SegmentFacts } from '#register/admit.ts'
import type { DirectoryEntry } from '#safeguards/people/people.ts'
import { joiningKeys } from '../../siprec/read-call-ids.ts'
import { lacksVoice } from '../../siprec/answer-offer.ts'
import { castsDoubt } from '../../siprec/problem.ts'
import type { Invitation } from '../../siprec/read-invitation.ts'
import type { Offer, PartyFacts } from './session-types.ts'
import type { VersionInForce } from '../reading/version-in-force.ts'

export type CallInvitation = Invitation<ServiceNumber, DirectoryEntry>

export interface SegmentContext {
  /** Version in force when the call was answered (answeredAt). */
  version: VersionInForce
  quotaUsed: QuotaUsed
  drawKey: Uint8Array
  answeredAt: Temporal.Instant
  arrivedAt: Temporal.Instant
  ids: { segmentId: string; contactId: string; recordingId: string }
  /** UTC day whose intake key would encrypt the recording. */
  intakeDay: Temporal.PlainDate
  /** Segment that this one continues, for a transferred or forwarded call. */
  earlier?: EarlierSegment | undefined
  /** True if both segments are of one session; then the caller is the same if none is reported. */
  isSameSession?: boolean
  /** True if use of this call's recording with this official was forbidden (R49): it is decided as usual, but not recorded. */
  isForbidden?: boolean
  /** True to record a call that has no playable codec, with a mark. */
  storesUnplayable?: boolean
  trunk?: string
  /** Sending client, for reception statistics. */
  client?: RecordingFacts['client']
}

/** Facts kept about an earlier segment of a call. */
export interface EarlierSegment {
  contactId: string
  /** Hash from which the call was drawn. A call is drawn once, for all its segments (AC5). */
  drawnOn: string
  startedAt: Temporal.Instant
  caller: SegmentFacts['caller']
  numberCalled: SegmentFacts['numberCalled']
  numberReached: SegmentFacts['numberReached']
  awaitsCaller?: true | undefined
  callerIsGuess?: true | undefined
  /** The caller as another recording client of the conversation writes it (find-continued-segment.ts). */
  otherCaller?: SegmentFacts['caller'] | undefined
}

type ReachedNumber = Pick<EarlierSegment, 'numberReached'>

/** Reason for no recording: use of this call's recording with this official was forbidden in an earlier segment. */
export const forbiddenReason = 'forbidden'
/** Reason: the client offers only codecs that cannot be played here, so a recording would be useless. */
const unplayableCodecReason = 'no-playable-codec'
/** Reason: media from the client's address cannot be received here (IPv4 or IPv6 only). */
export const unreachableMediaReason = 'no-media'

type Decision = Omit<RecordingDecision, 'reason'> & { reason: RecordingDecision['reason'] | typeof notAnsweredReason }

/** Reason: nobody has answered the segment yet. Also used for calls of feeds. */
export const notAnsweredReason = 'not-answered'

/** Number called if none was reported. Such calls are also stored (R9). */
const unreportedNumber = 'unknown' as PhoneNumberKey

/**
 * Returns the facts of an invitation's segment, with the plan's decision (R10-R14).
 * @returns `outside` for a call that does not belong to this register: outgoing or internal (R8)
 */
export function describeSegment(invitation: CallInvitation, context: SegmentContext): Offer | 'outside' {
  const { parties, times, streams, metadata } = invitation
  if (isOutside(parties)) return 'outside'
  const { answeredAt, arrivedAt, earlier, ids } = context
  const reached = numberReached(invitation) ?? earlier?.numberReached ?? { key: unreportedNumber }
  const calledBefore = earlier && isUnreported(earlier.numberCalled) ? undefined : earlier?.numberCalled
  const called = calledBefore ?? { ...reached, kind: parties.number?.entry?.kind ?? ('UNKNOWN' as const) }
  const callIds = callIdsOf(invitation)
  const official = officialOf(invitation)
  const caller = resolveCaller(invitation, context)
  // While the caller is awaited, the contact is uncertain, so the draw does not use the contact's hash.
  const drawnOn = (caller.awaitsCaller ? undefined : earlier?.drawnOn) ?? hashCallId(callIds[0] ?? '')
  const { recordingMonths, ...decision } = decide(invitation, context, drawnOn, reached, called)
  const failure = decision.record ? failureOf(invitation, context) : undefined
  const recording: RecordingFacts | undefined =
    recordingMonths !== undefined && decision.record && failure === undefined
      ? {
          id: ids.recordingId,
          startedAt: arrivedAt,
          intakeDay: context.intakeDay,
          months: recordingMonths,
          ...(context.client && { client: context.client }),
        }
      : undefined
  return {
    facts: {
      segmentId: ids.segmentId,
      contactId: earlier?.contactId ?? ids.contactId,
      callIds,
      ...(context.trunk !== undefined && { trunk: context.trunk }),
      startedAt: earlier?.startedAt ?? instant(times.startedAtMs),
      ...(!parties.awaitsAnswer && { answeredAt }),
      ...caller,
      numberCalled: called,
      numberReached: reached,
      ...(official && { official }),
      decision,
      captureState: recording ? 'recording' : 'not-recorded',
      ...(failure !== undefined && { captureFailure: failure }),
      marks: [
        ...new Set([
          ...marksOf(invitation, earlier),
          ...(decision.record && lacksVoice(streams) ? (['needs-review'] as const) : []),
        ]),
      ],
      ...(recording && { recording }),
    },
    streams,
    tracks: parties.streams,
    ...(metadata && { metadata }),
    hasSdp: invitation.offer !== undefined,
  }
}

/** Returns the plan's decision; before the answer, the reason `not-answered`. */
function decide(
  invitation: CallInvitation,
  { version, drawKey, answeredAt, quotaUsed }: SegmentContext,
  drawnOn: string,
  reached: SegmentFacts['numberReached'],
  called: SegmentFacts['numberCalled'],
): Decision {
  const { parties } = invitation
  if (parties.awaitsAnswer)
    return { record: false, reason: notAnsweredReason, descriptionVersion: version.version, drawnOn }
  return decideRecording({
    ...{ version, drawKey, drawnOn, answeredAt, quotaUsed },
    numberReached: isUnreported(reached) ? null : reached.key,
    viaSwitchboard: called.kind === 'SWITCHBOARD' && called.key !== reached.key,
    officialId: officialOf(invitation)?.personId,
    consents: parties.official?.entry?.consentedFrom != null,
  })
}

/** Returns the reason why a call is not recorded although the plan decided to record it. */
function failureOf({ streams, isUnheard }: CallInvitation, context: SegmentContext): string | undefined {
  if (context.isForbidden) return forbiddenReason
  if (isUnheard) return unreachableMediaReason
  return hasNoPlayableCodec(streams) && !context.storesUnplayable ? unplayableCodecReason : undefined
}

/** Returns the answer time from the metadata, but at most the time of the request's arrival: the client's clock may be ahead. */
export function answeredAtOf({ times }: CallInvitation, arrivedAt: Temporal.Instant): Temporal.Instant {
  const { answeredAtMs } = times
  return answeredAtMs === undefined || answeredAtMs > arrivedAt.epochMilliseconds ? arrivedAt : instant(answeredAtMs)
}

/** Returns the parties that a later request of the same session reports. */
export function describeParties(invitation: CallInvitation, known?: ReachedNumber): PartyFacts {
  const official = officialOf(invitation)
  const caller = reportedCallerOf(invitation)
  const doubts = marksOf(invitation, known)
  return {
    ...(official && { official }),
    ...(caller && !isUnknownCaller(caller) && { caller }),
    marks: doubts.filter((mark) => mark === 'needs-review' || mark === 'caller-unverified'),
  }
}

/** Returns true for a call that does not belong to this register: outgoing or internal (R8). */
export function isOutside({ direction }: CallInvitation['parties']): boolean {
  return direction === 'outgoing' || direction === 'internal'
}

/** Returns true until the end of a call without a reported number: it may be outgoing, so it is not admitted before its end. */
export function awaitsDirection({ numberReached, endedAt }: Pick<SegmentFacts, 'numberReached' | 'endedAt'>): boolean {
  return isUnreported(numberReached) && endedAt === undefined
}

/** Returns true while a segment must not be admitted, because later requests may show that it is outgoing or of another contact. */
export function isHeldBack(facts: Pick<SegmentFacts, 'numberReached' | 'endedAt' | 'awaitsCaller'>): boolean {
  return awaitsDirection(facts) || (facts.awaitsCaller === true && facts.endedAt === undefined)
}

/** Returns true if the number called was not reported. */
export function isUnreported({ key }: { key: PhoneNumberKey }): boolean {
  return key === unreportedNumber
}

/** Returns true for a caller with neither a reported nor a withheld number. */
export function isUnknownCaller({ kind, key }: SegmentFacts['caller']): boolean {
  return key === null && kind !== 'withheld'
}

const unreportedCaller: SegmentFacts['caller'] = { kind: 'unparsed', key: null, raw: null }

/** Returns true if the caller is only a guess from the recording session's From, which is often the client's own number. */
function isGuess(caller: CallInvitation['parties']['caller']): boolean {
  return caller?.source === 'from'
}

/** Returns all ids of the call in the telephone system, each prefixed with its kind. */
export function callIdsOf(invitation: CallInvitation): string[] {
  return joiningKeys(invitation.callIds)
}

/** Returns the caller; undefined if none was reported. */
export function callerOf({ parties }: CallInvitation): SegmentFacts['caller'] | undefined {
  const number = parties.caller?.number
  if (!number) return undefined
  // A withheld number is not stored even if the trunk carried it (AC9).
  if (number.kind === 'withheld') return { kind: 'withheld', key: null, raw: null }
  return { kind: number.kind, key: number.key, raw: plainText(number.raw) }
}

/**
 * Returns the caller, given an earlier segment of the call. A guessed caller is ignored if the earlier segment's caller is
 * known; the caller is then awaited.
 */
function resolveCaller(
  invitation: CallInvitation,
  { earlier, isSameSession = false }: SegmentContext,
): Pick<SegmentFacts, 'caller' | 'otherCaller' | 'awaitsCaller' | 'callerIsGuess'> {
  const isKnown = !isSameSession && earlier !== undefined && !isUnknownCaller(earlier.caller) && !earlier.callerIsGuess
  const ignoresGuess = earlier?.awaitsCaller ?? isKnown
  const reported = ignoresGuess ? reportedCallerOf(invitation) : callerOf(invitation)
  const isOther = reported !== undefined && earlier?.otherCaller?.key === reported.key && reported.key !== null
  const own = isOther ? earlier?.caller : reported
  const caller = own ?? (isSameSession ? earlier?.caller : undefined) ?? unreportedCaller
  const callerIsGuess = own ? isGuess(invitation.parties.caller) : isSameSession && earlier?.callerIsGuess
  return {
    caller,
    ...(earlier?.otherCaller && { otherCaller: earlier.otherCaller }),
    ...(ignoresGuess && isUnknownCaller(caller) && { awaitsCaller: true }),
    ...(callerIsGuess && { callerIsGuess }),
  }
}

/** Returns the caller; undefined if none was reported or it is guessed. */
export function reportedCallerOf(invitation: CallInvitation): SegmentFacts['caller'] | undefined {
  return isGuess(invitation.parties.caller) ? undefined : callerOf(invitation)
}

export function officialOf({ parties }: CallInvitation): SegmentFacts['official'] {
  const party = parties.official
  if (party?.number.key == null) return undefined
  const { entry } = party
  if (entry) {
    const { personId, unitId, name } = entry
    return { personId, ...(unitId !== null && { unitId }), name, phone: party.number.key }
  }
  // Uses the number as the name: the metadata's name would be the caller's if caller and official were confused (R10).
  return { name: party.number.display, phone: party.number.key }
}

/** Returns the number reached; undefined if the invitation has none, as later ones of a call may. */
function numberReached({ parties }: CallInvitation): SegmentFacts['numberReached'] | undefined {
  const { number, entry } = parties.number ?? {}
  if (number?.key == null) return undefined
  return { key: number.key, ...(entry && { name: entry.names }) }
}

function marksOf(invitation: CallInvitation, earlier?: ReachedNumber): SegmentFacts['marks'] {
  const { parties, problems } = invitation
  const reportedBefore = numberReached(invitation) === undefined && earlier?.numberReached.name !== undefined
  const doubts = parties.needsReview.filter((reason) => !(reportedBefore && reason === 'numberUnknown'))
  const doubtful = doubts.length > 0 || problems.some(castsDoubt)
  return [
    ...(parties.number?.entry || reportedBefore ? [] : (['unknown-number'] as const)),
    ...(doubtful ? (['needs-review'] as const) : []),
    ...(parties.isUnverified ? (['caller-unverified'] as const) : []),
  ]
}

/** Returns true if no stream can be played. Such calls are not recorded unless configured: listeners would take them for silent. */
function hasNoPlayableCodec(streams: CallInvitation['streams']): boolean {
  const audio = streams.filter(({ accepted }) => accepted)
  return audio.length > 0 && audio.every(({ storage }) => storage === 'asArrives')
}

/** Removes control characters, which SIP allows in quoted text (RFC 3261 section 25.1): PostgreSQL refuses NUL. */
function plainText(text: string): string {
  return text.replaceAll(/\p{Cc}/gu, '')
}

function instant(epochMs: number): Temporal.Instant {
  return Temporal.Instant.fromEpochMilliseconds(Math.round(epochMs))
}
