/**
 * Writes one recording while its call runs. This is the hot path: no promise, no object and no system call a packet.
 *
 * Writes `<id>.hdr` (age header), `<id>.body` (nonce and sealed chunks) and frames in the tail. Keeps no key that opens its
 * output after finish(), never changes a chunk once written, and never waits for the disk in packet() or before the first
 * packet.
 */
import { createHash } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { syncFolder, writeFully } from '#platform/files/durable-files.ts'
import {
  encodeMark,
  encodeSource,
  maxRecordBytes,
  omittedBytes,
  packetHeadBytes,
  writeOmitted,
  writePacketHead,
  type MarkKind,
  type StreamCodec,
} from './recording-log.ts'
import { RecordingFault } from './recording-faults.ts'
import { chunkBytes, payloadNonceBytes, sealChunk, sealedChunkBytes } from '#platform/age/seal-stream.ts'
import { createRecordingFiles, type RecordingFiles, type SealedHeader } from './recording-files.ts'
import type { TailJournal, TailSubject } from './tail-journal.ts'

export type RecordingWriterOptions = {
  id: string
  directory: string
  /** `age1...` of the day. */
  intakePublicKey?: string
  /** Instead of it: a key that is kept elsewhere, and what is to be the header. */
  sealed?: SealedHeader
  /** Files that were made for this id beforehand; without them they are made. */
  files?: RecordingFiles | undefined
  startedAt: Temporal.Instant
  /** Shared by all recordings of the process. Without one, a crash costs the open chunk. */
  tail?: TailJournal
  /** Sealed chunks that may wait for the disk before packets are shed; 64 KiB each. */
  pendingChunksLimit?: number
  retryMs?: number
  /** How many times finish() tries again when the disk refuses. */
  finishRetries?: number
  /** Called once when the disk refuses or lags (`body-write-failed`, `writer-starved`), and again after it recovered. */
  onFault?: (fault: RecordingFault) => void
}

/** A finished recording. `sha256` (hex) is over the body; `packetsShed` were lost to a disk that lagged. */
export type FinishedRecording = {
  id: string
  headerPath: string
  bodyPath: string
  sizeBytes: number
  sha256: string
  chunks: number
  packets: number
  packetsShed: number
  payloadBytes: number
}

export type RecordingWriter = {
  readonly id: string
  /** Packets and bytes kept so far. */
  readonly counts: { packets: number; packetsShed: number; payloadBytes: number }
  /** A source (SSRC) begins on a stream; packets that follow on the stream belong to it. */
  source(stream: number, ssrc: number, firstSeq: number, firstTs: number, codecs: StreamCodec[]): void
  /** Keeps a packet's payload, bytes [start, end) of `buffer`; false when it had to be shed. Times in 100 us. */
  packet(
    stream: number,
    payloadType: number,
    marker: boolean,
    seqOffset: number,
    tsOffset: number,
    arrival100us: number,
    buffer: Buffer,
    start: number,
    end: number,
  ): boolean
  /** Notes that a packet arrived whose content is not kept (telephone-event). */
  omitted(stream: number, seqOffset: number): void
  mark(kind: MarkKind, arrival100us: number, detail?: unknown): void
  /**
   * Ends the recording: end mark, last chunk, fdatasync. Can be called again after an error; until it succeeds the tail still
   * has what the body lacks. @throws `body-write-failed`, or the file system's error
   */
  finish(arrival100us: number): Promise<FinishedRecording>
  /** After a finish() that failed for good: closes the file; header, body and tail stay for the next start to gather. */
  leaveBehind(): Promise<void>
  /**
   * Discards the recording: closes it without waiting for the disk, and durably removes its header, with it the only way to its
   * key, then its body. Can be called again after an error. @throws the file system's error
   */
  discard(): Promise<void>
}

/**
 * Takes or creates the two files; the recording accepts packets once this resolves. They are durable with the tail's
 * next frames, or when it is finished: a power loss takes no more of a call than what the tail lacks.
 * Throws what the file system says (EEXIST when the id was used before) or `age-key-malformed`.
 */
export async function createRecordingWriter(options: RecordingWriterOptions): Promise<RecordingWriter> {
  const { id, directory, tail, onFault, pendingChunksLimit = 16, retryMs = 1000, finishRetries = 10 } = options
  const files =
    options.files ?? (await createRecordingFiles(directory, id, options.sealed ?? options.intakePublicKey ?? ''))
  const { headerPath, bodyPath, body, nonce, payloadKey: key } = files

  const chunk = takeChunk()
  const view = new DataView(chunk.buffer, chunk.byteOffset, chunkBytes)
  const hash = createHash('sha256').update(nonce)
  const counts = { packets: 0, packetsShed: 0, payloadBytes: 0 }
  const sources: (Buffer | undefined)[] = []
  const sourceNumbers: number[] = []
  let waitingMarks: Buffer[] = []
  const pending: Buffer[] = []
  let writtenChunks = 0
  let writing: Promise<void> | undefined
  let starved = false
  let failing = false
  let shedBefore = 0
  let lastArrival = 0
  let ended = false
  /** The open chunk is another recording's by now. */
  let givenBack = false

  const subject: TailSubject = {
    idBytes: Buffer.from(id),
    tailKey: files.tailKey,
    openChunk: chunk,
    usedBytes: 0,
    journaledBytes: 0,
    chunkNumber: 0,
    frames: 0,
    durableChunks: 0,
    hasFiles: files.areDurable,
    async syncFiles() {
      await files.sync()
      subject.hasFiles = true
    },
    syncBody: async () => {
      const written = writtenChunks
      await body.datasync()
      if (subject.durableChunks < written) subject.durableChunks = written
    },
  }

  /** Makes room for a record; false when the disk lags too far behind to close the open chunk. */
  function makeRoom(bytes: number): boolean {
    if (subject.usedBytes + bytes <= chunkBytes) return true
    if (pending.length >= pendingChunksLimit) {
      if (!starved) onFault?.(new RecordingFault('writer-starved', id))
      starved = true
      return false
    }
    closeChunk()
    return true
  }

  function closeChunk(): void {
    tail?.stage(subject)
    chunk.fill(0, subject.usedBytes)
    push(sealChunk(key, subject.chunkNumber, false, chunk))
    subject.chunkNumber++
    subject.usedBytes = 0
    subject.journaledBytes = 0
    for (const source of sources) if (source) append(source)
    if (starved) {
      starved = false
      append(shedMark())
    }
    const marks = waitingMarks
    waitingMarks = []
    for (const record of marks) append(record)
  }

  function shedMark(): Buffer {
    const packets = counts.packetsShed - shedBefore
    shedBefore = counts.packetsShed
    return encodeMark({ kind: 'shed', arrival100us: lastArrival, detail: { packets } })
  }

  function append(record: Buffer): void {
    if (ended) return
    if (makeRoom(record.length)) subject.usedBytes += record.copy(chunk, subject.usedBytes)
    else waitingMarks.push(record)
  }

  function push(sealed: Buffer): void {
    hash.update(sealed)
    pending.push(sealed)
    writing ??= writePending().finally(() => (writing = undefined))
  }

  async function writePending(): Promise<void> {
    while (pending.length > 0) {
      try {
        await writeFully(body, pending[0]!, payloadNonceBytes + writtenChunks * sealedChunkBytes)
      } catch (cause) {
        if (!failing) onFault?.(new RecordingFault('body-write-failed', id, cause))
        failing = true
        if (!retrying) setTimeout(retry, retryMs).unref()
        retrying = true
        return
      }
      failing = false
      writtenChunks++
      pending.shift()
      if (starved) closeChunk()
    }
  }

  let retrying = false
  function retry(): void {
    retrying = false
    writing ??= writePending().finally(() => (writing = undefined))
  }

  /** Writes what waits, sealed bytes and all, until the disk has taken it or refused too often. */
  async function drain(): Promise<void> {
    for (let attempt = 0; pending.length > 0; attempt++) {
      if (attempt > 0) await new Promise((resolve) => setTimeout(resolve, retryMs))
      if (attempt > finishRetries) throw new RecordingFault('body-write-failed', id)
      writing ??= writePending().finally(() => (writing = undefined))
      await writing
    }
  }

  function giveBack(): void {
    if (!givenBack) giveChunkBack(chunk)
    givenBack = true
  }

  append(
    encodeMark({ kind: 'start', arrival100us: 0, detail: { recording: id, startedAt: options.startedAt.toString() } }),
  )
  tail?.join(subject)

  return {
    id,
    counts,
    source(stream, ssrc, firstSeq, firstTs, codecs) {
      if (ended) return
      const source = (sourceNumbers[stream] ?? -1) + 1
      sourceNumbers[stream] = source
      const record = encodeSource({ stream, source, ssrc, firstSeq, firstTs, codecs })
      // Room first: a chunk that opens for it repeats the sources, and must repeat the one before.
      makeRoom(record.length)
      sources[stream] = record
      append(record)
    },
    packet(stream, payloadType, marker, seqOffset, tsOffset, arrival100us, buffer, start, end) {
      const at = roomFor(packetHeadBytes + end - start, arrival100us)
      if (at < 0) return false
      writePacketHead(view, at, stream, payloadType, marker, end - start, seqOffset, tsOffset, arrival100us)
      buffer.copy(chunk, at + packetHeadBytes, start, end)
      subject.usedBytes = at + packetHeadBytes + end - start
      counts.packets++
      counts.payloadBytes += end - start
      return true
    },
    omitted(stream, seqOffset) {
      const at = roomFor(omittedBytes, lastArrival)
      if (at < 0) return
      writeOmitted(view, at, stream, 1, seqOffset)
      subject.usedBytes = at + omittedBytes
    },
    mark: (kind, arrival100us, detail) => append(encodeMark({ kind, arrival100us, detail })),
    finish: async (arrival100us) => {
      while (pending.length >= pendingChunksLimit || starved) await drain()
      if (!ended) {
        append(encodeMark({ kind: 'end', arrival100us, detail: undefined }))
        push(sealChunk(key, subject.chunkNumber, true, chunk.subarray(0, subject.usedBytes)))
        ended = true
      }
      await drain()
      await Promise.all([subject.hasFiles || subject.syncFiles(), body.datasync()])
      subject.durableChunks = Infinity
      tail?.leave(subject)
      const { size } = await body.stat()
      await body.close()
      giveBack()
      return {
        id,
        headerPath,
        bodyPath,
        sizeBytes: size,
        sha256: hash.digest('hex'),
        chunks: writtenChunks,
        ...counts,
      }
    },
    async leaveBehind() {
      await files.close()
    },
    async discard() {
      ended = true
      starved = false
      pending.length = 0
      subject.durableChunks = Infinity
      tail?.leave(subject)
      await rm(headerPath, { force: true })
      await syncFolder(directory)
      await writing
      giveBack()
      await files.close()
      await rm(bodyPath, { force: true })
      await syncFolder(directory)
    },
  }

  function roomFor(bytes: number, arrival100us: number): number {
    lastArrival = arrival100us
    if (!ended && bytes <= maxRecordBytes && makeRoom(bytes)) return subject.usedBytes
    counts.packetsShed++
    return -1
  }
}

/**
 * Memory of open chunks, used again. A chunk lives as long as its call: it outlives V8's young generation, and what is freed of it
 * after every call is what old memory is collected for, while answers wait.
 */
const spare: Buffer[] = []
/** As many as calls end in a second; more are left to the collector. */
const maxSpare = 64

/** Zeros, 64 KiB. */
function takeChunk(): Buffer {
  return spare.pop() ?? Buffer.alloc(chunkBytes)
}

/** Wipes and returns a chunk. The caller must not use it any more. */
function giveChunkBack(chunk: Buffer): void {
  chunk.fill(0)
  if (spare.length < maxSpare) spare.push(chunk)
}
