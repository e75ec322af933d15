/**
 * Actions at the desk for requests that the GDPR and Act 621/1999 add: withdrawing a copy, corrections, official
 * documents (C1, C11; L6, L10, L13). The database decides and writes the audit log. Shows no calls.
 */
import { sql, type Kysely } from 'kysely'
import type { RegisterTables } from '#register/tables.ts'
import { requestAct, requestRow, type Refused } from '#safeguards/access/database-request.ts'
import type { Session } from '#safeguards/people/session.ts'

const withdrawRefusals = ['deny.role', 'not-found', 'request.own', 'copy.over'] as const
const proposeRefusals = [
  'deny.role',
  'not-found',
  'request.closed',
  'request.not-identified',
  'request.not-asked',
  'correction.nobody',
  'correction.same',
  'correction.waits',
  'correction.call-goes-on',
] as const
const correctionRefusals = ['deny.role', 'not-found', 'correction.decided', 'correction.own', 'confirm.fresh'] as const
const opennessRefusals = [
  'deny.role',
  'confirm.fresh',
  'not-found',
  'request.closed',
  'openness.decided',
  'openness.own',
  'openness.leads-nowhere',
  'input.identity-code',
] as const

/** Withdraws a copy: it can no longer be fetched. */
export function withdrawCopy(
  db: Kysely<RegisterTables>,
  session: Session,
  id: string,
): Promise<'done' | Refused<(typeof withdrawRefusals)[number]>> {
  const statement = sql`select withdraw_subject_copy(${id}::uuid)`
  const trace = { action: 'subject-copy.ended', object: { kind: 'copy', id } } as const
  return requestAct(db, session, statement, withdrawRefusals, trace)
}

/**
 * Proposes which official really answered a part of a matched call (GDPR 16).
 * @returns the correction's id
 */
export function proposeCorrection(
  db: Kysely<RegisterTables>,
  session: Session,
  request: string,
  { segmentId, officialUserId }: { segmentId: string; officialUserId: string },
): Promise<{ id: string } | Refused<(typeof proposeRefusals)[number]>> {
  const statement = sql<{ id: string }>`
    select propose_correction(${request}::uuid, ${segmentId}::uuid, ${officialUserId}) as id`
  const trace = { action: 'correction.proposed', object: { kind: 'request', id: request } } as const
  return requestRow(db, session, statement, proposeRefusals, trace)
}

/** Decides on a correction. If it is approved, the history shows the new official, and the log has the former one. */
export function decideCorrection(
  db: Kysely<RegisterTables>,
  session: Session,
  id: string,
  outcome: 'APPROVED' | 'REJECTED',
): Promise<'done' | Refused<(typeof correctionRefusals)[number]>> {
  const statement = sql`select decide_correction(${id}::uuid, ${outcome})`
  const trace = { action: 'correction.decided', object: { kind: 'correction', id } } as const
  return requestAct(db, session, statement, correctionRefusals, trace)
}

/**
 * Decides on a request for an official document (Act 621/1999 sections 14 and 24). A referred request leads to a disclosure
 * (R27).
 */
export function decideOpenness(
  db: Kysely<RegisterTables>,
  session: Session,
  request: string,
  {
    outcome,
    provision,
    leadsTo,
  }: { outcome: 'SECRET' | 'REFERRED'; provision: string; leadsTo?: 'RESEARCH' | 'AUTHORITY' | undefined },
): Promise<'done' | Refused<(typeof opennessRefusals)[number]>> {
  const statement = sql`select decide_openness(${request}::uuid, ${outcome}, ${provision}, ${leadsTo ?? null})`
  const trace = { action: 'openness.decided', object: { kind: 'request', id: request } } as const
  return requestAct(db, session, statement, opennessRefusals, trace)
}
