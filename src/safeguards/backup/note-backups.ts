/** What a backup's end leaves in the register's own log. In: a backup, or why there is none. Out: entries. Never here: a name or a number. */
import { appendAudit } from '../audit/append.ts'
import type { HoldingSafeguards } from '../tables.ts'
import type { MadeBackup } from './make-backup.ts'

export async function noteBackup(db: HoldingSafeguards, place: string, made: MadeBackup): Promise<void> {
  const { manifest, rotated, missing } = made
  const { id, snapshotAt, objects, objectBytes, withoutAudio } = manifest
  await appendAudit(db, {
    action: 'backup.made',
    result: 'ok',
    object: { kind: 'backup' },
    detail: { place, backup: id, snapshotAt, objects, objectBytes, withoutAudio, missing: missing.length },
  })
  if (rotated.ended.length === 0) return
  await appendAudit(db, {
    action: 'backup.ended',
    result: 'ok',
    object: { kind: 'backup' },
    detail: { place, backups: rotated.ended, objects: rotated.objects },
  })
}

export async function noteBackupFault(db: HoldingSafeguards, place: string, error: unknown): Promise<void> {
  await appendAudit(db, {
    action: 'backup.failed',
    result: `failed:${(error as { code?: string }).code ?? 'unknown'}`,
    object: { kind: 'backup' },
    detail: { place },
  })
}
