import { sql, type Kysely } from 'kysely'
import { inSession } from '#platform/database/connect.ts'
import type { RegisterTables } from '#register/tables.ts'

/** A listening that may be served to this session at this very instant, as the database sees it; nothing otherwise. */
export function servableListening(
  db: Kysely<RegisterTables>,
  session: string,
  listening: string,
): Promise<{ recordingId: string } | undefined> {
  return inSession(db, { 'seloste.session': session }, (tx) => findServable(tx, listening))
}

/** The same inside a transaction that has the session set. */
export async function findServable(
  tx: Kysely<RegisterTables>,
  listening: string,
): Promise<{ recordingId: string } | undefined> {
  const { rows } = await sql<{
    recordingId: string
  }>`select recording_id as "recordingId" from servable_listening(${listening}::uuid)`.execute(tx)
  return rows[0]
}
