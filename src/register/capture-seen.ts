import { sql, type Kysely } from 'kysely'
import type { RegisterTables } from './tables.ts'

/** What one client has sent since the last time, by name: of what it is the name, and in how many sessions it came. */
interface ClientTold {
  trunk: string
  client: string
  sessions: number
  refused: number
  sends: readonly { kind: string; name: string; times: number }[]
}

/** Adds to what is known of a client. */
export async function noteClient(db: Kysely<RegisterTables>, told: ClientTold): Promise<void> {
  const { trunk, client, sessions, refused, sends } = told
  await sql`select note_client(${trunk}, ${client}, ${sessions}, ${refused}, ${JSON.stringify(sends)}::jsonb)`.execute(
    db,
  )
}

/** Hours of three months ago, and clients that nobody has heard of for fourteen, go. */
export async function forgetCaptureSeen(db: Kysely<RegisterTables>): Promise<void> {
  await sql`select forget_capture_seen()`.execute(db)
}
