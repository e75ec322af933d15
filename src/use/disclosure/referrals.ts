/**
 * Requests for official documents that lead to a disclosure (C11, L13): their numbers, for those who prepare disclosures,
 * and the disclosure to which each has led. The requester is not shown.
 */
import { sql, type Kysely } from 'kysely'
import type { RegisterTables } from '#register/tables.ts'
import { requestAct, requestDatabase, type Refused } from '#safeguards/access/database-request.ts'
import type { Session } from '#safeguards/people/session.ts'

export type ReferralKind = 'RESEARCH' | 'AUTHORITY'

export interface Referral {
  requestId: string
  number: string
  receivedAt: Temporal.Instant
  dueAt: Temporal.Instant
  provision: string
  referredAt: Temporal.Instant
  takenUp: { at: Temporal.Instant; disclosureId: string; disclosureNumber: string } | null
}

interface ReferralRow extends Omit<Referral, 'takenUp'> {
  disclosure_id: string | null
  disclosure: string | null
  taken_up_at: Temporal.Instant | null
}

const takeUpRefusals = ['deny.role', 'not-found', 'referral.taken-up'] as const

/** Lists referrals without a disclosure, and those that led to one within the last thirty days. */
export async function listReferrals(
  db: Kysely<RegisterTables>,
  session: Session,
  kind: ReferralKind,
): Promise<Referral[] | Refused<'deny.role'>> {
  const statement = sql<ReferralRow>`
    select request_id as "requestId", number, received_at as "receivedAt", due_at as "dueAt", provision,
      decided_at as "referredAt", disclosure_id, disclosure, taken_up_at
    from list_referrals(${kind})`
  const trace = { action: 'disclosures.read', object: { kind: 'disclosure' } } as const
  const answer = await requestDatabase(db, session, statement, ['deny.role'] as const, trace)
  if ('refused' in answer) return answer
  return answer.rows.map(
    ({ disclosure_id: disclosureId, disclosure: disclosureNumber, taken_up_at: at, ...referral }) => ({
      ...referral,
      takenUp: at && disclosureId !== null && disclosureNumber !== null ? { at, disclosureId, disclosureNumber } : null,
    }),
  )
}

/** Records, once, the disclosure to which a request has led. */
export function takeUpReferral(
  db: Kysely<RegisterTables>,
  session: Session,
  request: string,
  { kind, disclosureId }: { kind: ReferralKind; disclosureId: string },
): Promise<'done' | Refused<(typeof takeUpRefusals)[number]>> {
  const statement = sql`select accept_referral(${request}::uuid, ${kind}, ${disclosureId}::uuid)`
  const trace = { action: 'referral.taken-up', object: { kind: 'disclosure', id: disclosureId } } as const
  return requestAct(db, session, statement, takeUpRefusals, trace)
}
