/**
 * Stored recordings that no key opens any more although nothing destroyed them: a row of the keys was removed or pointed
 * elsewhere, or a version of a month key is gone. Rows alone are no reason to destroy a key, because whoever owns the database
 * writes them.
 */
import { sql } from 'kysely'
import { readLogKey } from '../audit/log-key.ts'
import { readTrusted } from '../audit/signed-entries.ts'
import { safeguardsOf, type SafeguardsDatabase, type Db } from '../tables.ts'
import { fileKeysOf } from './recording-keys.ts'
import type { KeyStore } from './key-store.ts'
import { monthKeyName } from './month-keys.ts'
import { unwrapShards, readShardKeys } from './rekey-month.ts'

/** Condition: not destroyed, and ingested according to the row or the log. Before ingestion the intake key opens a recording. */
const isKept = sql<boolean>`r.state not in ('DESTROYING', 'DESTROYED') and (r.kept_at is not null or exists (
  select from audit_entry e where e.object_id = r.id and e.action = 'recording.kept' and e.result = 'ok'))`

/** Its rows lead to a version in force. */
const hasRows = sql<boolean>`exists (
  select from recording_key k join shard_key s using (expiry_month, shard)
  join month_key m on m.expiry_month = s.expiry_month and m.version = s.month_key_version and m.state = 'current'
  where k.recording_id = r.id)`

const remedy = 'somebody has changed rows of recording_key, shard_key or month_key: put them back, or restore a backup'

/** Recordings opened at once. */
const batch = 5_000

/** Returns stored recordings without a file key, a shard key or a month key in force that the key store has. */
export async function keylessRecordings(database: SafeguardsDatabase, store: KeyStore): Promise<string[]> {
  const db = safeguardsOf(database)
  const missing = await versionsAway(db, store)
  // Rows and key store are not read at one instant: a version may have been destroyed between them, but not one still in force.
  const stillMissing =
    missing.length === 0 ? missing : (await versionsAway(db, store)).filter((name) => missing.includes(name))
  const { rows } = await sql<{ id: string }>`
    select r.id from recording r
    where (not ${hasRows} or exists (
        select from recording_key k join shard_key s using (expiry_month, shard)
        where k.recording_id = r.id
          and 'month-' || to_char(s.expiry_month, 'YYYY-MM') || '.v' || s.month_key_version = any (${stillMissing}::text[])))
      and ${isKept}
    order by r.id`.execute(db)
  return withoutAccepted(
    db,
    store,
    rows.map(({ id }) => id),
  )
}

/** Returns the names of versions that shards are wrapped under and that the key store does not have. */
async function versionsAway(db: Db, store: KeyStore): Promise<string[]> {
  const used = await db.selectFrom('shard_key').select(['expiry_month', 'month_key_version']).distinct().execute()
  const names = new Set(await store.names())
  return used.map((row) => monthKeyName(row.expiry_month, row.month_key_version)).filter((name) => !names.has(name))
}

/**
 * Returns why versions of a month's key may not be destroyed: a stored recording that they may open has no other key.
 * @param leaving the versions
 * @returns undefined if they may
 */
export async function whyStillNeeded(
  db: Db,
  store: KeyStore,
  month: Temporal.PlainDate,
  leaving: readonly number[],
): Promise<string | undefined> {
  const { rows } = await sql<{ id: string; keyed: boolean; elsewhere: boolean }>`
    select r.id, ${hasRows} as keyed, k.expiry_month <> ${month} as elsewhere
    from recording r left join recording_key k on k.recording_id = r.id
    where (r.expiry_month = ${month} or date_trunc('month', r.destroy_at at time zone 'UTC') = ${month}
        or k.expiry_month = ${month}
        -- Kept past its day: its key has moved from month to month.
        or k.recording_id is null and r.destroy_at < now() and r.destroy_at < ${month})
      and (not ${hasRows} or k.expiry_month <> ${month})
      and ${isKept}
    order by r.id`.execute(db)
  const keyless = rows.filter(({ keyed }) => !keyed).map(({ id }) => id)
  const moved = rows.filter(({ keyed, elsewhere }) => keyed && elsewhere).map(({ id }) => id)
  for (let at = 0; at < moved.length; at += batch) {
    for (const [id, key] of await fileKeysOf(db, store, moved.slice(at, at + batch))) {
      if (typeof key === 'string') keyless.push(id)
      else key.fill(0)
    }
  }
  const unaccepted = await withoutAccepted(db, store, keyless)
  if (unaccepted.length > 0) return describe(unaccepted)
  const shards = await readShardKeys(db, month)
  if (shards.some(({ version }) => leaving.includes(version)))
    return `shards of the month are still wrapped under it; ${remedy}`
  for (const key of (await unwrapShards(store, month, shards)).values()) key.fill(0)
  return undefined
}

function describe(ids: readonly string[]): string {
  const some = ids.slice(0, 3).join(', ') + (ids.length > 3 ? ', ...' : '')
  return `${ids.length} stored recordings have no other key (${some}); ${remedy}`
}

/** A restore may have accepted that keys were lost; its signed entry has their number. */
async function withoutAccepted(db: Db, store: KeyStore, ids: readonly string[]): Promise<string[]> {
  if (ids.length === 0) return []
  const key = await readLogKey(store)
  const restores = key ? await readTrusted(db, key, 'backup.restored') : []
  const accepted = Math.max(0, ...restores.map(({ detail }) => Number(detail['withoutKey'] ?? 0)))
  return ids.length <= accepted ? [] : [...ids]
}
