/** Claims of vendor extensions about the parties. They take precedence over participants and headers. */
import type { PhoneNumber, PhoneNumberKey } from '#description/phone-numbers/phone-number.ts'
import { numbersOf, readNumber, type Evidence, type Source } from './party-evidence.ts'
import type { ParticipantFact } from './recording-metadata.ts'
import { allParameters, readAddress, readAddresses } from './read-header-value.ts'

/**
 * `called`: the service number or the official, decided by registry and directory. `redirected`: an earlier destination of the
 * call, considered only if it is a number of the registry: an official who transferred the call is no longer its party.
 */
export interface Claim {
  readonly role: 'caller' | 'called' | 'redirected' | 'official'
  readonly number: PhoneNumber
  readonly source: Source
  readonly participantId?: string
}

/** Returns claims in order of trust. Claims with an empty number are omitted. */
export function claimRoles(evidence: Evidence): Claim[] {
  return [
    ...claimsOfGenesys(evidence),
    ...claimsOfAcme(evidence),
    ...claimsOfBroadWorks(evidence),
    ...claimsOfMetaswitch(evidence),
    ...claimsOfNetsapiens(evidence),
    ...claimsOfCallData(evidence),
    ...claimsOfJambonz(evidence),
    ...claimsOfBuiltInBridge(evidence),
  ]
}

/** Returns true if the recorded party itself placed the call. */
export function claimsOutgoing(evidence: Evidence): boolean {
  const { broadWorks, metaswitch, netsapiens } = evidence.metadata?.vendor ?? {}
  const onlyCalling = (netsapiens?.callingUserIds?.length ?? 0) > 0 && netsapiens?.calledUserIds?.length === 0
  const originates = broadWorks?.callType === 'originating' || metaswitch?.callType === 'originating'
  return onlyCalling || (originates && !isRetrieval(evidence))
}

/**
 * Returns the dialled digits if they are a feature code and no number: a pickup, or the slot of a parked call (Metaswitch:
 * `*11`, `*302100`, `2222`). Up to four digits count as a code if neither registry nor directory has them.
 */
export function featureCodeOf(evidence: Evidence): string | undefined {
  const { broadWorks, metaswitch } = evidence.metadata?.vendor ?? {}
  const digits = (metaswitch?.dialedDigits ?? broadWorks?.dialedDigits)
    ?.trim()
    .replace(/^(?:sips?|tel):([^@;]*).*$/i, '$1')
  if (digits === undefined) return undefined
  if (/^[*#]/.test(digits)) return digits
  return /^\d{1,4}$/.test(digits) && !isKnown(evidence, readNumber(digits, evidence.normalise)) ? digits : undefined
}

/**
 * Returns true if the recorded party dialled to retrieve an outside call: with a feature code, or with its own number, which
 * picks up a call that waits on a shared line.
 */
function isRetrieval(evidence: Evidence): boolean {
  const { metaswitch, broadWorks } = evidence.metadata?.vendor ?? {}
  const keyOf = (raw: string | undefined) => readNumber(raw, evidence.normalise)?.key ?? undefined
  const own = [metaswitch?.recordedParty, broadWorks?.userId].map(keyOf).filter((key) => key !== undefined)
  const dialled = keyOf(metaswitch?.dialedDigits ?? broadWorks?.dialedDigits)
  if (featureCodeOf(evidence) === undefined && !(dialled !== undefined && own.includes(dialled))) return false
  const reported = readNumber(metaswitch?.callingPartyNumber, evidence.normalise)
  // BroadWorks identifies its users by ids, which may be digits, and telephone numbers as such.
  const isUser = ({ aors }: ParticipantFact) =>
    !aors.some((aor) => /^(?:sips?:)?\+|^tel:|;user=phone/i.test(aor.trim()))
  const present = (evidence.metadata?.participants ?? [])
    .filter((one) => broadWorks === undefined || !isUser(one))
    .flatMap((one) => numbersOf(one, evidence.normalise))
  return [reported, ...present].some(
    (number) => isSubscriber(number) && !isKnown(evidence, number) && !own.includes(number?.key as PhoneNumberKey),
  )
}

function isSubscriber(number: PhoneNumber | undefined): boolean {
  return number?.kind === 'e164' || number?.kind === 'withheld'
}

function isKnown({ directory }: Evidence, number: PhoneNumber | undefined): boolean {
  if (number?.key == null) return false
  return (directory.findNumber(number.key) ?? directory.findOfficial(number.key)) !== undefined
}

function claimBuilder({ normalise }: Evidence, source: Source) {
  return (role: Claim['role'], raw: string | undefined, participantId?: string): Claim[] => {
    const number = readNumber(raw, normalise)
    return number ? [{ role, number, source, ...(participantId ? { participantId } : {}) }] : []
  }
}

function claimsOfAcme(evidence: Evidence): Claim[] {
  const claim = claimBuilder(evidence, 'apkt')
  // With Genesys, Oracle's facts describe the recorder's own call.
  if (evidence.metadata?.vendor.genesys) return []
  return (evidence.metadata?.participants ?? []).flatMap((participant) => {
    const { callingParty, requestUri } = participant.extension ?? {}
    const own =
      callingParty === undefined ? [] : claim(callingParty ? 'caller' : 'called', participant.aors[0], participant.id)
    // The request URI is the dialled number: it takes precedence over the called participant's own address.
    return [...claim('called', requestUri), ...own]
  })
}

function claimsOfGenesys(evidence: Evidence): Claim[] {
  const facts = evidence.metadata?.vendor.genesys
  const claim = claimBuilder(evidence, 'genesys')
  if (!facts) return []
  const dns = [facts.dn, facts.otherDn].flatMap((dn) => claim('official', dn))
  return [...claim('caller', facts.ani), ...claim('called', facts.dnis), ...dns]
}

function claimsOfBroadWorks(evidence: Evidence): Claim[] {
  const facts = evidence.metadata?.vendor.broadWorks
  const claim = claimBuilder(evidence, 'broadWorks')
  if (!facts) return []
  const code = featureCodeOf(evidence)
  return [
    ...claimOfCalling(evidence, claim, facts.callingPartyNumber),
    ...claim('called', facts.acdNumber),
    ...claim('redirected', facts.originallyCalled),
    ...claim('redirected', facts.lastRedirectedBy),
    ...claim('redirected', facts.redirectedFrom),
    ...(code === undefined
      ? [...claim('called', facts.dialedDigits), ...claim('called', facts.calledPartyNumber)]
      : []),
    // On Webex an opaque id: it counts only if the directory has it.
    ...claim('official', facts.userId),
  ]
}

function claimsOfMetaswitch(evidence: Evidence): Claim[] {
  const facts = evidence.metadata?.vendor.metaswitch
  const claim = claimBuilder(evidence, 'metaswitch')
  if (!facts) return []
  const code = featureCodeOf(evidence)
  return [
    ...claimOfCalling(evidence, claim, facts.callingPartyNumber),
    ...(code === undefined ? claim('called', facts.dialedDigits) : []),
    ...(facts.callType === 'terminating' || code !== undefined ? claim('official', facts.recordedParty) : []),
  ]
}

/** Claims the calling number. A party that dialled a feature code is the one who answers the call. */
function claimOfCalling(evidence: Evidence, claim: ReturnType<typeof claimBuilder>, raw: string | undefined): Claim[] {
  const isOwn = isRetrieval(evidence) && isKnown(evidence, readNumber(raw, evidence.normalise))
  return claim(isOwn ? 'official' : 'caller', raw)
}

function claimsOfNetsapiens(evidence: Evidence): Claim[] {
  const facts = evidence.metadata?.vendor.netsapiens
  const claim = claimBuilder(evidence, 'netsapiens')
  if (!facts) return []
  return [
    ...claim('caller', facts.callingPartyNumber, facts.callingParticipantId),
    ...claim('called', facts.calledPartyNumber, facts.calledParticipantId),
    ...[...(facts.calledUserIds ?? []), ...(facts.callingUserIds ?? [])].flatMap((id) => claim('official', id)),
  ]
}

function claimsOfCallData(evidence: Evidence): Claim[] {
  const facts = evidence.metadata?.vendor.callData
  const claim = claimBuilder(evidence, 'callData')
  if (!facts) return []
  return [...claim('caller', readAddress(facts.from ?? '')?.uri), ...claim('called', readAddress(facts.to ?? '')?.uri)]
}

/**
 * Until 0.3.0 jambonz' client swapped the numbers' elements. Its first participant is the caller in every version; if that one
 * is inconclusive, registry and directory decide.
 */
function claimsOfJambonz(evidence: Evidence): Claim[] {
  const facts = evidence.metadata?.vendor.jambonz
  const claim = claimBuilder(evidence, 'jambonz')
  if (!facts) return []
  const keyOf = (raw: string | undefined) => readNumber(raw, evidence.normalise)?.key ?? undefined
  const [called, calling] = [keyOf(facts.calledNumber), keyOf(facts.callingNumber)]
  const [first] = evidence.metadata?.participants ?? []
  const callers = first ? numbersOf(first, evidence.normalise).map(({ key }) => key) : []
  const calls = (key: PhoneNumberKey | undefined) => key !== undefined && callers.includes(key)
  const known = (key: PhoneNumberKey | undefined) =>
    key !== undefined && (evidence.directory.findNumber(key) ?? evidence.directory.findOfficial(key)) !== undefined
  const asNamed = calls(calling) === calls(called) ? known(called) && !known(calling) : calls(calling)
  return [
    ...claim('caller', asNamed ? facts.callingNumber : facts.calledNumber),
    ...claim('called', asNamed ? facts.calledNumber : facts.callingNumber),
  ]
}

/** Cisco's built-in bridge: the recorded telephone and its peer are parameters of From. */
function claimsOfBuiltInBridge(evidence: Evidence): Claim[] {
  const from = readAddresses(evidence.headers('from'))[0]
  const parameters = from && allParameters(from)
  const claim = claimBuilder(evidence, 'builtInBridge')
  if (!parameters || !(parameters.has('x-nearend') || parameters.has('x-farend'))) return []
  return [
    ...claim('caller', parameters.get('x-farendaddr')),
    // Older releases omit the address: the user of From is the recorded telephone then.
    ...claim('official', parameters.get('x-nearendaddr') ?? from.uri.split(';')[0]),
  ]
}
