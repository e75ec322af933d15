/**
 * Sessions. In: a session token (32 random bytes, base64url) of which the database keeps the hash alone. Out: whose it is,
 * while it holds. Never here: how one begins (see ../sign-in), what a person may do (see ../access).
 */
import { createHash } from 'node:crypto'
import { appendAudit } from '../audit/append.ts'
import { safeguardsOf, type HoldingSafeguards } from '../tables.ts'

/** A session unused for this long ends (WCAG 2.2.1 asks for a warning before; the web gives it). */
export const idleMinutes = 60

export interface Session {
  token: string
  personId: string
  expiresAt: Temporal.Instant
}

/** Hash under which the database knows a session. */
export function sessionHash(token: string): Buffer {
  return createHash('sha256').update(token, 'utf8').digest()
}

/** The session behind a token, its end moved on by this use; nothing when it is unknown, ended or over. */
export async function useSession(
  holding: HoldingSafeguards,
  token: string,
  now: Temporal.Instant,
): Promise<Session | undefined> {
  const db = safeguardsOf(holding)
  const row = await db
    .updateTable('session')
    .set({ expires_at: sessionExpiry(now), used_at: now })
    .from('person')
    .whereRef('person.id', '=', 'session.person_id')
    .where('session.token_hash', '=', sessionHash(token))
    .where('session.ended_at', 'is', null)
    .where('session.awaits_second_factor', '=', false)
    .where('session.expires_at', '>', now)
    .where((eb) => eb.or([eb('person.employed_to', 'is', null), eb('person.employed_to', '>', now)]))
    .returning(['session.person_id', 'session.expires_at'])
    .executeTakeFirst()
  return row && { token, personId: row.person_id, expiresAt: row.expires_at }
}

/** Whether a session still holds, without using it: what runs in the background keeps nobody signed in. */
export async function sessionHolds(holding: HoldingSafeguards, token: string, now: Temporal.Instant): Promise<boolean> {
  const row = await safeguardsOf(holding)
    .selectFrom('session')
    .innerJoin('person', 'person.id', 'session.person_id')
    .select('person.id')
    .where('session.token_hash', '=', sessionHash(token))
    .where('session.ended_at', 'is', null)
    .where('session.awaits_second_factor', '=', false)
    .where('session.expires_at', '>', now)
    .where((eb) => eb.or([eb('person.employed_to', 'is', null), eb('person.employed_to', '>', now)]))
    .executeTakeFirst()
  return row !== undefined
}

/** Ends a session, or a sign-in that is under way, at once. */
export async function signOut(
  holding: HoldingSafeguards,
  session: Pick<Session, 'token' | 'personId'>,
  now: Temporal.Instant,
): Promise<void> {
  const db = safeguardsOf(holding)
  await db.transaction().execute(async (tx) => {
    await tx
      .updateTable('session')
      .set({ ended_at: now })
      .where('token_hash', '=', sessionHash(session.token))
      .execute()
    await appendAudit(tx, {
      action: 'session.ended',
      result: 'ok',
      personId: session.personId,
      object: { kind: 'session' },
    })
  })
}

/** When a session that is used now ends, unless it is used again; the database keeps it within twelve hours of its start. */
export function sessionExpiry(now: Temporal.Instant): Temporal.Instant {
  return now.add({ minutes: idleMinutes })
}
