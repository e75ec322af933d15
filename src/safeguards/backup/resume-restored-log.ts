/**
 * Continues the audit log of a restored register where it was last signed: the hashes after the backup are restored, and the
 * loss of their entries is accepted and listed.
 */
import { sql } from 'kysely'
import { openBreak, recordBreak } from '../audit/findings.ts'
import type { LogFolder } from '../audit/log-folder.ts'
import { resumeLog } from '../audit/resume.ts'
import { readLogKey } from '../audit/log-key.ts'
import { readSignedFrom, signSignedFrom, storedSignedFrom } from '../audit/signed-entries.ts'
import { storedSize } from '../audit/stored-tree.ts'
import { safeguardsOf, type SafeguardsDatabase } from '../tables.ts'
import type { KeyStore } from '../keys/key-store.ts'
import type { CopiedLog } from './log-hashes.ts'
import type { Manifest } from './manifest.ts'

const step = 65_536
/** Migration with which entries began to be signed. */
const signsSince = 74

/**
 * Writes the hashes from the place and accepts the loss of the entries after the backup.
 * @returns ranges of leaves whose entry is lost
 */
export async function resumeRestoredLog(
  { db: database, keys, log }: { db: SafeguardsDatabase; keys: KeyStore; log: LogFolder },
  shipped: CopiedLog,
  { id, migration, auditLog }: Pick<Manifest, 'id' | 'migration' | 'auditLog'>,
  by: string,
): Promise<string[]> {
  const db = safeguardsOf(database)
  for (let at = 0; at < shipped.size; at += step) await log.writeLeaves(at, shipped.leaves.slice(at, at + step))
  await log.writeCheckpoint(shipped.note)
  await restoreSignedFrom(db, keys, log, migration.number)
  const found = await storedSize(db)
  if (found >= shipped.size) return []
  // An entry that waited at the time of the backup may have its leaf among the restored ones: it is found by its hash.
  await sql`delete from audit_pending`.execute(db)
  if (!(await openBreak(db))) await recordBreak(db, [{ kind: 'leaves-missing', signed: shipped.size, found }])
  const accepted = { reason: `restored from the backup ${id}`, by, lostFrom: auditLog.size }
  const { lost } = await resumeLog(db, keys, log, accepted)
  await sql`
    insert into audit_pending
    select e.seq from audit_entry e where not exists (select from audit_leaf l where l.seq = e.seq)
    on conflict do nothing`.execute(db)
  return lost
}

/** A backup has the size below which unsigned entries are trusted. If somebody removed it, none is trusted. */
async function restoreSignedFrom(
  db: SafeguardsDatabase,
  keys: KeyStore,
  log: LogFolder,
  migration: number,
): Promise<void> {
  const signer = await readLogKey(keys)
  if (!signer || migration < signsSince || readSignedFrom(signer, await storedSignedFrom(db)) !== undefined) return
  await log.writeSignedFrom(signSignedFrom(signer, 0))
}
