/**
 * SDP as offered by the recording client (RFC 8866, RFC 3264, RFC 7866 section 7.1) and as answered by the recorder.
 */
import type { Address } from './connection.ts'
import { writeCryptoLine, type MediaKey } from './protect-media.ts'

export type Direction = 'sendonly' | 'recvonly' | 'sendrecv' | 'inactive'
export type Codec = 'pcma' | 'pcmu'
export type OfferedStream = {
  readonly label: string
  readonly port: number
  /** Key with which the stream is offered as RTP/SAVP. */
  readonly key?: MediaKey
  /** Offers one port for RTP and RTCP (RFC 5761). */
  readonly mux?: boolean
}
export type AnsweredStream = {
  readonly label: string | undefined
  /** Destination of media; port 0 means refused. */
  readonly address: Address
  readonly direction: Direction
  readonly payloadTypes: readonly number[]
  /** Crypto line of the answer, unchanged. */
  readonly crypto?: string | undefined
  readonly mux?: boolean
}

export const payloadTypes = { pcmu: 0, pcma: 8, g722: 9, comfortNoise: 13, telephoneEvent: 101 } as const

export function writeOffer(offer: {
  host: string
  sessionId: number
  /** Increases by one with every changed offer (RFC 3264 section 8). */
  version: number
  streams: readonly OfferedStream[]
  direction: 'sendonly' | 'inactive'
  /** Offered codecs; a recording client may offer one that the simulator itself does not encode. */
  codecs: readonly (Codec | 'g722')[]
}): string {
  const family = offer.host.includes(':') ? 'IP6' : 'IP4'
  const formats = offer.codecs.map((codec) => payloadTypes[codec])
  const maps = offer.codecs.map((codec) => `a=rtpmap:${payloadTypes[codec]} ${codec.toUpperCase()}/8000`)
  const lines = [
    'v=0',
    `o=- ${offer.sessionId} ${offer.version} IN ${family} ${offer.host}`,
    's=-',
    `c=IN ${family} ${offer.host}`,
    't=0 0',
    ...offer.streams.flatMap(({ label, port, key, mux }) => [
      `m=audio ${port} ${key ? 'RTP/SAVP' : 'RTP/AVP'} ${formats.join(' ')} ${payloadTypes.comfortNoise} ${payloadTypes.telephoneEvent}`,
      ...maps,
      `a=rtpmap:${payloadTypes.comfortNoise} CN/8000`,
      `a=rtpmap:${payloadTypes.telephoneEvent} telephone-event/8000`,
      `a=fmtp:${payloadTypes.telephoneEvent} 0-15`,
      'a=ptime:20',
      `a=label:${label}`,
      ...(mux ? ['a=rtcp-mux'] : []),
      ...(key ? [writeCryptoLine(key)] : []),
      `a=${offer.direction}`,
    ]),
  ]
  return `${lines.join('\r\n')}\r\n`
}

/**
 * Reads an offer or an answer. A stream without a direction has that of its session, and a session without one is
 * sendrecv.
 */
export function readDescription(sdp: string): AnsweredStream[] {
  const [session = '', ...media] = sdp.split(/^(?=m=)/m)
  return media.map((section) => {
    const [, port = '0', formats = ''] = /^m=\S+ (\d+)(?:\/\d+)? \S+ ?(.*?)\r?$/m.exec(section) ?? []
    return {
      label: /^a=label:(.*?)\r?$/m.exec(section)?.[1],
      address: { host: connectionHost(section) ?? connectionHost(session) ?? '0.0.0.0', port: Number(port) },
      direction: direction(section) ?? direction(session) ?? 'sendrecv',
      mux: /^a=rtcp-mux\r?$/m.test(section),
      crypto: /^a=crypto:(.*?)\r?$/m.exec(section)?.[1],
      payloadTypes: formats.split(' ').filter(Boolean).map(Number),
    }
  })
}

const connectionHost = (section: string) => /^c=IN IP[46] ([^\s/]+)/m.exec(section)?.[1]
const direction = (section: string) =>
  /^a=(sendonly|recvonly|sendrecv|inactive)\r?$/m.exec(section)?.[1] as Direction | undefined
