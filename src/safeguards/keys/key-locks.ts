/**
 * Locks of keys: rows of `key_lock`, which only the custodian's role can lock. No other role can make a destruction wait for one.
 * A row is never replaced, so whoever waits for one finds the same row afterwards.
 */
import { sql, type Kysely } from 'kysely'
import type { SafeguardTables } from '../tables.ts'

/** Holds a lock until the transaction ends: `shared` by those who use a key, `alone` by the one who replaces it. */
export async function holdKey(tx: Kysely<SafeguardTables>, name: string, how: 'shared' | 'alone'): Promise<void> {
  const strength = how === 'alone' ? sql`for update` : sql`for key share`
  for (;;) {
    const { rows } = await sql`select name from key_lock where name = ${name} ${strength}`.execute(tx)
    if (rows.length > 0) return
    await tx
      .insertInto('key_lock')
      .values({ name })
      .onConflict((conflict) => conflict.doNothing())
      .execute()
  }
}
