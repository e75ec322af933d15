/** Shared steps of a replay. */
import { sql, type RawBuilder, type Transaction } from 'kysely'
import type { SafeguardTables } from '../tables.ts'

export type Tx = Transaction<SafeguardTables>

/**
 * Returns a person named by an entry, entering one who came after the backup: nobody can sign in by that, and the directory
 * enters them again.
 * @returns undefined if it is no person: a job, the database
 */
export async function havePerson(tx: Tx, id: string, at: string): Promise<string | undefined> {
  if (!/^[0-9a-f]{8}-/.test(id)) return undefined
  await sql`
    insert into person (id, user_id, employed_from, employed_to)
    values (${id}::uuid, ${`restored.${id}`}, ${at}::timestamptz, ${at}::timestamptz) on conflict do nothing`.execute(
    tx,
  )
  return id
}

export async function count(tx: Tx, statement: RawBuilder<unknown>): Promise<number> {
  return Number((await statement.execute(tx)).numAffectedRows ?? 0)
}
