import { sql, type Kysely } from 'kysely'
import type { RegisterTables } from '#register/tables.ts'

/** Returns the recordings whose audio, original or anonymised, is in a package. */
export async function recordingsInPackage(db: Kysely<RegisterTables>, id: string): Promise<string[]> {
  const { rows } = await sql<{ recording: string }>`
    select recording_id as recording from research_contents(${id}::uuid)
    union
    select recording_id from authority_contents(${id}::uuid)
    where recording_id is not null and what <> 'IDENTIFICATION_DATA'`.execute(db)
  return rows.map(({ recording }) => recording)
}
