/**
 * Anonymised copies (R33): transcript and audio sealed with the recording's key, so that they end with it. Nothing unsealed is
 * written to disk.
 */
import { createHash } from 'node:crypto'
import { sql, type Kysely } from 'kysely'
import { openPayload, openWholePayload } from '#platform/age/open-stream.ts'
import { chunkBytes, sealPayload } from '#platform/age/seal-stream.ts'
import type { ObjectStore } from '#platform/objects/object-store.ts'
import type { KeyStore } from '#safeguards/keys/key-store.ts'
import { fileKeyOf } from '#safeguards/keys/recording-keys.ts'
import type { RegisterTables } from '../tables.ts'
import { playsMixed } from './mixed-streams.ts'
import { anonymisedCopyKey, replicatedObjects } from './objects.ts'
import { openRecordingBody, openRecordingIndex } from './open-recording.ts'
import { samplesPerSecond } from './recording-index.ts'
import { bytesPerSample, renderAudio, wavHeader } from './render-audio.ts'
import { sealObject, removeUnfinished } from './seal-object.ts'

export interface AnonymisedCopyStore {
  db: Kysely<RegisterTables>
  objects: ObjectStore
  keys: KeyStore
  /** Sealed bytes only. */
  workFolder: string
}

/** Ids of an anonymised copy and of its recording. */
export interface CopyOfRecording {
  copy: string
  recording: string
}

/** Mono, 16 bits, 8 kHz; each as long as the recording. */
export interface OriginalTracks {
  caller: Int16Array
  official: Int16Array
  /** True if both tracks are the same audio: the phone system sent one stream. */
  isMixed: boolean
}

/** Thrown if a recording has no key, because it was just destroyed. */
export class RecordingGone extends Error {}

/** Thrown if nothing may be made of a recording now: its use is forbidden or restricted, and something keeps it. */
export class RecordingRestricted extends RecordingGone {}

const partSamples = 10 * samplesPerSecond
const workSuffix = '.anonymised'

/**
 * Runs `work` with the recording's file key, which is wiped afterwards.
 * @throws RecordingGone
 */
async function withKey<Result>(
  { db, keys }: AnonymisedCopyStore,
  recording: string,
  work: (fileKey: Buffer) => Promise<Result>,
): Promise<Result> {
  const fileKey = await fileKeyOf(db, keys, recording)
  if (!fileKey) throw new RecordingGone(`recording ${recording} has no key any more`)
  try {
    return await work(fileKey)
  } finally {
    fileKey.fill(0)
  }
}

/** Encrypts a copy's transcript and redactions. */
export function sealTranscript(
  store: AnonymisedCopyStore,
  { copy, recording }: CopyOfRecording,
  work: object,
): Promise<Buffer> {
  const plain = Buffer.from(JSON.stringify({ copy, work }))
  return withKey(store, recording, (fileKey) => Promise.resolve(sealPayload(fileKey, plain))).finally(() =>
    plain.fill(0),
  )
}

/** Opens what {@link sealTranscript} sealed for the same copy. */
export async function openTranscript(
  store: AnonymisedCopyStore,
  { copy, recording }: CopyOfRecording,
  sealed: Buffer,
): Promise<object> {
  const plain = await withKey(store, recording, (fileKey) => openWholePayload(fileKey, sealed))
  const opened = JSON.parse(plain.toString('utf8')) as { copy: string; work: object }
  plain.fill(0)
  if (opened.copy !== copy)
    throw new Error(`the transcript stored for copy ${copy} belongs to another copy: its row was tampered with`)
  return opened.work
}

/**
 * Returns a recording's two tracks, if a copy of it may be made now. Throws format errors, and when `signal` is aborted.
 * @throws RecordingGone, RecordingRestricted
 */
export async function originalTracks(
  store: AnonymisedCopyStore,
  recording: string,
  signal?: AbortSignal,
): Promise<OriginalTracks> {
  // Work waits in queues, and the recording may have been forbidden or restricted since.
  const { rows } = await sql<{ reason: string | null }>`
    select copy_block_reason(r) as reason from recording r where r.id = ${recording}::uuid`.execute(store.db)
  const reason = rows.length === 0 ? 'recording.destroyed' : rows[0]!.reason
  if (reason === 'recording.destroyed') throw new RecordingGone(`recording ${recording} is destroyed`)
  if (reason !== null) throw new RecordingRestricted(`recording ${recording} is restricted`)
  const { body, index } = await withKey(store, recording, async (fileKey) => ({
    body: await openRecordingBody(store.objects, recording, fileKey),
    index: await openRecordingIndex(store.objects, recording, fileKey),
  }))
  const caller = new Int16Array(index.durationSamples)
  const official = new Int16Array(index.durationSamples)
  try {
    for (let from = 0; from < index.durationSamples; from += partSamples) {
      signal?.throwIfAborted()
      const to = Math.min(index.durationSamples, from + partSamples)
      const pcm = await renderAudio(index, (n) => body.openChunk(n), from, to)
      for (let i = from, at = 0; i < to; i++, at += bytesPerSample) {
        caller[i] = pcm.readInt16LE(at)
        official[i] = pcm.readInt16LE(at + 2)
      }
      pcm.fill(0)
    }
  } catch (error) {
    caller.fill(0)
    official.fill(0)
    throw error
  }
  return { caller, official, isMixed: playsMixed(index) }
}

/**
 * Returns true if both tracks are the same audio: the phone system sent one stream, or nothing better for a while.
 * @throws RecordingGone
 */
export async function isMixedRecording(store: AnonymisedCopyStore, recording: string): Promise<boolean> {
  const index = await withKey(store, recording, (fileKey) => openRecordingIndex(store.objects, recording, fileKey))
  return playsMixed(index)
}

/** Properties of a copy's stored audio before sealing. */
export interface StoredAudio {
  sha256: Buffer
  bytes: number
}

/**
 * Seals and stores a copy's audio as WAV. Throws errors of formats, key store and disk; then nothing is left.
 * @param tracks of the same length
 */
export async function storeAnonymisedAudio(
  store: AnonymisedCopyStore,
  ids: CopyOfRecording,
  tracks: readonly [Int16Array, Int16Array],
): Promise<StoredAudio> {
  const hash = createHash('sha256')
  let bytes = 0
  async function* counted() {
    for (const part of wavParts(tracks)) {
      hash.update(part)
      bytes += part.length
      yield part
    }
  }
  const [file, key] = [ids.copy + workSuffix, anonymisedCopyKey(ids.recording, ids.copy)]
  await withKey(store, ids.recording, (fileKey) =>
    // Under the recording's own key, so there is no header.
    sealObject(store, { file, key, header: Buffer.alloc(0), fileKey }, counted()),
  )
  return { sha256: hash.digest(), bytes }
}

function* wavParts([left, right]: readonly [Int16Array, Int16Array]): Generator<Buffer> {
  yield wavHeader(left.length)
  for (let from = 0; from < left.length; from += partSamples) {
    const to = Math.min(left.length, from + partSamples)
    const part = Buffer.alloc((to - from) * bytesPerSample)
    for (let i = from, at = 0; i < to; i++, at += bytesPerSample) {
      part.writeInt16LE(left[i]!, at)
      part.writeInt16LE(right[i]!, at + 2)
    }
    yield part
  }
}

export interface OpenedAudio {
  totalBytes: number
  /** Returns bytes [from, to) of the WAV. */
  read: (from: number, to: number) => Promise<Buffer>
}

/**
 * Opens a copy's audio: 16-bit stereo WAV at 8 kHz, left caller, right official.
 * @param bytes as stored in the database
 * @throws RecordingGone; ObjectFault `object-missing`; format errors
 */
export function openAnonymisedAudio(
  store: AnonymisedCopyStore,
  ids: CopyOfRecording,
  bytes: number,
): Promise<OpenedAudio> {
  const key = anonymisedCopyKey(ids.recording, ids.copy)
  return withKey(store, ids.recording, async (fileKey) => {
    const payload = await openPayload(fileKey, await store.objects.sizeBytes(key), (position, length) =>
      store.objects.readRange(key, position, position + length),
    )
    return {
      totalBytes: bytes,
      async read(from: number, to: number) {
        const [first, last] = [Math.floor(from / chunkBytes), Math.floor(Math.max(from, to - 1) / chunkBytes)]
        const chunks: Buffer[] = []
        for (let n = first; n <= last; n++) chunks.push(await payload.openChunk(n))
        return Buffer.concat(chunks).subarray(from - first * chunkBytes, to - first * chunkBytes)
      },
    }
  })
}

export async function removeAnonymisedAudio({ objects }: Pick<AnonymisedCopyStore, 'objects'>, ids: CopyOfRecording) {
  await objects.delete(anonymisedCopyKey(ids.recording, ids.copy))
}

/**
 * Removes leftovers of a custodian that ended while sealing.
 * @returns how many files
 */
export function removeUnfinishedAudio(store: Pick<AnonymisedCopyStore, 'workFolder'>): Promise<number> {
  return removeUnfinished(store, workSuffix)
}

/** Returns copies of recordings whose objects may still exist, by recording. */
export async function anonymisedCopiesWithObjects(
  db: Kysely<RegisterTables>,
  recordings: readonly string[],
): Promise<Map<string, string>> {
  if (recordings.length === 0) return new Map()
  const { rows } = await sql<{ id: string; recording: string }>`
    select id, recording_id as recording from anonymised_copy
    where recording_id = any (${recordings}::uuid[]) and sound_at is not null`.execute(db)
  return new Map(rows.map(({ id, recording }) => [recording, id]))
}

/** Returns the objects of recordings in copies elsewhere, including anonymised copies (R33). */
export async function replicatedObjectsOf(
  db: Kysely<RegisterTables>,
  recordings: readonly string[],
): Promise<string[]> {
  if (recordings.length === 0) return []
  const { rows } = await sql<{ id: string; recording: string }>`
    select id, recording_id as recording from anonymised_copy where recording_id = any (${recordings}::uuid[])`.execute(
    db,
  )
  const copies = new Map(rows.map(({ id, recording }) => [recording, id]))
  return recordings.flatMap((id) => replicatedObjects(id, copies.get(id)))
}
