/**
 * Versions of month keys, by month of expiry (its first day): names, new versions, shards. Destroying versions is in
 * retire-versions.ts.
 */
import { randomInt } from 'node:crypto'
import { sql } from 'kysely'
import { safeguardsOf, type SafeguardsDatabase, type Db, type Tx } from '../tables.ts'
import { lockKey } from './key-locks.ts'
import { KeyStoreFault, type KeyStore } from './key-store.ts'

/** Shards per hour: few, so that each is destroyed as a whole; several, so that none grows large. */
const shardsPerHour = 4

/** Name of a version in the key store: `month-2027-03.v1`. */
export function monthKeyName(month: Temporal.PlainDate, version: number): string {
  return `month-${month.toString().slice(0, 7)}.v${version}`
}

/** Purpose that a wrapped shard key is bound to. */
export function shardPurpose(month: Temporal.PlainDate, shard: number): string {
  return `shard ${month.toString()} ${shard}`
}

/** Purpose that a wrapped file key is bound to. */
export function recordingPurpose(recordingId: string): string {
  return `recording ${recordingId}`
}

/** Returns the month of expiry of an instant, UTC: its first day. */
export function expiryMonthOf(destroyAt: Temporal.Instant): Temporal.PlainDate {
  return destroyAt.toZonedDateTimeISO('UTC').toPlainDate().with({ day: 1 })
}

/** Returns a shard of the hour of destruction, 0 to 2975: the hour of its month and a random part. */
export function shardOf(destroyAt: Temporal.Instant): number {
  const { day, hour } = destroyAt.toZonedDateTimeISO('UTC')
  return ((day - 1) * 24 + hour) * shardsPerHour + randomInt(shardsPerHour)
}

/**
 * Returns the month's current version, creating it if there is none. A re-keying waits until the transaction ends, so that a
 * file key wrapped meanwhile is not lost.
 */
export async function currentVersion(tx: Tx, store: KeyStore, month: Temporal.PlainDate): Promise<number> {
  for (;;) {
    const known = (await lockMonths(tx, [month], 'shared')).get(month.toString())
    if (known !== undefined) return known
    const made = await makeVersion(tx, store, month, 'current')
    if (made !== undefined) return made
  }
}

/**
 * Reserves a version for the caller and creates its key. A version left by a crash is destroyed later.
 * @returns its number
 */
export async function reserveVersion(
  database: SafeguardsDatabase,
  store: KeyStore,
  month: Temporal.PlainDate,
): Promise<number> {
  const db = safeguardsOf(database)
  for (;;) {
    const made = await makeVersion(db, store, month, 'making')
    if (made !== undefined) return made
  }
}

/**
 * Locks months until the transaction ends: `shared` to wrap keys under them, `exclusive` to re-key them. Always in ascending
 * order.
 * @returns the current version of each month that has one
 */
export async function lockMonths(
  tx: Tx,
  months: readonly Temporal.PlainDate[],
  mode: 'shared' | 'exclusive',
): Promise<Map<string, number>> {
  const current = new Map<string, number>()
  for (const month of [...months].sort(Temporal.PlainDate.compare)) {
    await lockKey(tx, `month ${month.toString()}`, mode)
    const row = await tx
      .selectFrom('month_key')
      .select('version')
      .where('expiry_month', '=', month)
      .where('state', '=', 'current')
      .executeTakeFirst()
    if (row) current.set(month.toString(), row.version)
  }
  return current
}

/** Makes the next version of a month key; undefined if another process has taken its number. */
async function makeVersion(
  db: Db,
  store: KeyStore,
  month: Temporal.PlainDate,
  state: 'making' | 'current',
): Promise<number | undefined> {
  const { last } = await db
    .selectFrom('month_key')
    .select(({ fn }) => fn.coalesce(fn.max('version'), sql<number>`0`).as('last'))
    .where('expiry_month', '=', month)
    .executeTakeFirstOrThrow()
  const version = last + 1
  const { numInsertedOrUpdatedRows: made } = await db
    .insertInto('month_key')
    .values({ expiry_month: month, version, state })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirstOrThrow()
  if (made !== 1n) return undefined
  await makeOnce(store, monthKeyName(month, version))
  return version
}

/** The number is reserved: an existing key of that name was made before a crash, or before an answer of the store was lost. */
async function makeOnce(store: KeyStore, name: string): Promise<void> {
  try {
    await store.make(name)
  } catch (error) {
    if (!(error instanceof KeyStoreFault && error.code === 'KEY_EXISTS')) throw error
  }
}
