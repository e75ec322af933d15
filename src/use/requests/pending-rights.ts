/**
 * Open requests that a coming change of the description reaches (R42-R47, L29). In: a session of the Service Unit. Out: which requests,
 * when what they ask for ends, and what was decided: heard before, or told in time. Never here: the change's text, a decision on it.
 */
import { sql } from 'kysely'
import { actInDatabase, askOfDatabase, type Refused } from '#safeguards/access/ask-of-database.ts'
import type { Session } from '#safeguards/people/session.ts'
import type { HoldingSafeguards } from '#safeguards/tables.ts'
import type { DeliveryWay } from './letters/letters.ts'

export interface PendingRight {
  draft: string
  /** The version that the draft becomes. */
  version: number
  isApproved: boolean
  effectiveFrom: Temporal.Instant
  request: { id: string; number: string }
  /** When what is asked for ends by the change. */
  endsAt: Temporal.Instant
  isBooked: boolean
  /** Its appointment lies before the end. */
  isHeardBefore: boolean
  told: { how: DeliveryWay; at: Temporal.Instant } | undefined
}

interface Row {
  draft_id: string
  version: number
  state: string
  effective_from: Temporal.Instant
  request_id: string
  number: string
  ends_at: Temporal.Instant
  is_booked: boolean
  is_heard_before: boolean
  told_how: DeliveryWay | null
  told_at: Temporal.Instant | null
}

/** Requests that submitted and coming changes reach, undecided ones first. */
export async function listPendingRights(
  db: HoldingSafeguards,
  session: Session,
): Promise<{ items: PendingRight[] } | Refused<'deny.role'>> {
  const statement = sql<Row>`select * from list_pending_rights()`
  const trace = { action: 'request.refused', object: { kind: 'request' } } as const
  const answer = await askOfDatabase(db, session, statement, ['deny.role'], trace)
  if ('refused' in answer) return answer
  return {
    items: answer.rows.map((row) => ({
      draft: row.draft_id,
      version: row.version,
      isApproved: row.state === 'APPROVED',
      effectiveFrom: row.effective_from,
      request: { id: row.request_id, number: row.number },
      endsAt: row.ends_at,
      isBooked: row.is_booked,
      isHeardBefore: row.is_heard_before,
      told: row.told_how && row.told_at ? { how: row.told_how, at: row.told_at } : undefined,
    })),
  }
}

const tellRefusals = ['deny.role', 'not-found', 'request.closed'] as const

/** Records that the requester was told that a change ends what they asked for. */
export function tellPendingRight(
  db: HoldingSafeguards,
  session: Session,
  { draft, request, how }: { draft: string; request: string; how: DeliveryWay },
): Promise<'done' | Refused<(typeof tellRefusals)[number]>> {
  const statement = sql`select tell_pending_right(${draft}::uuid, ${request}::uuid, ${how})`
  const trace = { action: 'pending-right.told', object: { kind: 'request', id: request } } as const
  return actInDatabase(db, session, statement, tellRefusals, trace)
}
