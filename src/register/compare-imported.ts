/** Opens sealed recordings of an import, and compares their audio with that of their files. */
import { sql, type Kysely } from 'kysely'
import type { ObjectStore } from '#platform/objects/object-store.ts'
import { fileKeysOf } from '#safeguards/keys/recording-keys.ts'
import type { KeyStore } from '#safeguards/keys/key-store.ts'
import { digestOfRecording } from './recordings/audio-digest.ts'
import { openRecordingBody } from './recordings/open-recording.ts'
import type { RegisterTables } from './tables.ts'

export interface Comparison {
  /** Recordings whose sealed sound is that of their file. */
  same: number
  /** Ids of recordings that differ, or that could not be opened. */
  different: string[]
  /** Number of recordings that the custodian has not ingested yet. */
  waiting: number
  /** Ids of recordings that the custodian could not ingest, with its fault. */
  faulty: { id: string; fault: string }[]
}

const batchSize = 100
const maxConcurrent = 4

interface Waiting {
  id: string
  audio: Buffer
}

/** Compares the recordings that were ingested and not compared yet, at most `max` of them, and records which are the same. */
export async function compareImported(
  { db, objects, keys }: { db: Kysely<RegisterTables>; objects: ObjectStore; keys: KeyStore },
  /** Ids to leave out: this process has found them to differ already. */
  skipped: ReadonlySet<string>,
): Promise<Comparison> {
  const found: Comparison = { same: 0, different: [], ...(await countWaiting(db)) }
  const { rows } = await sql<Waiting>`
    select i.recording_id as id, i.audio_sha256 as audio
    from imported_recording i join recording r on r.id = i.recording_id
    where i.compared_at is null and r.kept_at is not null and r.state not in ('DESTROYING', 'DESTROYED')
      and i.recording_id <> all (${[...skipped]}::uuid[])
    order by i.recording_id limit ${sql.lit(batchSize)}`.execute(db)
  const fileKeys = await fileKeysOf(
    db,
    keys,
    rows.map(({ id }) => id),
  )
  const same: string[] = []
  const left = [...rows]
  const worker = async () => {
    for (let row = left.pop(); row; row = left.pop()) {
      const fileKey = fileKeys.get(row.id)
      if (fileKey instanceof Buffer && (await isSame(objects, row, fileKey))) same.push(row.id)
      else found.different.push(row.id)
      if (fileKey instanceof Buffer) fileKey.fill(0)
    }
  }
  await Promise.all(Array.from({ length: maxConcurrent }, worker))
  await sql`update imported_recording set compared_at = clock_timestamp() where recording_id = any (${same}::uuid[])`.execute(
    db,
  )
  found.same = same.length
  return found
}

async function isSame(objects: ObjectStore, { id, audio }: Waiting, fileKey: Buffer): Promise<boolean> {
  try {
    return audio.equals(await digestOfRecording(await openRecordingBody(objects, id, fileKey)))
  } catch (error) {
    // Forged, cut off or missing.
    const { code } = error as { code?: string }
    if (code?.startsWith('age-') || code?.startsWith('log-') || code?.startsWith('object-')) return false
    throw error
  }
}

async function countWaiting(db: Kysely<RegisterTables>): Promise<Pick<Comparison, 'waiting' | 'faulty'>> {
  const { rows } = await sql<{ id: string; fault: string | null }>`
    select r.id, r.keeping_fault as fault from imported_recording i join recording r on r.id = i.recording_id
    where i.compared_at is null and r.kept_at is null and r.state = 'STORED'`.execute(db)
  return {
    waiting: rows.filter(({ fault }) => fault === null).length,
    faulty: rows.flatMap(({ id, fault }) => (fault === null ? [] : [{ id, fault }])),
  }
}
