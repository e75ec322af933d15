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

/** A call of a database function, as data, with the log entry of a refusal. */
interface DatabaseCall<Row, Code extends string> extends RefusalTrace {
  statement: RawBuilder<Row>
  /** Refusals of the function (SQLSTATE SE001); any other error is thrown. */
  refusals: readonly Code[]
  /** Checked first. A query needs one: policies filter its rows but refuse nothing. */
  precondition?: RawBuilder<unknown>
}

/** Runs a call with its arguments in the session's name. */
type SessionCall<Args extends unknown[], Answer> = (
  database: SafeguardsDatabase,
  session: Session,
  ...args: Args
) => Promise<Answer>

/** Makes an act from a call of a function without a result. */
export function databaseAct<Args extends unknown[], Code extends string>(
  callOf: (...args: Args) => DatabaseCall<unknown, Code>,
): SessionCall<Args, 'done' | Refused<Code>> {
  return databaseAnswer(callOf, () => 'done')
}

/** Makes a query for one row. */
export function databaseRow<Args extends unknown[], Row, Code extends string>(
  callOf: (...args: Args) => DatabaseCall<Row, Code>,
): SessionCall<Args, Row | Refused<Code>> {
  return databaseAnswer(callOf, ([row]) => row!)
}

/** Makes a query for one row's column `value`. */
export function databaseValue<Args extends unknown[], Value, Code extends string>(
  callOf: (...args: Args) => DatabaseCall<{ value: Value }, Code>,
): SessionCall<Args, Value | Refused<Code>> {
  return databaseAnswer(callOf, ([row]) => row!.value)
}

/** Makes a query for rows. */
export function databaseRows<Args extends unknown[], Row, Code extends string>(
  callOf: (...args: Args) => DatabaseCall<Row, Code>,
): SessionCall<Args, Row[] | Refused<Code>> {
  return databaseAnswer(callOf, (rows) => rows)
}

/** Makes a query for the column `value` of rows. */
export function databaseValues<Args extends unknown[], Value, Code extends string>(
  callOf: (...args: Args) => DatabaseCall<{ value: Value }, Code>,
): SessionCall<Args, Value[] | Refused<Code>> {
  return databaseAnswer(callOf, (rows) => rows.map(({ value }) => value))
}

/** Makes a query whose rows are converted to its answer. */
export function databaseAnswer<Args extends unknown[], Row, Code extends string, Answer>(
  callOf: (...args: Args) => DatabaseCall<Row, Code>,
  view: (rows: Row[], args: Args) => Answer,
): SessionCall<Args, Answer | Refused<Code>> {
  return async (database, session, ...args) => {
    const { statement, refusals, precondition, ...trace } = callOf(...args)
    const answer = await requestDatabase(database, session, statement, refusals, trace, precondition)
    return 'refused' in answer ? answer : view(answer.rows, args)
  }
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
