/** Statistics of recording clients (database/functions/capture/reception.sql). */
import { sql, type Kysely } from 'kysely'
import type { RegisterTables } from './tables.ts'

/** Counts of a client since the last report; `sends`: each thing it sent, by kind and name, and in how many sessions. */
interface ClientCounts {
  trunk: string
  client: string
  sessions: number
  refused: number
  sends: readonly { kind: string; name: string; times: number }[]
}

/** Adds to the statistics of a client. */
export async function recordClient(db: Kysely<RegisterTables>, counts: ClientCounts): Promise<void> {
  const { trunk, client, sessions, refused, sends } = counts
  await sql`select record_client(${trunk}, ${client}, ${sessions}, ${refused}, ${JSON.stringify(sends)}::jsonb)`.execute(
    db,
  )
}

/** Deletes hours older than three months, and clients that were silent for fourteen months. */
export async function deleteOldCaptureStatistics(db: Kysely<RegisterTables>): Promise<void> {
  await sql`select prune_capture_clients()`.execute(db)
}

/** Lists the trunks that sent RTP without SRTP within some days, each with the last time. */
export async function trunksWithoutSrtp(
  db: Kysely<RegisterTables>,
  days: number,
): Promise<{ trunk: string; last: Temporal.Instant }[]> {
  const { rows } = await sql<{ trunk: string; last: Temporal.Instant }>`
    select c.trunk, max(s.last_at) as last from capture_client c join capture_client_sends s on s.client_id = c.id
    where s.kind = 'suite' and s.name = 'none' and s.last_at > now() - make_interval(days => ${days}::integer)
      -- Leaves out addresses of this machine, from which no other machine can send.
      and c.trunk !~ '^(address|source):(127\\.|::1)'
    group by c.trunk order by c.trunk`.execute(db)
  return rows
}
