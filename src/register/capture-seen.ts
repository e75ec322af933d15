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

/** The trunks that have sent RTP without SRTP within some days, each with when it last did. */
export async function trunksWithoutSrtp(
  db: Kysely<RegisterTables>,
  days: number,
): Promise<{ trunk: string; last: Temporal.Instant }[]> {
  const { rows } = await sql<{ trunk: string; last: Temporal.Instant }>`
    select c.trunk, max(s.last_at) as last from capture_client c join capture_client_sends s on s.client_id = c.id
    where s.kind = 'suite' and s.name = 'none' and s.last_at > now() - make_interval(days => ${days}::integer)
      -- Nobody else sends under an address of this machine.
      and c.trunk !~ '^(address|source):(127\\.|::1)'
    group by c.trunk order by c.trunk`.execute(db)
  return rows
}
