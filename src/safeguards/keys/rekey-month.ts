/**
 * Re-keys a month without some of its recordings. One transaction deletes their file keys, drops empty shards, re-wraps
 * the other file keys of their shards (the neighbours) under new shard keys, and wraps every shard under a new version of the
 * month key. The previous
 * version is then *retiring*: retire-versions.ts destroys it once the copies of the keyring have the new one.
 */
import { randomBytes } from 'node:crypto'
import { sql } from 'kysely'
import { earlierOf } from '#platform/clock/instants.ts'
import { safeguardsOf, type SafeguardsDatabase, type Db, type Tx } from '../tables.ts'
import { type KeyStore, wrapVerified } from './key-store.ts'
import { lockMonths, monthKeyName, recordingPurpose, reserveVersion, shardPurpose } from './month-keys.ts'
import { shardKeyBytes } from './recording-keys.ts'
import { unwrapKey, rewrapKey } from './wrap.ts'

export interface RekeyRequest {
  month: Temporal.PlainDate
  recordings: readonly string[]
  /** From then on an unreachable place does not keep the previous version alive. */
  deadline: Temporal.Instant
  /** Other months whose versions the transaction needs, locked in one order with this one. */
  otherMonths?: readonly Temporal.PlainDate[]
  /** Receives the removed file keys in the same transaction; default: they are wiped. */
  onRemoved?: (tx: Tx, fileKeys: ReadonlyMap<string, Buffer>) => Promise<void>
}

interface KeyRow {
  recording_id: string
  shard: number
  wrapped: Buffer
}

/** A process that stalls for longer, on a stopped machine for example, loses its locks to another destroyer. */
const leaseMs = 30_000

/**
 * Deletes file keys: re-keys each month that has some of them, one transaction a month. They are then gone from the live
 * database, and from everywhere once the versions they were under are destroyed.
 * @returns months that could not be re-keyed, and why; their recordings still have their keys
 */
export async function deleteFileKeys(
  database: SafeguardsDatabase,
  store: KeyStore,
  recordings: readonly { id: string; deadline: Temporal.Instant }[],
): Promise<{ failures: { recordings: string[]; error: unknown }[] }> {
  const rows = await safeguardsOf(database)
    .selectFrom('recording_key')
    .select(['recording_id', 'expiry_month'])
    .where('recording_id', '=', sql<string>`any (${recordings.map(({ id }) => id)}::uuid[])`)
    .execute()
  const deadlines = new Map(recordings.map(({ id, deadline }) => [id, deadline]))
  const failures: { recordings: string[]; error: unknown }[] = []
  for (const inMonth of Map.groupBy(rows, (row) => row.expiry_month.toString()).values()) {
    const ids = inMonth.map((row) => row.recording_id)
    const deadline = ids.map((id) => deadlines.get(id)!).reduce(earlierOf)
    try {
      await rekeyMonth(database, store, { month: inMonth[0]!.expiry_month, recordings: ids, deadline })
    } catch (error) {
      failures.push({ recordings: ids, error })
    }
  }
  return { failures }
}

/** @returns how many file keys were removed; 0 if the month has none of them any more */
export async function rekeyMonth(
  database: SafeguardsDatabase,
  store: KeyStore,
  request: RekeyRequest,
): Promise<number> {
  const db = safeguardsOf(database)
  for (;;) {
    if ((await rowsOf(db, request)).length === 0) return 0
    const version = await reserveVersion(db, store, request.month)
    try {
      const removed = await db.transaction().execute((tx) => rekeyAs(tx, store, request, version))
      if (removed !== 'overtaken') return removed
    } catch (error) {
      // Nothing depends on the new version; if this fails too, the version is retired when it is old.
      await retire(db, request, version, []).catch(() => undefined)
      throw error
    }
  }
}

async function rekeyAs(tx: Tx, store: KeyStore, request: RekeyRequest, next: number): Promise<number | 'overtaken'> {
  const { month } = request
  await sql`set local idle_in_transaction_session_timeout = ${sql.lit(leaseMs)}`.execute(tx)
  const current = (await lockMonths(tx, [month, ...(request.otherMonths ?? [])], 'exclusive')).get(month.toString())
  const rows = await rowsOf(tx, request)
  if (
    current === undefined ||
    rows.length === 0 ||
    !(await isVersionStillReserved(tx, month, next)) ||
    current > next
  ) {
    await retire(tx, request, next, [])
    return rows.length === 0 ? 0 : 'overtaken'
  }
  const shards = await readShardKeys(tx, month)
  const touched = [...new Set(rows.map(({ shard }) => shard))]
  const neighbours = await otherKeysOfShards(tx, month, touched, new Set(rows.map((row) => row.recording_id)))
  const neighbourShards = new Set(neighbours.map(({ shard }) => shard))
  const dropped = touched.filter((shard) => !neighbourShards.has(shard))
  const opened = await unwrapShards(store, month, shards)

  if (request.onRemoved) await request.onRemoved(tx, openFileKeys(rows, opened))
  await tx
    .deleteFrom('recording_key')
    .where('recording_id', '=', sql<string>`any (${rows.map((row) => row.recording_id)}::uuid[])`)
    .where('expiry_month', '=', month)
    .execute()
  const fresh = new Map([...neighbourShards].map((shard) => [shard, randomBytes(shardKeyBytes)]))
  await rewrapNeighbours(tx, neighbours, opened, fresh)
  await tx
    .deleteFrom('shard_key')
    .where('expiry_month', '=', month)
    .where('shard', '=', sql<number>`any (${dropped}::int[])`)
    .execute()
  const remainingShards = shards
    .map(({ shard }) => shard)
    .filter((shard) => neighbourShards.has(shard) || !touched.includes(shard))
  await wrapShards(
    tx,
    store,
    month,
    next,
    remainingShards.map((shard) => [shard, fresh.get(shard) ?? keyOfShard(opened, shard)]),
  )
  await sql`
    insert into file_key_end (recording_id, expiry_month, version)
    select id, ${month}, ${current} from unnest(${rows.map((row) => row.recording_id)}::uuid[]) as id
    on conflict do nothing`.execute(tx)
  await retire(tx, request, current, touched)
  await advanceDeadlines(tx, request, current)
  await tx
    .updateTable('month_key')
    .set({ state: 'current' })
    .where('expiry_month', '=', month)
    .where('version', '=', next)
    .execute()
  for (const key of [...opened.values(), ...fresh.values()]) key.fill(0)
  return rows.length
}

function rowsOf(db: SafeguardsDatabase, { month, recordings }: RekeyRequest): Promise<KeyRow[]> {
  return safeguardsOf(db)
    .selectFrom('recording_key')
    .select(['recording_id', 'shard', 'wrapped'])
    .where('expiry_month', '=', month)
    .where('recording_id', '=', sql<string>`any (${recordings}::uuid[])`)
    .execute()
}

/** Returns the rows of file keys in these shards, except those of the excluded recordings. */
export async function otherKeysOfShards(
  tx: Tx,
  month: Temporal.PlainDate,
  shards: readonly number[],
  excluded: ReadonlySet<string>,
): Promise<KeyRow[]> {
  const rows = await tx
    .selectFrom('recording_key')
    .select(['recording_id', 'shard', 'wrapped'])
    .where('expiry_month', '=', month)
    .where('shard', '=', sql<number>`any (${shards}::int[])`)
    .execute()
  return rows.filter((row) => !excluded.has(row.recording_id))
}

/** Returns false if this run stalled and another run, assuming a crash, retired its version. */
export async function isVersionStillReserved(tx: Tx, month: Temporal.PlainDate, version: number): Promise<boolean> {
  const row = await tx
    .selectFrom('month_key')
    .select('version')
    .where('expiry_month', '=', month)
    .where('version', '=', version)
    .where('state', '=', 'making')
    .forUpdate()
    .executeTakeFirst()
  return row !== undefined
}

async function retire(db: Db, { month, deadline }: RekeyRequest, version: number, shards: number[]): Promise<void> {
  await sql`
    update month_key set state = 'retiring', retiring_since = clock_timestamp(), deadline = ${deadline}, shards = ${shards}::int[]
    where expiry_month = ${month} and version = ${version} and state in ('making', 'current')`.execute(db)
}

/** Earlier versions that are still retiring had these keys too: they must not outlive the version that retires now. */
async function advanceDeadlines(tx: Tx, { month, deadline }: RekeyRequest, version: number): Promise<void> {
  await sql`
    update month_key set deadline = least(deadline, ${deadline}::timestamptz)
    where expiry_month = ${month} and version < ${version} and state = 'retiring'`.execute(tx)
}

/** Returns the shards of a month, in order, with their wrapped keys. */
export function readShardKeys(
  db: Db,
  month: Temporal.PlainDate,
): Promise<{ shard: number; wrapped: Buffer; version: number }[]> {
  return db
    .selectFrom('shard_key')
    .select(['shard', 'wrapped', 'month_key_version as version'])
    .where('expiry_month', '=', month)
    .orderBy('shard')
    .execute()
}

/** Returns shard keys by shard. */
export async function unwrapShards(
  store: KeyStore,
  month: Temporal.PlainDate,
  shards: readonly { shard: number; wrapped: Buffer; version: number }[],
): Promise<Map<number, Buffer>> {
  const opened = new Map<number, Buffer>()
  for (const [version, ofVersion] of Map.groupBy(shards, (row) => row.version)) {
    const wrapped = ofVersion.map(({ shard, wrapped }) => ({ wrapped, purpose: shardPurpose(month, shard) }))
    const keys = await store.unwrap(monthKeyName(month, version), wrapped)
    ofVersion.forEach(({ shard }, index) => opened.set(shard, keys[index]!))
  }
  return opened
}

function openFileKeys(rows: readonly KeyRow[], opened: ReadonlyMap<number, Buffer>): Map<string, Buffer> {
  return new Map(
    rows.map((row) => [
      row.recording_id,
      unwrapKey(keyOfShard(opened, row.shard), row.wrapped, recordingPurpose(row.recording_id)),
    ]),
  )
}

export function keyOfShard(opened: ReadonlyMap<number, Buffer>, shard: number): Buffer {
  const key = opened.get(shard)
  if (!key) throw new Error(`shard ${shard} has recordings and no key`)
  return key
}

/** Wraps file keys under the fresh keys of their shards instead of the opened ones. */
export async function rewrapNeighbours(
  tx: Tx,
  neighbours: readonly KeyRow[],
  opened: ReadonlyMap<number, Buffer>,
  fresh: ReadonlyMap<number, Buffer>,
): Promise<void> {
  if (neighbours.length === 0) return
  const wrapped = neighbours.map(({ recording_id: id, shard, wrapped: old }) =>
    rewrapKey(keyOfShard(opened, shard), keyOfShard(fresh, shard), old, recordingPurpose(id)),
  )
  await sql`
    update recording_key k set wrapped = given.wrapped
    from unnest(${neighbours.map((row) => row.recording_id)}::uuid[], ${wrapped}::bytea[]) as given (id, wrapped)
    where k.recording_id = given.id`.execute(tx)
}

/** Wraps shard keys under a version. */
export async function wrapShards(
  tx: Tx,
  store: KeyStore,
  month: Temporal.PlainDate,
  version: number,
  shards: readonly (readonly [number, Buffer])[],
): Promise<void> {
  if (shards.length === 0) return
  const name = monthKeyName(month, version)
  const items = shards.map(([shard, secret]) => ({ secret, purpose: shardPurpose(month, shard) }))
  const wrapped = await wrapVerified(store, name, items)
  await sql`
    update shard_key s set month_key_version = ${version}, wrapped = given.wrapped
    from unnest(${shards.map(([shard]) => shard)}::int[], ${wrapped}::bytea[]) as given (shard, wrapped)
    where s.expiry_month = ${month} and s.shard = given.shard`.execute(tx)
}
