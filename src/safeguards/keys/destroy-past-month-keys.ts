import { safeguardsOf, type SafeguardsDatabase, type Db } from '../tables.ts'
import type { Copies } from '../places/copies.ts'
import type { KeyStore } from './key-store.ts'
import { lockMonths, monthKeyName } from './month-keys.ts'
import { destroyKey, destroyRetiredVersions, recordKeyDestroyed } from './retire-versions.ts'

/**
 * Destroys every version of keys of past months (before `currentMonth`, its first day) that no stored recording depends on. Every copy
 * of the keyring of such a month becomes useless.
 * @returns the names of the destroyed keys
 */
export async function destroyPastMonthKeys(
  database: SafeguardsDatabase,
  store: KeyStore,
  copies: Copies,
  currentMonth: Temporal.PlainDate,
  now: Temporal.Instant,
): Promise<string[]> {
  const db = safeguardsOf(database)
  const ended = (await db
    .selectFrom('month_key as m')
    .select(['expiry_month', 'version'])
    .where('expiry_month', '<', currentMonth)
    .where('state', '=', 'current')
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('recording_key as k').select('recording_id').whereRef('k.expiry_month', '=', 'm.expiry_month'),
        ),
      ),
    )
    .execute()) satisfies { version: number }[]
  for (const { expiry_month: month, version } of ended) await retireCurrentVersion(db, month, version, now)
  const { destroyed } = await destroyRetiredVersions(db, store, copies, now)
  const names = destroyed.map(({ key }) => key).filter((name) => isBefore(name, currentMonth))
  return [...names, ...(await destroyUnknown(db, store, currentMonth))]
}

/** Also deletes the month's shards: without them the key opens nothing. After a crash the next run continues with the destruction. */
async function retireCurrentVersion(
  db: Db,
  month: Temporal.PlainDate,
  version: number,
  now: Temporal.Instant,
): Promise<void> {
  await db.transaction().execute(async (tx) => {
    const current = (await lockMonths(tx, [month], 'exclusive')).get(month.toString())
    // A late recording has been ingested meanwhile.
    const usedBy = await tx
      .selectFrom('recording_key')
      .select('recording_id')
      .where('expiry_month', '=', month)
      .limit(1)
      .executeTakeFirst()
    if (current !== version || usedBy) return
    await tx.deleteFrom('shard_key').where('expiry_month', '=', month).execute()
    await tx
      .updateTable('month_key')
      .set({ state: 'retiring', retiring_since: now, deadline: now })
      .where('expiry_month', '=', month)
      .where('version', '=', version)
      .execute()
  })
}

/** Destroys keys that no row names: their transaction was rolled back. */
async function destroyUnknown(db: Db, store: KeyStore, currentMonth: Temporal.PlainDate): Promise<string[]> {
  const rows = await db
    .selectFrom('month_key')
    .select(['expiry_month', 'version'])
    .where('state', '!=', 'destroyed')
    .execute()
  const known = new Set(rows.map(({ expiry_month, version }) => monthKeyName(expiry_month, version)))
  const unknown = (await store.names()).filter((name) => !known.has(name) && isBefore(name, currentMonth))
  for (const name of unknown) {
    const receipt = await destroyKey(store, name)
    await db
      .transaction()
      .execute((tx) => recordKeyDestroyed(tx, name, { kind: 'month-key', name, cause: 'retention' }, receipt))
  }
  return unknown
}

function isBefore(name: string, month: Temporal.PlainDate): boolean {
  const written = /^month-(\d{4}-\d{2})\.v\d+$/.exec(name)?.[1]
  return written !== undefined && written < month.toString().slice(0, 7)
}
