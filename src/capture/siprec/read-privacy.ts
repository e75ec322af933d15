/** Detects a caller's request for privacy (RFC 3323, RFC 3325 section 9.3): then no number is stored, asserted or not (AC9). */
import type { PhoneNumber } from '#description/phone-numbers/phone-number.ts'
import { isPrivateName, requestsPrivacy } from '#description/phone-numbers/withheld.ts'
import { copiedHeaders, numbersOf, readNumber, type Evidence } from './party-evidence.ts'
import { readAddresses } from './read-header-value.ts'

const anonymousAddress = /^(?:sips?:)?anonymous@|@anonymous\.invalid/i

/**
 * Returns true for Privacy of the INVITE or of the original call as copied by Oracle, Remote-Party-ID's privacy parameter, an
 * anonymous From, a caller of whose own addresses one is anonymous, or a display name such as Anonymous beside the caller's number.
 */
export function isPrivacyRequested(
  evidence: Evidence,
  found: { readonly number: PhoneNumber; readonly participantId?: string } | undefined,
): boolean {
  const callerId = found?.participantId
  // Headers copied to the called party's element belong to the called party.
  const participants = evidence.metadata?.participants ?? []
  const ofCaller = participants.filter(
    ({ id, extension }) => id === callerId || (extension && extension.callingParty !== false),
  )
  const values = (name: string) => [
    ...evidence.headers(name),
    ...ofCaller.flatMap((participant) => copiedHeaders(participant, name)),
  ]
  if (values('privacy').some(requestsPrivacy)) return true
  const party = readAddresses(values('remote-party-id'))
  if (party.some(({ parameters }) => /^(?:full|uri)$/i.test(parameters.get('privacy') ?? ''))) return true
  // RFC 3323 section 4.1.1.3. Not any word for "no number": a client's own From may be sip:unknown@ for every call.
  if (readAddresses(values('from')).some(({ uri }) => anonymousAddress.test(uri))) return true
  const caller = participants.find(({ id }) => id === callerId)
  const named = [values('from'), values('p-asserted-identity'), evidence.metadata?.vendor.callData?.from ?? []]
  // The client's own From has its own number.
  const isCallers = (uri: string) => {
    const key = readNumber(uri, evidence.normalise)?.key
    return key != null && key === found?.number.key
  }
  if (
    readAddresses([...named.flat(), ...(caller?.aors ?? [])]).some(
      ({ uri, displayName }) => isPrivateName(displayName.trim()) && isCallers(uri),
    )
  ) {
    return true
  }
  if (!caller) return false
  return (
    numbersOf(caller, evidence.normalise)[0]?.kind === 'withheld' ||
    isPrivateName(caller.name?.trim() ?? '') ||
    caller.aors.some((aor) => anonymousAddress.test(aor.trim()))
  )
}
