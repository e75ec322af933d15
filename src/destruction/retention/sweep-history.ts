/**
 * Sweeps the contact history: counts completed days, deletes contacts past their term, drops months whose history has ended.
 * Expired history is hidden even before the sweep. The database decides what is due.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { sql, type Kysely } from 'kysely'
import { selectValue } from '#platform/database/select-value.ts'
import { expungeHistory, expungeHistoryMonth, deleteRowsOfDroppedMonths } from '#register/expunge-history.ts'
import type { RegisterTables } from '#register/tables.ts'

const batch = 500
const recordingRowBatch = 5_000
/** Attempts per sweep to drop a month in use; each makes queries on the month wait for at most a quarter of a second. */
const tries = 5
const betweenTriesMs = 1_000

export interface SweptHistory {
  /** Deleted contacts, including those of dropped months. */
  contacts: number
  /** Months dropped: 2025-09. */
  months: string[]
  daysCounted: number
}

/** Counts ended days, drops months whose history has ended, and deletes every other contact past its term (R22). */
export async function sweepHistory(db: Kysely<RegisterTables>): Promise<SweptHistory> {
  const daysCounted = await countDays(db)
  const dropped = await dropMonths(db)
  let contacts = dropped.contacts
  for (;;) {
    const gone = await expungeHistory(db, await dueContacts(db))
    contacts += gone
    if (gone === 0) break
  }
  // Months whose last contact was just deleted.
  const emptied = await dropMonths(db)
  while ((await deleteRowsOfDroppedMonths(db, recordingRowBatch)) === recordingRowBatch);
  return { contacts: contacts + emptied.contacts, months: [...dropped.months, ...emptied.months], daysCounted }
}

/** Returns ids of contacts past their term, at most a batch. */
async function dueContacts(db: Kysely<RegisterTables>): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    with t as (select destruction_now() as at)
    (select id from contact where history_ends_at <= (select at from t) and not history_is_held(id) limit ${batch})
    union all
    (select id from contact
     where history_ends_at is null and history_end(null, started_at) <= (select at from t)
       and started_at < (select at from t) - interval '14 months' and not history_is_held(id) limit ${batch})
    limit ${batch}`.execute(db)
  return rows.map(({ id }) => id)
}

/** Counts every local day that ended at least a day ago and has no counts, oldest first. */
export async function countDays(db: Kysely<RegisterTables>): Promise<number> {
  const { rows } = await sql<{ day: Temporal.PlainDate }>`
    select day from uncounted_history_days() as uncounted (day)`.execute(db)
  // One transaction each: completed counts stay.
  for (const { day } of rows) await sql`select count_history_day(${day}::date, false)`.execute(db)
  return rows.length
}

async function dropMonths(db: Kysely<RegisterTables>): Promise<{ contacts: number; months: string[] }> {
  const { rows } = await sql<{ month: Temporal.PlainDate }>`
    select month from expired_history_months() as over (month)`.execute(db)
  const dropped = { contacts: 0, months: [] as string[] }
  for (const { month } of rows) {
    const ended = await dropMonth(db, month)
    if (typeof ended === 'string') continue
    dropped.contacts += ended.contacts
    dropped.months.push(month.toString().slice(0, 'yyyy-mm'.length))
  }
  return dropped
}

async function dropMonth(db: Kysely<RegisterTables>, month: Temporal.PlainDate) {
  const reason = await selectValue(db, sql<string | null>`history_month_blocker(${month}::date)`)
  if (reason === 'uncounted') await closeDays(db, month)
  else if (reason !== null) return reason
  for (let left = tries; ; left--) {
    const ended = await expungeHistoryMonth(db, month)
    if (ended !== 'busy' || left === 1) return ended
    await sleep(betweenTriesMs)
  }
}

/**
 * Makes the counts of a month's local days final. The month is one of UTC, so its first and last local days belong to two
 * months.
 */
async function closeDays(db: Kysely<RegisterTables>, month: Temporal.PlainDate): Promise<void> {
  const last = month.add({ months: 1 })
  for (let day = month; Temporal.PlainDate.compare(day, last) <= 0; day = day.add({ days: 1 })) {
    await sql`select count_history_day(${day}::date, true)`.execute(db)
  }
}
