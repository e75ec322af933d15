/**
 * Requests for an official document that lead to a disclosure (C11, L13). In: a session. Out: the numbers of those that were
 * referred, for whoever prepares such a disclosure, and which one took each up. Never here: who asked.
 */
import { sql, type Kysely } from 'kysely'
import type { RegisterTables } from '#register/tables.ts'
import { actInDatabase, askOfDatabase, type Refused } from '#safeguards/access/ask-of-database.ts'
import type { Session } from '#safeguards/people/session.ts'

export type ReferralKind = 'RESEARCH' | 'AUTHORITY'

export interface Referral {
  requestId: string
  number: string
  receivedAt: string
  dueAt: string
  provision: string
  referredAt: string
  takenUp?: { at: string; disclosureId: string; disclosureNumber: string }
}

interface ReferralRow {
  request_id: string
  number: string
  received_at: Temporal.Instant
  due_at: Temporal.Instant
  provision: string
  decided_at: Temporal.Instant
  disclosure_id: string | null
  disclosure: string | null
  taken_up_at: Temporal.Instant | null
}

const takeUpRefusals = ['deny.role', 'not-found', 'referral.taken-up'] as const

/** Those that wait, and those that were taken up within thirty days. */
export async function listReferrals(
  db: Kysely<RegisterTables>,
  session: Session,
  kind: ReferralKind,
): Promise<Referral[] | Refused<'deny.role'>> {
  const statement = sql<ReferralRow>`select * from list_referrals(${kind})`
  const trace = { action: 'disclosures.read', object: { kind: 'disclosure' } } as const
  const answer = await askOfDatabase(db, session, statement, ['deny.role'] as const, trace)
  if ('refused' in answer) return answer
  return answer.rows.map((row) => ({
    requestId: row.request_id,
    number: row.number,
    receivedAt: row.received_at.toString(),
    dueAt: row.due_at.toString(),
    provision: row.provision,
    referredAt: row.decided_at.toString(),
    ...(row.taken_up_at &&
      row.disclosure_id !== null &&
      row.disclosure !== null && {
        takenUp: { at: row.taken_up_at.toString(), disclosureId: row.disclosure_id, disclosureNumber: row.disclosure },
      }),
  }))
}

/** Says which disclosure a request has led to; once. */
export function takeUpReferral(
  db: Kysely<RegisterTables>,
  session: Session,
  request: string,
  { kind, disclosureId }: { kind: ReferralKind; disclosureId: string },
): Promise<'done' | Refused<(typeof takeUpRefusals)[number]>> {
  const statement = sql`select take_up_referral(${request}::uuid, ${kind}, ${disclosureId}::uuid)`
  const trace = { action: 'referral.taken-up', object: { kind: 'disclosure', id: disclosureId } } as const
  return actInDatabase(db, session, statement, takeUpRefusals, trace)
}
