import { sql } from 'kysely'
import { type Session, asViewer } from '../people/session.ts'
import type { SafeguardsDatabase } from '../tables.ts'

/** Returns how many views the session's person has had or attempted recently, in any process, by the log. */
export function recentViews(
  database: SafeguardsDatabase,
  session: Session,
): Promise<{ inMinute: number; inHour: number }> {
  return asViewer(database, session, async (tx) => {
    const { rows } = await sql<{ inMinute: number; inHour: number }>`
      select in_minute as "inMinute", in_hour as "inHour" from recent_accesses()`.execute(tx)
    return rows[0] ?? { inMinute: 0, inHour: 0 }
  })
}
