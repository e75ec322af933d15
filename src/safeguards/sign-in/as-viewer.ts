import type { Transaction } from 'kysely'
import { inSession } from '#platform/database/connect.ts'
import { refusalOf } from '../access/database-request.ts'
import { appendAudit, type AuditEntry } from '../audit/append.ts'
import type { Session } from '../people/session.ts'
import { safeguardsOf, type SafeguardsDatabase, type SafeguardTables } from '../tables.ts'

/** A refusal by the database, by name (SQLSTATE SE001). */
export interface Refused<Code extends string> {
  refused: Code
}

/** Runs in one transaction with the session set. */
export function asViewer<Result>(
  database: SafeguardsDatabase,
  session: Session,
  work: (tx: Transaction<SafeguardTables>) => Promise<Result>,
): Promise<Result> {
  return inSession(safeguardsOf(database), { 'seloste.session': session.token }, work)
}

/**
 * Returns the result of `work`, or the database's refusal, which is logged after the rollback.
 * @throws other errors
 */
export async function logRefusal<Code extends string, Result>(
  database: SafeguardsDatabase,
  codes: readonly Code[],
  entry: Omit<AuditEntry, 'result'>,
  work: () => Promise<Result>,
): Promise<Result | Refused<Code>> {
  try {
    return await work()
  } catch (error) {
    const refused = refusalOf(error, codes)?.refused
    if (refused === undefined) throw error
    await appendAudit(database, { ...entry, result: `refused:${refused}` })
    return { refused }
  }
}
