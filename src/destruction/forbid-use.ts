/**
 * Prohibitions (R49-R51). When forbidUse returns, nobody can listen to the recording, and the custodian has been notified to
 * destroy it. No reason is needed and nothing reveals a preservation order (database/functions/requests/caller-wishes.sql).
 */
import { sql } from 'kysely'
import { databaseRow } from '#safeguards/access/database-request.ts'

export interface Prohibition {
  id: string
  recording_id: string
  state: 'blocked' | 'waiting' | 'executed'
  received_at: Temporal.Instant
  executed_at: Temporal.Instant | null
}

export interface ProhibitionRequest {
  party: 'CALLER' | 'OFFICIAL'
  /** CALL: forbidden during the call; its official enters the prohibition within an hour. */
  channel: 'CALL' | 'PHONE' | 'LETTER' | 'VISIT' | 'EMAIL' | 'OWN_CALLS' | 'HOME'
  /** The Service Unit's request; an official of the call needs none. */
  reference?: string | undefined
  /** Also ends the requester's own copy if nobody has fetched it yet. */
  endsCopy?: boolean | undefined
}

/** Forbids the use of a recording; idempotent. */
export const forbidUse = databaseRow(
  (recordingId: string, { party, channel, reference, endsCopy = false }: ProhibitionRequest) => ({
    statement: sql<Prohibition>`
      select p.id, p.recording_id, p.received_at, p.executed_at, prohibition_state(p) as state
      from forbid_use(${recordingId}::uuid, ${party}, ${channel}, ${reference ?? null}, ${endsCopy}) p`,
    refusals: [
      'not-found',
      'deny.role',
      'deny.reference',
      'recording.destroyed',
      'request.own',
      'prohibition.service-unit',
      'prohibition.copy-waits',
      'confirm.fresh',
    ],
    action: 'recording.forbidden',
    object: { kind: 'recording', id: recordingId },
  }),
)
