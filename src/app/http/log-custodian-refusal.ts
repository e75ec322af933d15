import { appendAudit, type AuditEntry } from '#safeguards/audit/append.ts'
import type { Session } from '#safeguards/people/session.ts'
import type { Desk } from './desk.ts'
import { isRefusal } from './refuse.ts'

/** Logs a refusal by the custodian, which does not log requests. */
export async function logCustodianRefusal<Found>(
  { db }: Desk,
  { personId }: Session,
  entry: Pick<AuditEntry, 'action' | 'object'>,
  response: Promise<Found>,
): Promise<Found> {
  const found = await response
  if (isRefusal(found)) await appendAudit(db, { ...entry, result: `refused:${found.refused}`, personId })
  return found
}
