/**
 * Open requests affected by a coming change of the description (R42-R47, L29), for the Service Unit: when the change ends
 * what they ask for, and whether the recording is listened to before that or the requester was informed in time.
 */
import { sql } from 'kysely'
import { databaseAct, databaseAnswer } from '#safeguards/access/database-request.ts'
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

/** Returns the requests that submitted and coming changes affect, undecided ones first. */
export const listAffectedRequests = databaseAnswer(
  () => ({
    statement: sql<Omit<AffectedRequest, 'told'> & { how: NoticeWay | null; at: Temporal.Instant | null }>`
      select draft_id as draft, version, state = 'APPROVED' as "isApproved", effective_from as "effectiveFrom",
        jsonb_build_object('id', request_id, 'number', number) as request, ends_at as "endsAt", is_booked as "isBooked",
        is_heard_before as "isHeardBefore", told_how as how, told_at as at
      from list_pending_rights()`,
    refusals: ['deny.role'],
    action: 'request.refused',
    object: { kind: 'request' },
  }),
  (rows) => ({
    items: rows.map(({ how, at, ...row }): AffectedRequest => ({ ...row, told: how && at ? { how, at } : undefined })),
  }),
)

/** Records that the requester was informed that a change ends what they requested. */
export const recordRequesterNotice = databaseAct(
  ({ draft, request, how }: { draft: string; request: string; how: NoticeWay }) => ({
    statement: sql`select record_pending_right_notice(${draft}::uuid, ${request}::uuid, ${how})`,
    refusals: ['deny.role', 'not-found', 'request.closed'],
    action: 'pending-right.told',
    object: { kind: 'request', id: request },
  }),
)
