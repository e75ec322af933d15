/** Active participants of a call, and their entries in registry and directory. */
import type { PhoneNumber, PhoneNumberKey } from '#description/phone-numbers/phone-number.ts'
import { featureCodeOf } from './claim-roles.ts'
import { numbersOf, type Evidence } from './party-evidence.ts'
import { isGenesysRecorder } from './read-genesys.ts'
import type { ParticipantFact, RecordingMetadata } from './recording-metadata.ts'

export interface Candidate {
  readonly participant: ParticipantFact
  readonly numbers: readonly PhoneNumber[]
  readonly joinedMs: number
}

/**
 * Returns the participants who are in the call now: not those who left, nor Avaya's placeholder for an unknown participant, nor
 * a dialled feature code.
 */
export function activeParticipants(evidence: Evidence): Candidate[] {
  const { metadata } = evidence
  const code = featureCodeOf(evidence)
  const isCode = ({ aors }: ParticipantFact) =>
    code !== undefined && aors.length > 0 && aors.every((aor) => userIn(aor) === code)
  const isRecorder = (participant: ParticipantFact) =>
    metadata?.vendor.genesys !== undefined && isGenesysRecorder(participant)
  const all = (metadata?.participants ?? []).filter(
    (participant) => !isPlaceholder(metadata!, participant) && !isCode(participant) && !isRecorder(participant),
  )
  const present = all.filter(({ id }) => !hasLeft(metadata!, id))
  return (present.length > 0 ? present : all).map((participant) => ({
    participant,
    numbers: numbersOf(participant, evidence.normalise),
    joinedMs: joinedMs(metadata!, participant.id),
  }))
}

/** Returns true while a placeholder stands in for the answering party: nobody has answered, and the audio is ringing (R16). */
export function awaitsAnswer(evidence: Evidence, candidates: readonly Candidate[]): boolean {
  const { metadata } = evidence
  const standIn = metadata?.participants.some((one) => isPlaceholder(metadata, one) && !hasLeft(metadata, one.id))
  const hasAnswered = () => candidates.some(({ numbers }) => findParticipants(evidence, numbers)?.role === 'official')
  return standIn === true && candidates.length <= 1 && !hasAnswered()
}

/** A placeholder sends no stream. Without this check a caller could use its name. */
function isPlaceholder({ streamLinks }: RecordingMetadata, { id, aors }: ParticipantFact): boolean {
  return (
    aors.length > 0 &&
    aors.every((aor) => /^(?:sips?:)?asbce@/i.test(aor.trim())) &&
    !streamLinks.some(({ participantId, direction }) => participantId === id && direction === 'send')
  )
}

/** Returns true if the metadata report that the participant has left every session. */
export function hasLeft(metadata: RecordingMetadata, id: string): boolean {
  const links = metadata.sessionLinks.filter(({ participantId }) => participantId === id)
  return links.length > 0 && links.every(({ fromMs = 0, untilMs }) => untilMs !== undefined && untilMs >= fromMs)
}

function joinedMs(metadata: RecordingMetadata, id: string): number {
  const times = [...metadata.sessionLinks, ...metadata.streamLinks].filter(({ participantId }) => participantId === id)
  return Math.max(0, ...times.map(({ fromMs = 0 }) => fromMs))
}

/**
 * Returns true if a participant is heard in the call now. Excludes those who left, and those whose voice was linked to a stream
 * by earlier metadata but no longer is (a caller who waits while the official consults a colleague).
 */
export function isConnected(
  metadata: RecordingMetadata | undefined,
  candidates: readonly Candidate[],
  id: string | undefined,
): boolean {
  if (!metadata || id === undefined) return true
  if (!candidates.some(({ participant }) => participant.id === id)) return false
  const links = metadata.streamLinks.filter(
    ({ participantId, direction }) => participantId === id && direction === 'send',
  )
  return links.length === 0 || links.some(({ former, untilMs }) => !former && untilMs === undefined)
}

/**
 * Returns true for a participant whose voice the metadata link to a stream now. If the metadata have no such link, a
 * participant of the session counts.
 */
export function isSpeaking(metadata: RecordingMetadata | undefined, id: string): boolean {
  const sending = metadata?.streamLinks.filter(({ direction }) => direction === 'send') ?? []
  if (sending.length === 0) return metadata?.sessionLinks.some(({ participantId }) => participantId === id) ?? false
  return sending.some(({ participantId, former, untilMs }) => participantId === id && !former && untilMs === undefined)
}

/** Returns true for a participant whom the metadata link to no stream, while they link two others. */
export function hasNoStream(metadata: RecordingMetadata | undefined, id: string): boolean {
  const links = metadata?.streamLinks.filter(({ direction }) => direction === 'send') ?? []
  const linked = links.filter(({ former, untilMs }) => !former && untilMs === undefined)
  return (
    !links.some(({ participantId }) => participantId === id) &&
    new Set(linked.map((link) => link.participantId)).size > 1
  )
}

/**
 * Returns true while the metadata report a hold: voices of participants in the call that were linked to streams no longer are,
 * and fewer than two remain. In a conference of which one party waits the others talk on, so it is not on hold.
 */
export function isOnHold(metadata: RecordingMetadata | undefined): boolean {
  const sending = metadata?.streamLinks.filter(
    ({ direction, participantId }) => direction === 'send' && !hasLeft(metadata, participantId),
  )
  const voices = new Set(sending?.map(({ participantId }) => participantId))
  const heard = new Set(
    sending
      ?.filter(({ former, untilMs }) => !former && untilMs === undefined)
      .map(({ participantId }) => participantId),
  )
  return heard.size < Math.min(2, voices.size)
}

/** Returns true for a participant with links to received streams and none to sent ones, if voices have separate streams. */
export function onlyListens({ metadata }: Evidence, id: string): boolean {
  if (!metadata || metadata.streams.length < 2 || metadata.streams.some(({ mode }) => mode === 'mixed')) return false
  const links = metadata.streamLinks.filter(({ participantId }) => participantId === id)
  return links.length > 0 && links.every(({ direction }) => direction === 'recv')
}

/**
 * Returns numbers that were reported earlier and that nobody in the call has now. `left`: the participant has left.
 * `displaced`: somebody else has the participant's id now (RFC 4916). `unsure`: the participant with the id had a SIP address
 * and has a number now, which may be the same telephone's.
 */
export function formerNumbers(
  { metadata, normalise }: Evidence,
  candidates: readonly Candidate[],
): { key: PhoneNumberKey; is: 'left' | 'displaced' | 'unsure' }[] {
  const presentKeys = new Set(candidates.flatMap(({ numbers }) => numbers.map(({ key }) => key)))
  const present = new Map(candidates.map(({ participant, numbers }) => [participant.id, numbers]))
  const absent = metadata?.participants.filter(({ id }) => !present.has(id)) ?? []
  const former = [...(metadata?.left ?? []), ...absent]
  return former.flatMap((participant) => {
    const now = present.get(participant.id)
    // An update that reports no number for the participant leaves the known one as it is.
    if (now?.length === 0) return []
    const gone = numbersOf(participant, normalise).filter(
      (number) =>
        number.key !== null && !presentKeys.has(number.key) && !now?.some((one) => isShortFormOf(one, number)),
    )
    return gone.map(({ kind, key }) => ({
      key: key!,
      is: now === undefined ? 'left' : kind === 'address' ? 'unsure' : 'displaced',
    }))
  })
}

/** Returns true if one is the extension with which the other number ends. */
function isShortFormOf(one: PhoneNumber, other: PhoneNumber): boolean {
  if (one.kind === 'extension' && other.kind === 'e164') return other.key.endsWith(one.key.split(':').at(-1)!)
  return one.kind === 'e164' && other.kind === 'extension' && isShortFormOf(other, one)
}

/** Returns the entry of any of these numbers: registry first, then directory. */
export function findParticipants<N, O>({ directory }: Evidence<N, O>, numbers: readonly PhoneNumber[]) {
  for (const number of numbers) {
    const entry = number.key === null ? undefined : directory.findNumber(number.key)
    if (entry !== undefined) return { role: 'number' as const, number, entry }
  }
  for (const number of numbers) {
    const entry = number.key === null ? undefined : directory.findOfficial(number.key)
    if (entry !== undefined) return { role: 'official' as const, number, entry }
  }
  return undefined
}

/** Returns the id of the participant with this number. A number that cannot be parsed is compared as written. */
export function participantWith(number: PhoneNumber, candidates: readonly Candidate[]): string | undefined {
  if (number.kind === 'withheld') return undefined
  const same = (other: PhoneNumber) =>
    number.key === null ? other.key === null && userIn(other.raw) === userIn(number.raw) : other.key === number.key
  return candidates.find(({ numbers }) => numbers.some(same))?.participant.id
}

function userIn(raw: string): string {
  return raw
    .trim()
    .replace(/^(?:sips?|tel):/i, '')
    .split(/[@;]/)[0]!
}
