/**
 * What officials have done about their own calls (R48, R49). In: a session. Out: their prohibitions, and what they have asked the
 * Service Unit. Never here: anybody else's call, or who of the Service Unit handles what (database/functions/destruction/in-capture.sql decides).
 */
import { sql, type Kysely } from 'kysely'
import type { RegisterTables } from '#register/tables.ts'
import { askOfDatabase, type Refused } from '#safeguards/access/ask-of-database.ts'
import type { Session } from '#safeguards/people/session.ts'

export interface OwnProhibition {
  id: string
  recordingId: string
  contactId: string
  startedAt: Temporal.Instant
  party: 'CALLER' | 'OFFICIAL'
  receivedAt: Temporal.Instant
  executedAt: Temporal.Instant | null
  state: 'blocked' | 'waiting' | 'executed'
}

export interface OwnRequest<Kind extends string = string> {
  number: string
  kinds: Kind[]
  receivedAt: Temporal.Instant
  dueAt: Temporal.Instant
  closedAt: Temporal.Instant | null
  outcome: 'ANSWERED' | 'REFUSED' | 'WITHDRAWN' | null
}

const trace = { action: 'recording.forbidden', object: { kind: 'prohibition' } } as const

/** Prohibitions of the viewer's own calls: their own wish, and callers' wishes that they entered. Newest first, 500 at most. */
export async function listOwnProhibitions(
  db: Kysely<RegisterTables>,
  session: Session,
): Promise<OwnProhibition[] | Refused<'deny.role'>> {
  const answer = await askOfDatabase(
    db,
    session,
    sql<OwnProhibition>`
      select id, recording_id as "recordingId", contact_id as "contactId", started_at as "startedAt", party,
        received_at as "receivedAt", executed_at as "executedAt", state
      from my_prohibitions()`,
    ['deny.role'],
    trace,
  )
  return 'refused' in answer ? answer : answer.rows
}

/** Requests in which the viewer is the official who asks. Newest first, 500 at most. */
export async function listOwnRequests<Kind extends string>(
  db: Kysely<RegisterTables>,
  session: Session,
): Promise<OwnRequest<Kind>[] | Refused<'deny.role'>> {
  const answer = await askOfDatabase(
    db,
    session,
    sql<OwnRequest<Kind>>`
      select number, kinds, received_at as "receivedAt", due_at as "dueAt", closed_at as "closedAt", outcome
      from my_requests()`,
    ['deny.role'],
    trace,
  )
  return 'refused' in answer ? answer : answer.rows
}
