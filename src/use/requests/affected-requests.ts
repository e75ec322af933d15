/**
 * Open requests affected by a coming change of the description (R42-R47, L29), for the Service Unit: when the change ends
 * what they ask for, and whether the recording is listened to before that or the requester was informed in time.
 */
import { sql } from 'kysely'
import { requestAct, requestDatabase, type Refused } from '#safeguards/access/database-request.ts'
import type { Session } from '#safeguards/people/session.ts'
import type { SafeguardsDatabase } from '#safeguards/tables.ts'
import type { DeliveryWay } from './letters/letters.ts'

/** How a requester is notified before the change; a letter to be fetched at home may be read too late. */
type NoticeWay = Exclude<DeliveryWay, 'HOME'>

export interface AffectedRequest {
  draft: string
  /** Version number that the draft gets. */
  version: number
  isApproved: boolean
  effectiveFrom: Temporal.Instant
  request: { id: string; number: string }
  /** When the change ends what is requested. */
  endsAt: Temporal.Instant
  isBooked: boolean
  /** True if the request's appointment is before `endsAt`. */
  isHeardBefore: boolean
  told: { how: NoticeWay; at: Temporal.Instant } | undefined
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
  told_how: NoticeWay | null
  told_at: Temporal.Instant | null
}

/** Returns the requests that submitted and coming changes affect, undecided ones first. */
export async function listAffectedRequests(
  db: SafeguardsDatabase,
  session: Session,
): Promise<{ items: AffectedRequest[] } | Refused<'deny.role'>> {
  const statement = sql<Row>`select * from list_pending_rights()`
  const trace = { action: 'request.refused', object: { kind: 'request' } } as const
  const answer = await requestDatabase(db, session, statement, ['deny.role'], trace)
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

const notifyRefusals = ['deny.role', 'not-found', 'request.closed'] as const

/** Records that the requester was informed that a change ends what they requested. */
export function recordRequesterNotice(
  db: SafeguardsDatabase,
  session: Session,
  { draft, request, how }: { draft: string; request: string; how: NoticeWay },
): Promise<'done' | Refused<(typeof notifyRefusals)[number]>> {
  const statement = sql`select record_pending_right_notice(${draft}::uuid, ${request}::uuid, ${how})`
  const trace = { action: 'pending-right.told', object: { kind: 'request', id: request } } as const
  return requestAct(db, session, statement, notifyRefusals, trace)
}
