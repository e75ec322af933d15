/** The codecs of a media line: its payload types by rtpmap (RFC 8866 section 6.6), else by the static table. */

export interface Codec {
  /** 0-127. */
  readonly payloadType: number
  /** Upper case, as registered: PCMA, PCMU, TELEPHONE-EVENT, CN, OPUS... '' for a dynamic type without rtpmap. */
  readonly encoding: string
  readonly clockRate: number
  readonly channels: number
}

export interface SdpAttribute {
  readonly name: string
  /** Undefined for a flag. */
  readonly value?: string
}

/** RFC 3551 table 4: payload types that need no rtpmap. */
const staticCodecs: Readonly<Record<number, readonly [encoding: string, clockRate: number]>> = {
  0: ['PCMU', 8000],
  3: ['GSM', 8000],
  4: ['G723', 8000],
  8: ['PCMA', 8000],
  9: ['G722', 8000],
  13: ['CN', 8000],
  15: ['G728', 8000],
  18: ['G729', 8000],
}

/** One codec for each payload type, in order; empty when a format is no payload type. */
export function readCodecs(formats: readonly string[], attributes: readonly SdpAttribute[]): Codec[] {
  const mapped = new Map<number, Codec>()
  for (const { name, value } of attributes) {
    const match =
      name === 'rtpmap' && value ? /^(\d{1,3})\s+([^\s/]{1,64})\/(\d{1,7})(?:\/(\d{1,2}))?$/.exec(value) : null
    if (!match) continue
    const payloadType = Number(match[1])
    const codec = {
      payloadType,
      encoding: match[2]!.toUpperCase(),
      clockRate: Number(match[3]),
      channels: Number(match[4] ?? 1),
    }
    if (!mapped.has(payloadType)) mapped.set(payloadType, codec)
  }
  const codecs: Codec[] = []
  for (const format of formats) {
    const payloadType = /^\d{1,3}$/.test(format) ? Number(format) : 128
    if (payloadType > 127) return []
    const [encoding, clockRate] = staticCodecs[payloadType] ?? ['', 0]
    codecs.push(mapped.get(payloadType) ?? { payloadType, encoding, clockRate, channels: 1 })
  }
  return codecs
}
