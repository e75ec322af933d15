/** Summary of the log's state. */
import { sql } from 'kysely'
import { selectValue } from '#platform/database/select-value.ts'
import type { SafeguardsDatabase } from '../tables.ts'

/** Returns true if no break is open. While one is, nobody can view anything. */
export async function isLogWhole(database: SafeguardsDatabase): Promise<boolean> {
  return selectValue(database, sql<boolean>`log_is_whole()`)
}

/** Returns the age, in seconds, of the oldest entry without a place in the tree; 0 if there is none. */
export async function logLagSeconds(database: SafeguardsDatabase): Promise<number> {
  const oldest = sql`(select e.at from audit_pending p join audit_entry e on e.seq = p.seq order by p.seq limit 1)`
  const elapsed = sql<number>`greatest(0, extract(epoch from clock_timestamp() - ${oldest}))::float8`
  return selectValue(database, elapsed)
}
