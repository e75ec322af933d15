import { sql, type Kysely, type Transaction } from 'kysely'
import { appendAudit } from '#safeguards/audit/append.ts'
import type { KeyReceipt } from '#safeguards/keys/key-store.ts'
import { queueReplicaDeletes } from '#safeguards/keys/retire-versions.ts'
import { appendToLedger } from '#safeguards/ledger/append-to-ledger.ts'
import type { Reached } from '#safeguards/places/copies.ts'
import { recordingObjects } from '../recordings/objects.ts'
import type { DestructionCause, RegisterTables } from '../tables.ts'
import type { BegunExpunction } from './expunction-types.ts'

const batchSize = 1_000

/**
 * Last step: updates the row and appends to ledger and log, in one transaction. A second caller finds nothing to do.
 * @returns recordings that the database refused, each with its error
 */
export async function recordDestroyed(
  db: Kysely<RegisterTables>,
  ending: readonly BegunExpunction[],
  reached: readonly Reached[],
): Promise<{ id: string; error: unknown }[]> {
  const failures: { id: string; error: unknown }[] = []
  for (let at = 0; at < ending.length; at += batchSize) {
    const some = ending.slice(at, at + batchSize)
    try {
      await recordBatch(db, some, reached)
    } catch {
      for (const one of some) {
        try {
          await recordBatch(db, [one], reached)
        } catch (error) {
          failures.push({ id: one.id, error })
        }
      }
    }
  }
  return failures
}

async function recordBatch(
  db: Kysely<RegisterTables>,
  ending: readonly BegunExpunction[],
  reached: readonly Reached[],
): Promise<void> {
  await db.transaction().execute(async (tx) => {
    const { rows } = await sql<{ id: string; cause: DestructionCause }>`
      select id, cause from recording
      where id = any (${ending.map(({ id }) => id)}::uuid[]) and state = 'DESTROYING' order by id for update`.execute(
      tx,
    )
    if (rows.length === 0) return
    const ids = rows.map(({ id }) => id)
    const keys = await keysOf(tx, ids)
    const doneBy = new Map(ending.map((one) => [one.id, one.doneBy]))
    await appendToLedger(
      tx,
      rows.map(({ id, cause }) => {
        const versions = keys.get(id) ?? []
        const receipt = versions.at(-1)?.receipt
        return {
          kind: 'recording',
          id,
          cause,
          doneBy: doneBy.get(id) ?? 'sweep',
          detail: receipt ? { monthKey: receipt.key } : {},
          targets: {
            objects: recordingObjects(id).length,
            places: merge([...versions.flatMap(({ places }) => places), ...reached]),
            receipts: versions.flatMap(({ receipt }) => (receipt ? [receipt] : [])),
          },
        }
      }),
    )
    // The ledger has the time of destruction.
    await sql`
      update recording r set state = 'DESTROYED', destroyed_at = e.at, sha256 = null
      from destruction_entry e where r.id = any (${ids}::uuid[]) and e.object_kind = 'recording' and e.object_id = r.id`.execute(
      tx,
    )
    await appendAudit(
      tx,
      rows.map(({ id, cause }) => ({
        action: 'recording.destroyed',
        result: 'ok',
        object: { kind: 'recording', id },
        detail: { cause },
      })),
    )
    const unreached = reached.filter((place) => !place.reached)
    await queueReplicaDeletes(
      tx,
      unreached.flatMap(({ place }) => ids.map((object) => ({ place, object_kind: 'recording', object }))),
    )
    await sql`delete from expunction where recording_id = any (${ids}::uuid[])`.execute(tx)
    await sql`delete from file_key_end where recording_id = any (${ids}::uuid[])`.execute(tx)
  })
}

interface DestroyedKeyVersion {
  id: string
  receipt: KeyReceipt | null
  places: Pick<Reached, 'place' | 'reached'>[]
}

/** Returns the key versions destroyed with each recording, the oldest first. */
async function keysOf(
  tx: Transaction<RegisterTables>,
  ids: readonly string[],
): Promise<Map<string, DestroyedKeyVersion[]>> {
  const { rows } = await sql<DestroyedKeyVersion>`
    select e.recording_id as id, k.receipt, coalesce(k.places, '[]') as places
    from file_key_end e join month_key k on k.expiry_month = e.expiry_month and k.version = e.version
    where e.recording_id = any (${ids}::uuid[])
    order by k.retiring_since`.execute(tx)
  return Map.groupBy(rows, ({ id }) => id)
}

/** Merges results by place: a place counts as reached only if all its results say so. */
function merge(places: readonly Pick<Reached, 'place' | 'reached'>[]): { place: string; reached: boolean }[] {
  return [...Map.groupBy(places, ({ place }) => place)].map(([place, results]) => ({
    place,
    reached: results.every(({ reached }) => reached),
  }))
}
