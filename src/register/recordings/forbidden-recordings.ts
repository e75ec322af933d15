import { sql, type Kysely } from 'kysely'
import type { RegisterTables } from '../tables.ts'

export interface ForbiddenRecording {
  id: string
  /** True if capture must destroy its recording; false if something prevents that: then capture stores what it has. */
  destroys: boolean
}

/** Returns the forbidden recordings among those that a capture process has (R49). */
export async function forbiddenAmong(
  db: Kysely<RegisterTables>,
  known: readonly string[],
): Promise<ForbiddenRecording[]> {
  if (known.length === 0) return []
  const { rows } = await sql<ForbiddenRecording>`
    select recording_id as id, destroys from forbidden_recordings(${known}::uuid[])`.execute(db)
  return rows
}
