import { sql, type Kysely, type Selectable, type Transaction } from 'kysely'
import { viewUnderGrant, type Viewed } from '#register/view-under-grant.ts'
import { registerTime } from '#register/register-time.ts'
import type { Reception } from '#register/recordings/reception.ts'
import type { RegisterTables, SegmentMark } from '#register/tables.ts'
import type { Grant } from '#safeguards/access/grant.ts'
import { displayPhoneNumber } from '#description/phone-numbers/display-phone-number.ts'
import { viewContact, viewSegment } from './contact-view.ts'
import { segmentsOf } from './list-contacts.ts'

/**
 * Returns one contact in full: segments, recording decisions, retention, listenings (R14, R26).
 * @returns `not-found` for a contact that does not exist or is not visible, without distinction (R39)
 */
export function readContact(db: Kysely<RegisterTables>, grant: Grant, contactId: string) {
  return viewUnderGrant(db, grant, async (tx) => {
    const contact = await visibleContact(tx, contactId)
    if (!contact) return notFound('contact.read', contactId)
    const now = await registerTime(tx)
    const isVerified = await isShownToBeTheirs(tx, grant, contactId)
    const segments = await segmentsOf(tx, grant, [contact])
    const views = await viewsOf(
      tx,
      segments.flatMap(({ recording }) => (recording ? [recording.id] : [])),
    )
    const origins = await originsOf(
      tx,
      segments.flatMap(({ recording }) => (recording ? [recording.id] : [])),
    )
    return {
      found: {
        ...viewContact(contact),
        numberKind: contact.number_kind,
        ...(contact.waited_from && { waitedFrom: contact.waited_from.toString() }),
        ...(contact.history_ends_at && { historyEndsAt: contact.history_ends_at.toString() }),
        segments: segments.map(({ segment, recording, callerWishUntil }) => ({
          ...viewSegment({ segment, recording, callerWishUntil }, now),
          numberReached: segment.number_reached,
          ...(segment.number_reached_name && { numberReachedName: segment.number_reached_name }),
          decision: {
            record: segment.decision_record,
            reason: segment.decision_reason,
            ...(segment.rule_id !== null && { ruleId: segment.rule_id }),
            ...(segment.rule_version !== null && { ruleVersion: segment.rule_version }),
            ...(segment.rule_share !== null && { share: segment.rule_share }),
            ...(segment.draw !== null && { draw: segment.draw }),
            ...(segment.quota_used !== null && { quotaUsed: segment.quota_used }),
            ...(segment.description_version !== null && { descriptionVersion: segment.description_version }),
          },
          ...(recording?.duration_ms != null && { durationMs: recording.duration_ms }),
          ...(recording && origins.has(recording.id) && { imported: origins.get(recording.id)! }),
          ...(recording?.packets_lost != null && { lostPackets: recording.packets_lost }),
          ...(recording?.reception && viewReception(recording.reception, grant.purpose === 'MAINTENANCE')),
          ...mayForbid(grant, segment, recording, isVerified),
          marks: marksOf(segment.marks, recording),
          looks: views.filter((item) => item.recordingId === recording?.id).map((item) => item.view),
        })),
      },
      trace: { action: 'contact.read', result: 'ok', object: { kind: 'contact', id: contact.id } },
    }
  })
}

/** Returns the caller's full number; revealing it is logged first (L21, L33). */
export function revealCaller(db: Kysely<RegisterTables>, grant: Grant, contactId: string) {
  return viewUnderGrant(db, grant, async (tx) => {
    const contact = await visibleContact(tx, contactId)
    if (!contact?.caller_key || !(await isShownToBeTheirs(tx, grant, contactId)))
      return notFound('caller.revealed', contactId)
    return {
      found: { number: displayPhoneNumber(contact.caller_key) },
      trace: { action: 'caller.revealed', result: 'ok', object: { kind: 'contact', id: contact.id } },
    }
  })
}

/**
 * Returns false for a call found for a request but not matched to the requester: nothing more of the call is shown (R46,
 * L33).
 */
async function isShownToBeTheirs(tx: Transaction<RegisterTables>, { purpose }: Grant, contactId: string) {
  if (purpose !== 'INSPECTION') return true
  const { rows } = await sql<{ may: boolean }>`select may_extract(${contactId}::uuid) as may`.execute(tx)
  return rows[0]?.may === true
}

function notFound(action: 'contact.read' | 'caller.revealed', id: string): Viewed<'not-found'> {
  return {
    found: 'not-found',
    trace: { action, result: 'refused:not-found', object: { kind: 'contact', id } },
  }
}

function visibleContact(tx: Transaction<RegisterTables>, id: string) {
  return tx.selectFrom('contact').selectAll().where('id', '=', id).executeTakeFirst()
}

type Marked = Pick<
  Selectable<RegisterTables['recording']>,
  'state' | 'incomplete' | 'packets_lost' | 'unplayed_ms' | 'is_silent' | 'kept_at' | 'keeping_fault'
>

function marksOf(marks: SegmentMark[], recording: Marked | undefined): SegmentMark[] {
  const found = new Set(marks)
  if (!recording) return [...found]
  if (recording.incomplete) found.add('incomplete')
  if ((recording.packets_lost ?? 0) > 0) found.add('packets-lost')
  if ((recording.unplayed_ms ?? 0) > 0) found.add('not-playable')
  if (recording.is_silent) found.add('silent')
  const waits = recording.kept_at === null && recording.state === 'STORED'
  if (waits && recording.keeping_fault !== null) found.add('not-ingested')
  return [...found]
}

/**
 * Returns as which party the viewer may forbid the recording's use (R49). A prohibition itself is decided by the database
 * (database/functions/requests/caller-wishes.sql, forbid_use).
 */
function mayForbid(
  { session, purpose, rights }: Grant,
  segment: { official_person_id: string | null },
  recording: object | undefined,
  isVerified: boolean,
): { mayForbid?: 'official' | 'service-unit' } {
  if (!recording) return {}
  const isServed = purpose === 'INSPECTION' && rights.some(({ role }) => role === 'SERVICE_UNIT')
  if (isServed && segment.official_person_id !== session.personId) {
    return isVerified ? { mayForbid: 'service-unit' } : {}
  }
  return segment.official_person_id === session.personId ? { mayForbid: 'official' } : {}
}

/** Returns what a listener needs to know of reception; all of it for the purpose MAINTENANCE. */
function viewReception(
  { trunk, client, streams, lostMs, oneWay, isSilent, elsewhere }: Reception,
  isForMaintenance: boolean,
) {
  return {
    heard: { lostMs, ...(oneWay && { oneWay }), ...(isSilent && { isSilent }) },
    ...(isForMaintenance && {
      reception: {
        ...(trunk !== undefined && { trunk }),
        ...(elsewhere !== undefined && { elsewhere }),
        ...{ client, streams: [...streams] },
      },
    }),
  }
}

/** Returns the earlier recorder of each recording that came from one (docs/decisions/0120). */
async function originsOf(tx: Transaction<RegisterTables>, recordingIds: string[]) {
  const { rows } = await sql<{ recordingId: string; source: string; at: Temporal.Instant }>`
    select i.recording_id as "recordingId", r.source, i.admitted_at as at
    from imported_recording i join recording_import r on r.id = i.import_id
    where i.recording_id = any (${recordingIds}::uuid[])`.execute(tx)
  return new Map(rows.map(({ recordingId, source, at }) => [recordingId, { source, at: at.toString() }]))
}

/** Returns listenings by role and purpose, never by name (C-579/21). */
async function viewsOf(tx: Transaction<RegisterTables>, recordingIds: string[]) {
  if (recordingIds.length === 0) return []
  const rows = await tx
    .selectFrom('listening')
    .leftJoin('listening_range', 'listening_range.listening_id', 'listening.id')
    .select((eb) => [
      'listening.recording_id',
      'listening.started_at',
      'listening.role',
      'listening.purpose',
      eb.fn.sum<number>(eb('listening_range.to_ms', '-', eb.ref('listening_range.from_ms'))).as('served_ms'),
    ])
    .where('listening.recording_id', 'in', recordingIds)
    .groupBy('listening.id')
    .orderBy('listening.started_at', 'desc')
    .limit(200)
    .execute()
  return rows.map((row) => ({
    recordingId: row.recording_id,
    view: {
      at: row.started_at.toString(),
      role: row.role,
      purpose: row.purpose,
      playedMs: Number(row.served_ms ?? 0),
    },
  }))
}
