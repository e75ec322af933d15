import { sql, type Kysely } from 'kysely'
import type { RegisterTables } from '#register/tables.ts'

/**
 * Whether a recording is still there whose hour of destruction is over: it was taken in late, or a sweep failed at it. What an
 * order or a case keeps is not meant. The current hour's are left to the sweep: an hour of destruction goes at once, with its keys.
 */
export async function isOverdue(db: Kysely<RegisterTables>): Promise<boolean> {
  const { rows } = await sql<{ found: boolean }>`
    select exists (
      select from recording r
      where r.destroy_at < date_trunc('hour', destruction_now(), 'UTC')
        and r.state <> 'DESTROYED' and r.state in ('CAPTURING', 'STORED', 'QUARANTINED')
        and end_of_recording(r) ->> 'act' = 'destroy'
    ) as found`.execute(db)
  return rows[0]!.found
}
