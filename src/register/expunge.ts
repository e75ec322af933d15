/**
 * The door out. In: a recording or a contact whose end has come, and why. Out: nothing of it but an entry in the
 * destruction ledger. Every step can be taken again, so an expunction that was interrupted is finished by the next
 * (R50, R52). Never here: deciding that an end has come (see destruction/), an end without a cause of the description.
 */
import type { Kysely } from 'kysely'
import type { ObjectStore } from '#platform/objects/object-store.ts'
import { appendAudit } from '#safeguards/audit/append.ts'
import type { KeyStore } from '#safeguards/keys/key-store.ts'
import { forgetFileKey } from '#safeguards/keys/recording-keys.ts'
import type { Copies } from '#safeguards/places/copies.ts'
import { recordingObjects } from './recordings/objects.ts'
import type { DestructionCause, RegisterTables } from './tables.ts'

/** What a destruction reaches. */
export interface Expunging {
  db: Kysely<RegisterTables>
  objects: ObjectStore
  keys: KeyStore
  copies: Copies
  /** The custodian's folder where bodies are mended; sealed bytes only. */
  workFolder: string
}

/** A recording whose end has come. */
export interface Ending {
  id: string
  cause: DestructionCause
  /** Who or what ended it, by id or by the name of the work: `sweep`, `prohibition <id>`. */
  doneBy: string
  /** From then on a place that is away does not keep its key alive any more: a minute after a prohibition, the ceiling of a term. */
  deadline: Temporal.Instant
}

export interface Expunged {
  /** Destroyed everywhere, or everywhere that could be reached until their deadline. */
  destroyed: string[]
  /** Blocked and closed to everybody, and not yet destroyed in every copy: what stands in the way. The next run goes on. */
  waiting: { id: string; why: string }[]
  /** Not ended at all: the database refused, a disk did not answer. */
  failures: { id: string; error: unknown }[]
}

/**
 * Destroys recordings (R24, R50): blocked, then their objects, then their keys out of every copy of the keyring, then the
 * ledger says so. Never throws for one of them what would keep the others.
 */
export async function expungeRecordings(
  { db, objects }: Expunging,
  endings: readonly Ending[],
  now: Temporal.Instant,
): Promise<Expunged> {
  const expunged: Expunged = { destroyed: [], waiting: [], failures: [] }
  for (const ending of endings) {
    try {
      await expungeRecording(db, objects, ending, now)
      expunged.destroyed.push(ending.id)
    } catch (error) {
      expunged.failures.push({ id: ending.id, error })
    }
  }
  return expunged
}

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
