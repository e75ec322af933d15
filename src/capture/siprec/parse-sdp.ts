/**
 * Parses a session description (RFC 8866, and RFC 4566 as most clients still write it) tolerantly: any line ending, unknown
 * lines skipped, direction and connection address inherited from the session level. One pass, never throws.
 */
import type { Problem } from './problem.ts'
import { readCodecs, type Codec, type SdpAttribute } from './read-codecs.ts'
import { readCrypto, type OfferedCrypto } from './read-crypto.ts'
import { refuse, type Refusal } from './refusal.ts'

const maxLines = 1024
const maxLineChars = 8192
const maxMedia = 32
const maxFormats = 64

export type Direction = 'sendrecv' | 'sendonly' | 'recvonly' | 'inactive'

export interface SdpMedia {
  /** Position among the media lines, from 0, which an answer must preserve (RFC 3264 section 6). */
  readonly index: number
  readonly type: string
  readonly port: number
  readonly protocol: string
  /** As on the media line, in order. */
  readonly formats: readonly string[]
  /** Empty unless the protocol is RTP and every format is a payload type. */
  readonly codecs: readonly Codec[]
  /** The media level's, else the session's; `none` if neither has one (RFC 8866: then it is sendrecv). */
  readonly direction: Direction | 'none'
  readonly label?: string
  /** Host of the media level's c= line, else of the session's: an IP address or a name. */
  readonly connectionAddress?: string
  /** Usable keys (RFC 4568), in the client's order. */
  readonly crypto: readonly OfferedCrypto[]
  /** Attributes of the media line, except those that contain keys. */
  readonly attributes: readonly SdpAttribute[]
  /** False if the media line itself cannot be parsed. */
  readonly readable: boolean
}

export interface SessionDescription {
  readonly kind: 'sdp'
  /** The o= line's session id and version as sent; a client may never increment the version (OpenSIPS). */
  readonly origin?: { readonly sessionId: string; readonly version: string; readonly address: string }
  /** The s= line: some programs name themselves there and in no header. */
  readonly sessionName: string
  /** The first t= line's value, which an answer repeats (RFC 3264 section 6). */
  readonly timing: string
  readonly media: readonly SdpMedia[]
  readonly problems: readonly Problem[]
}

interface Section {
  type: string
  port: number
  protocol: string
  formats: string[]
  connectionAddress?: string
  attributes: SdpAttribute[]
  readable: boolean
}

/** Parses a description. A text without any media line is refused with 488. */
export function parseSdp(text: string): SessionDescription | Refusal {
  const problems = new Set<Problem>()
  const session: Section = newSection()
  const sections: Section[] = []
  let origin: SessionDescription['origin']
  let timing: string | undefined
  let sessionName = ''
  let current = session

  for (const line of linesOf(text, problems)) {
    const value = line.slice(2).trim()
    switch (line.slice(0, 2)) {
      case 'm=':
        current = readMediaLine(value)
        if (!current.readable) problems.add('sdp-media-broken')
        if (sections.length === maxMedia) return refuse(488, 'Too Many Media Streams')
        sections.push(current)
        break
      case 'c=':
        if (current.connectionAddress === undefined) addConnection(current, value)
        break
      case 'a=':
        current.attributes.push(readAttribute(value))
        break
      case 'o=':
        origin ??= readOrigin(value)
        break
      case 's=':
        sessionName ||= value
        break
      case 't=':
        timing ??= /^\d{1,20} \d{1,20}$/.test(value) ? value : undefined
        break
      default:
        if (line[1] !== '=') problems.add('sdp-line-broken')
    }
  }
  if (sections.length === 0) return refuse(488, 'No Media In Offer')
  const media = sections.map((section, index) => finishMedia(section, index, session))
  const labels = media.map(({ label }) => label).filter((label) => label !== undefined)
  if (new Set(labels).size < labels.length) problems.add('sdp-label-repeated')
  const header = { ...(origin ? { origin } : {}), sessionName, timing: timing ?? '0 0' }
  return { kind: 'sdp', ...header, media, problems: [...problems] }
}

function newSection(): Section {
  return { type: '', port: 0, protocol: '', formats: [], attributes: [], readable: true }
}

function* linesOf(text: string, problems: Set<Problem>): Generator<string> {
  let count = 0
  for (const raw of text.split(/\r\n|\n|\r/)) {
    const line = raw.trim()
    if (line === '') continue
    if (++count > maxLines) {
      problems.add('sdp-too-long')
      return
    }
    if (line.length > maxLineChars) problems.add('sdp-line-broken')
    else yield line
  }
}

/** Parses `audio 49170/2 RTP/AVP 8 0 101`. An unreadable line keeps its place: the answer needs a line for it. */
function readMediaLine(value: string): Section {
  const [type = '', port = '', protocol = '', ...formats] = value.split(/\s+/)
  const number = /^(\d{1,5})(?:\/\d{1,5})?$/.exec(port)?.[1]
  const readable =
    isToken(type) &&
    number !== undefined &&
    Number(number) < 65_536 &&
    protocol.split('/').every(isToken) &&
    formats.length > 0 &&
    formats.length <= maxFormats &&
    formats.every(isToken)
  return { ...newSection(), type, port: readable ? Number(number) : 0, protocol, formats, readable }
}

function isToken(text: string): boolean {
  return /^[!#$%&'*+\-.0-9A-Z^_`a-z{|}~]{1,64}$/.test(text)
}

/** `IN IP4 192.0.2.1/127`: the part after the slash is for multicast only. */
function addConnection(section: Section, value: string): void {
  const [network, , address] = value.split(/\s+/)
  const host = address?.split('/')[0]
  if (network === 'IN' && host) section.connectionAddress = host
}

function readOrigin(value: string): SessionDescription['origin'] {
  const [, sessionId, version, , , address] = value.split(/\s+/)
  return sessionId && version ? { sessionId, version, address: address ?? '' } : undefined
}

function readAttribute(value: string): SdpAttribute {
  const colon = value.indexOf(':')
  return colon === -1 ? { name: value } : { name: value.slice(0, colon).trim(), value: value.slice(colon + 1).trim() }
}

function finishMedia(section: Section, index: number, session: Section): SdpMedia {
  const label = section.attributes.find(({ name }) => name === 'label')?.value
  const connectionAddress = section.connectionAddress ?? session.connectionAddress
  const { type, port, protocol, formats, attributes, readable } = section
  return {
    index,
    type: type.toLowerCase(),
    port,
    protocol,
    formats,
    codecs: readable && /(?:^|\/)RTP\//i.test(protocol) ? readCodecs(formats, attributes) : [],
    direction: directionIn(attributes) ?? directionIn(session.attributes) ?? 'none',
    ...(label ? { label } : {}),
    ...(connectionAddress ? { connectionAddress } : {}),
    crypto: readable ? readCrypto(attributes) : [],
    attributes: attributes.filter(({ name }) => name !== 'crypto'),
    readable,
  }
}

function directionIn(attributes: readonly SdpAttribute[]): Direction | undefined {
  const names: readonly string[] = ['sendrecv', 'sendonly', 'recvonly', 'inactive']
  return attributes.find(({ name, value }) => value === undefined && names.includes(name))?.name as
    Direction | undefined
}
