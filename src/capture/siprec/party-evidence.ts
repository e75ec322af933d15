/** Input of identification, and the parsing of addresses in any of their written forms to phone numbers. */
import type { PhoneNumber, PhoneNumberKey } from '#description/phone-numbers/phone-number.ts'
import type { HeaderReader } from './read-header-value.ts'
import type { ParticipantFact, RecordingMetadata } from './recording-metadata.ts'

/** The description's normaliser with this installation's options. */
export type Normalise = (raw: string) => PhoneNumber

/**
 * The number registry (R7) and the directory of officials (R8) at the time of the call, by phone key. `N` and `O` are the
 * caller's own entries; identification only passes them through.
 */
export interface Directory<N = unknown, O = unknown> {
  findNumber(key: PhoneNumberKey): N | undefined
  findOfficial(key: PhoneNumberKey): O | undefined
  /** An official has several numbers, each with an entry. By default each entry is a person. */
  personOf?(entry: O): unknown
}

export interface Evidence<N = unknown, O = unknown> {
  readonly metadata?: RecordingMetadata
  /** Headers of the recording session's INVITE. */
  readonly headers: HeaderReader
  readonly normalise: Normalise
  readonly directory: Directory<N, O>
}

/** Source of a value, stored with the value. */
export type Source =
  | 'apkt'
  | 'broadWorks'
  | 'metaswitch'
  | 'netsapiens'
  | 'callData'
  | 'jambonz'
  | 'builtInBridge'
  | 'genesys'
  | 'registry'
  | 'directory'
  | 'neither'
  | 'remainingParticipant'
  | 'pAssertedIdentity'
  | 'diversion'
  | 'from'
  | 'to'
  | 'privacy'

export const withheldNumber: PhoneNumber = { kind: 'withheld', key: null, raw: '' }

/**
 * Normalises an address of metadata or a URI of a header: bare digits, `+358...@host` without scheme (AudioCodes),
 * `Extension-4711@host` (SEMS), `sip:...`, `tel:...`. Returns undefined for an empty text.
 */
export function readNumber(raw: string | undefined, normalise: Normalise): PhoneNumber | undefined {
  const text = raw?.trim().replace(/^<(.*)>$/s, '$1') ?? ''
  if (text === '') return undefined
  const address = text.replace(/^(sips?:)?extension-(?=\d)/i, '$1')
  if (/^(?:sips?|tel):/i.test(address)) return normalise(address)
  if (address.includes('@')) return normalise(`sip:${address}`)
  return normalise(address.split(';')[0]!)
}

/** Returns all numbers of a participant, best first. */
export function numbersOf(participant: ParticipantFact, normalise: Normalise): PhoneNumber[] {
  const aors = participant.aors.map((aor) => readNumber(aor, normalise))
  // A display name often repeats the number (Oracle); AudioCodes uses the number as the participant's id.
  const asDigits = [participant.name, participant.id].filter((text) => text && /^\+?[\d\s()-]{5,20}$/.test(text))
  const asserted = copiedHeaders(participant, 'p-asserted-identity').map((text) => readNumber(uriIn(text), normalise))
  const reported = [...aors, ...asserted].filter((number) => number !== undefined)
  // Callers choose their display names, so a display name is not used if there is a number or the number is withheld.
  if (reported.some(({ kind }) => kind !== 'address' && kind !== 'unparsed')) return reported
  return [...reported, ...asDigits.map((text) => readNumber(text, normalise))].filter((number) => number !== undefined)
}

/** Returns values of a header of the original call, as copied to the participant by Oracle. */
export function copiedHeaders(participant: ParticipantFact, label: string): string[] {
  const headers = participant.extension?.headers ?? []
  return headers.filter((header) => header.label.toLowerCase() === label).map(({ value }) => value)
}

function uriIn(text: string): string {
  return /<([^>]*)>/.exec(text)?.[1] ?? text
}
