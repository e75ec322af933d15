/**
 * Re-keys a whole month after a restore from a place that was unreachable when a version was destroyed: a new version, new shard
 * keys, the same file keys; every earlier version is destroyed. Copies of the keyring are updated when the register starts.
 */
import { randomBytes } from 'node:crypto'
import { safeguardsOf, type SafeguardsDatabase, type Tx } from '../tables.ts'
import { withoutCopies } from '../places/copies.ts'
import type { KeyStore } from './key-store.ts'
import { lockMonths, reserveVersion } from './month-keys.ts'
import { shardKeyBytes } from './recording-keys.ts'
import { otherKeysOfShards, rewrapNeighbours, unwrapShards, wrapShards, readShardKeys } from './rekey-month.ts'
import { destroyRetiredVersions } from './retire-versions.ts'

/** Shards per batch: a month of a million recordings has about 350 recordings per shard. */
const shardsPerBatch = 100

/** @throws what the key store throws; KEY_STAYS if an earlier version does not go */
export async function renewMonthKeys(
  database: SafeguardsDatabase,
  store: KeyStore,
  month: Temporal.PlainDate,
): Promise<void> {
  const db = safeguardsOf(database)
  const next = await reserveVersion(db, store, month)
  await db.transaction().execute((tx) => renewAs(tx, store, month, next))
  const { failures } = await destroyRetiredVersions(db, store, withoutCopies, Temporal.Now.instant())
  if (failures.length > 0) throw failures[0]
}

async function renewAs(tx: Tx, store: KeyStore, month: Temporal.PlainDate, next: number): Promise<void> {
  await lockMonths(tx, [month], 'exclusive')
  const shards = await readShardKeys(tx, month)
  for (let from = 0; from < shards.length; from += shardsPerBatch) {
    const some = shards.slice(from, from + shardsPerBatch)
    const opened = await unwrapShards(store, month, some)
    const fresh = new Map(some.map(({ shard }) => [shard, randomBytes(shardKeyBytes)]))
    const files = await otherKeysOfShards(tx, month, [...fresh.keys()], new Set())
    await rewrapNeighbours(tx, files, opened, fresh)
    await wrapShards(tx, store, month, next, [...fresh])
    for (const key of [...opened.values(), ...fresh.values()]) key.fill(0)
  }
  const now = Temporal.Now.instant()
  await tx
    .updateTable('month_key')
    .set({ state: 'retiring', retiring_since: now, deadline: now })
    .where('expiry_month', '=', month)
    .where('state', '=', 'current')
    .execute()
  await tx
    .updateTable('month_key')
    .set({ state: 'current' })
    .where('expiry_month', '=', month)
    .where('version', '=', next)
    .execute()
}
