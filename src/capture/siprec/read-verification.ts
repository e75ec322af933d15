/**
 * Detects that the telephone network refuted a caller's number: its verification failed, or the network asserted
 * another number.
 */
import type { PhoneNumber } from '#description/phone-numbers/phone-number.ts'
import { copiedHeaders, readNumber, type Evidence } from './party-evidence.ts'
import { readAddresses } from './read-header-value.ts'

/**
 * Returns true if a number is refuted: by `verstat` (3GPP TS 24.229, ATIS-1000074) of the caller's address or of a From or
 * P-Asserted-Identity with that number, or by an asserted identity of the original call (RFC 3325) with another number. Missing
 * verification refutes nothing: most networks verify no numbers.
 */
export function isUnverified(evidence: Evidence, caller: { number: PhoneNumber; participantId?: string }): boolean {
  const { key } = caller.number
  if (key === null) return false
  const keyOf = (address: string) => readNumber(address, evidence.normalise)?.key
  const participant = evidence.metadata?.participants.find(({ id }) => id === caller.participantId)
  const copied = (name: string) => (participant ? readAddresses(copiedHeaders(participant, name)) : [])
  const asserted = copied('p-asserted-identity')
  const own = ['from', 'p-asserted-identity'].flatMap((name) => readAddresses(evidence.headers(name)))
  const reported = [...own, ...copied('from'), ...asserted].filter(({ uri }) => keyOf(uri) === key)
  if (reported.some(({ uri, parameters }) => isFailed(uri) || isFailed(`;verstat=${parameters.get('verstat') ?? ''}`)))
    return true
  if (participant?.aors.some((aor) => isFailed(aor))) return true
  const numbers = asserted.map(({ uri }) => keyOf(uri)).filter((one) => one != null)
  return numbers.length > 0 && !numbers.includes(key)
}

/** Returns true for a failed verification, with any vendor's suffix, in a parameter of the number or of the address. */
function isFailed(address: string): boolean {
  return /;verstat="?TN-Validation-Failed/i.test(address)
}
