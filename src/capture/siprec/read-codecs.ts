/** The codecs of a media line: its payload types by rtpmap (RFC 8866 section 6.6), else by the static table. */

import { isClockRate, staticPayloadTypes, defaultClockRate } from '#platform/rtp/static-payload-types.ts'

export interface Codec {
  /** 0-127. */
  readonly payloadType: number
  /** Upper case, as registered: PCMA, PCMU, TELEPHONE-EVENT, CN, OPUS... '' for a dynamic type without rtpmap. */
  readonly encoding: string
  /** In Hz, never 0. */
  readonly clockRate: number
  readonly channels: number
}

export interface SdpAttribute {
  readonly name: string
  /** Undefined for a flag. */
  readonly value?: string
}

/** Dynamic payload type that clients of every make use for telephone-event without an rtpmap. */
const eventsWithoutName = 101

/** Returns one codec for each payload type, in order; empty if a format is no payload type. */
export function readCodecs(formats: readonly string[], attributes: readonly SdpAttribute[]): Codec[] {
  const mapped = new Map<number, Codec>()
  for (const attribute of attributes) {
    const codec = readMapping(attribute)
    if (codec && !mapped.has(codec.payloadType)) mapped.set(codec.payloadType, codec)
  }
  const codecs: Codec[] = []
  const unnamed: number[] = []
  for (const format of formats) {
    const payloadType = /^\d{1,3}$/.test(format) ? Number(format) : 128
    if (payloadType > 127) return []
    const codec = mapped.get(payloadType) ?? staticCodec(payloadType)
    if (!codec) unnamed.push(codecs.length)
    codecs.push(codec ?? { payloadType, encoding: '', clockRate: defaultClockRate, channels: 1 })
  }
  // A stream has one clock (RFC 7160), and key presses have that of the speech (RFC 4733 section 2.1).
  const clockRate = codecs.find((_, at) => !unnamed.includes(at))?.clockRate ?? defaultClockRate
  for (const at of unnamed) {
    const { payloadType } = codecs[at]!
    const encoding = payloadType === eventsWithoutName && formats.length > 1 ? 'TELEPHONE-EVENT' : ''
    codecs[at] = { payloadType, encoding, clockRate, channels: 1 }
  }
  return codecs
}

/** Parses `a=rtpmap:111 opus/48000/2`. A missing or impossible clock rate is replaced by the format's own, if known. */
function readMapping({ name, value }: SdpAttribute): Codec | undefined {
  const match =
    name === 'rtpmap' && value ? /^(\d{1,3})\s+([^\s/]{1,64})(?:\/(\d{1,7}))?(?:\/(\d{1,2}))?$/.exec(value) : null
  if (!match) return undefined
  const encoding = match[2]!.toUpperCase()
  const clockRate = Number(match[3])
  return {
    payloadType: Number(match[1]),
    encoding,
    clockRate: isClockRate(clockRate) ? clockRate : encoding === 'OPUS' ? 48_000 : defaultClockRate,
    channels: Number(match[4] ?? 1),
  }
}

function staticCodec(payloadType: number): Codec | undefined {
  const format = staticPayloadTypes[payloadType]
  return format && { payloadType, encoding: format[0], clockRate: format[1], channels: format[2] }
}
