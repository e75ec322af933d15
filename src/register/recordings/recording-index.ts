/**
 * The index of a recording: everything derived from its log, sealed beside it with the same file key. Positions are samples at
 * 8 kHz on the recording's timeline; 0 is the start mark, or the first sample if jitter put it a few milliseconds earlier.
 */
import { openWholePayload } from '#platform/age/open-stream.ts'
import { isClockRate, staticPayloadTypes, defaultClockRate } from '#platform/rtp/static-payload-types.ts'
import { codecNamed, type Codec, type LogSource, type MarkKind, type StreamCodec, type Track } from './recording-log.ts'
import { sealPayload } from '#platform/age/seal-stream.ts'

export const samplesPerSecond = 8000
/** Twenty peaks a second. */
export const samplesPerPeak = 400
/** Lane 0 (left) is the caller, lane 1 (right) the official; a mixed track is in both. */
export const lanesOf: Record<Track, readonly number[]> = { caller: [0], official: [1], mixed: [0, 1] }

/** From packet `fromSeq` on, position = RTP time in samples + `anchor`. */
export type Anchor = { fromSeq: number; anchor: number }

export type IndexedSource = {
  stream: number
  source: number
  ssrc: number
  firstSeq: number
  track: Track
  codecs: StreamCodec[]
  anchors: Anchor[]
  /** Packets with an invalid RTP time: in the log, but without a position. */
  straySeqs: number[]
}

/** Counts without duplicates; what was missing during a hold is not lost. */
export type IndexedTrack = {
  track: Track
  streams: number[]
  codecs: Codec[]
  packetsReceived: number
  packetsLost: number
  packetsOmitted: number
}

/**
 * `loss`: packets are missing. `pause`: the sender was silent, or the recording was on hold. `consultation`, `conference`: not
 * recorded, because the caller was absent or others were present.
 */
export type GapKind = 'loss' | 'pause' | 'consultation' | 'conference'
export type Gap = { track: Track; fromSample: number; toSample: number; kind: GapKind }

export type RecordingIndex = {
  version: 1
  recording: string
  startedAt: string
  endInferred: boolean
  durationSamples: number
  tracks: IndexedTrack[]
  sources: IndexedSource[]
  /** Range of each chunk's packets: [from, to) in samples; from = to if it has none. */
  chunks: { from: number; to: number }[]
  gaps: Gap[]
  marks: { kind: MarkKind; atSample: number; detail?: unknown }[]
  /** Stored but not playable yet: rendered as silence. */
  unrendered: { stream: number; payloadType: number; codec: Codec; packets: number }[]
  /** Approximate duration: 20 ms per packet where unknown. Undefined in indexes of earlier versions. */
  unplayedMs?: number
  /** One per lane: highest magnitude of 400 samples, 0 to 255. */
  peaks: [Uint8Array, Uint8Array]
}

/** Returns true if packets arrived but all are silent. */
export function isSilent({ tracks, peaks }: Pick<RecordingIndex, 'tracks' | 'peaks'>): boolean {
  const received = tracks.some(({ packetsReceived }) => packetsReceived > 0)
  return received && peaks.every((lane) => lane.every((peak) => peak === 0))
}

/** Seals an index under a new nonce: a JSON line, then the peaks of lane 0 and of lane 1. */
export function sealIndex(fileKey: Uint8Array, { peaks, ...rest }: RecordingIndex): Buffer {
  return sealPayload(fileKey, Buffer.concat([Buffer.from(`${JSON.stringify(rest)}\n`), ...peaks]))
}

/** Opens a sealed index. Throws like open-stream.ts. */
export async function openIndex(fileKey: Uint8Array, sealed: Buffer): Promise<RecordingIndex> {
  const plaintext = await openWholePayload(fileKey, sealed)
  const line = plaintext.indexOf(0x0a)
  const peaks = plaintext.subarray(line + 1)
  const half = peaks.length / 2
  const rest = JSON.parse(plaintext.toString('utf8', 0, line)) as Omit<RecordingIndex, 'peaks'>
  return { ...rest, peaks: [peaks.subarray(0, half), peaks.subarray(half)] }
}

/** Returns a unique key of a source: its number alone repeats after 256. */
export function sourceKey({ stream, source, ssrc, firstSeq }: LogSource | IndexedSource): string {
  return `${stream}/${source}/${ssrc}/${firstSeq}`
}

/**
 * Returns the codec of a payload type in a source, otherwise the static one (RFC 3551), otherwise unknown with the source's
 * clock: a stream has one (RFC 7160). Earlier versions stored a clock of 0 for a payload type without rtpmap.
 */
export function codecOf(codecs: readonly StreamCodec[], payloadType: number): StreamCodec {
  const found = codecs.find((codec) => codec.payloadType === payloadType)
  if (found && isClockRate(found.clockRate)) return found
  const format = staticPayloadTypes[payloadType]
  const clockRate = codecs.find((codec) => isClockRate(codec.clockRate))?.clockRate ?? defaultClockRate
  if (format && (found?.codec ?? 'unknown') === 'unknown') {
    const codec = codecNamed(format[0])
    // Unannounced formats other than speech use the speech's clock.
    return { payloadType, codec, clockRate: codec === 'comfort-noise' ? clockRate : format[1] }
  }
  return { payloadType, codec: found?.codec ?? 'unknown', clockRate }
}

/** Returns the anchor of packet `seq`. */
export function anchorOf(anchors: Anchor[], seq: number): number {
  let low = 0
  let high = anchors.length - 1
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if (anchors[middle]!.fromSeq <= seq) low = middle
    else high = middle - 1
  }
  return anchors[low]?.anchor ?? 0
}

/** Returns a packet's position: RTP time at `clockRate` Hz, in 8 kHz samples, plus its anchor. */
export function positionOf(source: { anchors: Anchor[] }, seq: number, tsOffset: number, clockRate: number): number {
  return toSamples(tsOffset, clockRate) + anchorOf(source.anchors, seq)
}

/** Converts an RTP time to 8 kHz samples. */
export function toSamples(tsOffset: number, clockRate: number): number {
  return clockRate === samplesPerSecond ? tsOffset : Math.round((tsOffset * samplesPerSecond) / clockRate)
}

export function toMs(samples: number): number {
  return Math.round((samples * 1000) / samplesPerSecond)
}
