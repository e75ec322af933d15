/**
 * Keys of ingested recordings: file key under shard key under the key of the month of expiry. Only month keys are in the key
 * store: once they are destroyed, every copy of the month's recordings is useless. A shard has the recordings of one hour of
 * destruction, so that an hour's end drops whole shards.
 */
import { randomBytes } from 'node:crypto'
import { safeguardsOf, type SafeguardsDatabase, type Tx, type Db } from '../tables.ts'
import { KeyStoreFault, type KeyStore } from './key-store.ts'
import { currentVersion, expiryMonthOf, monthKeyName, recordingPurpose, shardOf, shardPurpose } from './month-keys.ts'
import { unwrapKey, wrapKey } from './wrap.ts'

export const shardKeyBytes = 32

/** A recording and its instant of destruction, which determines its shard. */
export interface RecordingKey {
  id: string
  destroyAt: Temporal.Instant
  /** 16 bytes. */
  fileKey: Buffer
}

/**
 * Stores a recording's file key; in the given transaction, or in one of its own. Idempotent.
 * @throws KeyStoreFault KEY_MISSING if the month's key is destroyed concurrently
 */
export function storeFileKey(database: SafeguardsDatabase, store: KeyStore, recording: RecordingKey): Promise<void> {
  return inTransaction(database, async (tx) => {
    const { month, shard, wrapped } = await wrapFileKey(tx, store, recording)
    await tx
      .insertInto('recording_key')
      .values({ recording_id: recording.id, expiry_month: month, shard, wrapped })
      .onConflict((conflict) => conflict.column('recording_id').doNothing())
      .execute()
  })
}

/** Wraps a file key under a shard of its hour; the month's version stays current until the transaction ends. */
export async function wrapFileKey(
  tx: Tx,
  store: KeyStore,
  { id, destroyAt, fileKey }: RecordingKey,
): Promise<{ month: Temporal.PlainDate; shard: number; wrapped: Buffer }> {
  const [month, shard] = [expiryMonthOf(destroyAt), shardOf(destroyAt)]
  const shardKey = await shardKeyOf(tx, store, month, shard)
  const wrapped = wrapKey(shardKey, fileKey, recordingPurpose(id))
  shardKey.fill(0)
  return { month, shard, wrapped }
}

/** Returns a recording's file key; undefined once it, its shard or its month is destroyed. */
export async function fileKeyOf(
  database: SafeguardsDatabase,
  store: KeyStore,
  recordingId: string,
): Promise<Buffer | undefined> {
  const db = safeguardsOf(database)
  let tried: string | undefined
  for (;;) {
    const [row] = await wrappedFileKeys(db, [recordingId])
    if (!row) return undefined
    const monthKey = monthKeyName(row.expiry_month, row.month_key_version)
    const purpose = shardPurpose(row.expiry_month, row.shard)
    const shardKey = await unwrapIfThere(store, monthKey, row.shard_wrapped, purpose)
    if (shardKey) return unwrapKey(shardKey, row.wrapped, recordingPurpose(recordingId))
    // The month may have got a new version between reading the row and the store: then there is another row.
    if (monthKey === tried) return undefined
    tried = monthKey
  }
}

function wrappedFileKeys(db: Db, recordingIds: readonly string[]) {
  return db
    .selectFrom('recording_key as k')
    .innerJoin('shard_key as s', (join) =>
      join.onRef('s.expiry_month', '=', 'k.expiry_month').onRef('s.shard', '=', 'k.shard'),
    )
    .select(['k.recording_id', 'k.wrapped', 'k.expiry_month', 'k.shard', 's.wrapped as shard_wrapped'])
    .select('s.month_key_version')
    .where('recording_id', 'in', [...recordingIds])
    .execute()
}

async function shardKeyOf(tx: Tx, store: KeyStore, month: Temporal.PlainDate, shard: number): Promise<Buffer> {
  const version = await currentVersion(tx, store, month)
  const find = () =>
    tx
      .selectFrom('shard_key')
      .select(['wrapped', 'month_key_version'])
      .where('expiry_month', '=', month)
      .where('shard', '=', shard)
      .executeTakeFirst()
  let row = await find()
  if (!row) {
    const fresh = { secret: randomBytes(shardKeyBytes), purpose: shardPurpose(month, shard) }
    const [wrapped] = await store.wrap(monthKeyName(month, version), [fresh])
    await tx
      .insertInto('shard_key')
      .values({ expiry_month: month, shard, month_key_version: version, wrapped: wrapped! })
      .onConflict((conflict) => conflict.columns(['expiry_month', 'shard']).doNothing())
      .execute()
    row = await find()
  }
  if (!row) throw new Error(`shard ${shard} of ${month.toString()} vanished`)
  const name = monthKeyName(month, row.month_key_version)
  const [shardKey] = await store.unwrap(name, [{ wrapped: row.wrapped, purpose: shardPurpose(month, shard) }])
  return shardKey!
}

async function unwrapIfThere(
  store: KeyStore,
  monthKey: string,
  wrapped: Buffer,
  purpose: string,
): Promise<Buffer | undefined> {
  try {
    const [shardKey] = await store.unwrap(monthKey, [{ wrapped, purpose }])
    return shardKey
  } catch (error) {
    if (error instanceof KeyStoreFault && error.code === 'KEY_MISSING') return undefined
    throw error
  }
}

function inTransaction<Result>(database: SafeguardsDatabase, work: (tx: Tx) => Promise<Result>): Promise<Result> {
  const db = safeguardsOf(database)
  return db.isTransaction ? work(db as Tx) : db.transaction().execute(work)
}

/** Why a file key is unavailable: its row or wrapping key is missing, or the row was altered. */
export type NoFileKey = 'missing' | 'forged'

/**
 * Returns the file keys of many recordings: one query, and one request to the key store for each version of a month key. Wipe
 * them after use.
 */
export async function fileKeysOf(
  database: SafeguardsDatabase,
  store: KeyStore,
  recordingIds: readonly string[],
): Promise<Map<string, Buffer | NoFileKey>> {
  const found = new Map<string, Buffer | NoFileKey>(recordingIds.map((id) => [id, 'missing']))
  if (recordingIds.length === 0) return found
  const rows = await wrappedFileKeys(safeguardsOf(database), recordingIds)
  const versions = Map.groupBy(rows, (row) => monthKeyName(row.expiry_month, row.month_key_version))
  for (const [name, ofVersion] of versions) {
    const shards = [...Map.groupBy(ofVersion, ({ shard }) => shard).values()]
    const wrapped = shards.map(([row]) => ({
      wrapped: row!.shard_wrapped,
      purpose: shardPurpose(row!.expiry_month, row!.shard),
    }))
    const shardKeys = await unwrapEach(store, name, wrapped)
    for (const [at, ofShard] of shards.entries()) {
      const shardKey = shardKeys[at]!
      for (const row of ofShard) {
        found.set(row.recording_id, typeof shardKey === 'string' ? shardKey : fileKey(shardKey, row))
      }
      if (typeof shardKey !== 'string') shardKey.fill(0)
    }
  }
  return found
}

function fileKey(shardKey: Buffer, row: { recording_id: string; wrapped: Buffer }): Buffer | NoFileKey {
  try {
    return unwrapKey(shardKey, row.wrapped, recordingPurpose(row.recording_id))
  } catch {
    // Only possible failure: the row does not authenticate under the shard's key (wrap.ts).
    return 'forged'
  }
}

/** Unwraps all at once; if one is forged, one by one. */
async function unwrapEach(
  store: KeyStore,
  name: string,
  items: { wrapped: Buffer; purpose: string }[],
): Promise<(Buffer | NoFileKey)[]> {
  try {
    return await store.unwrap(name, items)
  } catch (error) {
    if (!(error instanceof KeyStoreFault)) throw error
    if (error.code === 'KEY_MISSING') return items.map(() => 'missing')
    if (error.code !== 'KEY_FORGED') throw error
    if (items.length === 1) return ['forged']
    const each: (Buffer | NoFileKey)[] = []
    for (const item of items) each.push(...(await unwrapEach(store, name, [item])))
    return each
  }
}
