/**
 * Signing in and out. In: a user id and a password, or a session token. Out: a session token (32 random bytes,
 * base64url) of which the database keeps the hash alone. Never here: what a person may do (see ../access).
 */
import { createHash, randomBytes } from 'node:crypto'
import { sql } from 'kysely'
import { appendAudit } from '../audit/append.ts'
import { safeguardsOf, type HoldingSafeguards } from '../tables.ts'
import { proofOf } from './password.ts'

/** A session unused for this long ends (WCAG 2.2.1 asks for a warning before; the web gives it). */
const idleMinutes = 60

export interface Session {
  token: string
  personId: string
  expiresAt: Temporal.Instant
}

/** Hash under which the database knows a session. */
export function sessionHash(token: string): Buffer {
  return createHash('sha256').update(token, 'utf8').digest()
}

/**
 * Opens a session for a personal user id and its password (R20).
 * @returns the session, or `refused` without saying whether the id, the password or the employment was wrong
 */
export async function signIn(
  holding: HoldingSafeguards,
  given: { userId: string; password: string },
  now: Temporal.Instant,
): Promise<Session | 'refused'> {
  const db = safeguardsOf(holding)
  const person = await db
    .selectFrom('person')
    .select(['id', 'password_salt', 'employed_from', 'employed_to'])
    .where('user_id', '=', given.userId.trim().toLowerCase())
    .executeTakeFirst()
  const proof = await proofOf(given.password, person?.password_salt)
  const employed =
    person &&
    Temporal.Instant.compare(person.employed_from, now) <= 0 &&
    (!person.employed_to || Temporal.Instant.compare(now, person.employed_to) < 0)
  const session = { token: randomBytes(32).toString('base64url'), expiresAt: expiry(now) }
  return db.transaction().execute(async (tx) => {
    // Asked of the database for somebody who is not there, too: it takes as long.
    const opened = await open(tx, { ...session, personId: employed ? person.id : null }, proof)
    await appendAudit(tx, {
      action: 'session.started',
      result: opened ? 'ok' : 'refused:credentials',
      personId: person?.id,
      object: { kind: 'session' },
    })
    return opened && person ? { ...session, personId: person.id } : 'refused'
  })
}

/** False when the proof is not that of the person's password; this process has no other way to make a session. */
async function open(
  tx: HoldingSafeguards,
  session: { personId: string | null; token: string; expiresAt: Temporal.Instant },
  proof: Buffer,
): Promise<boolean> {
  const { rows } = await sql<{ opened: boolean }>`
    select open_session(
      ${session.personId}::uuid, ${proof}::bytea, ${sessionHash(session.token)}::bytea,
      ${session.expiresAt}::timestamptz) as opened`.execute(tx)
  return rows[0]?.opened === true
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
    .set({ expires_at: expiry(now) })
    .from('person')
    .whereRef('person.id', '=', 'session.person_id')
    .where('session.token_hash', '=', sessionHash(token))
    .where('session.ended_at', 'is', null)
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
    .where('session.expires_at', '>', now)
    .where((eb) => eb.or([eb('person.employed_to', 'is', null), eb('person.employed_to', '>', now)]))
    .executeTakeFirst()
  return row !== undefined
}

/** Ends a session at once. */
export async function signOut(holding: HoldingSafeguards, session: Session, now: Temporal.Instant): Promise<void> {
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

function expiry(now: Temporal.Instant): Temporal.Instant {
  return now.add({ minutes: idleMinutes })
}
