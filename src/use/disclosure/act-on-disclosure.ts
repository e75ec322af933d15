/**
 * Disclosures (R27-R35): anonymised copies lent to research institutes, and data disclosed to authorities by statute. Audio
 * leaves only encrypted, and only by a decision.
 */
import type { RawBuilder } from 'kysely'
import { requestAct, type Refused } from '#safeguards/access/database-request.ts'
import type { AuditAction } from '#safeguards/audit/append.ts'
import type { Session } from '#safeguards/people/session.ts'
import type { SafeguardsDatabase } from '#safeguards/tables.ts'

/** Runs an act on a disclosure, which the database authorises. A refusal is logged, and may have a detail in `of`. */
export function actOnDisclosure<Code extends string>(
  db: SafeguardsDatabase,
  session: Session,
  id: string,
  action: AuditAction,
  statement: RawBuilder<unknown>,
  codes: readonly Code[],
): Promise<'done' | Refused<Code>> {
  return requestAct(db, session, statement, codes, { action, object: { kind: 'disclosure', id } })
}
