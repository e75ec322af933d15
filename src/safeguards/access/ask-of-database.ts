/**
 * An act that the database decides on. In: a session, and the call of one of its functions, which asks who acts and writes
 * its own trace; or a query under its policies, and the demand that refuses who may not ask. Out: what it gave, or its refusal, which is
 * logged here. Never here: a decision of this process.
 */
import { sql, type RawBuilder } from 'kysely'
import { inSession } from '#platform/database/connect.ts'
import { appendAudit, type AuditEntry } from '../audit/append.ts'
import type { Session } from '../people/session.ts'
import { safeguardsOf, type HoldingSafeguards } from '../tables.ts'

export interface Refused<Code extends string> {
  refused: Code
  /** More that the database said: an instant, a number. */
  of?: string
}

/** Of the entry that a refusal leaves in the log. */
type RefusalTrace = Pick<AuditEntry, 'action' | 'object' | 'detail'>

/**
 * Runs one statement in the session's name.
 * @param codes what the function refuses with (SQLSTATE SE001); anything else it raises is thrown
 * @param demand asked first, where the statement is a query: policies show fewer rows, and refuse nothing
 * @returns its rows, or the refusal
 */
export async function askOfDatabase<Row, Code extends string>(
  holding: HoldingSafeguards,
  session: Session,
  statement: RawBuilder<Row>,
  codes: readonly Code[],
  trace: RefusalTrace,
  demand?: RawBuilder<unknown>,
): Promise<{ rows: Row[] } | Refused<Code>> {
  const asking = inSession(safeguardsOf(holding), { 'seloste.session': session.token }, async (tx) => {
    if (demand) await sql`select ${demand}`.execute(tx)
    return { rows: (await statement.execute(tx)).rows }
  })
  return refusedInLog(holding, session, asking, codes, trace)
}

/** An act of which nothing is given back but that it was done. */
export async function actInDatabase<Code extends string>(
  holding: HoldingSafeguards,
  session: Session,
  statement: RawBuilder<unknown>,
  codes: readonly Code[],
  trace: RefusalTrace,
): Promise<'done' | Refused<Code>> {
  const answer = await askOfDatabase(holding, session, statement, codes, trace)
  return 'refused' in answer ? answer : 'done'
}

/** A question whose answer is its one row. */
export async function rowOfDatabase<Row, Code extends string>(
  holding: HoldingSafeguards,
  session: Session,
  statement: RawBuilder<Row>,
  codes: readonly Code[],
  trace: RefusalTrace,
): Promise<Row | Refused<Code>> {
  const answer = await askOfDatabase(holding, session, statement, codes, trace)
  return 'refused' in answer ? answer : answer.rows[0]!
}

/** A list for whoever has its role: the `value` of each row. */
export async function listOfDatabase<Value>(
  holding: HoldingSafeguards,
  session: Session,
  statement: RawBuilder<{ value: Value }>,
  trace: Pick<AuditEntry, 'action' | 'object'>,
): Promise<Value[] | Refused<'deny.role'>> {
  const answer = await askOfDatabase(holding, session, statement, ['deny.role'] as const, trace)
  return 'refused' in answer ? answer : answer.rows.map(({ value }) => value)
}

/** An act or a look in a session whose refusal is in the log before it is returned; anything else is thrown. */
export async function refusedInLog<Found, Code extends string>(
  holding: HoldingSafeguards,
  session: Session,
  asking: Promise<Found>,
  codes: readonly Code[],
  trace: RefusalTrace,
): Promise<Found | Refused<Code>> {
  try {
    return await asking
  } catch (error) {
    const answer = refusalOf(error, codes)
    if (!answer) throw error
    await appendAudit(holding, { ...trace, result: `refused:${answer.refused}`, personId: session.personId })
    return answer
  }
}

/** A refusal of the database's functions as an answer, where somebody else logs it; anything else is thrown. */
export async function asRefused<Found, Code extends string>(
  codes: readonly Code[],
  asking: Promise<Found>,
): Promise<Found | Refused<Code>> {
  try {
    return await asking
  } catch (error) {
    const answer = refusalOf(error, codes)
    if (!answer) throw error
    return answer
  }
}

/** What a function of the database refused with (SQLSTATE SE001), where it is one of the codes; nothing of any other error. */
export function refusalOf<Code extends string>(error: unknown, codes: readonly Code[]): Refused<Code> | undefined {
  const { code, message, detail } = error as { code?: string; message?: string; detail?: string }
  const refused = code === 'SE001' ? codes.find((one) => one === message) : undefined
  return refused && { refused, ...(detail && { of: detail }) }
}
