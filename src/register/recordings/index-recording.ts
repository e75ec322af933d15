/**
 * Derives a recording's index from its log, at ingestion by the custodian: tracks, alignment, gaps, counts, peaks. The log is
 * not changed; the index can be derived again.
 */
import { isPlayable, samplesOfPacket } from './decode-packets.ts'
import { findAnchors } from './find-anchors.ts'
import { findGaps, overlaps, type Span, type Withheld } from './find-gaps.ts'
import {
  codecOf,
  lanesOf,
  positionOf,
  samplesPerPeak,
  sourceKey,
  toSamples,
  type IndexedSource,
  type IndexedTrack,
  type RecordingIndex,
} from './recording-index.ts'
import { rangesWithoutMixed } from './mixed-streams.ts'
import { visitAudio } from './visit-audio.ts'
import { walkChunk, type Codec, type LogMark, type LogSource, type Track } from './recording-log.ts'

/** A recording opened by platform/age/open-stream.ts. */
export type OpenedRecording = { chunks: number; openChunk(n: number): Promise<Buffer> }

/** Packets of one source by column, in stored order until {@link inOrder}. */
type Columns = {
  seqs: number[]
  rtpTimes: number[]
  arrivals: number[]
  lengths: number[]
  chunkNumbers: number[]
}

type Gathered = { source: LogSource; packets: Columns; omitted: Set<number>; codecs: Set<Codec> }

const arrivalToSamples = 0.8
/** Assumed duration of a packet of an unknown codec (RFC 3551 section 4.2). */
const defaultMs = 20
const defaultSamples = 8 * defaultMs

/** Reads the whole recording twice, for times and for peaks. Throws like platform/age/open-stream.ts and walkChunk. */
export async function indexRecording(recording: OpenedRecording): Promise<RecordingIndex> {
  const { sources: gathered, marks, unrendered, unplayedMs } = await gather(recording)
  const tracks = mapping(marks)
  const trackOf = (stream: number): Track => tracks[String(stream)] ?? 'mixed'
  const columns = gathered.map(({ packets }) => inOrder(packets))
  const sources = gathered.map(({ source }, i): IndexedSource => {
    const { stream, ssrc, firstSeq, codecs } = source
    const { anchors, straySeqs } = findAnchors(columns[i]!)
    return { stream, source: source.source, ssrc, firstSeq, track: trackOf(stream), codecs, anchors, straySeqs }
  })

  const lead = shiftToZero(sources, columns)
  const chunks = Array.from({ length: recording.chunks }, () => ({ from: Infinity, to: -Infinity }))
  const holds = holdSpans(marks, lead)
  const spans = sources.map((source, i) => measureCoverage(source, columns[i]!, gathered[i]!.omitted, holds, chunks))
  const end = marks.findLast(({ kind }) => kind === 'end' || kind === 'endInferred')
  const durationSamples = chunks.reduce(
    (longest, { to }) => Math.max(longest, to),
    end ? Math.round(end.arrival100us * arrivalToSamples) + lead : 0,
  )

  const trackNames = [...new Set(sources.map(({ track }) => track))].sort()
  const ofTrack = <T>(track: Track, list: T[]): T[] => list.filter((_, i) => sources[i]!.track === track)
  const start = marks.find(({ kind }) => kind === 'start')?.detail as
    { recording?: string; startedAt?: string } | undefined
  const index: RecordingIndex = {
    version: 1,
    recording: start?.recording ?? '',
    startedAt: start?.startedAt ?? '',
    endInferred: end?.kind !== 'end',
    durationSamples,
    tracks: trackNames.map((track): IndexedTrack => ({
      track,
      streams: [...new Set(ofTrack(track, sources).map(({ stream }) => stream))],
      codecs: [...new Set(ofTrack(track, gathered).flatMap(({ codecs }) => [...codecs]))],
      packetsReceived: sum(ofTrack(track, columns).map(({ seqs }) => seqs.length)),
      packetsLost: sum(ofTrack(track, spans).map(({ lost }) => lost)),
      packetsOmitted: sum(ofTrack(track, gathered).map(({ omitted }) => omitted.size)),
    })),
    sources,
    chunks: chunks.map(({ from, to }) => (from < to ? { from, to } : { from: 0, to: 0 })),
    gaps: trackNames.flatMap((track) => {
      const mine = ofTrack(track, spans)
      const covered = mine.flatMap((span) => span.covered)
      return findGaps(
        track,
        covered,
        mine.flatMap(({ missing }) => missing),
        durationSamples,
        holds.filter((span) => 'why' in span),
      )
    }),
    marks: marks.map(({ kind, arrival100us, detail }) => {
      const atSample = Math.round(arrival100us * arrivalToSamples) + lead
      return detail === undefined ? { kind, atSample } : { kind, atSample, detail }
    }),
    unrendered,
    unplayedMs,
    peaks: [peakLane(durationSamples), peakLane(durationSamples)],
  }
  await findPeaks(recording, index)
  return index
}

async function gather(recording: OpenedRecording) {
  const byKey = new Map<string, Gathered>()
  const current: (Gathered | undefined)[] = []
  const marks: LogMark[] = []
  const unrendered: RecordingIndex['unrendered'] = []
  let unplayedMs = 0
  for (let n = 0; n < recording.chunks; n++) {
    const chunk = await recording.openChunk(n)
    walkChunk(chunk, {
      source: (source) => {
        const key = sourceKey(source)
        const packets = { seqs: [], rtpTimes: [], arrivals: [], lengths: [], chunkNumbers: [] }
        const known = byKey.get(key) ?? { source, packets, omitted: new Set(), codecs: new Set() }
        byKey.set(key, known)
        current[source.stream] = known
      },
      packet: ({ stream, payloadType, seqOffset, tsOffset, arrival100us, start, end }) => {
        const known = current[stream]
        if (!known) return
        const found = codecOf(known.source.codecs, payloadType)
        const { codec, clockRate } = found
        const playable = isPlayable(found)
        known.codecs.add(codec)
        const { seqs, rtpTimes, arrivals, lengths, chunkNumbers } = known.packets
        seqs.push(seqOffset)
        rtpTimes.push(toSamples(tsOffset, clockRate))
        arrivals.push(arrival100us * arrivalToSamples)
        const quiet = codec === 'comfort-noise' || codec === 'telephone-event'
        lengths.push(playable ? samplesOfPacket(codec, chunk, start, end) : quiet ? 0 : defaultSamples)
        chunkNumbers.push(n)
        if (playable || quiet) return
        unplayedMs += defaultMs
        const entry = unrendered.find((other) => other.stream === stream && other.payloadType === payloadType)
        if (entry) entry.packets++
        else unrendered.push({ stream, payloadType, codec, packets: 1 })
      },
      omitted: (stream, seqOffset) => current[stream]?.omitted.add(seqOffset),
      mark: (mark) => marks.push(mark),
    })
  }
  return { sources: [...byKey.values()], marks, unrendered, unplayedMs }
}

/** Sorts by sequence and removes duplicates (the first is kept). */
function inOrder(packets: Columns): Columns {
  const { seqs } = packets
  const order = seqs.map((_, i) => i).sort((a, b) => seqs[a]! - seqs[b]! || a - b)
  const ordered = order.filter((index, i) => i === 0 || seqs[index] !== seqs[order[i - 1]!])
  const pick = (column: number[]) => ordered.map((index) => column[index]!)
  return {
    seqs: pick(seqs),
    rtpTimes: pick(packets.rtpTimes),
    arrivals: pick(packets.arrivals),
    lengths: pick(packets.lengths),
    chunkNumbers: pick(packets.chunkNumbers),
  }
}

/** The last mapping mark assigns the streams. */
function mapping(marks: LogMark[]): Partial<Record<string, Track>> {
  const last = marks.findLast(({ kind }) => kind === 'mapping')?.detail as
    { streams?: Partial<Record<string, Track>> } | undefined
  return last?.streams ?? {}
}

/** A first packet delayed by jitter may be before 0: shifts everything, so that nothing is cut off. */
function shiftToZero(sources: IndexedSource[], columns: Columns[]): number {
  let min = 0
  sources.forEach(({ anchors, straySeqs }, i) => {
    const { seqs, rtpTimes } = columns[i]!
    const strays = new Set(straySeqs)
    seqs.forEach((seq, j) => {
      // rtpTimes include the clock rate already.
      if (!strays.has(seq)) min = Math.min(min, positionOf({ anchors }, seq, rtpTimes[j]!, 8000))
    })
  })
  for (const { anchors } of sources) for (const anchor of anchors) anchor.anchor -= min
  return -min
}

type HoldSpan = (Span | Withheld) & { streams: number[] | undefined }

/**
 * From each hold mark to its resume mark; a detail {"streams": [0]} limits it to those, {"why": "conference"} gives the reason.
 */
function holdSpans(marks: LogMark[], lead: number): HoldSpan[] {
  const spans: HoldSpan[] = []
  const open: HoldSpan[] = []
  for (const { kind, arrival100us, detail } of marks) {
    const at = Math.round(arrival100us * arrivalToSamples) + lead
    if (kind === 'hold') {
      const { streams, why } = (detail ?? {}) as { streams?: number[]; why?: Withheld['why'] }
      const span = { from: at, to: Infinity, streams, ...(why && { why }) }
      open.push(span)
      spans.push(span)
    } else if (kind === 'resume') for (const span of open.splice(0)) span.to = at
  }
  return spans
}

/** Computes what a source covers and misses; widens the ranges of its chunks. */
function measureCoverage(
  source: IndexedSource,
  columns: Columns,
  omitted: Set<number>,
  holds: HoldSpan[],
  chunks: Span[],
) {
  const { seqs, rtpTimes, lengths, chunkNumbers } = columns
  const strays = new Set(source.straySeqs)
  const mine = holds.filter(({ streams }) => streams?.includes(source.stream) ?? true)
  const covered: Span[] = []
  const missing: Span[] = []
  // Sequence numbers of packets that arrived and were left out, in order.
  const leftOut = Float64Array.from(omitted.union(strays)).sort()
  let lost = 0
  let last: { seq: number; to: number } | undefined
  seqs.forEach((seq, i) => {
    if (strays.has(seq)) return
    const from = positionOf(source, seq, rtpTimes[i]!, 8000)
    const to = from + lengths[i]!
    covered.push({ from, to })
    const chunk = chunks[chunkNumbers[i]!]!
    chunk.from = Math.min(chunk.from, from)
    chunk.to = Math.max(chunk.to, to)
    if (last && seq > last.seq + 1) {
      const gap = { from: last.to, to: from }
      let count = 0
      // A jump of sequence numbers is counted as one gap, not number by number.
      const skipped = seq - last.seq - 1
      if (skipped > 10_000 || omitted.size === 0) count = skipped
      else count = skipped - (rankOf(leftOut, seq) - rankOf(leftOut, last.seq + 1))
      if (count > 0 && !overlaps(mine, gap)) {
        lost += count
        // A few lost packets in a long silence do not make the silence a loss.
        if (gap.to - gap.from <= 2 * count * (lengths[i]! || defaultSamples)) missing.push(gap)
      }
    }
    last = { seq, to }
  })
  return { covered, missing, lost }
}

/** Returns how many are below `value`. */
function rankOf(sorted: Float64Array, value: number): number {
  let [low, high] = [0, sorted.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (sorted[middle]! < value) low = middle + 1
    else high = middle
  }
  return low
}

async function findPeaks(recording: OpenedRecording, index: RecordingIndex): Promise<void> {
  const leftOut = rangesWithoutMixed(index)
  await visitAudio(recording, index, 0, Infinity, (source, at, samples) => {
    if (source.track === 'mixed' && leftOut.some(({ from, to }) => from <= at && at + samples.length <= to)) return
    for (const lane of lanesOf[source.track]) {
      const peaks = index.peaks[lane]!
      for (let i = 0; i < samples.length; i++) {
        const index = Math.floor((at + i) / samplesPerPeak)
        const height = Math.min(255, Math.abs(samples[i]!) >> 7)
        if (height > peaks[index]!) peaks[index] = height
      }
    }
  })
}

function peakLane(durationSamples: number): Uint8Array {
  return new Uint8Array(Math.ceil(durationSamples / samplesPerPeak))
}

function sum(numbers: number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}
