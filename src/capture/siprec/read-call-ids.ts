/**
 * Ids by which one call is known outside: to join duplicates of one call (both parties recorded, several recorders),
 * the legs of a transfer, and the call detail record of the feed.
 */
import { allParameters, readAddresses, type HeaderReader } from './read-header-value.ts'
import type { RecordingMetadata } from './recording-metadata.ts'
import type { OtherPart } from './split-multipart.ts'

export type CallIdSource =
  | 'extTrackingId'
  | 'correlationInfo'
  | 'ucid'
  | 'sipSessionId'
  | 'ciscoGuid'
  | 'gci'
  | 'genesysUuid'
  | 'gcid'
  | 'refci'
  | 'callSid'
  | 'originalCallId'
  | 'groupId'
  | 'sessionId'
  | 'sipCallId'

export interface CallId {
  readonly id: string
  readonly source: CallIdSource
}

const maxIdChars = 256

/**
 * All ids found, the best first: those that the telephone system means to be one for the whole call, then those of one
 * leg of it, then the group and session of the recording, at last the recording dialog's own Call-ID.
 */
export function readCallIds(
  metadata: RecordingMetadata | undefined,
  headers: HeaderReader,
  others: readonly OtherPart[] = [],
): CallId[] {
  const vendor = metadata?.vendor ?? {}
  const from = readAddresses(headers('from'))[0]
  const copied = (label: string) =>
    (metadata?.participants ?? []).flatMap(({ extension }) =>
      (extension?.headers ?? []).filter((header) => header.label.toLowerCase() === label).map(({ value }) => value),
    )
  const sessions = metadata?.sessions ?? []
  const found: readonly (readonly [CallIdSource, readonly (string | undefined)[]])[] = [
    ['extTrackingId', [vendor.broadWorks?.extTrackingId]],
    ['correlationInfo', headers('x-broadworks-correlation-info')],
    ['ucid', [vendor.acme?.ucid, vendor.audioCodes?.avayaUcid].map((text) => wrappedUcid(text) ?? text?.split(';')[0])],
    ['ucid', [...headers('user-to-user'), ...copied('user-to-user'), ...sessions.map(({ id }) => id)].map(wrappedUcid)],
    ['sipSessionId', sessions.map(({ sipSessionId }) => plainSipSessionId(sipSessionId))],
    ['ciscoGuid', headers('cisco-guid')],
    ['gci', others.map(globalCallId)],
    ['genesysUuid', [vendor.audioCodes?.genesysUuid]],
    ['gcid', [vendor.callData?.gcid]],
    ['refci', [from && allParameters(from).get('x-refci')]],
    ['callSid', [vendor.jambonz?.callSid]],
    ['originalCallId', [vendor.callData?.callId, ...copied('call-id')]],
    ['groupId', (metadata?.groups ?? []).map(({ id }) => madeUp(id))],
    ['sessionId', sessions.map(({ id }) => madeUp(id))],
    ['sipCallId', headers('call-id')],
  ]
  const ids = new Map<string, CallId>()
  for (const [source, values] of found) {
    for (const value of values) {
      const id = value?.trim().slice(0, maxIdChars)
      if (id && !ids.has(id)) ids.set(id, { id, source })
    }
  }
  return [...ids.values()]
}

/**
 * Avaya's universal call id out of its wrappings: `00FA08<16 hex>;encoding=hex` (User-to-User, and the session id of
 * Avaya's SBC) or `FA08<16 hex>`. Undefined for anything else.
 */
function wrappedUcid(text: string | undefined): string | undefined {
  return /^\s*(?:00|04)?FA08([0-9A-F]{16})/i.exec(text ?? '')?.[1]?.toUpperCase()
}

/** RFC 7989: both ends name the same two halves, each its own first; sorted, they are one id. */
function plainSipSessionId(text: string | undefined): string | undefined {
  const match = /^([0-9a-f]{32})\s*;\s*remote=([0-9a-f]{32})$/i.exec(text?.trim() ?? '')
  if (!match) return text
  return [match[1]!, match[2]!]
    .map((half) => half.toLowerCase())
    .sort()
    .join(';')
}

/** application/gtd: lines of `NAME,values`; GCI is the call's id on all of Cisco's gateways. */
function globalCallId({ contentType, text }: OtherPart): string | undefined {
  return contentType === 'application/gtd' ? /^GCI,([0-9a-f]{32})\s*$/im.exec(text)?.[1] : undefined
}

/** Ids given by parse-metadata.ts to elements without one are no ids. */
function madeUp(id: string): string | undefined {
  return id.startsWith('(') ? undefined : id
}
