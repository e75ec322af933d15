import { sql, type Kysely } from 'kysely'
import { inSession } from '#platform/database/connect.ts'
import type { RegisterTables } from '#register/tables.ts'
import { idleMinutes, sessionHash } from '#safeguards/people/session.ts'

/**
 * Why a listening is over: its holder left it, its time was up, the right or the session it stood on ended, the recording
 * was destroyed or may not be heard for now; or there is none of this session's by that id.
 */
export type OverWhy = 'left' | 'time' | 'right' | 'session' | 'destroyed' | 'restricted' | 'unknown'

export interface Over {
  over: OverWhy
  /** Of a right that ended: when. */
  since?: string
}

export interface OpenListening {
  recordingId: string
  /** How many times faster than it was spoken its holder listens. */
  speed: number
}

/** A listening of a session at this very instant, as the database sees it. */
export function listeningNow(
  db: Kysely<RegisterTables>,
  session: string,
  listening: string,
): Promise<OpenListening | Over> {
  return inSession(db, { 'seloste.session': session }, async (tx) => {
    const { rows } = await sql<Row>`select * from listening_now(${listening}::uuid)`.execute(tx)
    return fromRow(rows[0])
  })
}

interface Row {
  recording_id: string
  speed: number
  why: OverWhy | null
  since: Temporal.Instant | null
}

function fromRow(row: Row | undefined): OpenListening | Over {
  if (!row) return { over: 'unknown' }
  if (row.why) return { over: row.why, ...(row.since && { since: row.since.toString() }) }
  return { recordingId: row.recording_id, speed: row.speed }
}

/**
 * As {@link listeningNow}, and where the listening may be heard, what is about to be served of it is noted, in milliseconds of
 * the recording; in one statement, which commits before this resolves (database/functions/history/contacts.sql). A use of the session.
 */
export async function serveRange(
  db: Kysely<RegisterTables>,
  asked: { session: string; workstation?: string | undefined; listening: string; fromMs: number; toMs: number },
): Promise<OpenListening | Over> {
  const here = asked.workstation === undefined ? null : sessionHash(asked.workstation)
  const { rows } = await sql<Row>`
    select * from serve_range(${asked.session}, ${here}::bytea, ${asked.listening}::uuid, ${asked.fromMs}, ${asked.toMs},
      make_interval(mins => ${idleMinutes}))`.execute(db)
  return fromRow(rows[0])
}
