import {
  decoderOf,
  isPlayable,
  dependsOnPredecessors,
  samplesOfPacket,
  warmUpPackets,
  type PacketDecoder,
} from './decode-packets.ts'
import { codecOf, positionOf, sourceKey, type IndexedSource, type RecordingIndex } from './recording-index.ts'
import { walkChunk, type Codec } from './recording-log.ts'

/** A recording opened by platform/age/open-stream.ts. */
type ChunkSource = { openChunk(n: number): Promise<Buffer> }

/** Receives a packet's samples at 8 kHz and their position on the timeline. */
export type PacketVisitor = (source: IndexedSource, at: number, samples: Int16Array) => void

interface PacketLocation {
  source: IndexedSource
  codec: Codec
  clockRate: number
  seqOffset: number
  tsOffset: number
  start: number
  end: number
}

/**
 * Calls `visit` for every playable packet that overlaps [from, to), and for some packets next to it: first those that decode
 * independently, in stored order, then those that depend on earlier ones, in the order of sending.
 */
export async function visitAudio(
  recording: ChunkSource,
  index: RecordingIndex,
  from: number,
  to: number,
  visit: PacketVisitor,
): Promise<void> {
  const walk = walkerOf(index)
  const independentDecoders = new Map<Codec, PacketDecoder>()
  for (const [n, range] of index.chunks.entries()) {
    if (range.from >= to || range.to <= from) continue
    const chunk = await recording.openChunk(n)
    const dependent: PacketLocation[] = []
    walk(chunk, (location) => {
      const { source, codec, clockRate, seqOffset, tsOffset, start, end } = location
      if (dependsOnPredecessors(codec)) {
        dependent.push({ ...location })
        return
      }
      const at = positionOf(source, seqOffset, tsOffset, clockRate)
      if (at >= to || at + samplesOfPacket(codec, chunk, start, end) <= from) return
      let decoder = independentDecoders.get(codec)
      if (!decoder) independentDecoders.set(codec, (decoder = decoderOf(codec)))
      visit(source, at, decoder.decode(chunk, start, end))
    })
    if (dependent.length > 0) await visitDependentPackets(recording, walk, n, chunk, dependent, visit)
  }
}

async function visitDependentPackets(
  recording: ChunkSource,
  walk: ReturnType<typeof walkerOf>,
  n: number,
  chunk: Buffer,
  locations: PacketLocation[],
  visit: PacketVisitor,
): Promise<void> {
  const before = n === 0 ? undefined : await recording.openChunk(n - 1)
  const earlier: PacketLocation[] = []
  if (before) walk(before, (location) => dependsOnPredecessors(location.codec) && earlier.push({ ...location }))
  const keyOf = ({ source, codec }: PacketLocation) => `${sourceKey(source)} ${codec}`
  const inOrder = (list: PacketLocation[], key: string) =>
    list.filter((location) => keyOf(location) === key).sort((one, other) => one.seqOffset - other.seqOffset)
  for (const key of new Set(locations.map(keyOf))) {
    const mine = inOrder(locations, key)
    const decoder = decoderOf(mine[0]!.codec)
    try {
      if (before) {
        for (const { start, end } of inOrder(earlier, key).slice(-warmUpPackets)) decoder.decode(before, start, end)
      }
      for (const { source, clockRate, seqOffset, tsOffset, start, end } of mine) {
        visit(source, positionOf(source, seqOffset, tsOffset, clockRate), decoder.decode(chunk, start, end))
      }
    } finally {
      decoder.close()
    }
  }
}

/** Iterates over the playable packets of a chunk; passes the same object each time. */
function walkerOf(index: RecordingIndex) {
  const byKey = new Map(index.sources.map((source) => [sourceKey(source), source]))
  const strays = new Map(index.sources.map((source) => [source, new Set(source.straySeqs)]))
  return (chunk: Buffer, visit: (location: PacketLocation) => void): void => {
    const current: (IndexedSource | undefined)[] = []
    walkChunk(chunk, {
      source: (source) => (current[source.stream] = byKey.get(sourceKey(source))),
      packet: ({ stream, payloadType, seqOffset, tsOffset, start, end }) => {
        const source = current[stream]
        if (!source || strays.get(source)?.has(seqOffset)) return
        const found = codecOf(source.codecs, payloadType)
        if (!isPlayable(found)) return
        visit({ source, codec: found.codec, clockRate: found.clockRate, seqOffset, tsOffset, start, end })
      },
    })
  }
}
