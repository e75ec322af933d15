/**
 * Lists what officials have done about their own calls (R48, R49): their prohibitions and their requests to the Service Unit. Never shows
 * others' calls or the handling clerk (decided in database/functions/destruction/capture-stops.sql).
 */
import { sql } from 'kysely'
import { databaseRows } from '#safeguards/access/database-request.ts'
import type { RequestKind } from '#register/request-tables.ts'

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

export interface OwnRequest {
  number: string
  kinds: RequestKind[]
  receivedAt: Temporal.Instant
  dueAt: Temporal.Instant
  closedAt: Temporal.Instant | null
  outcome: 'ANSWERED' | 'REFUSED' | 'WITHDRAWN' | null
}

/** Returns prohibitions of the viewer's calls: their own, and those of callers that they entered. Newest first, at most 500. */
export const listOwnProhibitions = databaseRows(() => ({
  statement: sql<OwnProhibition>`
    select id, recording_id as "recordingId", contact_id as "contactId", started_at as "startedAt", party,
      received_at as "receivedAt", executed_at as "executedAt", state
    from my_prohibitions()`,
  refusals: ['deny.role'],
  action: 'recording.forbidden',
  object: { kind: 'prohibition' },
}))

/** Returns the viewer's own requests as an official. Newest first, at most 500. */
export const listOwnRequests = databaseRows(() => ({
  statement: sql<OwnRequest>`
    select number, kinds, received_at as "receivedAt", due_at as "dueAt", closed_at as "closedAt", outcome
    from my_requests()`,
  refusals: ['deny.role'],
  action: 'recording.forbidden',
  object: { kind: 'prohibition' },
}))
