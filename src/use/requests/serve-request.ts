import { sql, type RawBuilder } from 'kysely'
import { requestAct, type Refused } from '#safeguards/access/database-request.ts'
import type { AuditAction } from '#safeguards/audit/append.ts'
import type { Session } from '#safeguards/people/session.ts'
import type { SafeguardsDatabase } from '#safeguards/tables.ts'

/** Refusals of the database common to all acts on a request. */
const commonRefusals = ['deny.role', 'not-found', 'request.closed'] as const
type CommonRefusal = (typeof commonRefusals)[number]

/**
 * Assigns a request to a clerk, or to nobody.
 * @param seen the handler that the clerk saw, null for nobody; if given, the act is refused when the handler has changed since
 */
export function assignRequest(
  db: SafeguardsDatabase,
  session: Session,
  id: string,
  clerk: string | null,
  seen?: string | null,
): Promise<'done' | Refused<CommonRefusal | 'request.assignee-wrong' | 'request.taken'>> {
  const was = seen === undefined ? null : (seen ?? 'nobody')
  const statement = sql`select assign_request(${id}::uuid, ${clerk}::uuid, ${was})`
  return act(db, session, id, 'request.assigned', statement, [
    ...commonRefusals,
    'request.assignee-wrong',
    'request.taken',
  ])
}

/** Records how, by whom and when the requester was identified; the document's number is never stored (R46, L32). */
export function identifyRequester(
  db: SafeguardsDatabase,
  session: Session,
  id: string,
  method: string,
): Promise<'done' | Refused<CommonRefusal | 'request.identified-wrong' | 'request.own'>> {
  const statement = sql`select identify_requester(${id}::uuid, ${method})`
  return act(db, session, id, 'request.identified', statement, [
    ...commonRefusals,
    'request.identified-wrong',
    'request.own',
  ])
}

const extendRefusals = [...commonRefusals, 'request.extended', 'request.overdue', 'request.extension-wrong'] as const

/** Extends the time for the answer, once and before it is over (GDPR 12(3)). */
export function extendRequest(
  db: SafeguardsDatabase,
  session: Session,
  id: string,
  { months, reason }: { months: number; reason: 'COMPLEX' | 'MANY' },
): Promise<'done' | Refused<(typeof extendRefusals)[number]>> {
  const statement = sql`select extend_request(${id}::uuid, ${months}, ${reason})`
  return act(db, session, id, 'request.extended', statement, extendRefusals)
}

const closeRefusals = [...commonRefusals, 'request.unfinished', 'request.own', 'confirm.fresh'] as const

/** Closes a request. The refusal `request.unfinished` has in `of` the obstacles, separated by commas. */
export function closeRequest(
  db: SafeguardsDatabase,
  session: Session,
  id: string,
  outcome: 'ANSWERED' | 'REFUSED' | 'WITHDRAWN',
): Promise<'done' | Refused<(typeof closeRefusals)[number]>> {
  const statement = sql`select close_request(${id}::uuid, ${outcome})`
  return act(db, session, id, 'request.closed', statement, closeRefusals)
}

function act<Code extends string>(
  db: SafeguardsDatabase,
  session: Session,
  id: string,
  action: AuditAction,
  statement: RawBuilder<unknown>,
  codes: readonly Code[],
): Promise<'done' | Refused<Code>> {
  return requestAct(db, session, statement, codes, { action, object: { kind: 'request', id } })
}
