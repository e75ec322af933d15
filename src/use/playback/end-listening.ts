import type { Kysely } from 'kysely'
import { inSession } from '#platform/database/connect.ts'
import type { RegisterTables } from '#register/tables.ts'
import { appendAudit } from '#safeguards/audit/append.ts'
import { sessionHash, type Session } from '#safeguards/people/session.ts'

/** Ends a listening of this session; false when it is not this session's or has ended. */
export function endListening(
  db: Kysely<RegisterTables>,
  session: Session,
  listeningId: string,
  now: Temporal.Instant,
): Promise<boolean> {
  return inSession(db, { 'seloste.session': session.token }, async (tx) => {
    const ended = await tx
      .updateTable('listening')
      .set({ ended_at: now })
      .where('id', '=', listeningId)
      .where('session_hash', '=', sessionHash(session.token))
      .where('ended_at', 'is', null)
      .returning(['recording_id', 'role', 'purpose', 'right_id'])
      .executeTakeFirst()
    if (!ended) return false
    await appendAudit(tx, {
      action: 'listening.ended',
      result: 'ok',
      personId: session.personId,
      rightId: ended.right_id,
      role: ended.role,
      purpose: ended.purpose,
      object: { kind: 'recording', id: ended.recording_id },
      detail: { listening: listeningId },
    })
    return true
  })
}
