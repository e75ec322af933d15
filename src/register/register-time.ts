import { sql, type Kysely, type Transaction } from 'kysely'
import type { RegisterTables } from './tables.ts'

/**
 * Returns the time for views of anything with a term: the database's, which never goes back
 * (database/functions/destruction/recordings.sql). The calling process's clock may have gone back, which would show expired
 * recordings again (R24).
 */
export async function registerTime(tx: Transaction<RegisterTables>): Promise<Temporal.Instant> {
  const { rows } = await sql<{ now: Temporal.Instant }>`select register_now() as now`.execute(tx)
  return rows[0]!.now
}

/**
 * Returns the time by which terms end: the database's time, but at most 26 hours after the highest time seen, until two people
 * have confirmed a jump of the clock (database/functions/destruction/recordings.sql). So a clock that jumps ahead destroys nothing.
 */
export async function destructionTime(db: Kysely<RegisterTables>): Promise<Temporal.Instant> {
  const { rows } = await sql<{ now: Temporal.Instant }>`select destruction_now() as now`.execute(db)
  return rows[0]!.now
}
