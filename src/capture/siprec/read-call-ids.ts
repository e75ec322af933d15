/**
 * External ids of a call: to join duplicates of one call (both parties recorded, several recorders), the legs of a transfer,
 * and the call detail record of the feed.
 */
import { allParameters, readAddresses, type HeaderReader } from './read-header-value.ts'
import type { RecordingMetadata } from './recording-metadata.ts'
import type { OtherPart } from './split-multipart.ts'

/** Kinds of ids in order of preference, as in readCallIds. docs/operate/decisions.md lists them. */
export const callIdSources = [
  ...(['extTrackingId', 'correlationInfo', 'ucid', 'sipSessionId', 'ciscoGuid', 'gci', 'genesysUuid'] as const),
  ...(['gcid', 'refci', 'callSid', 'originalCallId', 'groupId', 'sessionId', 'sipCallId'] as const),
] as const
export type CallIdSource = (typeof callIdSources)[number]

export interface CallId {
  readonly id: string
  readonly source: CallIdSource
}

const maxIdChars = 256

/**
 * Returns all ids in order of preference: those that the telephone system means to be one for the whole call, then those of one
 * leg of it, then the group and session of the recording, and last the recording dialog's own Call-ID.
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
    // A redirected call continues under a new id, which is in the old one's metadata.
    ['extTrackingId', [vendor.broadWorks?.extTrackingId, vendor.broadWorks?.newExtTrackingId]],
    ['correlationInfo', headers('x-broadworks-correlation-info')],
    ['ucid', [vendor.acme?.ucid, vendor.audioCodes?.avayaUcid].map((text) => wrappedUcid(text) ?? plainUcid(text))],
    ['ucid', [...headers('user-to-user'), ...copied('user-to-user'), ...sessions.map(({ id }) => id)].map(wrappedUcid)],
    ['sipSessionId', sessions.map(({ sipSessionId }) => plainSipSessionId(sipSessionId))],
    ['ciscoGuid', headers('cisco-guid').map(ciscoGuidInHex)],
    ['gci', others.map(globalCallId)],
    ['genesysUuid', [vendor.audioCodes?.genesysUuid, vendor.genesys?.callUuid]],
    ['gcid', [vendor.callData?.gcid]],
    // The far end's leg stays when the near end changes: the common id of a transfer on the CUCM.
    ['refci', ['x-refci', 'x-farendrefci'].map((name) => from && allParameters(from).get(name))],
    ['callSid', [vendor.jambonz?.callSid]],
    ['originalCallId', [vendor.callData?.callId, ...copied('call-id')]],
    [
      'groupId',
      [...(metadata?.groups ?? []).map(({ id }) => exceptGenerated(id)), vendor.netsapiens?.transferredGroupId],
    ],
    ['sessionId', sessions.map(({ id }) => exceptGenerated(id))],
    ['sipCallId', headers('call-id')],
  ]
  const ids = new Map<string, CallId>()
  for (const [source, values] of found) {
    for (const value of values) {
      const id = value?.trim().slice(0, maxIdChars)
      const key = `${source}:${id}`
      if (id && !isNil(id) && !ids.has(key)) ids.set(key, { id, source })
    }
  }
  return [...ids.values()]
}

export function isCallIdSource(text: string): text is CallIdSource {
  return (callIdSources as readonly string[]).includes(text)
}

/** Returns ids that a phone system sent itself, in the same order and form as those sent by its recording client. */
export function normaliseCallIds(reported: Readonly<Partial<Record<CallIdSource, string>>>): CallId[] {
  return callIdSources.flatMap((source) => {
    const text = reported[source]
    const id = (text === undefined ? undefined : (plainForms[source]?.(text) ?? text))?.trim().slice(0, maxIdChars)
    return id && !isNil(id) ? [{ id, source }] : []
  })
}

/** Returns true for zeros, which mean no id (RFC 7989 section 4; a UCID or Cisco-Guid that was never set). */
function isNil(id: string): boolean {
  return /^[0\s;:.-]*$/.test(id.replace('remote=', ''))
}

const plainForms: Partial<Record<CallIdSource, (text: string) => string | undefined>> = {
  ucid: (text) => wrappedUcid(text) ?? plainUcid(text),
  sipSessionId: plainSipSessionId,
  ciscoGuid: ciscoGuidInHex,
}

/** Two names of one kind of id: one client sends it in its metadata, another in a header or a part of its own. */
const aliasOf: Partial<Record<CallIdSource, CallIdSource>> = {
  extTrackingId: 'correlationInfo',
  correlationInfo: 'extTrackingId',
  ciscoGuid: 'gci',
  gci: 'ciscoGuid',
  sipSessionId: 'originalCallId',
  originalCallId: 'sipSessionId',
}

/**
 * Returns the keys by which calls are joined: each id prefixed by its kind, in order of preference, followed by the same ids
 * under their other name. Equal texts of different kinds do not match.
 */
export function joiningKeys(callIds: readonly CallId[]): string[] {
  const others = callIds.flatMap(({ id, source }) => (aliasOf[source] ? [`${aliasOf[source]}:${id}`] : []))
  return [...new Set([...callIds.map(({ id, source }) => `${source}:${id}`), ...others])]
}

/** Converts four decimal numbers of 32 bits: the same 128 bits are GCI's 32 hexadecimal digits. */
function ciscoGuidInHex(text: string): string {
  const words = text.trim().split('-').map(Number)
  const isGuid = words.length === 4 && words.every((word) => Number.isInteger(word) && word >= 0 && word < 2 ** 32)
  return isGuid ? words.map((word) => word.toString(16).padStart(8, '0')).join('') : text
}

/**
 * Unwraps Avaya's universal call id: `00FA08<16 hex>;encoding=hex` (User-to-User, and the session id of Avaya's SBC) or
 * `FA08<16 hex>`. Undefined for anything else.
 */
function wrappedUcid(text: string | undefined): string | undefined {
  return /^\s*(?:00|04)?FA08([0-9A-F]{16})/i.exec(text ?? '')?.[1]?.toUpperCase()
}

/** Converts an unwrapped id: 20 decimal digits (node, sequence, seconds) are the same id; others are unchanged. */
function plainUcid(text: string | undefined): string | undefined {
  const plain = text?.split(';')[0]
  const [, node, sequence, seconds] = /^\s*(\d{5})(\d{5})(\d{10})\s*$/.exec(plain ?? '') ?? []
  if (node === undefined) return plain
  return [Number(node), Number(sequence), Number(seconds)]
    .map((part, at) =>
      part
        .toString(16)
        .toUpperCase()
        .padStart(at === 2 ? 8 : 4, '0'),
    )
    .join('')
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
  return contentType === 'application/gtd' ? /^GCI,([0-9a-f]{32})\s*$/im.exec(text)?.[1]?.toLowerCase() : undefined
}

/** Excludes ids that parse-metadata.ts generated for elements without one. */
function exceptGenerated(id: string): string | undefined {
  return id.startsWith('(') ? undefined : id
}
