/** Detects a caller's request for privacy (RFC 3323, RFC 3325 section 9.3): then no number is stored, asserted or not (AC9). */
import { copiedHeaders, numbersOf, type Evidence } from './party-evidence.ts'
import { readAddresses } from './read-header-value.ts'

const privacyTokens: readonly string[] = ['id', 'user', 'header', 'session', 'critical']

/**
 * Returns true for Privacy of the INVITE or of the original call as copied by Oracle, Remote-Party-ID's privacy parameter, an
 * anonymous From, or a caller whose own address is anonymous.
 */
export function isPrivacyRequested(evidence: Evidence, callerId: string | undefined): boolean {
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
  if (readAddresses(values('from')).some(({ uri }) => /^sips?:anonymous@|@anonymous\.invalid/i.test(uri))) return true
  const caller = participants.find(({ id }) => id === callerId)
  return caller !== undefined && numbersOf(caller, evidence.normalise)[0]?.kind === 'withheld'
}

function requestsPrivacy(value: string): boolean {
  return value
    .toLowerCase()
    .split(/[;,\s]+/)
    .some((token) => privacyTokens.includes(token))
}
