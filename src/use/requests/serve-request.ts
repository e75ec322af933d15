import { sql } from 'kysely'
import { databaseAct } from '#safeguards/access/database-request.ts'

/** Refusals of the database common to all acts on a request. */
const commonRefusals = ['deny.role', 'not-found', 'request.closed'] as const

/**
 * Assigns a request to a clerk, or to nobody.
 * @param seen the handler that the clerk saw, null for nobody; if given, the act is refused when the handler has changed since
 */
export const assignRequest = databaseAct((id: string, clerk: string | null, seen?: string | null) => ({
  statement: sql`select assign_request(${id}::uuid, ${clerk}::uuid, ${seen === undefined ? null : (seen ?? 'nobody')})`,
  refusals: [...commonRefusals, 'request.assignee-wrong', 'request.taken'],
  action: 'request.assigned',
  object: { kind: 'request', id },
}))

/** Records how, by whom and when the requester was identified; the document's number is never stored (R46, L32). */
export const identifyRequester = databaseAct((id: string, method: string) => ({
  statement: sql`select identify_requester(${id}::uuid, ${method})`,
  refusals: [...commonRefusals, 'request.identified-wrong', 'request.own'],
  action: 'request.identified',
  object: { kind: 'request', id },
}))

/** Extends the time for the answer, once and before it is over (GDPR 12(3)). */
export const extendRequest = databaseAct(
  (id: string, { months, reason }: { months: number; reason: 'COMPLEX' | 'MANY' }) => ({
    statement: sql`select extend_request(${id}::uuid, ${months}, ${reason})`,
    refusals: [...commonRefusals, 'request.extended', 'request.overdue', 'request.extension-wrong'],
    action: 'request.extended',
    object: { kind: 'request', id },
  }),
)

/** Closes a request. The refusal `request.unfinished` has in `of` the obstacles, separated by commas. */
export const closeRequest = databaseAct((id: string, outcome: 'ANSWERED' | 'REFUSED' | 'WITHDRAWN') => ({
  statement: sql`select close_request(${id}::uuid, ${outcome})`,
  refusals: [...commonRefusals, 'request.unfinished', 'request.own', 'confirm.fresh'],
  action: 'request.closed',
  object: { kind: 'request', id },
}))
