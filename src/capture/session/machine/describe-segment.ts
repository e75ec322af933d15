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
  /** In force when the call was answered (answeredAt). */
  version: VersionInForce
  quotaUsed: QuotaUsed
  drawKey: Uint8Array
  answeredAt: Temporal.Instant
  arrivedAt: Temporal.Instant
  ids: { segmentId: string; contactId: string; recordingId: string }
  /** UTC day whose intake key would seal the recording. */
  intakeDay: Temporal.PlainDate
  /** The call this segment continues, when it is a transferred or forwarded one. */
  earlier?: EarlierSegment | undefined
  /** Its session is that of the earlier segment: its caller is the same where it tells none. */
  isSameSession?: boolean
  /** What this call says to this official was forbidden before (R49): it is decided as ever, and not recorded. */
  isForbidden?: boolean
  /** A call of which nothing can be played is recorded as it comes, and marked. */
  keepsUnplayable?: boolean
  /** Name of the trunk that sends it. */
  trunk?: string
  /** Who sends it, for how well it comes in. */
  client?: RecordingFacts['client']
}

/** What is remembered of a call's earlier segment. */
export interface EarlierSegment {
  contactId: string
  /** What the call was drawn on: once, for all its segments (AC5). */
  drawnOn: string
  startedAt: Temporal.Instant
  caller: SegmentFacts['caller']
  numberCalled: SegmentFacts['numberCalled']
  numberReached: SegmentFacts['numberReached']
  awaitsCaller?: true | undefined
}

type TellsNumber = Pick<EarlierSegment, 'numberReached'>

/** Why a segment that was drawn has no recording: what its call says to this official was forbidden in an earlier one. */
export const forbiddenBefore = 'forbidden'
/** Its client speaks only what nobody here can play: a recording of it would be data without a use. */
const unheardCodec = 'no-playable-codec'
/** Its media come from where nobody here can hear them. */
export const unheardMedia = 'no-media'

type Decision = Omit<RecordingDecision, 'reason'> & { reason: RecordingDecision['reason'] | typeof notAnswered }

/** Why a segment is not recorded that nobody has answered yet; of a feed's calls as well. */
export const notAnswered = 'not-answered'

/** Number called when nobody told it: the call is entered all the same (R9). */
const untoldNumber = 'unknown' as PhoneNumberKey

/**
 * The facts of a segment as its invitation tells them, with the plan's decision (R10-R14).
 * @returns `outside` for a call that is none of this register's: outgoing or internal (R8)
 */
export function describeSegment(invitation: CallInvitation, context: SegmentContext): Offer | 'outside' {
  const { parties, times, streams, metadata } = invitation
  if (isOutside(parties)) return 'outside'
  const { answeredAt, arrivedAt, earlier, isSameSession, ids } = context
  const reached = numberReached(invitation) ?? earlier?.numberReached ?? { key: untoldNumber }
  const calledBefore = earlier && isUntold(earlier.numberCalled) ? undefined : earlier?.numberCalled
  const called = calledBefore ?? { ...reached, kind: parties.number?.entry?.kind ?? ('UNKNOWN' as const) }
  const callIds = callIdsOf(invitation)
  const official = officialOf(invitation)
  const caller = callerOf(invitation) ?? (isSameSession ? earlier?.caller : undefined) ?? untoldCaller
  const isKnownOf =
    earlier?.awaitsCaller ?? (!isSameSession && earlier !== undefined && !isUnknownCaller(earlier.caller))
  const awaitsCaller = isKnownOf && isUnknownCaller(caller)
  // Of a call that may be another one's nothing is drawn by the id of that one.
  const drawnOn = (awaitsCaller ? undefined : earlier?.drawnOn) ?? hashCallId(callIds[0] ?? '')
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
      caller,
      ...(awaitsCaller && { awaitsCaller }),
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
    callerIsGuess: isGuess(parties.caller),
  }
}

/** What the plan says of it, once it is answered. */
function decide(
  invitation: CallInvitation,
  { version, drawKey, answeredAt, quotaUsed }: SegmentContext,
  drawnOn: string,
  reached: SegmentFacts['numberReached'],
  called: SegmentFacts['numberCalled'],
): Decision {
  const { parties } = invitation
  if (parties.awaitsAnswer) return { record: false, reason: notAnswered, descriptionVersion: version.version, drawnOn }
  return decideRecording({
    ...{ version, drawKey, drawnOn, answeredAt, quotaUsed },
    numberReached: isUntold(reached) ? null : reached.key,
    viaSwitchboard: called.kind === 'SWITCHBOARD' && called.key !== reached.key,
    officialId: officialOf(invitation)?.personId,
    consents: parties.official?.entry?.consentedFrom != null,
  })
}

/** Why a call that the plan has recorded is not. */
function failureOf({ streams, isUnheard }: CallInvitation, context: SegmentContext): string | undefined {
  if (context.isForbidden) return forbiddenBefore
  if (isUnheard) return unheardMedia
  return hasNoPlayableCodec(streams) && !context.keepsUnplayable ? unheardCodec : undefined
}

/** When the call was answered: as its metadata tell, or else when the session was offered. */
export function answeredAtOf({ times }: CallInvitation, arrivedAt: Temporal.Instant): Temporal.Instant {
  return times.answeredAtMs === undefined ? arrivedAt : instant(times.answeredAtMs)
}

/** What a later request of the same session tells of its parties, beyond what is known already. */
export function describeParties(invitation: CallInvitation, known?: TellsNumber): PartyFacts {
  const official = officialOf(invitation)
  const caller = isGuess(invitation.parties.caller) ? undefined : callerOf(invitation)
  const doubts = marksOf(invitation, known)
  return {
    ...(official && { official }),
    ...(caller && !isUnknownCaller(caller) && { caller }),
    marks: doubts.filter((mark) => mark === 'needs-review' || mark === 'caller-unverified'),
  }
}

/** Returns true for a call that is none of this register's: outgoing or internal (R8). */
export function isOutside({ direction }: CallInvitation['parties']): boolean {
  return direction === 'outgoing' || direction === 'internal'
}

/** Returns true while a call goes on whose number nobody has told: it may be an outgoing one, and is not admitted until it is over. */
export function awaitsDirection({ numberReached, endedAt }: Pick<SegmentFacts, 'numberReached' | 'endedAt'>): boolean {
  return isUntold(numberReached) && endedAt === undefined
}

/** Returns true while it is not to be admitted: what is told of it yet may make it none of the register's, or another contact's. */
export function isHeldBack(facts: Pick<SegmentFacts, 'numberReached' | 'endedAt' | 'awaitsCaller'>): boolean {
  return awaitsDirection(facts) || (facts.awaitsCaller === true && facts.endedAt === undefined)
}

/** Returns true for a number called that nobody has told. */
export function isUntold({ key }: { key: PhoneNumberKey }): boolean {
  return key === untoldNumber
}

/** Returns true for a caller of whom no number is told and who has withheld none. */
export function isUnknownCaller({ kind, key }: SegmentFacts['caller']): boolean {
  return key === null && kind !== 'withheld'
}

const untoldCaller: SegmentFacts['caller'] = { kind: 'unparsed', key: null, raw: null }

/** The From of the recording session is the client's own as often as the caller's. */
function isGuess(caller: CallInvitation['parties']['caller']): boolean {
  return caller?.source === 'from'
}

/** All the ids under which the telephone system knows the call, each with its kind in front. */
export function callIdsOf(invitation: CallInvitation): string[] {
  return joiningKeys(invitation.callIds)
}

/** Who calls, as far as it is told. */
export function callerOf({ parties }: CallInvitation): SegmentFacts['caller'] | undefined {
  const number = parties.caller?.number
  if (!number) return undefined
  // A withheld number is not stored even where the trunk carried it (AC9).
  if (number.kind === 'withheld') return { kind: 'withheld', key: null, raw: null }
  return { kind: number.kind, key: number.key, raw: plainText(number.raw) }
}

/** Who answers, as the facts tell it. */
export function officialOf({ parties }: CallInvitation): SegmentFacts['official'] {
  const party = parties.official
  if (party?.number.key == null) return undefined
  const { entry } = party
  if (entry) {
    const { personId, unitId, name } = entry
    return { personId, ...(unitId !== null && { unitId }), name, phone: party.number.key }
  }
  // A name from the metadata could be the caller's, where the two are mistaken for each other (R10).
  return { name: party.number.display, phone: party.number.key }
}

/** The number this invitation tells; a later one of the same call may tell none. */
function numberReached({ parties }: CallInvitation): SegmentFacts['numberReached'] | undefined {
  const { number, entry } = parties.number ?? {}
  if (number?.key == null) return undefined
  return { key: number.key, ...(entry && { name: entry.names }) }
}

function marksOf(invitation: CallInvitation, earlier?: TellsNumber): SegmentFacts['marks'] {
  const { parties, problems } = invitation
  const toldBefore = numberReached(invitation) === undefined && earlier?.numberReached.name !== undefined
  const doubts = parties.needsReview.filter((reason) => !(toldBefore && reason === 'numberUnknown'))
  const doubtful = doubts.length > 0 || problems.some(castsDoubt)
  return [
    ...(parties.number?.entry || toldBefore ? [] : (['unknown-number'] as const)),
    ...(doubtful ? (['needs-review'] as const) : []),
    ...(parties.isUnverified ? (['caller-unverified'] as const) : []),
  ]
}

/** What cannot be played would sound like nobody speaking: if all streams are such, nothing is recorded unless set. */
function hasNoPlayableCodec(streams: CallInvitation['streams']): boolean {
  const audio = streams.filter(({ accepted }) => accepted)
  return audio.length > 0 && audio.every(({ storage }) => storage === 'asArrives')
}

/** SIP lets a quoted text hold any character (RFC 3261 section 25.1), but a null is refused by the database for ever. */
function plainText(text: string): string {
  return text.replaceAll(/\p{Cc}/gu, '')
}

function instant(epochMs: number): Temporal.Instant {
  return Temporal.Instant.fromEpochMilliseconds(Math.round(epochMs))
}
