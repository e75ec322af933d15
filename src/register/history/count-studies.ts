import { sql, type Kysely } from 'kysely'
import type { RegisterTables } from '../tables.ts'

const batch = 1_000

/**
 * Counts for studies every ended call that is not counted, and recounts those with new facts.
 * @returns how many
 */
export async function countStudies(db: Kysely<RegisterTables>, signal?: AbortSignal): Promise<number> {
  let counted = 0
  // One transaction each: admissions do not wait.
  while (!signal?.aborted) {
    const { rows } = await sql<{ n: number }>`select count_studies(${batch}::integer) as n`.execute(db)
    counted += rows[0]!.n
    if (rows[0]!.n < batch) break
  }
  return counted
}

/**
 * Removes hours, days and units from the counts of days without remaining calls (R22).
 * @returns how many rows
 */
export async function rollUpStudies(db: Kysely<RegisterTables>): Promise<number> {
  const { rows } = await sql<{ gone: number }>`select roll_up_studies() as gone`.execute(db)
  return rows[0]!.gone
}
