/**
 * Lists what officials have done about their own calls (R48, R49): their prohibitions and their requests to the Service Unit. Never shows
 * others' calls or the handling clerk (decided in database/functions/destruction/capture-stops.sql).
 */
import { sql, type Kysely } from 'kysely'
import type { RegisterTables } from '#register/tables.ts'
import { requestDatabase, type Refused } from '#safeguards/access/database-request.ts'
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

/** Returns prohibitions of the viewer's calls: their own, and those of callers that they entered. Newest first, at most 500. */
export async function listOwnProhibitions(
  db: Kysely<RegisterTables>,
  session: Session,
): Promise<OwnProhibition[] | Refused<'deny.role'>> {
  const answer = await requestDatabase(
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

/** Returns the viewer's own requests as an official. Newest first, at most 500. */
export async function listOwnRequests<Kind extends string>(
  db: Kysely<RegisterTables>,
  session: Session,
): Promise<OwnRequest<Kind>[] | Refused<'deny.role'>> {
  const answer = await requestDatabase(
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
