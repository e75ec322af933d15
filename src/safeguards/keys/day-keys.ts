/**
 * Day keys of earlier versions, which sealed every recording of a day to one X25519 key, `intake-YYYY-MM-DD` in the key store.
 * None is made any more; each is destroyed once no recording waits for it.
 */
import { sql } from 'kysely'
import { appendToLedger } from '../ledger/append-to-ledger.ts'
import { safeguardsOf, type SafeguardsDatabase } from '../tables.ts'
import type { KeyStore } from './key-store.ts'
import { destroyKey } from './retire-versions.ts'

/** Days within which an earlier version's capture may still deliver a recording. */
const retentionDays = 7

/** Returns a day's private key (AGE-SECRET-KEY-1…); undefined once it is destroyed. */
export async function dayIdentity(store: KeyStore, day: Temporal.PlainDate): Promise<string | undefined> {
  return (await store.read(dayKeyName(day)))?.toString('utf8')
}

/**
 * Destroys day keys that no recording waits for, and those whose week is over by the time of destruction.
 * @returns their days
 */
export async function destroyUnneededDayKeys(
  database: SafeguardsDatabase,
  store: KeyStore,
  now: Temporal.Instant,
): Promise<Temporal.PlainDate[]> {
  const db = safeguardsOf(database)
  const { rows } = await sql<{ day: Temporal.PlainDate }>`
    select k.day from intake_key k
    where k.private_destroyed_at is null and (k.day < (least(${now}::timestamptz, destruction_now()) at time zone 'UTC')::date - ${sql.lit(retentionDays)} or (
      day_keys_are_retired()
      and not exists (
        select from recording r
        where r.intake_day = k.day and r.intake_key is null and r.kept_at is null and r.state in ('CAPTURING', 'STORED')
          and r.keeping_fault is distinct from 'not-in-backup'
      )))
    order by k.day`.execute(db)
  for (const { day } of rows) {
    const receipt = await destroyKey(store, dayKeyName(day))
    await db.transaction().execute(async (tx) => {
      const { numUpdatedRows: updated } = await tx
        .updateTable('intake_key')
        .set({ private_destroyed_at: sql<Temporal.Instant>`clock_timestamp()` })
        .where('day', '=', day)
        .where('private_destroyed_at', 'is', null)
        .executeTakeFirstOrThrow()
      if (updated === 0n) return
      await appendToLedger(tx, {
        kind: 'intake-key',
        name: day.toString(),
        cause: 'retention',
        doneBy: 'destroyer',
        detail: {},
        targets: { receipts: [receipt] },
      })
    })
  }
  return rows.map(({ day }) => day)
}

export function dayKeyName(day: Temporal.PlainDate): string {
  return `intake-${day.toString()}`
}
