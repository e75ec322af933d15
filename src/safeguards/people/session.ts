/**
 * Sessions by token (32 random bytes, base64url), of which only the hash is stored. Beginning one is in ../sign-in,
 * authorisation in ../access.
 */
import { createHash } from 'node:crypto'
import { sql } from 'kysely'
import { inSession } from '#platform/database/connect.ts'
import { safeguardsOf, type SafeguardsDatabase, type Tx } from '../tables.ts'

/** Idle timeout (WCAG 2.2.1 requires a warning before; the web shows it). */
export const idleMinutes = 60

export interface Session {
  token: string
  personId: string
  expiresAt: Temporal.Instant
}

/** Returns the hash under which the database stores a session. */
export function sessionHash(token: string): Buffer {
  return createHash('sha256').update(token, 'utf8').digest()
}

/** Runs work in one transaction in the name of the session's person. */
export function asViewer<Result>(
  database: SafeguardsDatabase,
  session: Pick<Session, 'token'>,
  work: (tx: Tx) => Promise<Result>,
): Promise<Result> {
  return inSession(safeguardsOf(database), { 'seloste.session': session.token }, work)
}

/** Returns the token's session and extends it by this use; undefined if it is unknown or ended. */
export async function useSession(
  database: SafeguardsDatabase,
  token: string,
  now: Temporal.Instant,
): Promise<Session | undefined> {
  const db = safeguardsOf(database)
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
    .returning(['session.person_id as personId', 'session.expires_at as expiresAt'])
    .executeTakeFirst()
  return row && { token, ...row }
}

/** Returns true if a session is valid, without extending it: background requests keep nobody signed in. */
export async function sessionHolds(
  database: SafeguardsDatabase,
  token: string,
  now: Temporal.Instant,
): Promise<boolean> {
  const row = await safeguardsOf(database)
    .selectFrom('session')
    .innerJoin('person', 'person.id', 'session.person_id')
    .select('person.id')
    .where('session.token_hash', '=', sessionHash(token))
    .where('session.ended_at', 'is', null)
    .where('session.awaits_second_factor', '=', false)
    .where('session.expires_at', '>', now)
    .where(sql<boolean>`session_holds(session)`)
    .where((eb) => eb.or([eb('person.employed_to', 'is', null), eb('person.employed_to', '>', now)]))
    .executeTakeFirst()
  return row !== undefined
}

/** Returns the hash that the audit log stores for a session's token, as session_fingerprint in the database does. */
export function sessionLogHash(token: string): string {
  return createHash('sha256').update(sessionHash(token)).digest('hex')
}

/** Returns a session as the object of its sign-in's log entry. */
export async function sessionObject(
  database: SafeguardsDatabase,
  token: string,
): Promise<{ kind: 'session'; id?: string }> {
  const row = await safeguardsOf(database)
    .selectFrom('session')
    .select('id')
    .where('token_hash', '=', sessionHash(token))
    .executeTakeFirst()
  return { kind: 'session', ...row }
}

/** Ends a session, or a sign-in in progress, at once. The database logs it. */
export async function signOut(
  database: SafeguardsDatabase,
  { token }: Pick<Session, 'token'>,
  now: Temporal.Instant,
): Promise<void> {
  await asViewer(database, { token }, (tx) =>
    tx.updateTable('session').set({ ended_at: now }).where('token_hash', '=', sessionHash(token)).execute(),
  )
}

/** Returns when a session used now expires, unless it is used again; the database limits it to twelve hours from its start. */
export function sessionExpiry(now: Temporal.Instant): Temporal.Instant {
  return now.add({ minutes: idleMinutes })
}
