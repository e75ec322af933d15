/**
 * The plaintext of a recording: the Seloste audio log (docs/formats/recording.md).
 *
 * Packets are stored as they arrived, with sources and marks, in 64 KiB chunks, each readable alone. No record crosses a chunk
 * border, no packet is reordered or transcoded, and the digits of key presses are never stored. All integers are big-endian.
 */
import assert from 'node:assert/strict'
import { RecordingFault } from './recording-faults.ts'

/** Record types. Types from 0x80 carry a u16 length after the type, so that older readers can skip them. */
export const recordType = { padding: 0, packet: 1, source: 2, omitted: 3, mark: 4, skippable: 0x80 } as const

/** Bytes of a packet record before its payload. */
export const packetHeadBytes = 17
export const omittedBytes = 7
/** Largest record: a new chunk has room for any record together with the repeated sources before it. */
export const maxRecordBytes = 32_768

/**
 * The code on disk is the index in this list. From G729 on: those of RFC 3551, recorded so that a later program may decode
 * them.
 */
export const codecs = [
  ...(['unknown', 'PCMU', 'PCMA', 'telephone-event', 'G722', 'opus', 'comfort-noise'] as const),
  ...(['G729', 'G723', 'GSM', 'G726-32', 'G728', 'DVI4', 'LPC', 'L16', 'QCELP', 'MPA'] as const),
] as const
export type Codec = (typeof codecs)[number]

/** The codec of an encoding as SDP registers it, in any case; `unknown` where the log has no code for it. */
export function codecNamed(encoding: string): Codec {
  return named.get(encoding.toUpperCase()) ?? 'unknown'
}

const named = new Map<string, Codec>([
  ...codecs.map((codec) => [codec.toUpperCase(), codec] as const),
  ['CN', 'comfort-noise'],
  // Annexes A and B are decoded by every decoder; some clients name them.
  ...['G729A', 'G729B', 'G729AB'].map((encoding) => [encoding, 'G729'] as const),
])

/** Meaning of one RTP payload type of a stream; `clockRate` in Hz, as RTP counts it (8000 for G.722). */
export type StreamCodec = {
  payloadType: number
  codec: Codec
  clockRate: number
  /** Redundant payload (RFC 2198), which may contain key presses; only while packets are received. */
  isRedundant?: boolean
}

/** Mark kinds; the code on disk is the index in this list plus one. */
export const markKinds = ['start', 'end', 'hold', 'resume', 'endInferred', 'mapping', 'shed'] as const
export type MarkKind = (typeof markKinds)[number]

/** Whose voice a stream carries. */
export type Track = 'caller' | 'official' | 'mixed'

/** A (stream, SSRC) that begins. `source` counts from 0 within its stream. */
export type LogSource = {
  stream: number
  source: number
  ssrc: number
  firstSeq: number
  firstTs: number
  codecs: StreamCodec[]
}

/** A mark; `arrival100us` counts from the start mark in units of 100 microseconds. */
export type LogMark = { kind: MarkKind; arrival100us: number; detail: unknown }

/**
 * A packet, as a view on its chunk: valid only during the visit, the same object each time.
 * `seqOffset` and `tsOffset` are extended values minus those of the source's first packet.
 */
export type LogPacket = {
  stream: number
  payloadType: number
  marker: boolean
  seqOffset: number
  tsOffset: number
  arrival100us: number
  start: number
  end: number
}

export type LogVisitor = {
  source?(source: LogSource): void
  packet?(packet: LogPacket): void
  /** A packet that arrived and is not stored (telephone-event). It does not count as lost. */
  omitted?(stream: number, seqOffset: number): void
  mark?(mark: LogMark): void
}

/** Writes the head of a packet record at `at`; the payload of `length` bytes follows at `at + packetHeadBytes`. */
export function writePacketHead(
  chunk: DataView,
  at: number,
  stream: number,
  payloadType: number,
  marker: boolean,
  length: number,
  seqOffset: number,
  tsOffset: number,
  arrival100us: number,
): void {
  chunk.setUint8(at, recordType.packet)
  chunk.setUint8(at + 1, stream)
  chunk.setUint8(at + 2, marker ? payloadType | 0x80 : payloadType)
  chunk.setUint16(at + 3, length)
  chunk.setInt32(at + 5, seqOffset)
  chunk.setInt32(at + 9, tsOffset)
  chunk.setUint32(at + 13, arrival100us)
}

/** Writes an omitted record: the sequence number arrived, its content is not stored. */
export function writeOmitted(chunk: DataView, at: number, stream: number, reason: number, seqOffset: number): void {
  chunk.setUint8(at, recordType.omitted)
  chunk.setUint8(at + 1, stream)
  chunk.setUint8(at + 2, reason)
  chunk.setInt32(at + 3, seqOffset)
}

/** Encodes a source record. */
export function encodeSource({ stream, source, ssrc, firstSeq, firstTs, codecs: list }: LogSource): Buffer {
  const record = Buffer.alloc(16 + 6 * list.length)
  record.writeUInt8(recordType.source, 0)
  record.writeUInt8(stream, 1)
  record.writeUInt8(source & 0xff, 2)
  record.writeUInt32BE(ssrc >>> 0, 3)
  record.writeUInt32BE(firstSeq >>> 0, 7)
  record.writeUInt32BE(firstTs >>> 0, 11)
  record.writeUInt8(list.length, 15)
  list.forEach(({ payloadType, codec, clockRate }, i) => {
    record.writeUInt8(payloadType, 16 + 6 * i)
    record.writeUInt8(codecs.indexOf(codec), 17 + 6 * i)
    record.writeUInt32BE(clockRate, 18 + 6 * i)
  })
  return record
}

/** Encodes a mark record; `detail` must be JSON and small (see {@link maxRecordBytes}). */
export function encodeMark({ kind, arrival100us, detail }: LogMark): Buffer {
  const json = Buffer.from(detail === undefined ? '' : JSON.stringify(detail))
  assert(8 + json.length <= maxRecordBytes, 'a mark is small')
  const record = Buffer.alloc(8 + json.length)
  record.writeUInt8(recordType.mark, 0)
  record.writeUInt8(markKinds.indexOf(kind) + 1, 1)
  record.writeUInt32BE(arrival100us >>> 0, 2)
  record.writeUInt16BE(json.length, 6)
  json.copy(record, 8)
  return record
}

/**
 * Walks the records of one chunk in stored order.
 * @returns the number of bytes before the padding (or the chunk's end).
 * Throws `log-malformed` at a record that breaks the format; what came before it has been visited.
 */
export function walkChunk(chunk: Buffer, visitor: LogVisitor): number {
  const view = new DataView(chunk.buffer, chunk.byteOffset, chunk.length)
  const packet: LogPacket = {
    stream: 0,
    payloadType: 0,
    marker: false,
    seqOffset: 0,
    tsOffset: 0,
    arrival100us: 0,
    start: 0,
    end: 0,
  }
  let at = 0
  while (at < chunk.length) {
    const type = view.getUint8(at)
    if (type === recordType.padding) return at
    const size = recordBytes(view, at, type)
    if (size === 0 || at + size > chunk.length) throw new RecordingFault('log-malformed', `record at byte ${at}`)
    if (type === recordType.packet) {
      const flagged = view.getUint8(at + 2)
      packet.stream = view.getUint8(at + 1)
      packet.payloadType = flagged & 0x7f
      packet.marker = flagged > 0x7f
      packet.seqOffset = view.getInt32(at + 5)
      packet.tsOffset = view.getInt32(at + 9)
      packet.arrival100us = view.getUint32(at + 13)
      packet.start = at + packetHeadBytes
      packet.end = at + size
      visitor.packet?.(packet)
    } else if (type === recordType.source) {
      visitor.source?.(decodeSource(view, at))
    } else if (type === recordType.omitted) {
      visitor.omitted?.(view.getUint8(at + 1), view.getInt32(at + 3))
    } else if (type === recordType.mark) {
      visitor.mark?.(decodeMark(chunk, at, size))
    }
    at += size
  }
  return at
}

/** Size of the record at `at`; 0 if unknown. */
function recordBytes(view: DataView, at: number, type: number): number {
  const left = view.byteLength - at
  if (type === recordType.packet) return left < packetHeadBytes ? 0 : packetHeadBytes + view.getUint16(at + 3)
  if (type === recordType.source) return left < 16 ? 0 : 16 + 6 * view.getUint8(at + 15)
  if (type === recordType.omitted) return omittedBytes
  if (type === recordType.mark) return left < 8 ? 0 : 8 + view.getUint16(at + 6)
  if (type >= recordType.skippable) return left < 3 ? 0 : 3 + view.getUint16(at + 1)
  return 0
}

function decodeSource(view: DataView, at: number): LogSource {
  const list: StreamCodec[] = []
  for (let i = 0; i < view.getUint8(at + 15); i++) {
    const index = at + 16 + 6 * i
    list.push({
      payloadType: view.getUint8(index),
      codec: codecs[view.getUint8(index + 1)] ?? 'unknown',
      clockRate: view.getUint32(index + 2),
    })
  }
  return {
    stream: view.getUint8(at + 1),
    source: view.getUint8(at + 2),
    ssrc: view.getUint32(at + 3),
    firstSeq: view.getUint32(at + 7),
    firstTs: view.getUint32(at + 11),
    codecs: list,
  }
}

function decodeMark(chunk: Buffer, at: number, size: number): LogMark {
  const kind = markKinds[chunk.readUInt8(at + 1) - 1]
  if (kind === undefined) throw new RecordingFault('log-malformed', `mark at byte ${at}`)
  const json = chunk.toString('utf8', at + 8, at + size)
  try {
    return { kind, arrival100us: chunk.readUInt32BE(at + 2), detail: json === '' ? undefined : JSON.parse(json) }
  } catch (cause) {
    throw new RecordingFault('log-malformed', `mark at byte ${at}`, cause)
  }
}
