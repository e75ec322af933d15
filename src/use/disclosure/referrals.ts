/**
 * Requests for official documents that lead to a disclosure (C11, L13): their numbers, for those who prepare disclosures,
 * and the disclosure to which each has led. The requester is not shown.
 */
import { sql } from 'kysely'
import { databaseAct, databaseAnswer } from '#safeguards/access/database-request.ts'

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

/** Lists referrals without a disclosure, and those that led to one within the last thirty days. */
export const listReferrals = databaseAnswer(
  (kind: ReferralKind) => ({
    statement: sql<
      Omit<Referral, 'takenUp'> & {
        disclosureId: string | null
        disclosureNumber: string | null
        at: Temporal.Instant | null
      }
    >`
      select request_id as "requestId", number, received_at as "receivedAt", due_at as "dueAt", provision,
        decided_at as "referredAt", disclosure_id as "disclosureId", disclosure as "disclosureNumber", taken_up_at as at
      from list_referrals(${kind})`,
    refusals: ['deny.role'],
    action: 'disclosures.read',
    object: { kind: 'disclosure' },
  }),
  (rows) =>
    rows.map(({ disclosureId, disclosureNumber, at, ...referral }): Referral => ({
      ...referral,
      takenUp: at && disclosureId !== null && disclosureNumber !== null ? { at, disclosureId, disclosureNumber } : null,
    })),
)

/** Records, once, the disclosure to which a request has led. */
export const takeUpReferral = databaseAct(
  (request: string, { kind, disclosureId }: { kind: ReferralKind; disclosureId: string }) => ({
    statement: sql`select accept_referral(${request}::uuid, ${kind}, ${disclosureId}::uuid)`,
    refusals: ['deny.role', 'not-found', 'referral.taken-up'],
    action: 'referral.taken-up',
    object: { kind: 'disclosure', id: disclosureId },
  }),
)
