import { sql, type Kysely, type Transaction } from 'kysely'
import { viewUnderGrant } from '#register/view-under-grant.ts'
import type { RegisterTables } from '#register/tables.ts'
import type { Grant } from '#safeguards/access/grant.ts'
import { viewCaller } from './contact-view.ts'

/** Older calls without an end do not count as ongoing. */
const maxCallHours = 24

/**
 * Returns ongoing calls visible to the viewer, oldest first so that rows do not jump.
 * @param shown segments already shown to this viewer; new segments are added, and only these are logged
 */
export function watchCalls(db: Kysely<RegisterTables>, grant: Grant, shown: Set<string>, now: Temporal.Instant) {
  return viewUnderGrant(db, grant, async (tx) => {
    const rows = await tx
      .selectFrom('segment')
      .innerJoin('contact', (join) =>
        join
          .onRef('contact.id', '=', 'segment.contact_id')
          .onRef('contact.started_at', '=', 'segment.contact_started_at'),
      )
      .leftJoin('capture_node as node', 'node.id', 'segment.node')
      .select([
        'contact.id as contactId',
        'segment.id as segmentId',
        'contact.started_at',
        'segment.answered_at',
        'contact.caller_kind',
        'contact.caller_key',
        'segment.number_reached',
        'segment.number_reached_name',
        'segment.official_person_id',
        'segment.official_name',
        'segment.official_phone',
        'segment.capture_state',
        'segment.capture_failure',
        'node.name as node',
        sql<boolean>`coalesce(node.ended_at is not null or node.alive_at < clock_timestamp() - node_timeout(), false)`.as(
          'isSilent',
        ),
      ])
      .where('segment.ended_at', 'is', null)
      .where('contact.started_at', '>', now.subtract({ hours: maxCallHours }))
      .where('segment.contact_started_at', '>', now.subtract({ hours: maxCallHours }))
      .orderBy('segment.answered_at')
      .orderBy('segment.id')
      .limit(500)
      .execute()
    const mine = await recordedNow(
      tx,
      rows.flatMap((row) => (row.official_person_id === grant.session.personId ? [row.segmentId] : [])),
    )
    const added = rows.map((row) => row.segmentId).filter((id) => !shown.has(id))
    const isFirst = shown.size === 0
    for (const id of added) shown.add(id)
    return {
      found: {
        at: now.toString(),
        items: rows.map((row) => ({
          contactId: row.contactId,
          segmentId: row.segmentId,
          startedAt: row.started_at.toString(),
          ...(row.answered_at && { answeredAt: row.answered_at.toString() }),
          caller: viewCaller(row),
          number: row.number_reached,
          ...(row.number_reached_name && { numberName: row.number_reached_name }),
          ...(row.official_name && { official: { name: row.official_name, phone: row.official_phone ?? '' } }),
          recording: row.capture_state,
          ...(row.capture_failure && { failure: row.capture_failure }),
          ...(row.node && { node: { name: row.node, ...(row.isSilent && { silent: true as const }) } }),
          ...(row.capture_state !== 'not-recorded' && mine.has(row.segmentId) && { own: mine.get(row.segmentId)! }),
        })),
      },
      trace:
        added.length === 0
          ? ('nothing-new' as const)
          : {
              action: 'calls.watched' as const,
              result: 'ok' as const,
              object: { kind: 'search' as const },
              // Opening the list counts as a view in the rate limit and for the alarm; a call that appears in it later does not.
              detail: { segments: added, ...(isFirst && { opened: true }) },
            },
    }
  })
}

/** Returns recordings in progress of these segments, by segment. */
async function recordedNow(
  tx: Transaction<RegisterTables>,
  segmentIds: readonly string[],
): Promise<Map<string, { recordingId: string }>> {
  if (segmentIds.length === 0) return new Map()
  const rows = await tx
    .selectFrom('recording')
    .select(['id', 'segment_id'])
    .where('segment_id', 'in', segmentIds)
    .where('state', '=', 'CAPTURING')
    .execute()
  return new Map(rows.map((row) => [row.segment_id, { recordingId: row.id }]))
}
