/**
 * The door out. In: a recording or a contact whose end has come, and why. Out: nothing of it but an entry in the
 * destruction ledger. Every step can be taken again, so an expunction that was interrupted is finished by the next
 * (R50, R52). Never here: deciding that an end has come (see destruction/), an end without a cause of the description.
 */
import type { Kysely } from 'kysely'
import type { ObjectStore } from '#platform/objects/object-store.ts'
import { appendAudit } from '#safeguards/audit/append.ts'
import { forgetFileKey } from '#safeguards/keys/recording-keys.ts'
import { recordingObjects } from './recordings/objects.ts'
import type { DestructionCause, RegisterTables } from './tables.ts'

/**
 * Destroys a recording: blocked first, then its key, then every object of it, then the ledger says so.
 * The database refuses a cause `retention` before the term (R23).
 */
export async function expungeRecording(
  db: Kysely<RegisterTables>,
  objects: ObjectStore,
  recording: { id: string; cause: DestructionCause; doneBy: string },
  now: Temporal.Instant,
): Promise<void> {
  await db
    .updateTable('recording')
    .set({ state: 'DESTROYING', cause: recording.cause })
    .where('id', '=', recording.id)
    .where('state', 'not in', ['DESTROYING', 'DESTROYED'])
    .execute()
  await forgetFileKey(db, recording.id)
  const removed: string[] = []
  for (const key of recordingObjects(recording.id)) {
    await objects.delete(key)
    removed.push(key)
  }
  await db.transaction().execute(async (tx) => {
    const ended = await tx
      .updateTable('recording')
      .set({ state: 'DESTROYED', destroyed_at: now, sha256: null })
      .where('id', '=', recording.id)
      .where('state', '=', 'DESTROYING')
      .returning('cause')
      .executeTakeFirst()
    if (!ended) return
    await tx
      .insertInto('destruction_entry')
      .values({
        object_kind: 'recording',
        object_id: recording.id,
        cause: ended.cause ?? recording.cause,
        done_by: recording.doneBy,
        targets: JSON.stringify({ fileKey: true, objects: removed }),
      })
      .execute()
    await appendAudit(tx, {
      action: 'recording.destroyed',
      result: 'ok',
      object: { kind: 'recording', id: recording.id },
      detail: { cause: ended.cause ?? recording.cause },
    })
  })
}

/**
 * Ends contact-history entries whose 14 months are over, with all that hangs on them (R22). The database deletes none
 * whose term still runs.
 * @returns how many contacts ended
 */
export async function expungeHistory(db: Kysely<RegisterTables>, contactIds: string[]): Promise<number> {
  if (contactIds.length === 0) return 0
  return db.transaction().execute(async (tx) => {
    const ended = await tx.deleteFrom('contact').where('id', 'in', contactIds).returning('id').execute()
    const ids = ended.map((contact) => contact.id)
    if (ids.length === 0) return 0
    const recordings = tx.selectFrom('recording').select('id').where('contact_id', 'in', ids)
    await tx.deleteFrom('listening').where('recording_id', 'in', recordings).execute()
    await tx.deleteFrom('recording').where('contact_id', 'in', ids).execute()
    await tx.deleteFrom('segment').where('contact_id', 'in', ids).execute()
    await tx.deleteFrom('call_identity').where('contact_id', 'in', ids).execute()
    await appendAudit(tx, { action: 'history.ended', result: 'ok', detail: { contacts: ids } })
    return ids.length
  })
}
