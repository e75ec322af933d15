import { sql, type Kysely } from 'kysely'
import type { RegisterTables } from '../tables.ts'

export interface ForbiddenRecording {
  id: string
  /** What capture has of it is to be destroyed; where something stands in the way, it is stored as far as it is. */
  destroys: boolean
}

/** Which of the recordings that a capture process has, or had, are forbidden (R49). */
export async function forbiddenAmong(
  db: Kysely<RegisterTables>,
  known: readonly string[],
): Promise<ForbiddenRecording[]> {
  if (known.length === 0) return []
  const { rows } = await sql<ForbiddenRecording>`
    select recording_id as id, destroys from forbidden_recordings(${known}::uuid[])`.execute(db)
  return rows
}
