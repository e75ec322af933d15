import { sql, type Kysely } from 'kysely'
import type { RegisterTables } from '../tables.ts'

const batch = 1_000

/** Counts for studies every call that is over and not counted, and again those of which more was told. @returns how many */
export async function countStudies(db: Kysely<RegisterTables>, signal?: AbortSignal): Promise<number> {
  let counted = 0
  // One transaction each: a call that is being entered meanwhile waits for none of it.
  while (!signal?.aborted) {
    const { rows } = await sql<{ n: number }>`select count_studies(${batch}::integer) as n`.execute(db)
    counted += rows[0]!.n
    if (rows[0]!.n < batch) break
  }
  return counted
}

/** Takes hours, days and units off the counts of days of which no call is left (R22). @returns how many rows went */
export async function coarsenStudies(db: Kysely<RegisterTables>): Promise<number> {
  const { rows } = await sql<{ gone: number }>`select coarsen_studies() as gone`.execute(db)
  return rows[0]!.gone
}
