import { appendToLedger } from '#safeguards/ledger/append-to-ledger.ts'
import type { Reached } from '#safeguards/places/copies.ts'
import type { ExpunctionContext } from './expunction-types.ts'
import { replicatedObjectsOf } from '../recordings/anonymised-copies.ts'

const batchSize = 500

interface PendingReplicaDelete {
  place: string
  object_kind: 'recording' | 'month-key'
  object: string
}

/** Retries deletions in places that were unreachable, and records in the ledger when each place was reached. */
export async function retryReplicaDeletes({ db, copies }: ExpunctionContext): Promise<void> {
  const pending = await db
    .selectFrom('copy_owed')
    .select(['place', 'object_kind', 'object'])
    .orderBy('since')
    .limit(batchSize)
    .execute()
  if (pending.length === 0) return
  const recordings = pending.filter((one) => one.object_kind === 'recording')
  const keys = pending.filter((one) => one.object_kind === 'month-key')
  if (recordings.length > 0) {
    const ids = [...new Set(recordings.map(({ object }) => object))]
    await recordDeletes(recordings, await copies.deleteObjects(await replicatedObjectsOf(db, ids)))
  }
  if (keys.length > 0) {
    const months = [...new Set(keys.map(({ object }) => object.slice('month-'.length, 'month-2027-03'.length)))]
    const rows = await db.selectFrom('month_key').select(['expiry_month', 'shards']).execute()
    const changed = months.map((month) => ({
      month: Temporal.PlainDate.from(`${month}-01`),
      shards: [
        ...new Set(rows.filter((row) => row.expiry_month.toString().startsWith(month)).flatMap(({ shards }) => shards)),
      ],
    }))
    await recordDeletes(keys, await copies.renewKeyring(changed))
  }

  async function recordDeletes(retried: readonly PendingReplicaDelete[], results: readonly Reached[]): Promise<void> {
    const reachedPlaces = new Set(results.filter(({ reached }) => reached).map(({ place }) => place))
    for (const one of retried.filter(({ place }) => reachedPlaces.has(place))) {
      await db.transaction().execute(async (tx) => {
        const deleted = await tx
          .deleteFrom('copy_owed')
          .where('place', '=', one.place)
          .where('object_kind', '=', one.object_kind)
          .where('object', '=', one.object)
          .executeTakeFirst()
        if (deleted.numDeletedRows === 0n) return
        await appendToLedger(tx, {
          kind: 'place-reached',
          cause: 'reached',
          doneBy: 'destroyer',
          ...(one.object_kind === 'recording' ? { id: one.object } : { name: one.object }),
          detail: {},
          targets: { places: [{ place: one.place, reached: true }] },
        })
      })
    }
  }
}
