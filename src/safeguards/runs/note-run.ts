/**
 * Runs of what ends and keeps records: sweeps, verifications, backups, restores. In: what a run did, by the custodian or the
 * owner. Out: a row that the overview of retention shows. Never here: ids of calls, names, numbers.
 */
import { sql, type Kysely } from 'kysely'
import { safeguardsOf, type HoldingSafeguards } from '../tables.ts'
import type { RunTables } from './run-tables.ts'

export interface Run {
  work: 'sweep' | 'verification' | 'backup' | 'restore'
  /** A stable code of what went wrong; none where all went well. */
  fault?: string | undefined
  /** Recordings destroyed, proved or copied. */
  recordings?: number
  /** Contacts ended or copied. */
  contacts?: number
  /** Whole months of history dropped: 2025-09. */
  months?: readonly string[]
  /** Keys destroyed. */
  keys?: number
  /** Of a verification that goes on another day: after which recording. */
  goesOnAfter?: string | undefined
}

/** The newest entry of the destruction ledger: ask before a run, so that its own entries are known after it. */
export async function ledgerPosition(holding: HoldingSafeguards): Promise<number> {
  const { newest } = await safeguardsOf(holding)
    .selectFrom('destruction_entry')
    .select(sql<number>`coalesce(max(seq), 0)::float8`.as('newest'))
    .executeTakeFirstOrThrow()
  return newest
}

/**
 * Notes a run that has ended, well or not.
 * @param after what {@link ledgerPosition} said before it
 */
export async function noteRun(holding: HoldingSafeguards, run: Run, after?: number): Promise<void> {
  const to = after === undefined ? 0 : await ledgerPosition(holding)
  const range = after !== undefined && to > after ? { from: after + 1, to } : undefined
  await (holding as unknown as Kysely<RunTables>)
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
      fault: run.fault?.slice(0, longestFault) ?? null,
      goes_on_after: run.goesOnAfter ?? null,
    })
    .execute()
}

const longestFault = 100

/** The last verification of recordings, and where the next part goes on. */
export async function lastVerification(
  holding: HoldingSafeguards,
): Promise<{ at: Temporal.Instant; goesOnAfter: string | undefined } | undefined> {
  const row = await (holding as unknown as Kysely<RunTables>)
    .selectFrom('retention_run')
    .select(['at', 'goes_on_after'])
    .where('work', '=', 'verification')
    .orderBy('seq', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row && { at: row.at, goesOnAfter: row.goes_on_after ?? undefined }
}
