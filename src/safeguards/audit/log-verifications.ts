/**
 * Verifications of the log, requested at the desk by a data protection officer and done by the custodian: progress and results.
 */
import { sql } from 'kysely'
import { selectValue } from '#platform/database/select-value.ts'
import type { Session } from '../people/session.ts'
import { safeguardsOf, type SafeguardsDatabase } from '../tables.ts'
import { appendAudit, type AuditEntry } from './append.ts'
import { asOfficer } from './read-log.ts'
import { isStatementSigned, signStatement, type Signer, type VerifierKey } from './note.ts'
import type { Progress, Report } from './verify/report.ts'
import type { VerificationState } from './audit-tables.ts'
import { currentNames } from '../people/name-people.ts'

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

const maxListed = 20

/** Returns the newest verifications; of automatic ones the newest of each state. */
export function listVerifications(
  database: SafeguardsDatabase,
  session: Pick<Session, 'token'>,
): Promise<Verification[] | { refused: 'deny.role' }> {
  return asOfficer(database, session, async (tx) => {
    const rows = await tx
      .selectFrom('log_verification as v')
      .select(['id', 'asked_by', 'state', 'step', 'checked', 'entries', 'report'])
      .select(['asked_at as askedAt', 'started_at as startedAt', 'ended_at as endedAt'])
      .where(
        sql<boolean>`v.asked_by is not null or not exists (
          select from log_verification n where n.asked_by is null and n.state = v.state and n.asked_at > v.asked_at)`,
      )
      .orderBy('asked_at', 'desc')
      .limit(maxListed)
      .execute()
    const names = await currentNames(
      tx,
      rows.flatMap(({ asked_by }) => asked_by ?? []),
    )
    return rows.map(({ asked_by: id, report, ...row }) => ({
      ...row,
      askedBy: id === null ? undefined : { id, name: names.get(id) },
      report: report as Report | null,
    }))
  })
}

/**
 * Requests a verification.
 * @returns its id, or the id of an earlier verification that has not ended
 */
export function requestVerification(
  database: SafeguardsDatabase,
  session: Pick<Session, 'token'>,
): Promise<{ id: string } | { refused: 'deny.role' }> {
  return asOfficer(database, session, async (tx) => ({
    id: await selectValue(tx, sql<string>`request_log_verification()`),
  }))
}

/**
 * Cancels a verification.
 * @returns false if it has ended or does not exist
 */
export function cancelVerification(
  database: SafeguardsDatabase,
  session: Pick<Session, 'token'>,
  id: string,
): Promise<boolean | { refused: 'deny.role' }> {
  return asOfficer(database, session, async (tx) => {
    return selectValue(tx, sql<boolean>`cancel_log_verification(${id}::uuid)`)
  })
}

/** Claims the waiting verification, or one that a dead process left. The caller holds a lock. */
export async function claimVerification(database: SafeguardsDatabase): Promise<string | undefined> {
  const row = await safeguardsOf(database)
    .updateTable('log_verification')
    .set({ state: 'RUNNING', started_at: sql<Temporal.Instant>`clock_timestamp()`, checked: 0 })
    .where('ended_at', 'is', null)
    .returning('id')
    .executeTakeFirst()
  return row?.id
}

/** A completed verification. */
export interface LastVerification {
  endedAt: Temporal.Instant
  durationMs: number
  entries: number
  /** Number of problems. */
  found: number
  /** Code of its first problem. */
  first: string | null
}

interface SignedVerification {
  id: string
  startedAt: Temporal.Instant
  endedAt: Temporal.Instant
  entries: number
  found: number
  first: string | null
  signature: string | null
}

const statementKind = 'seloste verification v1'
/** Number of completed verifications that are searched for a signed one. */
const maxEntriesSearched = 1_000

/** Returns the newest completed verification signed by the log's key: the database owner can insert rows without one. */
export async function newestVerification(
  database: SafeguardsDatabase,
  key: VerifierKey | undefined,
): Promise<LastVerification | undefined> {
  const { rows } = await sql<SignedVerification>`
    select ${signedColumns}, signature
    from log_verification
    where state in ('WHOLE', 'BROKEN') and signature is not null and ended_at < clock_timestamp() + interval '5 minutes'
    order by ended_at desc limit ${maxEntriesSearched}`.execute(database)
  const last = rows.find(
    ({ signature, ...statement }) => key && isStatementSigned(key, statementKind, plain(statement), signature),
  )
  return last && lastOf(last)
}

function lastOf({
  startedAt,
  endedAt,
  entries,
  found,
  first,
}: Omit<SignedVerification, 'signature'>): LastVerification {
  return { endedAt, durationMs: endedAt.since(startedAt).total('milliseconds'), entries, found, first }
}

const signedColumns = sql`
  id, started_at as "startedAt", ended_at as "endedAt", coalesce(entries, 0)::float8 as entries,
  coalesce((report ->> 'found')::float8, 0) as found, report #>> '{problems,0,code}' as first`

function plain(statement: Omit<SignedVerification, 'signature'>): object {
  return { ...statement, startedAt: statement.startedAt.toString(), endedAt: statement.endedAt.toString() }
}

const minMinutes = 15
const maxMinutes = 24 * 60
/** Verification takes a sixtieth of the time: one that takes a minute runs hourly. */
const pauseFactor = 60
const slackMinutes = 30

/** Returns the minutes from the start of one automatic verification to that of the next. */
export function verificationIntervalMinutes(last: Pick<LastVerification, 'durationMs'>): number {
  return Math.min(maxMinutes, Math.max(minMinutes, (pauseFactor * last.durationMs) / 60_000))
}

/** Returns the age beyond which a verification proves nothing about the present log. */
export function maxAgeMinutes(last: Pick<LastVerification, 'durationMs'>): number {
  return 2 * verificationIntervalMinutes(last) + slackMinutes
}

/**
 * Requests an automatic verification if one is due: after an interval that grows with the duration of the last one, or if the last
 * one is dated in the future.
 * @param mode `starting`: the process has just begun and has other work: only a log never verified is due. `own`: due by the
 * process's own memory, whatever the database says, as its owner can insert verifications.
 */
export async function beginDueVerification(
  database: SafeguardsDatabase,
  key: VerifierKey | undefined,
  mode?: 'starting' | 'own',
): Promise<void> {
  if (mode === 'own') return requestVerificationAsOwner(database)
  const last = await newestVerification(database, key)
  if (mode === 'starting') return last ? undefined : requestVerificationAsOwner(database)
  const minutes = last ? verificationIntervalMinutes(last) : minMinutes
  await sql`
    delete from log_verification
    where asked_by is null and ended_at < clock_timestamp() - interval '31 days'`.execute(database)
  await sql`
    insert into log_verification (asked_by)
    select null where not exists (
      select from log_verification
      where asked_at between clock_timestamp() - make_interval(secs => ${minutes * 60}) and clock_timestamp() or ended_at is null)
    on conflict do nothing`.execute(database)
}

/** Requests a verification now, as the database owner. */
export async function requestVerificationAsOwner(database: SafeguardsDatabase): Promise<void> {
  await sql`insert into log_verification (asked_by) values (null) on conflict do nothing`.execute(database)
}

/**
 * Records progress.
 * @returns false if the verification was cancelled
 */
export async function recordProgress(database: SafeguardsDatabase, id: string, progress: Progress): Promise<boolean> {
  const row = await safeguardsOf(database)
    .updateTable('log_verification')
    .set({ step: progress.step, checked: progress.checked, entries: progress.entries })
    .where('id', '=', id)
    .returning('cancelled_at')
    .executeTakeFirst()
  return row !== undefined && row.cancelled_at === null
}

/** Returns true if the newest result in the log is this one, and an automatic verification logged it within 23 hours. */
async function wasLogged(tx: SafeguardsDatabase, result: string): Promise<boolean> {
  return selectValue(
    tx,
    sql<boolean>`exists (
      select from audit_entry
      where action = 'log.verified' and person_id is null and result = ${result}
        and at between clock_timestamp() - interval '23 hours' and clock_timestamp()
        and seq > coalesce((select max(seq) from audit_entry where action = 'log.verified' and result <> ${result}), 0))`,
  )
}

/**
 * Ends a verification: with its report, cancelled, or with the fault that stopped it, and logs it.
 * @param signer the log's key; unsigned results do not count
 * @returns the verification, if it was signed
 */
export async function endVerification(
  database: SafeguardsDatabase,
  id: string,
  end: { report: Report } | 'cancelled' | { fault: string },
  signer?: Signer,
): Promise<LastVerification | undefined> {
  const report = typeof end === 'object' && 'report' in end ? end.report : undefined
  const state = report ? (report.found === 0 ? 'WHOLE' : 'BROKEN') : end === 'cancelled' ? 'CANCELLED' : 'FAILED'
  return safeguardsOf(database)
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
      if (!row) return undefined
      const signed = report && signer ? await signVerification(tx, id, signer) : undefined
      const result: AuditEntry['result'] = state === 'WHOLE' ? 'ok' : `failed:${state.toLowerCase()}`
      if (row.asked_by === null && (await wasLogged(tx, result))) return signed
      const [first] = report?.problems ?? []
      await appendAudit(tx, {
        action: 'log.verified',
        result,
        personId: row.asked_by ?? undefined,
        object: { kind: 'log', id },
        detail: {
          ...(report && { entries: report.entries, found: report.found }),
          ...(first && { problem: first.code, leaf: first.leaf ?? null, entry: first.seq ?? null }),
        },
      })
      return signed
    })
}

async function signVerification(tx: SafeguardsDatabase, id: string, signer: Signer): Promise<LastVerification> {
  const { rows } = await sql<Omit<SignedVerification, 'signature'>>`
    select ${signedColumns} from log_verification where id = ${id}`.execute(tx)
  await safeguardsOf(tx)
    .updateTable('log_verification')
    .set({ signature: signStatement(signer, statementKind, plain(rows[0]!)) })
    .where('id', '=', id)
    .execute()
  return lastOf(rows[0]!)
}
