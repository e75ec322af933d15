/** Compares the answering official of a request with the one known before (R17). */
import type { PhoneNumberKey } from '#description/phone-numbers/phone-number.ts'
import type { SegmentFacts } from '#register/admit.ts'
import { officialOf, type CallInvitation } from './describe-segment.ts'
import type { OtherOfficials } from '../duplicates/other-officials.ts'
import type { Withholding } from './session-types.ts'

/**
 * `same`: no change, or nothing certain is reported. `consultation`: the official consults a colleague while the caller waits,
 * which does not belong to the call. `several`: somebody else has joined the official, or an unknown person takes over.
 * `transferred`: the call was transferred to another official, and the first one has left.
 */
export type OfficialChange = 'same' | 'consultation' | 'several' | 'transferred'

/** Returns true while a second official or a third party is also heard (L18, docs/decisions/0084). */
function isConference({ parties }: Pick<CallInvitation, 'parties'>, known: SegmentFacts['official']): boolean {
  const { caller, officials, voices, listening, thirdParties } = parties.connected
  const people = new Set(voices.map(({ entry }) => entry?.personId))
  // The answering official counts even on hold: the caller speaks with somebody else.
  for (const { personId } of officials) if (personId === known?.personId) people.add(personId)
  // Listen-only participants are not heard, so they do not make a conference.
  for (const { personId } of listening) if (personId !== known?.personId) people.delete(personId)
  // An official who is not in the directory also counts.
  const unlisted = parties.official !== undefined && parties.official.entry === undefined ? 1 : 0
  return caller && people.size + unlisted + thirdParties > 1
}

/** Returns the reason why a session's audio must not be recorded now: a consultation or a conference; otherwise undefined. */
export function withholdingFor(invitation: CallInvitation, known?: KnownParties): Withholding | undefined {
  const { metadata, parties } = invitation
  // The official speaks with somebody else in the same session, in an outgoing or internal call, which is not this call (R8).
  const isOutside = metadata !== undefined && (parties.direction === 'outgoing' || parties.direction === 'internal')
  const official = known?.official
  if (isOutside || compareOfficials(invitation, official) === 'consultation') return 'consultation'
  if (known && (hasCallerLeft(invitation, known) || isCallerWaiting(invitation, known))) return 'consultation'
  return isConference(invitation, official) ? 'conference' : undefined
}

type KnownParties = Pick<SegmentFacts, 'official' | 'caller' | 'otherCaller'>

/** Returns the caller's key, and the key that another recording client of the conversation has for the same caller. */
function callerKeys({ caller, otherCaller }: KnownParties): PhoneNumberKey[] {
  return [caller.key, otherCaller?.key].filter((key) => key != null)
}

/**
 * Returns true if the caller has left and another outsider is heard, which is not the caller's call. The answering official,
 * who may be missing from the directory, is no outsider.
 */
function hasCallerLeft({ parties: { connected } }: CallInvitation, known: KnownParties): boolean {
  const isGone = callerKeys(known).some((key) => connected.left.includes(key) || connected.displaced.includes(key))
  return isGone && connected.outsiders.some((outsider) => outsider !== known.official?.phone)
}

/** Returns true if the caller waits in the session while the official speaks with another outsider (R8). */
function isCallerWaiting(invitation: CallInvitation, known: KnownParties): boolean {
  const { caller, waiting, thirdParties } = invitation.parties.connected
  const { key } = known.caller
  // A withheld number is not compared: the participant that is taken for the caller counts.
  const isWaiting =
    waiting.includes(key) ||
    callerKeys(known).some((one) => waiting.includes(one)) ||
    (key === null && !caller && thirdParties > 0)
  return isWaiting && isPresent(invitation, known.official)
}

/**
 * Returns true if the caller may have left: an outsider without a phone number is heard, perhaps the caller, whom the client no
 * longer names; or the client reports a number instead of the caller's SIP address.
 */
function isCallerReplaced({ parties: { connected } }: CallInvitation, known: KnownParties): boolean {
  return callerKeys(known).some((key) => connected.replaced.includes(key))
}

/** Returns true if a request of any of the call's clients casts doubt on whether the official speaks with the caller. */
export function isCallerUncertain(invitation: CallInvitation, known: KnownParties): boolean {
  return [hasCallerLeft, isCallerWaiting, isCallerReplaced].some((isSo) => isSo(invitation, known))
}

/** Returns true if the official is in the call. Before the answer, this is the official whom the request reports. */
function isPresent(invitation: CallInvitation, known: SegmentFacts['official']): boolean {
  const official = known ?? officialOf(invitation)
  return invitation.parties.connected.officials.some(({ personId }) => personId === official?.personId)
}

/** Returns the officials of the directory who are heard in addition to the answering one. */
export function otherSpeakers(
  invitation: CallInvitation,
  answering: KnownParties,
  at: Temporal.Instant,
  uuid: () => string,
): OtherOfficials {
  if (withholdingFor(invitation, answering) !== 'conference') return { at, officials: [] }
  const others = new Map<string, OtherOfficials['officials'][number]>()
  const { voices, withoutStream } = invitation.parties.connected
  // The call is not recorded in case they speak. They have no part of it, in case they do not.
  const doubtful = new Set(withoutStream.map(({ personId }) => personId))
  for (const { entry, number } of voices) {
    if (!entry || number.key === null || entry.personId === answering.official?.personId) continue
    if (doubtful.has(entry.personId)) continue
    const { personId, unitId, name } = entry
    const official = { personId, ...(unitId !== null && { unitId }), name, phone: number.key }
    others.set(personId, { segmentId: uuid(), official })
  }
  return { at, officials: [...others.values()] }
}

/**
 * Compares the reported officials with the known one. Reports a transfer only between officials of the directory, because any
 * other change may be another number or name of the same person.
 */
export function compareOfficials(invitation: CallInvitation, known: SegmentFacts['official']): OfficialChange {
  const { connected } = invitation.parties
  const reported = officialOf(invitation)
  const present = new Set(connected.officials.map(({ personId }) => personId))
  if (!known) return 'same'
  if (present.size > 1 && !connected.caller) return 'consultation'
  if (!reported || (reported.personId ?? reported.phone) === (known.personId ?? known.phone)) return 'same'
  if (known.personId === undefined || reported.personId === undefined || present.has(known.personId)) return 'several'
  return 'transferred'
}
