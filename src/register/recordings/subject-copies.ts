/**
 * Copies for requesters, stored beside their recordings (C1): the whole call as a WAV file, encrypted for the person with age.
 * Audio on disk is always encrypted. Who may have a copy is decided elsewhere.
 */
import { sql, type Kysely } from 'kysely'
import type { KeyStore } from '#safeguards/keys/key-store.ts'
import { fileKeyOf } from '#safeguards/keys/recording-keys.ts'
import type { ObjectStore } from '#platform/objects/object-store.ts'
import type { RegisterTables } from '../tables.ts'
import { readAtRest, atRestKey } from './at-rest.ts'
import { subjectCopyKey } from './objects.ts'
import { openRecordingBody, openRecordingIndex } from './open-recording.ts'
import { samplesPerSecond } from './recording-index.ts'
import { renderAudio, wavHeader } from './render-audio.ts'
import { sealObject, removeUnfinished } from './seal-object.ts'

export interface CopyStore {
  db: Kysely<RegisterTables>
  objects: ObjectStore
  keys: KeyStore
  /** Sealed bytes only. */
  workFolder: string
}

export interface CopyToStore {
  copy: string
  recording: string
  header: Buffer
  fileKey: Buffer
}

const partSamples = 10 * samplesPerSecond
const workSuffix = '.copy'

/**
 * Renders, encrypts and stores a recording for one person.
 * @returns the size of the object
 * @throws errors of the formats, the key store and the disk; then nothing is stored
 */
export async function storeSubjectCopy(
  store: CopyStore,
  { copy, recording, header, fileKey }: CopyToStore,
): Promise<number> {
  const atRest = await atRestKey(store, [recording], copy)
  if (!atRest) throw new Error(`recording ${recording} has no key any more: it was destroyed while it was copied`)
  const sealed = { file: copy + workSuffix, key: subjectCopyKey(recording, copy), header, fileKey, atRest }
  return (await sealObject(store, sealed, wavOf(store, recording))).sizeBytes
}

/** Returns a part of a copy as it is sent; undefined if its recording is destroyed. */
export async function readSubjectCopy(
  store: Pick<CopyStore, 'db' | 'objects' | 'keys'>,
  { copy, recording }: Pick<CopyToStore, 'copy' | 'recording'>,
  from: number,
  to: number,
): Promise<Buffer | undefined> {
  const { rows } = await sql<{ mayBePlain: boolean }>`
    select may_be_plain as "mayBePlain" from subject_copy where id = ${copy}::uuid`.execute(store.db)
  const mayBePlain = rows[0]?.mayBePlain === true
  const stored = { object: subjectCopyKey(recording, copy), id: copy, recordings: [recording], mayBePlain }
  return readAtRest(store, stored, from, to)
}

/** Removes unfinished copies of a custodian that ended meanwhile. @returns how many */
export function removeUnfinishedCopies(store: Pick<CopyStore, 'workFolder'>): Promise<number> {
  return removeUnfinished(store, workSuffix)
}

/** Yields the whole call as a WAV file, part by part. @throws if the recording is destroyed meanwhile */
export async function* wavOf(
  { db, objects, keys }: Pick<CopyStore, 'db' | 'objects' | 'keys'>,
  recording: string,
): AsyncGenerator<Buffer> {
  const fileKey = await fileKeyOf(db, keys, recording)
  if (!fileKey) throw new Error(`recording ${recording} has no key any more: it was destroyed while it was copied`)
  const [body, index] = await Promise.all([
    openRecordingBody(objects, recording, fileKey),
    openRecordingIndex(objects, recording, fileKey),
  ])
  fileKey.fill(0)
  yield wavHeader(index.durationSamples)
  for (let from = 0; from < index.durationSamples; from += partSamples) {
    const to = Math.min(index.durationSamples, from + partSamples)
    yield await renderAudio(index, (n) => body.openChunk(n), from, to)
  }
}

/** Returns the copies whose objects may still exist, by recording. */
export async function copiesWithObjects(
  db: Kysely<RegisterTables>,
  ids: readonly string[],
): Promise<Map<string, string[]>> {
  if (ids.length === 0) return new Map()
  const { rows } = await sql<{ id: string; recording: string }>`
    select id, recording_id as recording from subject_copy
    where recording_id = any (${ids}::uuid[]) and removed_at is null`.execute(db)
  return new Map(
    [...Map.groupBy(rows, ({ recording }) => recording)].map(([recording, some]) => [
      recording,
      some.map(({ id }) => id),
    ]),
  )
}

/**
 * Records that the objects of ended copies are gone. A copy still being made may get its object later, and is checked again.
 * @returns the number that need no further check
 */
export async function recordCopiesRemoved(db: Kysely<RegisterTables>, copies: readonly string[]): Promise<number> {
  if (copies.length === 0) return 0
  const { numAffectedRows } = await sql`
    update subject_copy set removed_at = clock_timestamp()
    where id = any (${copies}::uuid[]) and ended_at is not null
      and (ready_at is not null or made_at < now() - interval '30 minutes')`.execute(db)
  return Number(numAffectedRows ?? 0)
}
