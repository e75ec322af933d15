/**
 * The keys of kept recordings: file key under shard key under month-of-expiry key. Only the month keys lie in the key
 * store; when a month is over and its keys are destroyed, every copy of its recordings anywhere is noise.
 */
import { randomBytes, randomInt } from 'node:crypto'
import type { Kysely } from 'kysely'
import { safeguardsOf, type HoldingSafeguards, type SafeguardTables } from '../tables.ts'
import type { KeyStore } from './key-store.ts'
import { unwrapKey, wrapKey } from './wrap.ts'

const shardsPerMonth = 1024
const keyBytes = 32

type Db = Kysely<SafeguardTables>

/** Takes a recording's file key (16 bytes) into keeping under the month in which the recording ends (its first day). */
export async function keepFileKey(
  holding: HoldingSafeguards,
  store: KeyStore,
  recording: { id: string; expiryMonth: Temporal.PlainDate; fileKey: Buffer },
): Promise<void> {
  const db = safeguardsOf(holding)
  const shard = randomInt(shardsPerMonth)
  const shardKey = await shardKeyOf(db, store, recording.expiryMonth, shard)
  await db
    .insertInto('recording_key')
    .values({
      recording_id: recording.id,
      expiry_month: recording.expiryMonth,
      shard,
      wrapped: wrapKey(shardKey, recording.fileKey, `recording ${recording.id}`),
    })
    .onConflict((conflict) => conflict.column('recording_id').doNothing())
    .execute()
}

/** The file key of a kept recording; nothing once it, its shard or its month is destroyed. */
export async function fileKeyOf(
  holding: HoldingSafeguards,
  store: KeyStore,
  recordingId: string,
): Promise<Buffer | undefined> {
  const db = safeguardsOf(holding)
  const row = await db
    .selectFrom('recording_key')
    .innerJoin('shard_key', (join) =>
      join
        .onRef('shard_key.expiry_month', '=', 'recording_key.expiry_month')
        .onRef('shard_key.shard', '=', 'recording_key.shard'),
    )
    .select([
      'recording_key.wrapped',
      'recording_key.expiry_month',
      'recording_key.shard',
      'shard_key.wrapped as shard_wrapped',
      'shard_key.month_key_version',
    ])
    .where('recording_id', '=', recordingId)
    .executeTakeFirst()
  if (!row) return undefined
  const monthKey = monthKeyName(row.expiry_month, row.month_key_version)
  if (!(await store.has(monthKey))) return undefined
  const shardKey = await unwrapShard(store, monthKey, row.shard_wrapped, shardPurpose(row.expiry_month, row.shard))
  return unwrapKey(shardKey, row.wrapped, `recording ${recordingId}`)
}

/** Forgets a recording's file key. Without it no copy of the body opens. */
export async function forgetFileKey(holding: HoldingSafeguards, recordingId: string): Promise<void> {
  const db = safeguardsOf(holding)
  await db.deleteFrom('recording_key').where('recording_id', '=', recordingId).execute()
}

/** Destroys the keys of every month before this one (its first day) that no recording depends on any more. */
export async function destroyPastMonthKeys(
  holding: HoldingSafeguards,
  store: KeyStore,
  currentMonth: Temporal.PlainDate,
): Promise<string[]> {
  const db = safeguardsOf(holding)
  const destroyed: string[] = []
  for (const name of await store.names()) {
    const written = /^month-(\d{4}-\d{2})\.v\d+$/.exec(name)?.[1]
    if (!written) continue
    const month = Temporal.PlainDate.from(`${written}-01`)
    if (Temporal.PlainDate.compare(month, currentMonth) >= 0) continue
    const held = await db
      .selectFrom('recording_key')
      .select('recording_id')
      .where('expiry_month', '=', month)
      .limit(1)
      .executeTakeFirst()
    if (held) continue
    // Shards first: without them the month key opens nothing, and while it is named here a crash is made good.
    await db.deleteFrom('shard_key').where('expiry_month', '=', month).execute()
    await store.destroy(name)
    destroyed.push(name)
  }
  return destroyed
}

async function shardKeyOf(db: Db, store: KeyStore, month: Temporal.PlainDate, shard: number): Promise<Buffer> {
  const find = () =>
    db
      .selectFrom('shard_key')
      .select(['wrapped', 'month_key_version'])
      .where('expiry_month', '=', month)
      .where('shard', '=', shard)
      .executeTakeFirst()
  let row = await find()
  if (!row) {
    const version = 1
    const monthKey = await monthKeyOf(store, month, version)
    const [wrapped] = await store.wrap(monthKey, [
      { secret: randomBytes(keyBytes), purpose: shardPurpose(month, shard) },
    ])
    await db
      .insertInto('shard_key')
      .values({
        expiry_month: month,
        shard,
        month_key_version: version,
        wrapped: wrapped!,
      })
      .onConflict((conflict) => conflict.columns(['expiry_month', 'shard']).doNothing())
      .execute()
    row = await find()
  }
  if (!row) throw new Error(`shard ${shard} of ${month.toString()} vanished`)
  return unwrapShard(store, monthKeyName(month, row.month_key_version), row.wrapped, shardPurpose(month, shard))
}

async function unwrapShard(store: KeyStore, monthKey: string, wrapped: Buffer, purpose: string): Promise<Buffer> {
  const [shardKey] = await store.unwrap(monthKey, [{ wrapped, purpose }])
  return shardKey!
}

async function monthKeyOf(store: KeyStore, month: Temporal.PlainDate, version: number): Promise<string> {
  const name = monthKeyName(month, version)
  if (!(await store.has(name))) await store.make(name)
  return name
}

function monthKeyName(month: Temporal.PlainDate, version: number): string {
  return `month-${month.toString().slice(0, 7)}.v${version}`
}

function shardPurpose(month: Temporal.PlainDate, shard: number): string {
  return `shard ${month.toString()} ${shard}`
}
