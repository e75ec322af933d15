/** Shared steps of a replay. */
import { sql, type RawBuilder } from 'kysely'
import type { Tx } from '../tables.ts'

/**
 * Returns the person whom a ledger entry names. Inserts a placeholder for a person who was added after the backup: the
 * placeholder cannot sign in, and the directory adds the person again.
 * @returns undefined if the id is not a person's: a job, the database
 */
export async function ensurePerson(tx: Tx, id: string, at: string): Promise<string | undefined> {
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
