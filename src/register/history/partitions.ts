import { sql, type Kysely } from 'kysely'
import type { RegisterTables } from '../tables.ts'

const monthsAhead = 3

/** Creates the missing monthly partitions for this month and the next ones. */
export async function ensurePartitions(db: Kysely<RegisterTables>, now: Temporal.Instant): Promise<void> {
  const month = now.toZonedDateTimeISO('UTC').toPlainDate().with({ day: 1 })
  const last = month.add({ months: monthsAhead })
  await sql`select ensure_partitions(${month.toString()}::date, ${last.toString()}::date)`.execute(db)
}
