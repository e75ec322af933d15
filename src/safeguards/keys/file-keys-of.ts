import { safeguardsOf, type SafeguardsDatabase } from '../tables.ts'
import { KeyStoreFault, type KeyStore } from './key-store.ts'
import { monthKeyName, recordingPurpose, shardPurpose } from './month-keys.ts'
import { unwrapKey } from './wrap.ts'

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
  const rows = await safeguardsOf(database)
    .selectFrom('recording_key as k')
    .innerJoin('shard_key as s', (join) =>
      join.onRef('s.expiry_month', '=', 'k.expiry_month').onRef('s.shard', '=', 'k.shard'),
    )
    .select(['k.recording_id', 'k.wrapped', 'k.expiry_month', 'k.shard', 's.wrapped as shard_wrapped'])
    .select('s.month_key_version')
    .where('recording_id', 'in', [...recordingIds])
    .execute()
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
