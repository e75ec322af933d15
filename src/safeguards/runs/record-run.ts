/**
 * Records runs of sweeps, verifications, backups and restores for the retention overview. No ids of calls, names or numbers.
 */
import { sql, type Kysely, type Generated } from 'kysely'
import { safeguardsOf, type SafeguardsDatabase } from '../tables.ts'

export interface Run {
  work: 'sweep' | 'verification' | 'backup' | 'restore'
  /** Stable code of a failure; undefined on success. */
  fault?: string | undefined
  /** Recordings destroyed, verified or copied. */
  recordings?: number
  /** Contacts deleted or copied. */
  contacts?: number
  /** Months of history dropped: 2025-09. */
  months?: readonly string[]
  /** Keys destroyed. */
  keys?: number
  /** For a verification that continues another day: the last recording. */
  resumeAfter?: string | undefined
}

/** Returns the newest entry of the destruction ledger: read it before a run, so that the run's own entries are known. */
export async function ledgerPosition(database: SafeguardsDatabase): Promise<number> {
  const { newest } = await safeguardsOf(database)
    .selectFrom('destruction_entry')
    .select(sql<number>`coalesce(max(seq), 0)::float8`.as('newest'))
    .executeTakeFirstOrThrow()
  return newest
}

/**
 * Records a finished run, successful or not.
 * @param after {@link ledgerPosition} before it
 */
export async function recordRun(database: SafeguardsDatabase, run: Run, after?: number): Promise<void> {
  const to = after === undefined ? 0 : await ledgerPosition(database)
  const range = after !== undefined && to > after ? { from: after + 1, to } : undefined
  await (database as unknown as Kysely<RunTables>)
    .insertInto('retention_run')
    .values({
      work: run.work,
      result: run.fault === undefined ? 'ok' : 'failed',
      recordings: Math.floor(run.recordings ?? 0),
      contacts: Math.floor(run.contacts ?? 0),
      months: [...(run.months ?? [])],
      keys: run.keys ?? 0,
      ledger_from: range?.from ?? null,
      ledger_to: range?.to ?? null,
      fault: run.fault?.slice(0, maxFaultLength) ?? null,
      goes_on_after: run.resumeAfter ?? null,
    })
    .execute()
}

const maxFaultLength = 100

/** Returns the last verification of recordings, and where the next part begins. */
export async function lastVerification(
  database: SafeguardsDatabase,
): Promise<{ at: Temporal.Instant; resumeAfter: string | undefined } | undefined> {
  const row = await (database as unknown as Kysely<RunTables>)
    .selectFrom('retention_run')
    .select(['at', 'goes_on_after'])
    .where('work', '=', 'verification')
    .orderBy('seq', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row && { at: row.at, resumeAfter: row.goes_on_after ?? undefined }
}

/** Table of runs (database/functions/evidence/proofs.sql). */
export interface RunTables {
  retention_run: {
    seq: Generated<number>
    at: Generated<Temporal.Instant>
    work: 'sweep' | 'verification' | 'backup' | 'restore'
    result: 'ok' | 'failed'
    recordings: Generated<number>
    contacts: Generated<number>
    months: Generated<string[]>
    keys: Generated<number>
    /** First and last ledger entry of the run. */
    ledger_from: number | null
    ledger_to: number | null
    fault: string | null
    /** For a verification that continues another day: the last recording verified. */
    goes_on_after: string | null
  }
}
