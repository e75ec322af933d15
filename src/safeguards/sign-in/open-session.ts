import { sql } from 'kysely'
import { appendAudit } from '../audit/append.ts'
import { sessionHash, sessionObject, sessionLogHash } from '../people/session.ts'
import { safeguardsOf, type SafeguardsDatabase } from '../tables.ts'

/**
 * Opens a session for a person authenticated by the custodian, under a token made by the desk.
 * @returns false if the person is not employed
 */
export async function openAuthenticatedSession(
  tx: SafeguardsDatabase,
  personId: string,
  method: 'passkey' | 'oidc',
  { newSession, device }: { newSession: string; device?: string | undefined },
  expiresAt: Temporal.Instant,
): Promise<boolean> {
  const hash = sessionHash(newSession)
  const { rows } = await sql<{ opened: boolean }>`
    select open_proven_session(${personId}::uuid, ${hash}::bytea, ${method}, ${expiresAt}::timestamptz) as opened`.execute(
    tx,
  )
  const opened = rows[0]?.opened === true
  if (opened && device !== undefined) {
    await safeguardsOf(tx)
      .updateTable('session')
      .set({ device: device.slice(0, 80) })
      .where('token_hash', '=', hash)
      .execute()
  }
  return opened
}

/** Completes a sign-in that awaits a second factor or its enrolment, under a new token; false if it has expired. */
export async function completeWithPasskey(
  tx: SafeguardsDatabase,
  {
    session,
    newSession,
    personId,
    verifier,
  }: { session: string; newSession: string; personId: string; verifier: string },
): Promise<boolean> {
  const { rows } = await sql<{ completed: boolean }>`
    select complete_session(${sessionHash(session)}::bytea, ${sessionHash(newSession)}::bytea, 'password+passkey')
      as completed`.execute(tx)
  const completed = rows[0]?.completed === true
  await appendAudit(tx, {
    action: 'session.started',
    result: completed ? 'ok' : 'refused:session.none',
    personId,
    object: await sessionObject(tx, newSession),
    detail: { method: 'password+passkey', token: sessionLogHash(newSession), verifiers: [verifier] },
  })
  return completed
}
