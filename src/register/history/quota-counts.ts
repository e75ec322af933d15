import { sql, type Kysely } from 'kysely'
import type { RegisterTables } from '../tables.ts'

/**
 * Returns how many recordings count towards quotas, for calls answered from one instant until before another, by rule, official
 * and number, without the caller's own segments. Capture sees these counts and no calls.
 */
export async function readQuotaCounts(
  db: Kysely<RegisterTables>,
  from: Temporal.Instant,
  to: Temporal.Instant,
  knownSegments: readonly string[],
): Promise<{ ruleId: string; officialId: string | null; number: string; recorded: number }[]> {
  const { rows } = await sql<{
    rule_id: string
    official_person_id: string | null
    number_reached: string
    recorded: number
  }>`
    select rule_id, official_person_id, number_reached, recorded::int as recorded
    from quota_counts(${from}, ${to}, ${knownSegments}::uuid[])`.execute(db)
  return rows.map((row) => ({
    ruleId: row.rule_id,
    officialId: row.official_person_id,
    number: row.number_reached,
    recorded: row.recorded,
  }))
}
