/**
 * Ids by which one call is known outside: to join duplicates of one call (both parties recorded, several recorders),
 * the legs of a transfer, and the call detail record of the feed.
 */
import { readAddresses, type HeaderReader } from './read-header-value.ts'
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
  const from = readAddresses(headers('from'))[0]?.parameters
  const copied = (label: string) =>
    (metadata?.participants ?? []).flatMap(({ extension }) =>
      (extension?.headers ?? []).filter((header) => header.label.toLowerCase() === label).map(({ value }) => value),
    )
  const sessions = metadata?.sessions ?? []
  const found: readonly (readonly [CallIdSource, readonly (string | undefined)[]])[] = [
    ['extTrackingId', [vendor.broadWorks?.extTrackingId]],
    ['correlationInfo', headers('x-broadworks-correlation-info')],
    [
      'ucid',
      [
        vendor.acme?.ucid,
        vendor.audioCodes?.avayaUcid,
        ...headers('user-to-user'),
        ...copied('user-to-user'),
        ...sessions.map(({ id }) => id),
      ].map((text, at, all) => plainUcid(text, at < 2 && at < all.length)),
    ],
    ['sipSessionId', sessions.map(({ sipSessionId }) => plainSipSessionId(sipSessionId))],
    ['ciscoGuid', headers('cisco-guid')],
    ['gci', others.map(globalCallId)],
    ['genesysUuid', [vendor.audioCodes?.genesysUuid]],
    ['gcid', [vendor.callData?.gcid]],
    ['refci', [from?.get('x-refci')]],
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
 * Avaya's universal call id out of its wrappings: `00FA08<16 hex>;encoding=hex` (User-to-User), `FA08<16 hex>`, or the
 * id alone. `certain`: the place says that it is one, so an unknown form is kept as it is.
 */
function plainUcid(text: string | undefined, certain: boolean): string | undefined {
  const value = text?.split(';')[0]!.trim().toUpperCase()
  if (!value) return undefined
  return /^(?:00|04)?FA08([0-9A-F]{16})/.exec(value)?.[1] ?? (certain ? value : undefined)
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
