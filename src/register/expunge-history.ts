/**
 * Expunges contacts, or a whole month, whose 14 months are over; what remains are counts of their days and audit entries by id.
 * Idempotent. The database refuses what is on hold, not due or not counted (database/functions/destruction/history.sql).
 */
import { sql, type Kysely } from 'kysely'
import { appendAudit } from '#safeguards/audit/append.ts'
import { appendToLedger } from '#safeguards/ledger/append-to-ledger.ts'
import type { RegisterTables } from './tables.ts'

/**
 * Deletes contacts whose term is over, with everything attached (R22).
 * @returns how many
 */
export async function expungeHistory(db: Kysely<RegisterTables>, contactIds: readonly string[]): Promise<number> {
  if (contactIds.length === 0) return 0
  return db.transaction().execute(async (tx) => {
    const { rows } = await sql<{ ids: string[] }>`select end_history(${contactIds}::uuid[]) as ids`.execute(tx)
    const ids = rows[0]?.ids ?? []
    if (ids.length > 0) await appendAudit(tx, { action: 'history.ended', result: 'ok', detail: { contacts: ids } })
    return ids.length
  })
}

/**
 * Reason why a month is not dropped. `busy`: readers or writers hold it, to be retried; `runs`: a term in it has not ended;
 * `held`: a preservation order keeps a call of it; `uncounted`: a day of it is not counted; `not-there`: it has no partition.
 */
export type MonthKeptReason = 'busy' | 'runs' | 'held' | 'uncounted' | 'not-there'

/** Drops a whole month of history (its first day, UTC) in which everything is over, with its ledger entry (R22, R52). */
export async function expungeHistoryMonth(
  db: Kysely<RegisterTables>,
  month: Temporal.PlainDate,
): Promise<{ contacts: number } | MonthKeptReason> {
  const name = month.toString().slice(0, 'yyyy-mm'.length)
  try {
    return await db.transaction().execute(async (tx) => {
      // The drop is the last step before the entries in ledger and log: it blocks readers of the history until the commit.
      const { rows } = await sql<{ outcome: MonthKeptReason | 'dropped'; contacts: number }>`
        select outcome, contacts::float8 as contacts from drop_history_month(${month}::date)`.execute(tx)
      const { outcome, contacts } = rows[0]!
      if (outcome !== 'dropped') throw new MonthKept(outcome)
      const entry = { kind: 'history-month', name, cause: 'retention', doneBy: 'sweep', detail: { contacts } } as const
      await appendToLedger(tx, entry)
      await appendAudit(tx, { action: 'month.ended', result: 'ok', detail: { month: name, contacts } })
      return { contacts }
    })
  } catch (error) {
    if (error instanceof MonthKept) return error.why
    throw error
  }
}

/** Thrown to roll back the transaction, so that nothing is dropped. */
class MonthKept extends Error {
  readonly why: MonthKeptReason
  constructor(reason: MonthKeptReason) {
    super(reason)
    this.why = reason
  }
}

/**
 * Deletes the rows of destroyed recordings whose month was dropped, with their listenings and prohibitions, and corrections.
 * @returns how many recordings
 */
export async function deleteRowsOfDroppedMonths(db: Kysely<RegisterTables>, max: number): Promise<number> {
  const { rows } = await sql<{ deleted: number }>`
    select delete_history_remainders(${max}::integer) as deleted`.execute(db)
  return rows[0]!.deleted
}
