/**
 * Reads the register under a Grant. The result is returned after its audit entry is durable, and row-level security limits the
 * rows to the person.
 */
import type { Kysely, Transaction } from 'kysely'
import { traceOf, underGrant, type Grant, type Right } from '#safeguards/access/grant.ts'
import { appendAudit, type AuditEntry } from '#safeguards/audit/append.ts'
import type { RegisterTables } from './tables.ts'

/** Result of a view, and its audit entry. */
export interface Viewed<Result> {
  found: Result
  /** `nothing-new` if it is logged already: the same person saw the same a moment ago, or the database has logged it. */
  trace: Pick<AuditEntry, 'action' | 'result' | 'object' | 'detail'> | 'nothing-new'
  /** The right that allowed the view of the object, if it is not the Grant's first. */
  right?: Right | undefined
}

/**
 * Runs a view under a Grant: view and audit entry are one transaction, and nothing is returned before it has committed (R21).
 */
export function viewUnderGrant<Sight extends Viewed<unknown>>(
  db: Kysely<RegisterTables>,
  grant: Grant,
  view: (tx: Transaction<RegisterTables>) => Promise<Sight>,
): Promise<Sight['found']> {
  return underGrant(db, grant, async (tx) => {
    const { found, trace, right } = await view(tx)
    if (trace !== 'nothing-new') {
      const detail = grant.purposeStated ? trace.detail : { ...trace.detail, purposeStated: false }
      await appendAudit(tx, { ...traceOf(grant, right), ...trace, detail })
    }
    return found
  })
}
