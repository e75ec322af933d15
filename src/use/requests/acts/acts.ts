/**
 * Actions at the desk for requests that the GDPR and Act 621/1999 add: withdrawing a copy, corrections, official
 * documents (C1, C11; L6, L10, L13). The database decides and writes the audit log. Shows no calls.
 */
import { sql } from 'kysely'
import { databaseAct, databaseRow } from '#safeguards/access/database-request.ts'

/** Withdraws a copy: it can no longer be fetched. */
export const withdrawCopy = databaseAct((id: string) => ({
  statement: sql`select withdraw_subject_copy(${id}::uuid)`,
  refusals: ['deny.role', 'not-found', 'request.own', 'copy.over'],
  action: 'subject-copy.ended',
  object: { kind: 'copy', id },
}))

/**
 * Proposes which official really answered a part of a matched call (GDPR 16).
 * @returns the correction's id
 */
export const proposeCorrection = databaseRow(
  (request: string, { segmentId, officialUserId }: { segmentId: string; officialUserId: string }) => ({
    statement: sql<{ id: string }>`
      select propose_correction(${request}::uuid, ${segmentId}::uuid, ${officialUserId}) as id`,
    refusals: [
      'deny.role',
      'not-found',
      'request.closed',
      'request.not-identified',
      'request.not-asked',
      'correction.nobody',
      'correction.same',
      'correction.waits',
      'correction.call-goes-on',
    ],
    action: 'correction.proposed',
    object: { kind: 'request', id: request },
  }),
)

/** Decides on a correction. If it is approved, the history shows the new official, and the log has the former one. */
export const decideCorrection = databaseAct((id: string, outcome: 'APPROVED' | 'REJECTED') => ({
  statement: sql`select decide_correction(${id}::uuid, ${outcome})`,
  refusals: ['deny.role', 'not-found', 'correction.decided', 'correction.own', 'confirm.fresh'],
  action: 'correction.decided',
  object: { kind: 'correction', id },
}))

/**
 * Decides on a request for an official document (Act 621/1999 sections 14 and 24). A referred request leads to a disclosure
 * (R27).
 */
export const decideOpenness = databaseAct(
  (
    request: string,
    {
      outcome,
      provision,
      leadsTo,
    }: { outcome: 'SECRET' | 'REFERRED'; provision: string; leadsTo?: 'RESEARCH' | 'AUTHORITY' | undefined },
  ) => ({
    statement: sql`select decide_openness(${request}::uuid, ${outcome}, ${provision}, ${leadsTo ?? null})`,
    refusals: [
      'deny.role',
      'confirm.fresh',
      'not-found',
      'request.closed',
      'openness.decided',
      'openness.own',
      'openness.leads-nowhere',
      'input.identity-code',
    ],
    action: 'openness.decided',
    object: { kind: 'request', id: request },
  }),
)
