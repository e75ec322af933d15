import { sql, type Kysely } from 'kysely'
import { inSession } from '#platform/database/connect.ts'
import type { RegisterTables } from '#register/tables.ts'

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
    const { rows } = await sql<{
      recording_id: string
      speed: number
      why: OverWhy | null
      since: Temporal.Instant | null
    }>`select * from listening_now(${listening}::uuid)`.execute(tx)
    const [row] = rows
    if (!row) return { over: 'unknown' }
    if (row.why) return { over: row.why, ...(row.since && { since: row.since.toString() }) }
    return { recordingId: row.recording_id, speed: row.speed }
  })
}
