import { sql, type Kysely } from 'kysely'
import { inSession } from '#platform/database/connect.ts'
import type { RegisterTables } from '#register/tables.ts'
import { idleMinutes, sessionHash } from '#safeguards/people/session.ts'

/**
 * Why a listening has ended: the listener left, its time, right or session ended, or the recording was destroyed or
 * restricted. `unknown`: the session has no such listening.
 */
export type ListeningEndReason = 'left' | 'time' | 'right' | 'session' | 'destroyed' | 'restricted' | 'unknown'

export interface ListeningEnd {
  over: ListeningEndReason
  /** When the right ended. */
  since?: string
}

export interface OpenListening {
  recordingId: string
  /** Playback rate. */
  speed: number
}

/** Returns the state of a session's listening at this instant, by the database. */
export function listeningNow(
  db: Kysely<RegisterTables>,
  session: string,
  listening: string,
): Promise<OpenListening | ListeningEnd> {
  return inSession(db, { 'seloste.session': session }, async (tx) => {
    const { rows } = await sql<Row>`select * from listening_now(${listening}::uuid)`.execute(tx)
    return fromRow(rows[0])
  })
}

interface Row {
  recording_id: string
  speed: number
  why: ListeningEndReason | null
  since: Temporal.Instant | null
}

function fromRow(row: Row | undefined): OpenListening | ListeningEnd {
  if (!row) return { over: 'unknown' }
  if (row.why) return { over: row.why, ...(row.since && { since: row.since.toString() }) }
  return { recordingId: row.recording_id, speed: row.speed }
}

/**
 * Like {@link listeningNow}. If the listening is valid, also records what will be served, in milliseconds of the recording,
 * in one statement that commits before this resolves (database/functions/history/contacts.sql). Counts as use of the
 * session.
 */
export async function serveRange(
  db: Kysely<RegisterTables>,
  request: { session: string; workstation?: string | undefined; listening: string; fromMs: number; toMs: number },
): Promise<OpenListening | ListeningEnd> {
  const workstationHash = request.workstation === undefined ? null : sessionHash(request.workstation)
  const { rows } = await sql<Row>`
    select * from serve_range(${request.session}, ${workstationHash}::bytea, ${request.listening}::uuid, ${request.fromMs}, ${request.toMs},
      make_interval(mins => ${idleMinutes}))`.execute(db)
  return fromRow(rows[0])
}
