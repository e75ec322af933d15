/**
 * Locks of keys: rows of `key_lock`, which only the custodian's role can lock, so no other role can delay a destruction. Rows
 * are never replaced: a waiter finds the same row afterwards.
 */
import { sql } from 'kysely'
import type { Db } from '../tables.ts'

/** Locks a key until the transaction ends: `shared` to use it, `exclusive` to replace it. */
export async function lockKey(tx: Db, name: string, mode: 'shared' | 'exclusive'): Promise<void> {
  const strength = mode === 'exclusive' ? sql`for update` : sql`for key share`
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
