import { sql, type Kysely, type RawBuilder } from 'kysely'
import type { RegisterTables } from '#register/tables.ts'
import { requestAct, type Refused } from '#safeguards/access/database-request.ts'
import type { AuditAction } from '#safeguards/audit/append.ts'
import type { Session } from '#safeguards/people/session.ts'

const refusals = [
  'not-found',
  'deny.role',
  'request.closed',
  'request.not-identified',
  'call.not-verifiable',
  'call.not-heard',
  'call.details-missing',
  'call.matched',
  'call.restriction-told',
  'request.own',
  'confirm.fresh',
] as const
export type VerificationRefusal = Refused<(typeof refusals)[number]>

export interface CallReference {
  requestId: string
  callId: string
}

/**
 * Records whether the requester is a party to a call that was found. If the call has a playable recording, the clerk must
 * have listened to it; otherwise the details are enough. If the requester is not a party, the request is no longer linked to
 * the call (R46).
 */
export function verifyCall(
  db: Kysely<RegisterTables>,
  session: Session,
  reference: CallReference,
  isParty: boolean,
): Promise<'done' | VerificationRefusal> {
  return act(
    db,
    session,
    reference,
    'call.verified',
    sql`verify_call(${reference.requestId}::uuid, ${reference.callId}::uuid, ${isParty})`,
  )
}

/**
 * Gives up identifying a call: several calls fit, or nothing shows whose the call is. No call is disclosed (GDPR 11, 12(6)).
 */
export function giveUpCall(
  db: Kysely<RegisterTables>,
  session: Session,
  reference: CallReference,
): Promise<'done' | VerificationRefusal> {
  return act(
    db,
    session,
    reference,
    'call.given-up',
    sql`abandon_call(${reference.requestId}::uuid, ${reference.callId}::uuid)`,
  )
}

/** Withdraws a call from its request, as the requester asks. */
export function withdrawCall(
  db: Kysely<RegisterTables>,
  session: Session,
  reference: CallReference,
): Promise<'done' | VerificationRefusal> {
  return act(
    db,
    session,
    reference,
    'call.given-up',
    sql`withdraw_call(${reference.requestId}::uuid, ${reference.callId}::uuid)`,
  )
}

function act(
  db: Kysely<RegisterTables>,
  session: Session,
  { requestId }: CallReference,
  action: AuditAction,
  call: RawBuilder<unknown>,
): Promise<'done' | VerificationRefusal> {
  const trace = { action, object: { kind: 'request', id: requestId } } as const
  return requestAct(db, session, sql`select ${call}`, refusals, trace)
}
