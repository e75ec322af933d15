/**
 * The tail journal: writes the bytes that a killed process would lose, four times a second for all ongoing recordings together.
 *
 * Recordings with an open chunk share segments `tail-<run>-<n>.journal` in one folder: one write and one fdatasync per interval,
 * whatever the number of calls (one file per call would need hundreds of fdatasyncs a second). It never writes plaintext, and
 * deletes a segment only when every chunk that it covers is durable in its body.
 *
 * A writer joins when it starts and leaves when its body is durable; close() is called after all have left.
 */
import { constants } from 'node:fs'
import { open, unlink, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import type { KeyObject } from 'node:crypto'
import { syncFolder, writeFully } from '#platform/files/durable-files.ts'
import { RecordingFault } from './recording-faults.ts'
import { sealTailFrame, tailFrameBytes } from './tail-frame.ts'

/** State of a recording that is being written, for the journal. */
export type TailSubject = {
  readonly idBytes: Buffer
  readonly tailKey: KeyObject
  /** The open chunk: bytes [0, usedBytes) are never changed; bytes are only appended. */
  readonly openChunk: Buffer
  usedBytes: number
  /** Bytes of the open chunk that the journal already has. */
  journaledBytes: number
  /** Number of the open chunk; all before it are sealed. */
  chunkNumber: number
  /** Frames so far, which is the nonce of the next one. */
  frames: number
  /** Chunks [0, durableChunks) are in the body and synced. */
  durableChunks: number
  /** Header and body are durable under their names; frames are useless without them. */
  hasFiles: boolean
  /** Makes header and body durable and sets `hasFiles`. */
  syncFiles(): Promise<void>
  /** Syncs the written part of the body and updates `durableChunks`. */
  syncBody(): Promise<void>
}

export type TailJournal = {
  join(subject: TailSubject): void
  leave(subject: TailSubject): void
  /** Stages the new bytes of the open chunk as a frame now; the writer calls it before it reuses the chunk. */
  stage(subject: TailSubject): void
  /** Writes and syncs the staged frames. */
  flush(): Promise<void>
  /** Stops the timer, flushes, and deletes segments that are no longer needed. */
  close(): Promise<void>
}

export type TailJournalOptions = {
  directory: string
  /** Distinguishes this process's segments from those of earlier ones; never reused. */
  run: string
  /** Well below a second: with the time of the restart, a crash may lose at most one second of a call (K1). */
  intervalMs?: number
  segmentBytes?: number
  segmentMs?: number
  now?: () => number
  onFault?: (fault: RecordingFault) => void
}

type Segment = { path: string; file: FileHandle; bytes: number; openedAtMs: number; covers: Map<TailSubject, number> }

/** Extent of a subject's staged frames: the last chunk, and whether that chunk is staged from its first byte. */
type Cover = { chunk: number; whole: boolean }

const stagedBytesLimit = 64 * 1024 * 1024
/** Frames written in one turn of the event loop. */
const framesPerTurn = 64

/** Opens the journal's first segment and starts its timer. */
export async function createTailJournal(options: TailJournalOptions): Promise<TailJournal> {
  const { directory, run, intervalMs = 250, segmentBytes = 256 * 1024 * 1024, segmentMs = 15_000 } = options
  const now = options.now ?? (() => performance.now())
  const subjects = new Set<TailSubject>()
  const closed: Segment[] = []
  let number = 0
  let current = await openSegment()
  let staged = Buffer.allocUnsafeSlow(1 << 20)
  let spare = Buffer.allocUnsafeSlow(1 << 20)
  let stagedBytes = 0
  let stagedCovers = new Map<TailSubject, Cover>()
  let flushing: Promise<void> | undefined
  let tidying: Promise<unknown> | undefined
  const timer = setInterval(() => void flush(), intervalMs)

  async function openSegment(): Promise<Segment> {
    const path = join(directory, `tail-${run}-${String(number++).padStart(6, '0')}.journal`)
    const file = await open(path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o600)
    try {
      await syncFolder(directory)
    } catch (error) {
      await file.close()
      throw error
    }
    return { path, file, bytes: 0, openedAtMs: now(), covers: new Map() }
  }

  function stage(subject: TailSubject): void {
    const { usedBytes, journaledBytes } = subject
    if (usedBytes === journaledBytes) return
    const end = stagedBytes + tailFrameBytes(subject.idBytes.length, usedBytes - journaledBytes)
    if (end > staged.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(end, staged.length * 2))
      staged.copy(larger, 0, 0, stagedBytes)
      staged = larger
    }
    const fresh = subject.openChunk.subarray(journaledBytes, usedBytes)
    const { tailKey, idBytes, chunkNumber } = subject
    stagedBytes = sealTailFrame(
      staged,
      stagedBytes,
      tailKey,
      idBytes,
      subject.frames++,
      chunkNumber,
      journaledBytes,
      fresh,
    )
    subject.journaledBytes = usedBytes
    const before = stagedCovers.get(subject)
    const whole = journaledBytes === 0 || (before?.chunk === chunkNumber && before.whole)
    stagedCovers.set(subject, { chunk: chunkNumber, whole })
  }

  function flush(): Promise<void> {
    flushing ??= flushOnce().finally(() => (flushing = undefined))
    return flushing
  }

  async function flushOnce(): Promise<void> {
    const begun = [...subjects].filter(({ hasFiles }) => !hasFiles)
    // In parallel: the disk syncs many files in about the time of one. Failed ones are retried with the next flush.
    const syncing = Promise.all(begun.map((subject) => subject.syncFiles().catch(recordUnsynced)))
    let framed = 0
    for (const subject of subjects) {
      stage(subject)
      // Yields: a thousand frames would block packets and answers for too long.
      if (++framed % framesPerTurn === 0) await setImmediate()
    }
    if (stagedBytes > 0) await writeStaged()
    await syncing
    if (current.bytes >= segmentBytes || (current.bytes > 0 && now() - current.openedAtMs >= segmentMs)) await rotate()
  }

  function recordUnsynced(cause: unknown): void {
    options.onFault?.(new RecordingFault('tail-write-failed', 'a recording that began', cause))
  }

  async function writeStaged(): Promise<void> {
    const bytes = staged.subarray(0, stagedBytes)
    const covers = stagedCovers
    ;[staged, spare] = [spare, staged]
    stagedBytes = 0
    stagedCovers = new Map()
    try {
      // Written at a position, not appended, so that it overwrites the remains of a failed attempt.
      await writeFully(current.file, bytes, current.bytes)
      await current.file.datasync()
    } catch (cause) {
      storeForNextSync(bytes, covers)
      options.onFault?.(new RecordingFault('tail-write-failed', undefined, cause))
      return
    }
    current.bytes += bytes.length
    for (const [subject, { chunk, whole }] of covers) {
      current.covers.set(subject, chunk)
      if (whole) for (const { covers } of closed) if (covers.get(subject) === chunk) covers.set(subject, chunk - 1)
    }
  }

  function storeForNextSync(bytes: Buffer, covers: Map<TailSubject, Cover>): void {
    if (bytes.length + stagedBytes > stagedBytesLimit) {
      stagedBytes = 0
      stagedCovers = new Map()
      for (const subject of subjects) subject.journaledBytes = 0
      options.onFault?.(new RecordingFault('tail-overrun'))
      return
    }
    const later = staged.subarray(0, stagedBytes)
    staged = Buffer.concat([bytes, later], Math.max(bytes.length + later.length, 1 << 20))
    stagedBytes = bytes.length + later.length
    stagedCovers = new Map([...covers, ...stagedCovers])
  }

  async function rotate(): Promise<void> {
    try {
      const next = await openSegment()
      closed.push(current)
      current = next
    } catch (cause) {
      options.onFault?.(new RecordingFault('tail-write-failed', 'a new segment', cause))
      return
    }
    tidying ??= tidy()
      .catch((cause: unknown) => options.onFault?.(new RecordingFault('tail-write-failed', 'an old segment', cause)))
      .finally(() => (tidying = undefined))
  }

  /** Deletes closed segments of which every chunk is durable in its body. */
  async function tidy(): Promise<void> {
    for (const segment of [...closed]) {
      for (const [subject, chunk] of segment.covers) {
        if (subject.durableChunks <= chunk && subject.chunkNumber > chunk) await subject.syncBody().catch(() => {})
        if (subject.durableChunks > chunk) segment.covers.delete(subject)
        // A silent call keeps its chunk open for long: frame it again, so that the old segment can be deleted.
        else if (subject.chunkNumber === chunk && subjects.has(subject)) subject.journaledBytes = 0
      }
      if (segment.covers.size > 0) continue
      closed.splice(closed.indexOf(segment), 1)
      await segment.file.close()
      await unlink(segment.path)
    }
  }

  return {
    join: (subject) => void subjects.add(subject),
    leave: (subject) => void subjects.delete(subject),
    stage,
    flush,
    close: async () => {
      clearInterval(timer)
      await flush()
      await tidying
      closed.push(current)
      await tidy()
      for (const segment of closed) await segment.file.close()
    },
  }
}
