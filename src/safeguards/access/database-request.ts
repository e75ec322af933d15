/**
 * Calls of database functions that authorise, act and log themselves, and queries under row-level security. A refusal by the
 * database is logged here. This process decides nothing.
 */
import { sql, type RawBuilder } from 'kysely'
import { appendAudit, type AuditEntry } from '../audit/append.ts'
import { type Session, asViewer } from '../people/session.ts'
import type { SafeguardsDatabase } from '../tables.ts'

export interface Refused<Code extends string> {
  refused: Code
  /** Detail of the refusal: an instant, a number. */
  of?: string
}

/** Log entry of a refusal. */
type RefusalTrace = Pick<AuditEntry, 'action' | 'object' | 'detail'>

/**
 * Runs one statement in the session's name.
 * @param codes refusals of the function (SQLSTATE SE001); any other error is thrown
 * @param precondition checked first. A query needs one: policies filter its rows but refuse nothing
 * @returns its rows, or the refusal
 */
export async function requestDatabase<Row, Code extends string>(
  database: SafeguardsDatabase,
  session: Session,
  statement: RawBuilder<Row>,
  codes: readonly Code[],
  trace: RefusalTrace,
  precondition?: RawBuilder<unknown>,
): Promise<{ rows: Row[] } | Refused<Code>> {
  const running = asViewer(database, session, async (tx) => {
    if (precondition) await sql`select ${precondition}`.execute(tx)
    return { rows: (await statement.execute(tx)).rows }
  })
  return logRefusal(database, session, running, codes, trace)
}

/** Runs a function without a result. */
export async function requestAct<Code extends string>(
  database: SafeguardsDatabase,
  session: Session,
  statement: RawBuilder<unknown>,
  codes: readonly Code[],
  trace: RefusalTrace,
): Promise<'done' | Refused<Code>> {
  const answer = await requestDatabase(database, session, statement, codes, trace)
  return 'refused' in answer ? answer : 'done'
}

/** Runs a query that returns one row. */
export async function requestRow<Row, Code extends string>(
  database: SafeguardsDatabase,
  session: Session,
  statement: RawBuilder<Row>,
  codes: readonly Code[],
  trace: RefusalTrace,
): Promise<Row | Refused<Code>> {
  const answer = await requestDatabase(database, session, statement, codes, trace)
  return 'refused' in answer ? answer : answer.rows[0]!
}

/** Returns the column `value` of each row, to the holder of a role. */
export async function requestList<Value>(
  database: SafeguardsDatabase,
  session: Session,
  statement: RawBuilder<{ value: Value }>,
  trace: Pick<AuditEntry, 'action' | 'object'>,
): Promise<Value[] | Refused<'deny.role'>> {
  const answer = await requestDatabase(database, session, statement, ['deny.role'] as const, trace)
  return 'refused' in answer ? answer : answer.rows.map(({ value }) => value)
}

/**
 * Logs a refusal of a running act or view, in the name of the session's person if there is one, and returns it. Other errors are
 * thrown.
 */
export async function logRefusal<Found, Code extends string>(
  database: SafeguardsDatabase,
  session: Session | undefined,
  running: Promise<Found>,
  codes: readonly Code[],
  trace: RefusalTrace,
): Promise<Found | Refused<Code>> {
  return running.catch(async (error: unknown) => {
    const answer = refusalOf(error, codes)
    if (!answer) throw error
    await appendAudit(database, { ...trace, result: `refused:${answer.refused}`, personId: session?.personId })
    return answer
  })
}

/** Returns a refusal of the database that is logged elsewhere. Other errors are thrown. */
export async function returnRefusal<Found, Code extends string>(
  codes: readonly Code[],
  running: Promise<Found>,
): Promise<Found | Refused<Code>> {
  return running.catch((error: unknown) => {
    const answer = refusalOf(error, codes)
    if (!answer) throw error
    return answer
  })
}

/** Thrown in a transaction to roll it back with a refusal. */
export class RollBack<Refusal extends { refused: string }> extends Error {
  readonly refusal: Refusal
  constructor(refusal: Refusal) {
    super(refusal.refused)
    this.refusal = refusal
  }
}

/** Returns the refusal of a transaction that {@link RollBack} rolled back. Other errors are thrown. */
export function rolledBack<Refusal extends { refused: string }>(error: unknown): Refusal {
  if (error instanceof RollBack) return error.refusal as Refusal
  throw error
}

/** Returns the refusal of a database function (SQLSTATE SE001) if it is one of the codes. */
export function refusalOf<Code extends string>(error: unknown, codes: readonly Code[]): Refused<Code> | undefined {
  const { code, message, detail } = error as { code?: string; message?: string; detail?: string }
  const refused = code === 'SE001' ? codes.find((one) => one === message) : undefined
  return refused && { refused, ...(detail && { of: detail }) }
}
