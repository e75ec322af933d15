/**
 * Notices to people about their own accounts (R20): sign-ins from new browsers, links, passwords, factors, changes in the
 * directory. The database writes them with their cause (database/functions/access/notices.sql).
 */
import { sql } from 'kysely'
import { type Session, asViewer } from '../people/session.ts'
import type { SafeguardsDatabase } from '../tables.ts'
import type { NoticeKind } from './sign-in-tables.ts'

export interface Notice {
  id: string
  kind: NoticeKind
  at: Temporal.Instant
  detail: Record<string, unknown>
  seen: boolean
  /** Caused in the same session. */
  own: boolean
}

const maxListed = 100

/** Lists one's own notices, newest first. */
export function listNotices(database: SafeguardsDatabase, session: Session): Promise<Notice[]> {
  return asViewer(database, session, async (tx) => {
    const { rows } = await sql<Notice>`
      select n.id, n.kind, n.at, n.detail, n.seen_at is not null as seen, coalesce(s.id = n.session_id, false) as own
      from account_notice n
      left join session s on s.token_hash = sha256(convert_to(current_setting('seloste.session', true), 'UTF8'))
      where n.person_id = ${session.personId}::uuid
      order by n.at desc, n.id limit ${maxListed}`.execute(tx)
    return rows
  })
}

/** Marks one's own notices as seen. */
export async function markNoticesSeen(
  database: SafeguardsDatabase,
  session: Session,
  ids: readonly string[],
): Promise<void> {
  await asViewer(database, session, (tx) => sql`select mark_notices_seen(${ids}::uuid[])`.execute(tx))
}
