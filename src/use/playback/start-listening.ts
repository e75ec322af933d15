/**
 * Starts a listening, bound to one person, session, right and purpose, until an instant. Audio is served range by range
 * (./serve-audio.ts).
 */
import { randomUUID } from 'node:crypto'
import type { Role } from '#description/roles.ts'
import { sql, type Kysely, type Transaction } from 'kysely'
import { viewUnderGrant, type Viewed } from '#register/view-under-grant.ts'
import type { RegisterTables } from '#register/tables.ts'
import { rightCovering, type Grant } from '#safeguards/access/grant.ts'
import { sessionHash } from '#safeguards/people/session.ts'

/** Longest listening. */
const maxListeningMinutes = 120

export interface StartedListening {
  id: string
  until: Temporal.Instant
}

/** `not-in-session`: the reference is no running training session of the listener that plays the recording. */
export type ListeningRefusal = 'not-found' | 'destroyed' | 'not-yet-kept' | 'restricted' | 'not-in-session'

/**
 * Starts a listening (R3, R21, R27). It ends with its right, at the recording's term or after two hours, whichever is first.
 * @returns the listening, or the refusal; both are logged by then
 */
export function startListening(
  db: Kysely<RegisterTables>,
  grant: Grant,
  recordingId: string,
  now: Temporal.Instant,
): Promise<StartedListening | ListeningRefusal> {
  return viewUnderGrant<Viewed<StartedListening | ListeningRefusal>>(db, grant, async (tx) => {
    const row = await tx
      .selectFrom('recording')
      .innerJoin('segment', (join) =>
        join
          .onRef('segment.id', '=', 'recording.segment_id')
          .onRef('segment.contact_started_at', '=', 'recording.contact_started_at'),
      )
      // Joined with the contact: past the history's term a recording is not found (R22).
      .innerJoin('contact', (join) =>
        join
          .onRef('contact.id', '=', 'segment.contact_id')
          .onRef('contact.started_at', '=', 'segment.contact_started_at'),
      )
      .select([
        'recording.state',
        'recording.destroy_at',
        'segment.official_person_id as officialPersonId',
        'segment.official_unit_id as officialUnitId',
        'segment.number_reached as numberReached',
      ])
      .where('recording.id', '=', recordingId)
      .executeTakeFirst()
    const right = row && rightCovering(grant, row)
    if (!row || !right) return refuse('not-found')
    if (row.state === 'DESTROYED' || row.state === 'DESTROYING') return refuse('destroyed')
    const playback = await playbackRight(tx, recordingId, grant, right.role)
    if (hasPassed(row.destroy_at, playback.now) && (!playback.until || hasPassed(playback.until, playback.now)))
      return refuse('destroyed')
    if (!playback.until && row.state !== 'STORED' && row.state !== 'CAPTURING') return refuse('restricted')
    if (!playback.until) return refuse('not-yet-kept')
    if (!playback.isInSession) return refuse('not-in-session')

    const ends = [playback.until, right.until, playback.roomUntil].filter((end) => end != null)
    const until = [now.add({ minutes: maxListeningMinutes }), ...ends]
      .sort(Temporal.Instant.compare)
      .at(0) as Temporal.Instant
    const id = randomUUID()
    await tx
      .insertInto('listening')
      .values({
        id,
        recording_id: recordingId,
        person_id: grant.session.personId,
        right_id: right.id,
        session_hash: sessionHash(grant.session.token),
        role: right.role,
        purpose: grant.purpose,
        reference: grant.reference ?? null,
        started_at: now,
        until,
        ended_at: null,
      })
      .execute()
    return {
      found: { id, until },
      trace: {
        action: 'listening.started',
        result: 'ok',
        object: { kind: 'recording', id: recordingId },
        detail: { listening: id },
      },
      right,
    }

    function refuse(reason: ListeningRefusal) {
      return {
        found: reason,
        trace: {
          action: 'listening.started' as const,
          result: `refused:${reason}` as const,
          object: { kind: 'recording' as const, id: recordingId },
        },
      }
    }
  })
}

interface PlaybackRight {
  until: Temporal.Instant | null
  now: Temporal.Instant
  /** False if the reference is a training session that does not play the recording (AC21). */
  isInSession: boolean
  /** End of the listening mode, for a session in it (R47). */
  roomUntil: Temporal.Instant | null
}

/**
 * Returns until when a recording may be played under a Grant, including the single case that a restriction permits, and the
 * database's time, which never goes back.
 */
async function playbackRight(
  tx: Transaction<RegisterTables>,
  recordingId: string,
  { purpose, reference }: Grant,
  role: Role,
): Promise<PlaybackRight> {
  const { rows } = await sql<PlaybackRight>`
    select listened_until(${recordingId}::uuid, ${purpose}, ${reference ?? null}, ${role}) as until, register_now() as now,
      training_allows(${recordingId}::uuid, ${purpose}, ${reference ?? null}) as "isInSession",
      confined_until() as "roomUntil"`.execute(tx)
  return rows[0]!
}

function hasPassed(instant: Temporal.Instant | null, now: Temporal.Instant): boolean {
  return instant !== null && Temporal.Instant.compare(instant, now) <= 0
}
