/**
 * Genesys' recording client puts the parties into the address that it calls:
 * `sip:record=...@host;calluuid=...;dn=...;otherdn=...;ani=...;dnis=...`. A session border controller before it (Oracle) copies
 * that address to a participant's request-uri, and its participants are the two ends of the recorder.
 */
import { parametersOfUri } from './read-header-value.ts'
import type { ParticipantFact, RecordingMetadata, VendorFacts } from './recording-metadata.ts'

function genesysOf(uri: string): VendorFacts['genesys'] {
  const parameters = parametersOfUri(uri.trim().replace(/^<(.*)>$/s, '$1'))
  const [callUuid, dn] = [parameters.get('calluuid'), parameters.get('dn')]
  if (!callUuid || !dn) return undefined
  const [otherDn, ani, dnis] = ['otherdn', 'ani', 'dnis'].map((name) => parameters.get(name) || undefined)
  return { callUuid, dn, ...(otherDn && { otherDn }), ...(ani && { ani }), ...(dnis && { dnis }) }
}

/** Returns the metadata with the facts of the address; unchanged if it has none. */
export function withGenesys(
  metadata: RecordingMetadata | undefined,
  requestUri: string | undefined,
): RecordingMetadata | undefined {
  const { participants = [] } = metadata ?? {}
  // In any other call the request-uri is the address dialled by the caller, with parameters of the caller's choice.
  const isRecorder = participants.length > 1 && participants.every(isGenesysRecorder)
  const uris = isRecorder ? participants.map(({ extension }) => extension?.requestUri) : []
  const genesys = [requestUri, ...uris].map((uri) => uri && genesysOf(uri)).find((facts) => facts)
  if (!genesys) return metadata
  const { vendor, ...facts } = metadata ?? emptyMetadata
  return { ...facts, vendor: { ...vendor, genesys } }
}

const emptyMetadata: RecordingMetadata = {
  ...{ dataMode: 'complete', sessions: [], participants: [], streams: [], groups: [] },
  ...{ streamLinks: [], sessionLinks: [], vendor: {} },
}

/** Returns true for an end of the recorder itself, which is no party of the call. */
export function isGenesysRecorder({ aors }: ParticipantFact): boolean {
  return aors.length > 0 && aors.every((aor) => /^(?:sips?:)?(?:genesys@|record=)/i.test(aor.trim()))
}
