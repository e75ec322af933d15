/** Records the end of a backup: an entry of the log, and the number of backups in the place. */
import { sql } from 'kysely'
import type { ObjectStore } from '#platform/objects/object-store.ts'
import { appendAudit } from '../audit/append.ts'
import { safeguardsOf, type SafeguardsDatabase } from '../tables.ts'
import { findBackups } from './list-backups.ts'
import type { BackupPlace, MadeBackup } from './make-backup.ts'
import type { Rotated } from './rotate.ts'
import { instantOf } from './manifest.ts'

export async function recordBackup(
  database: SafeguardsDatabase,
  { name: place, store }: Pick<BackupPlace, 'name' | 'store'>,
  made: MadeBackup,
): Promise<void> {
  const db = safeguardsOf(database)
  const { manifest, rotated, missing } = made
  const { id, snapshotAt, objects, objectBytes, withoutAudio } = manifest
  await appendAudit(db, {
    action: 'backup.made',
    result: 'ok',
    object: { kind: 'backup' },
    detail: { place, backup: id, snapshotAt, objects, objectBytes, withoutAudio, missing: missing.length },
  })
  await countBackups(db, place, store)
  await sql`
    update place_of_data set reached_at = now(), fault = null, fault_since = null
    where kind = 'backup' and name = ${place}`.execute(db)
  await recordEnded(db, place, rotated)
}

async function countBackups(database: SafeguardsDatabase, place: string, store: ObjectStore): Promise<void> {
  const { whole } = await findBackups(store)
  const [oldest, newest] = [whole[0], whole.at(-1)].map((one) => (one === undefined ? null : (instantOf(one) ?? null)))
  await sql`
    update place_of_data set backups = ${whole.length}, backup_oldest_at = ${oldest}, backup_last_at = ${newest}
    where kind = 'backup' and name = ${place}`.execute(database)
}

async function recordEnded(db: SafeguardsDatabase, place: string, rotated: Rotated): Promise<void> {
  if (rotated.ended.length === 0) return
  await appendAudit(db, {
    action: 'backup.ended',
    result: 'ok',
    object: { kind: 'backup' },
    detail: { place, backups: rotated.ended, objects: rotated.objects },
  })
}

/** Records a failed backup, and which backups and objects were removed nevertheless. */
export async function recordBackupFault(
  database: SafeguardsDatabase,
  place: string,
  error: unknown,
  ended?: { store: ObjectStore; rotated: Rotated },
): Promise<void> {
  const db = safeguardsOf(database)
  await sql`
    update place_of_data set fault = ${(error as Error).message}, fault_since = coalesce(fault_since, now())
    where kind = 'backup' and name = ${place}`.execute(db)
  await appendAudit(db, {
    action: 'backup.failed',
    result: `failed:${(error as { code?: string }).code ?? 'unknown'}`,
    object: { kind: 'backup' },
    detail: { place },
  })
  if (!ended) return
  await countBackups(db, place, ended.store)
  await recordEnded(db, place, ended.rotated)
}
