/**
 * The door for looking. In: a Grant and a look, which is queries on the register. Out: what the look found, after its
 * audit entry is durable. Never here: a look without a Grant, a row the database's row-level security would not show to
 * the person behind it, a result that left before its trace.
 */
import type { Kysely, Transaction } from 'kysely'
import { traceOf, underGrant, type Grant, type Right } from '#safeguards/access/grant.ts'
import { appendAudit, type AuditEntry } from '#safeguards/audit/append.ts'
import type { RegisterTables } from './tables.ts'

/** A look's result and the trace it leaves. */
export interface Viewed<Result> {
  found: Result
  /** `nothing-new` where that is in the log: the same person was shown the very same a moment ago, or the database has told it. */
  trace: Pick<AuditEntry, 'action' | 'result' | 'object' | 'detail'> | 'nothing-new'
  /** The right that reached what was seen, when it is not the Grant's first. */
  right?: Right | undefined
}

/** Looks under a Grant: the look and its audit entry are one transaction, and nothing is returned before it has committed (R21). */
export function read<Sight extends Viewed<unknown>>(
  db: Kysely<RegisterTables>,
  grant: Grant,
  look: (tx: Transaction<RegisterTables>) => Promise<Sight>,
): Promise<Sight['found']> {
  return underGrant(db, grant, async (tx) => {
    const { found, trace, right } = await look(tx)
    if (trace !== 'nothing-new') {
      const detail = grant.purposeStated ? trace.detail : { ...trace.detail, purposeStated: false }
      await appendAudit(tx, { ...traceOf(grant, right), ...trace, detail })
    }
    return found
  })
}
