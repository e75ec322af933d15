/**
 * The index of a recording: everything derived from its log, sealed beside it with the same file key.
 * Positions are samples at 8 kHz on the recording's timeline; 0 is the start mark, or the first sample when jitter put
 * it a few milliseconds before.
 */
import { openWholePayload } from '#platform/age/open-stream.ts'
import { isClockRate, staticPayloadTypes, usualClockRate } from '#platform/rtp/static-payload-types.ts'
import { codecNamed, type Codec, type LogSource, type MarkKind, type StreamCodec, type Track } from './recording-log.ts'
import { sealPayload } from '#platform/age/seal-stream.ts'

export const samplesPerSecond = 8000
/** Twenty peaks a second. */
export const samplesPerPeak = 400
/** Lane 0 (left) is the caller, lane 1 (right) the official; a mixed track is in both. */
export const lanesOf: Record<Track, readonly number[]> = { caller: [0], official: [1], mixed: [0, 1] }

/** From the packet `fromSeq` on, position = RTP time in samples + `anchor`. */
export type Anchor = { fromSeq: number; anchor: number }

export type IndexedSource = {
  stream: number
  source: number
  ssrc: number
  firstSeq: number
  track: Track
  codecs: StreamCodec[]
  anchors: Anchor[]
  /** Packets whose RTP time is nonsense: kept in the log, placed nowhere. */
  straySeqs: number[]
}

/** Counts exclude copies; what was missing during a hold is not lost. */
export type IndexedTrack = {
  track: Track
  streams: number[]
  codecs: Codec[]
  packetsReceived: number
  packetsLost: number
  packetsOmitted: number
}

/**
 * `loss`: packets are missing. `pause`: the sender sent nothing, or the recording was on hold. `consultation`, `conference`:
 * nothing was recorded, as the caller was not in the call or somebody else was.
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
  /** Where the packets of each chunk lie: [from, to) in samples; from = to when it has none. */
  chunks: { from: number; to: number }[]
  gaps: Gap[]
  marks: { kind: MarkKind; atSample: number; detail?: unknown }[]
  /** What is kept but cannot be played yet: rendered as silence. */
  unrendered: { stream: number; payloadType: number; codec: Codec; packets: number }[]
  /** About how long that lasts: packets have 20 ms where nobody can tell. Missing in indexes of earlier versions. */
  unplayedMs?: number
  /** One lane each: highest magnitude of 400 samples, 0 to 255. */
  peaks: [Uint8Array, Uint8Array]
}

/** Packets came, and nothing sounds in them. */
export function isSilent({ tracks, peaks }: Pick<RecordingIndex, 'tracks' | 'peaks'>): boolean {
  const came = tracks.some(({ packetsReceived }) => packetsReceived > 0)
  return came && peaks.every((lane) => lane.every((peak) => peak === 0))
}

/** Seals an index under a fresh nonce: a JSON line, then the peaks of lane 0 and of lane 1. */
export function sealIndex(fileKey: Uint8Array, { peaks, ...rest }: RecordingIndex): Buffer {
  return sealPayload(fileKey, Buffer.concat([Buffer.from(`${JSON.stringify(rest)}\n`), ...peaks]))
}

/** Opens a sealed index. Throws as open-stream.ts does. */
export async function openIndex(fileKey: Uint8Array, sealed: Buffer): Promise<RecordingIndex> {
  const plaintext = await openWholePayload(fileKey, sealed)
  const line = plaintext.indexOf(0x0a)
  const peaks = plaintext.subarray(line + 1)
  const half = peaks.length / 2
  const rest = JSON.parse(plaintext.toString('utf8', 0, line)) as Omit<RecordingIndex, 'peaks'>
  return { ...rest, peaks: [peaks.subarray(0, half), peaks.subarray(half)] }
}

/** Names a source: its number alone repeats after 256. */
export function sourceKey({ stream, source, ssrc, firstSeq }: LogSource | IndexedSource): string {
  return `${stream}/${source}/${ssrc}/${firstSeq}`
}

/**
 * The codec of a payload type in a source, else the static one (RFC 3551), else unknown, with the source's own clock: a stream
 * has one (RFC 7160). Earlier versions wrote a clock of 0 for a payload type without rtpmap.
 */
export function codecOf(codecs: readonly StreamCodec[], payloadType: number): StreamCodec {
  const found = codecs.find((codec) => codec.payloadType === payloadType)
  if (found && isClockRate(found.clockRate)) return found
  const format = staticPayloadTypes[payloadType]
  const clockRate = codecs.find((codec) => isClockRate(codec.clockRate))?.clockRate ?? usualClockRate
  if (format && (found?.codec ?? 'unknown') === 'unknown') {
    const codec = codecNamed(format[0])
    // What nobody announced and is no speech follows the clock of the speech.
    return { payloadType, codec, clockRate: codec === 'comfort-noise' ? clockRate : format[1] }
  }
  return { payloadType, codec: found?.codec ?? 'unknown', clockRate }
}

/** The anchor that holds for packet `seq`. */
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

/** Position of a packet: RTP time at `clockRate` Hz, in 8 kHz samples, plus its anchor. */
export function positionOf(source: { anchors: Anchor[] }, seq: number, tsOffset: number, clockRate: number): number {
  return toSamples(tsOffset, clockRate) + anchorOf(source.anchors, seq)
}

/** RTP time in 8 kHz samples. */
export function toSamples(tsOffset: number, clockRate: number): number {
  return clockRate === samplesPerSecond ? tsOffset : Math.round((tsOffset * samplesPerSecond) / clockRate)
}

export function toMs(samples: number): number {
  return Math.round((samples * 1000) / samplesPerSecond)
}
