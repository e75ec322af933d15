import { sql } from 'kysely'
import { databaseAct } from '#safeguards/access/database-request.ts'

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

export interface CallReference {
  requestId: string
  callId: string
}

/**
 * Records whether the requester is a party to a call that was found. If the call has a playable recording, the clerk must
 * have listened to it; otherwise the details are enough. If the requester is not a party, the request is no longer linked to
 * the call (R46).
 */
export const verifyCall = databaseAct(({ requestId, callId }: CallReference, isParty: boolean) => ({
  statement: sql`select verify_call(${requestId}::uuid, ${callId}::uuid, ${isParty})`,
  refusals,
  action: 'call.verified',
  object: { kind: 'request', id: requestId },
}))

/**
 * Gives up identifying a call: several calls fit, or nothing shows whose the call is. No call is disclosed (GDPR 11, 12(6)).
 */
export const giveUpCall = databaseAct(({ requestId, callId }: CallReference) => ({
  statement: sql`select abandon_call(${requestId}::uuid, ${callId}::uuid)`,
  refusals,
  action: 'call.given-up',
  object: { kind: 'request', id: requestId },
}))

/** Withdraws a call from its request, as the requester asks. */
export const withdrawCall = databaseAct(({ requestId, callId }: CallReference) => ({
  statement: sql`select withdraw_call(${requestId}::uuid, ${callId}::uuid)`,
  refusals,
  action: 'call.given-up',
  object: { kind: 'request', id: requestId },
}))
