/**
 * Verifications of the log, asked for at the desk and done by the custodian. In: a session of a data protection officer, or
 * the custodian's progress. Out: how far each has come, and what it found. Never here: the verifying (verify/).
 */
import { sql } from 'kysely'
import { currentNames } from '../people/current-names.ts'
import type { Session } from '../people/session.ts'
import { safeguardsOf, type HoldingSafeguards } from '../tables.ts'
import { appendAudit } from './append.ts'
import { asOfficer } from './read-log.ts'
import type { VerificationState } from './verification-tables.ts'
import type { Progress, Report } from './verify/report.ts'

export interface Verification {
  id: string
  askedBy: { id: string; name: string | undefined } | undefined
  askedAt: Temporal.Instant
  startedAt: Temporal.Instant | null
  endedAt: Temporal.Instant | null
  state: VerificationState
  step: string | null
  checked: number
  entries: number | null
  report: Report | null
}

const shown = 20

/** The newest ones. */
export function listVerifications(
  holding: HoldingSafeguards,
  session: Pick<Session, 'token'>,
): Promise<Verification[] | { refused: 'deny.role' }> {
  return asOfficer(holding, session, async (tx) => {
    const rows = await tx.selectFrom('log_verification').selectAll().orderBy('asked_at', 'desc').limit(shown).execute()
    const names = await currentNames(
      tx,
      rows.flatMap(({ asked_by }) => asked_by ?? []),
    )
    return rows.map((row) => ({
      id: row.id,
      askedBy: row.asked_by === null ? undefined : { id: row.asked_by, name: names.get(row.asked_by) },
      askedAt: row.asked_at,
      startedAt: row.started_at,
      endedAt: row.ended_at,
      state: row.state,
      step: row.step,
      checked: row.checked,
      entries: row.entries,
      report: row.report as Report | null,
    }))
  })
}

/** Asks for one. @returns its id; that of the one which has not ended yet, where there is one */
export function askVerification(
  holding: HoldingSafeguards,
  session: Pick<Session, 'token'>,
): Promise<{ id: string } | { refused: 'deny.role' }> {
  return asOfficer(holding, session, async (tx) => {
    const { rows } = await sql<{ id: string }>`select ask_log_verification() as id`.execute(tx)
    return rows[0]!
  })
}

/** Cancels one. @returns false where it has ended already, or never was */
export function cancelVerification(
  holding: HoldingSafeguards,
  session: Pick<Session, 'token'>,
  id: string,
): Promise<boolean | { refused: 'deny.role' }> {
  return asOfficer(holding, session, async (tx) => {
    const { rows } = await sql<{ done: boolean }>`select cancel_log_verification(${id}::uuid) as done`.execute(tx)
    return rows[0]?.done === true
  })
}

/** Takes up the one that waits, or that a process left behind when it ended. The caller holds a lock. */
export async function takeUpVerification(holding: HoldingSafeguards): Promise<string | undefined> {
  const row = await safeguardsOf(holding)
    .updateTable('log_verification')
    .set({ state: 'RUNNING', started_at: sql<Temporal.Instant>`clock_timestamp()`, checked: 0 })
    .where('ended_at', 'is', null)
    .returning('id')
    .executeTakeFirst()
  return row?.id
}

/** Begins one that nobody asked for, where none was asked for in so many hours. */
export async function beginDueVerification(holding: HoldingSafeguards, hours: number): Promise<void> {
  await sql`
    insert into log_verification (asked_by)
    select null where not exists (
      select from log_verification where asked_at > clock_timestamp() - make_interval(hours => ${hours}) or ended_at is null)
    on conflict do nothing`.execute(safeguardsOf(holding))
}

/** Notes how far one has come. @returns whether it is to go on */
export async function noteProgress(holding: HoldingSafeguards, id: string, progress: Progress): Promise<boolean> {
  const row = await safeguardsOf(holding)
    .updateTable('log_verification')
    .set({ step: progress.step, checked: progress.checked, entries: progress.entries })
    .where('id', '=', id)
    .returning('cancelled_at')
    .executeTakeFirst()
  return row !== undefined && row.cancelled_at === null
}

/** Ends one: with its report, cancelled, or with the fault that kept it from its end. The log tells of it. */
export async function endVerification(
  holding: HoldingSafeguards,
  id: string,
  end: { report: Report } | 'cancelled' | { fault: string },
): Promise<void> {
  const report = typeof end === 'object' && 'report' in end ? end.report : undefined
  const state = report ? (report.found === 0 ? 'WHOLE' : 'BROKEN') : end === 'cancelled' ? 'CANCELLED' : 'FAILED'
  await safeguardsOf(holding)
    .transaction()
    .execute(async (tx) => {
      const row = await tx
        .updateTable('log_verification')
        .set({
          state,
          ended_at: sql<Temporal.Instant>`clock_timestamp()`,
          ...(report && { report: JSON.stringify(report), checked: report.entries, entries: report.entries }),
          ...(typeof end === 'object' && 'fault' in end && { fault: end.fault }),
        })
        .where('id', '=', id)
        .where('ended_at', 'is', null)
        .returning('asked_by')
        .executeTakeFirst()
      if (!row) return
      const [first] = report?.problems ?? []
      await appendAudit(tx, {
        action: 'log.verified',
        result: state === 'WHOLE' ? 'ok' : `failed:${state.toLowerCase()}`,
        personId: row.asked_by ?? undefined,
        object: { kind: 'log', id },
        detail: {
          ...(report && { entries: report.entries, found: report.found }),
          ...(first && { problem: first.code, leaf: first.leaf ?? null, entry: first.seq ?? null }),
        },
      })
    })
}
