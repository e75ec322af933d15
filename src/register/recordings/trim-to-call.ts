/**
 * Trims a stored recording to its call (R16, AC8) and seals the result under another key. The new key is derived from the old
 * one: once the header is gone, nobody can derive the old key, and what was trimmed is unreadable in every copy of the old
 * body.
 */
import { createHash, hkdfSync } from 'node:crypto'
import { mkdir, rm } from 'node:fs/promises'
import type { ObjectStore } from '#platform/objects/object-store.ts'
import { bodyKey } from './objects.ts'
import { openRecordingBody } from './open-recording.ts'
import type { OpenedRecording } from './index-recording.ts'
import { walkChunk, type LogMark } from './recording-log.ts'
import { createRecordingWriter } from './recording-writer.ts'

/** From start to end signal, in 100-microsecond units since the recording began; a call may have begun earlier. */
export interface CallSpan {
  from100us: number
  until100us: number
}

/** Tolerance of R16: two seconds. */
const tolerance100us = 20_000
const fileKeyBytes = 16

/** Returns the key of a trimmed recording; deterministic, so that interrupted work can continue. */
export function trimmedKey(fileKey: Uint8Array): Buffer {
  return Buffer.from(hkdfSync('sha256', fileKey, '', 'seloste cut to call', fileKeyBytes))
}

/** Returns how much of a recording is outside its call, in milliseconds; 0 within the tolerance of R16. */
export async function excessMs(opened: OpenedRecording, span: CallSpan): Promise<number> {
  // Packets are in order of arrival: the first and last chunk with packets are enough.
  let first: number | undefined
  let last: number | undefined
  for (let n = 0; n < opened.chunks && first === undefined; n++) first = (await arrivalsOf(opened, n)).first
  for (let n = opened.chunks - 1; n >= 0 && last === undefined; n--) last = (await arrivalsOf(opened, n)).last
  if (first === undefined || last === undefined) return 0
  const before = span.from100us - first
  const after = last - span.until100us
  if (before <= tolerance100us && after <= tolerance100us) return 0
  return Math.round((Math.max(0, before) + Math.max(0, after)) / 10)
}

async function arrivalsOf(opened: OpenedRecording, n: number): Promise<{ first?: number; last?: number }> {
  const found: { first?: number; last?: number } = {}
  walkChunk(await opened.openChunk(n), {
    packet({ arrival100us }) {
      found.first ??= arrival100us
      found.last = arrival100us
    },
  })
  return found
}

/** Writes the trimmed recording and replaces the original. */
export async function trimToCall(
  { objects, workFolder }: { objects: ObjectStore; workFolder: string },
  recording: { id: string; startedAt: Temporal.Instant; fileKey: Uint8Array },
  opened: OpenedRecording,
  { from100us, until100us }: CallSpan,
): Promise<void> {
  const { id } = recording
  await mkdir(workFolder, { recursive: true, mode: 0o700 })
  for (const ending of ['hdr', 'body']) await rm(`${workFolder}/${id}.${ending}`, { force: true })
  const writer = await createRecordingWriter({
    id,
    directory: workFolder,
    startedAt: recording.startedAt.add({ microseconds: from100us * 100 }),
    // A key in the custodian's store needs no header.
    sealed: { header: Buffer.alloc(0), fileKey: trimmedKey(recording.fileKey) },
    pendingChunksLimit: Infinity,
  })
  const length = until100us - from100us
  const within = (at: number) => Math.min(Math.max(0, at - from100us), length)
  const sources = new Map<number, number>()
  const isRetained = ({ kind }: LogMark) => kind !== 'start' && kind !== 'end' && kind !== 'endInferred'
  let isInside = from100us <= 0
  for (let n = 0; n < opened.chunks; n++) {
    const chunk = await opened.openChunk(n)
    walkChunk(chunk, {
      source({ stream, source, ssrc, firstSeq, firstTs, codecs }) {
        // Each chunk repeats its sources.
        if (sources.get(stream) === source) return
        sources.set(stream, source)
        writer.source(stream, ssrc, firstSeq, firstTs, codecs)
      },
      packet({ stream, payloadType, marker, seqOffset, tsOffset, arrival100us, start, end }) {
        isInside = arrival100us >= from100us && arrival100us <= until100us
        if (!isInside) return
        const at = within(arrival100us)
        writer.packet(stream, payloadType, marker, seqOffset, tsOffset, at, chunk, start, end)
      },
      omitted(stream, seqOffset) {
        if (isInside) writer.omitted(stream, seqOffset)
      },
      mark(mark) {
        if (isRetained(mark)) writer.mark(mark.kind, within(mark.arrival100us), mark.detail)
      },
    })
    chunk.fill(0)
    // Gives the disk time.
    await new Promise((resolve) => setImmediate(resolve))
  }
  const { bodyPath, headerPath } = await writer.finish(length)
  await rm(headerPath, { force: true })
  await objects.moveIn(bodyKey(id), bodyPath)
}

/** Returns size and SHA-256 (hex) of a stored body. */
export async function describeBody(objects: ObjectStore, id: string): Promise<{ sizeBytes: number; sha256: string }> {
  const key = bodyKey(id)
  const sizeBytes = await objects.sizeBytes(key)
  const hash = createHash('sha256')
  for (let at = 0; at < sizeBytes; at += readBytes) {
    hash.update(await objects.readRange(key, at, Math.min(sizeBytes, at + readBytes)))
  }
  return { sizeBytes, sha256: hash.digest('hex') }
}

const readBytes = 1 << 20

/** Opens the recording under this key; undefined if it is sealed under another. */
export async function openWithKey(
  objects: ObjectStore,
  id: string,
  fileKey: Uint8Array,
): Promise<OpenedRecording | undefined> {
  return openRecordingBody(objects, id, fileKey).catch((error: unknown) => {
    if ((error as { code?: string }).code === 'age-chunk-forged') return undefined
    throw error
  })
}
