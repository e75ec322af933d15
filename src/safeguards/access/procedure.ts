/**
 * The access-authorisation procedure (R36-R38): requests and decisions in a session. The database decides and logs
 * (database/functions/access/rights.sql).
 */
import { sql, type RawBuilder } from 'kysely'
import { selectValue } from '#platform/database/select-value.ts'
import type { Purpose } from '#description/purposes.ts'
import type { Duty, Role } from '#description/roles.ts'
import { appendAudit, type AuditEntry } from '../audit/append.ts'
import { type Session, asViewer } from '../people/session.ts'
import type { SafeguardsDatabase } from '../tables.ts'
import { returnRefusal, type Refused } from './database-request.ts'

export interface RequestedRights {
  /** Ids of the persons; the rest applies to each. */
  people: readonly string[]
  role: Role
  duty?: Duty | undefined
  purposes: readonly Purpose[]
  /** Unit ids, for roles with scope unit. */
  units: readonly string[]
  /** Keys of the registry, for roles with scope numbers. */
  numbers: readonly string[]
  reason: string
  /** Default: from the approval on. */
  from?: Temporal.Instant | undefined
  until: Temporal.Instant
}

const refusalCodes = [
  'not-found',
  'deny.role',
  // A decider with a passkey confirms the decision with it first (database/functions/access/passkeys.sql).
  'confirm.passkey',
  // Others have proved their presence recently (database/functions/directory/changes.sql).
  'confirm.fresh',
  'right.not-yours',
  'right.own',
  'right.person-missing',
  'right.not-employed',
  'right.beyond-employment',
  'right.role-unknown',
  'right.incompatible',
  'right.duty-missing',
  'right.purpose-missing',
  'right.purpose-unknown',
  'right.scope-wrong',
  'right.unit-missing',
  'right.no-officials',
  'right.number-missing',
  'right.number-unknown',
  'right.reason-missing',
  'right.from-wrong',
  'right.until-wrong',
  'right.already-requested',
  'right.decided',
  'right.over',
  'right.note-missing',
] as const
export type ProcedureRefusalCode = (typeof refusalCodes)[number]

/** `of` is the person, unit or number concerned: an id or a key. */
export type ProcedureRefusal = Refused<ProcedureRefusalCode>

/**
 * Requests a right for each of some persons; all or none.
 * @returns the requests' ids
 */
export async function requestRights(
  database: SafeguardsDatabase,
  session: Session,
  request: RequestedRights,
): Promise<{ requests: string[] } | ProcedureRefusal> {
  const statement = sql<{ id: string }>`select request_rights(
    ${request.people}::uuid[], ${request.role}, ${request.duty ?? null}, ${request.purposes}::text[], ${request.units}::uuid[],
    ${request.numbers}::text[], ${request.reason}, ${request.from ?? null}::timestamptz, ${request.until}::timestamptz) as id`
  const made = await act(database, session, { action: 'right.requested', object: { kind: 'right-request' } }, statement)
  return 'refused' in made ? made : { requests: made.rows.map(({ id }) => id) }
}

/**
 * Approves or rejects a request; a rejection has a reason.
 * @returns the right, null if rejected
 */
export async function decideRightRequest(
  database: SafeguardsDatabase,
  session: Session,
  request: string,
  decision: { approve: boolean; note?: string | undefined },
): Promise<{ right: string | null } | ProcedureRefusal> {
  const action = decision.approve ? 'right.granted' : 'right.rejected'
  const trace = { action, object: { kind: 'right-request', id: request } } as const
  const statement = sql<{ right: string | null }>`
    select decide_right_request(${request}::uuid, ${decision.approve}, ${decision.note ?? null}) as right`
  const decided = await act(database, session, trace, statement)
  return 'refused' in decided ? decided : decided.rows[0]!
}

/** Withdraws a pending request, as the requester or as the person for whom it was made. */
export async function withdrawRightRequest(
  database: SafeguardsDatabase,
  session: Session,
  request: string,
): Promise<{ withdrawn: true } | ProcedureRefusal> {
  const trace = { action: 'right.withdrawn', object: { kind: 'right-request', id: request } } as const
  const done = await act(database, session, trace, sql`select withdraw_right_request(${request}::uuid)`)
  return 'refused' in done ? done : { withdrawn: true }
}

/** Ends a right at once: one's own, as an approver, or as the holder's supervisor; others than the holder give a reason. */
export async function revokeRight(
  database: SafeguardsDatabase,
  session: Session,
  right: string,
  reason: string | undefined,
): Promise<{ revoked: true } | ProcedureRefusal> {
  const trace = { action: 'right.revoked', object: { kind: 'right', id: right } } as const
  const done = await act(database, session, trace, sql`select revoke_right(${right}::uuid, ${reason ?? null})`)
  return 'refused' in done ? done : { revoked: true }
}

/** Confirms in a review that somebody else's right is needed, or ends it. The note answers the doubts. */
export async function reviewRight(
  database: SafeguardsDatabase,
  session: Session,
  right: string,
  { keep, note = null }: { keep: boolean; note?: string | null | undefined },
): Promise<{ reviewed: true } | ProcedureRefusal> {
  const trace = { action: 'right.reviewed', object: { kind: 'right', id: right } } as const
  const done = await act(database, session, trace, sql`select review_right(${right}::uuid, ${keep}, ${note})`)
  return 'refused' in done ? done : { reviewed: true }
}

/**
 * Grants the right with which an installation begins, to the first administrator or approver; as the database owner.
 * @returns the right; undefined while an employed person holds the role
 */
export async function installRight(
  database: SafeguardsDatabase,
  personId: string,
  role: 'ADMINISTRATOR' | 'ACCESS_APPROVER',
): Promise<string | undefined> {
  return (await selectValue(database, sql<string | null>`install_right(${personId}::uuid, ${role})`)) ?? undefined
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** Runs an act of the procedure. A refusal by the database is logged and changes nothing else. */
async function act<Row>(
  database: SafeguardsDatabase,
  session: Session,
  trace: Pick<AuditEntry, 'action' | 'object'>,
  statement: RawBuilder<Row>,
): Promise<{ rows: Row[] } | ProcedureRefusal> {
  const running = asViewer(database, session, (tx) => statement.execute(tx))
  const answer = await returnRefusal(refusalCodes, running)
  if ('refused' in answer) {
    await appendAudit(database, {
      ...trace,
      result: `refused:${answer.refused}`,
      personId: session.personId,
      // The person concerned; a number is not logged.
      ...(answer.of !== undefined && uuid.test(answer.of) && { detail: { of: answer.of } }),
    })
  }
  return answer
}
