/**
 * Finds the contact that a session continues, among earlier calls that share a call id with it. Some ids come from callers'
 * telephones, so calls of two callers may share an id (docs/decisions/0111). Pure functions.
 */
import type { PhoneNumberKey } from '#description/phone-numbers/phone-number.ts'
import type { SegmentFacts } from '#register/admit.ts'
import type { EarlierSegment } from '../machine/describe-segment.ts'

type Caller = SegmentFacts['caller']

export interface RememberedSegment extends EarlierSegment {
  segmentId: string
  /** Absent for calls saved by a version without trunks. */
  trunk: string | undefined
  /** Key of the official, from officialKeyOf() of recent-calls.ts. */
  official: string | undefined
  live: boolean
  /** Absent while the call is in progress, and if no end was reported. */
  endedAt?: Temporal.Instant | undefined
  recordingId: string | undefined
  /** True if the caller or the official has forbidden use of the recording (R49). */
  forbidden: boolean
  /** When the conversation began. */
  beganAt: Temporal.Instant
}

export interface ReportedParties {
  /** Absent if the caller is unknown. */
  caller: Caller | undefined
  /** Key of the official, from officialKeyOf() of recent-calls.ts. */
  official: string | undefined
  /** Numbers of all reported participants. */
  numbers: readonly PhoneNumberKey[]
  /** Numbers in the From header: the caller's, or the client's own. */
  from: readonly PhoneNumberKey[]
}

/**
 * A session that does not report the call's caller can continue a call that is in progress, or one that ended at most this long
 * ago.
 */
const maxTransferGap = { minutes: 5 }

/** Returns true if both callers are reported and differ. */
export function areDifferentCallers(one: Caller, other: Caller): boolean {
  return isReported(one) && isReported(other) && one.key !== other.key
}

/** Recording clients report the beginning of a conversation within this time of each other. */
const maxClientsGap = { seconds: 10 }

/**
 * Returns true if a session reports the conversation of a live segment, although the two clients write the caller differently:
 * only one of them withholds the number, or at most one of them has a telephone number. Both have the same official and begin
 * together: nobody answers two calls at once. Two telephone numbers are two callers.
 */
export function isSameConversation(
  { live, caller: known, official: answering, beganAt: since, otherCaller }: RememberedSegment,
  { caller, official }: Pick<ReportedParties, 'caller' | 'official'>,
  beganAt: Temporal.Instant,
): boolean {
  if (!caller) return false
  if (otherCaller && !areDifferentCallers(otherCaller, caller)) return true
  if (otherCaller && isTelephoneNumber(otherCaller) && isTelephoneNumber(caller)) return false
  if (!live || !areDifferentCallers(known, caller) || (isTelephoneNumber(known) && isTelephoneNumber(caller)))
    return false
  const [first, last] = [since, beganAt].sort(Temporal.Instant.compare)
  const beganTogether = Temporal.Instant.compare(last!, first!.add(maxClientsGap)) <= 0
  return official !== undefined && official === answering && beganTogether
}

/** Returns true for a number that every telephone system writes alike; not for a SIP address or an extension. */
export function isTelephoneNumber({ kind }: Caller): boolean {
  return kind === 'e164' || kind === 'short'
}

/** Returns true if the caller is reported, also with a withheld number. */
function isReported({ kind, key }: Caller): boolean {
  return key !== null || kind === 'withheld'
}

/**
 * Returns true if the segment has another caller than the session. If the segment's caller was guessed from From, and the
 * session has the same number in From but reports another caller, then that number is the client's own and the callers do not
 * differ.
 */
function hasAnotherCaller(
  { caller: known, callerIsGuess, live }: RememberedSegment,
  { caller, from }: ReportedParties,
): boolean {
  const isSameGuess = known.key !== null && from.includes(known.key)
  if (caller) return areDifferentCallers(known, caller) && !(callerIsGuess && live && isSameGuess)
  return callerIsGuess === true && from.length > 0 && !isSameGuess
}

/**
 * Returns the latest segment of the contact that a session continues.
 * @param known segments that share a call id with the session, in order of arrival
 * @returns `others` if all of them have another caller, or if the session may continue several
 */
export function findContinuedSegment(
  known: readonly RememberedSegment[],
  reported: ReportedParties,
  now: Temporal.Instant,
): RememberedSegment | 'others' | undefined {
  if (known.length === 0) return undefined
  const { caller, numbers } = reported
  const contacts = [...Map.groupBy(known, ({ contactId }) => contactId).values()]
  const hasSameCaller = (segment: RememberedSegment) => caller?.key != null && segment.caller.key === caller.key
  const same = contacts.findLast((segments) => segments.some(hasSameCaller))
  if (same) return same.at(-1)
  const isOngoing = ({ live, endedAt }: RememberedSegment) =>
    live || endedAt === undefined || Temporal.Instant.compare(endedAt.add(maxTransferGap), now) >= 0
  const candidates = contacts.filter((segments) => {
    if (!segments.some(isOngoing)) return false
    const isCallerPresent = segments.some(({ caller: known, otherCaller }) =>
      [known.key, otherCaller?.key].some((key) => key != null && numbers.includes(key)),
    )
    // After a consultation transfer the transferring official is reported as the caller.
    const isCallerEarlierOfficial = segments.some(({ official }) => official !== undefined && official === caller?.key)
    const continuesConversation = segments.some((segment) => isSameConversation(segment, reported, now))
    return (
      isCallerPresent ||
      isCallerEarlierOfficial ||
      continuesConversation ||
      segments.every((segment) => !hasAnotherCaller(segment, reported))
    )
  })
  return candidates.length === 1 ? candidates[0]!.at(-1) : 'others'
}
