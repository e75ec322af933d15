/**
 * Writes one recording during its call. This is the hot path: no promise, object or system call per packet.
 *
 * Writes `<id>.hdr` (age header), `<id>.body` (nonce and sealed chunks) and frames in the tail. Wipes every key that decrypts its
 * output at finish(), never changes a chunk once written, and never waits for the disk in packet() or before the first packet.
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
  /** Public intake key, `age1...`. */
  intakePublicKey?: string
  /** Instead of a public key: a file key stored elsewhere, and the header to write. */
  sealed?: SealedHeader
  /** Files created for this id in advance; default: they are created now. */
  files?: RecordingFiles | undefined
  startedAt: Temporal.Instant
  /** Shared by all recordings of the process. Without a journal, a crash loses the open chunk. */
  tail?: TailJournal
  /** Maximum of sealed chunks that wait for the disk, 64 KiB each; beyond it packets are shed. */
  pendingChunksLimit?: number
  retryMs?: number
  /** Retries of finish() after a disk error. */
  finishRetries?: number
  /** Called when the disk begins to fail (`body-write-failed`) or to lag (`writer-starved`), once until it recovers. */
  onFault?: (fault: RecordingFault) => void
}

/** A finished recording. `sha256` (hex) is that of the body; `packetsShed` were lost because the disk lagged. */
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
  /** Packets and bytes written so far. */
  readonly counts: { packets: number; packetsShed: number; payloadBytes: number }
  /** Begins a source (SSRC) of a stream; later packets of the stream belong to it. */
  source(stream: number, ssrc: number, firstSeq: number, firstTs: number, codecs: StreamCodec[]): void
  /** Stores a packet's payload, bytes [start, end) of `buffer`; returns false if it was shed. Times in 100 us. */
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
  /** Records that a packet arrived whose content is not stored (telephone-event). */
  omitted(stream: number, seqOffset: number): void
  mark(kind: MarkKind, arrival100us: number, detail?: unknown): void
  /**
   * Ends the recording: end mark, last chunk, fdatasync. Can be called again after an error; until it succeeds, the tail has the
   * bytes that the body lacks. @throws `body-write-failed`, or the file system's error
   */
  finish(arrival100us: number): Promise<FinishedRecording>
  /** Closes the file after finish() has failed for good. Header, body and tail stay, and the next start recovers them. */
  leaveBehind(): Promise<void>
  /**
   * Discards the recording: closes it without waiting for the disk, durably removes its header and with it the only copy of its
   * key, then its body. Can be called again after an error. @throws the file system's error
   */
  discard(): Promise<void>
}

/**
 * Takes or creates the two files; the recording accepts packets once this resolves. The files become durable with the tail's
 * next frames, or when the recording is finished: a power failure loses no more of a call than the tail lacks.
 * Throws the file system's error (EEXIST if the id was used before) or `age-key-malformed`.
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
  let isLagging = false
  let failing = false
  let shedBefore = 0
  let lastArrival = 0
  let ended = false
  /** True once the chunk was released: another recording may use it already. */
  let areBuffersReleased = false

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

  /** Makes room for a record; returns false if the disk lags too far behind to close the open chunk. */
  function makeRoom(bytes: number): boolean {
    if (subject.usedBytes + bytes <= chunkBytes) return true
    if (pending.length >= pendingChunksLimit) {
      if (!isLagging) onFault?.(new RecordingFault('writer-starved', id))
      isLagging = true
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
    if (isLagging) {
      isLagging = false
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
      if (isLagging) closeChunk()
    }
  }

  let retrying = false
  function retry(): void {
    retrying = false
    writing ??= writePending().finally(() => (writing = undefined))
  }

  /** Writes the waiting sealed chunks until all are written or the disk has failed too often. */
  async function drain(): Promise<void> {
    for (let attempt = 0; pending.length > 0; attempt++) {
      if (attempt > 0) await new Promise((resolve) => setTimeout(resolve, retryMs))
      if (attempt > finishRetries) throw new RecordingFault('body-write-failed', id)
      writing ??= writePending().finally(() => (writing = undefined))
      await writing
    }
  }

  function releaseBuffers(): void {
    if (!areBuffersReleased) releaseChunk(chunk)
    areBuffersReleased = true
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
      // Make room first: a new chunk repeats the sources, and must repeat the previous one of this stream.
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
      while (pending.length >= pendingChunksLimit || isLagging) await drain()
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
      releaseBuffers()
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
      isLagging = false
      pending.length = 0
      subject.durableChunks = Infinity
      tail?.leave(subject)
      await rm(headerPath, { force: true })
      await syncFolder(directory)
      await writing
      releaseBuffers()
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
 * Reused buffers of open chunks. A chunk lives as long as its call and so outlives V8's young generation; allocating one per
 * call would cause major garbage collections, during which answers wait.
 */
const spare: Buffer[] = []
/** The number of calls that end in a second; further buffers are left to the garbage collector. */
const maxSpare = 64

/** Returns a buffer of 64 KiB of zeros. */
function takeChunk(): Buffer {
  return spare.pop() ?? Buffer.alloc(chunkBytes)
}

/** Wipes and returns a chunk. The caller must not use it any more. */
function releaseChunk(chunk: Buffer): void {
  chunk.fill(0)
  if (spare.length < maxSpare) spare.push(chunk)
}
