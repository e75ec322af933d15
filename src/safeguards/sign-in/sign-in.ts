/**
 * Signs in with a personal user id and a password (R20). Returns a session, a sign-in that awaits a second factor, or a
 * refusal. The custodian's process checks the second factor (second-factor.ts). Failures and waits are stored in the database,
 * so that a desk that was taken over cannot guess faster.
 */
import { sql } from 'kysely'
import { selectValue } from '#platform/database/select-value.ts'
import { newToken, tokenHash } from '#platform/links/link-token.ts'
import { appendAudit } from '../audit/append.ts'
import { proofOf } from '../people/password.ts'
import { sessionExpiry, sessionHash, sessionObject, sessionLogHash, type Session, asViewer } from '../people/session.ts'
import { userIdOf } from '../people/written-values.ts'
import { safeguardsOf, type SafeguardsDatabase } from '../tables.ts'
import type { SecondFactor } from './sign-in-tables.ts'

/** From this wait on, the person must use a known browser or a new one-time link. */
const closedSeconds = 86_400

/** Origin of an attempt. */
export interface AttemptFrom {
  /** The network of its address (network.ts). */
  network: string
  /** The token of a browser in which somebody has signed in before (device cookie). */
  knownDevice?: string | undefined
  /** Browser and system, for the person's own list of sessions. */
  device?: string | undefined
}

/** A sign-in with a correct password, which is completed by a second factor or its enrolment. */
export interface PendingSignIn {
  awaits: 'second-factor' | 'enrolment'
  token: string
  personId: string
  /** Second factors the person may use; empty if one is to be enrolled first. */
  factors: SecondFactor[]
}

/** Too many failures in a row. `seconds` to wait; undefined if unknown browsers are locked out. */
export interface SignInDelayed {
  refused: 'session.wait' | 'session.closed'
  seconds?: number
}

interface OpeningResult {
  outcome: 'opened' | 'second-factor' | 'enrolment' | 'refused' | 'wait'
  person: string | null
  factors: SecondFactor[] | null
  /** The log's digest of the password that was right. */
  verifier: string | null
}

const results = {
  opened: 'ok',
  refused: 'refused:credentials',
  'second-factor': 'refused:session.second-factor',
  enrolment: 'refused:session.enrolment',
} as const

/**
 * Opens a session for a personal user id and its password.
 * @returns the session; or `refused` without saying whether the id, the password or the employment was wrong
 */
export async function signIn(
  database: SafeguardsDatabase,
  credentials: { userId: string; password: string; from?: AttemptFrom | undefined },
  now: Temporal.Instant,
): Promise<Session | PendingSignIn | SignInDelayed | 'refused'> {
  const db = safeguardsOf(database)
  const userId = userIdOf(credentials.userId)
  const from = credentials.from ?? { network: 'unknown' }
  // Before hashing, so that an attempt that has to wait takes no time.
  const delayed = await waitOf(db, userId, from)
  if (delayed) return delayed
  const person = await db
    .selectFrom('person')
    .select(['id', 'password_salt', 'employed_from', 'employed_to'])
    .where('user_id', '=', userId)
    .executeTakeFirst()
  const proof = await proofOf(credentials.password, person?.password_salt)
  const employed =
    person &&
    Temporal.Instant.compare(person.employed_from, now) <= 0 &&
    (!person.employed_to || Temporal.Instant.compare(now, person.employed_to) < 0)
  const session = { token: newToken(), expiresAt: sessionExpiry(now) }
  return db.transaction().execute(async (tx) => {
    // Also run for an unknown person, so that the answer takes as long.
    const { outcome, factors, verifier } = await open(tx, userId, employed ? proof : null, from, session)
    if (outcome === 'wait') return (await waitOf(tx, userId, from)) ?? { refused: 'session.wait', seconds: 1 }
    await appendAudit(tx, {
      action: 'session.started',
      result: results[outcome],
      personId: person?.id,
      object: await sessionObject(tx, session.token),
      detail: {
        ...(outcome === 'opened' && { method: 'password', token: sessionLogHash(session.token) }),
        ...(verifier !== null && { verifiers: [verifier] }),
      },
    })
    if (outcome === 'refused' || !person) {
      const following = await waitOf(tx, userId, from)
      if (following) await appendAudit(tx, delayedEntry(person?.id, following))
      return 'refused'
    }
    if (outcome === 'opened') return { ...session, personId: person.id }
    return { awaits: outcome, token: session.token, personId: person.id, factors: factors ?? [] }
  })
}

/** Records the browser that holds this token as one of the person's. @returns false if the token is another person's */
export async function rememberDevice(database: SafeguardsDatabase, session: Session, device: string): Promise<boolean> {
  return asViewer(database, session, async (tx) => {
    return selectValue(tx, sql<boolean>`remember_device(${tokenHash(device)}::bytea)`)
  })
}

/** Returns how long the attempt must wait; undefined if it is checked at once. */
async function waitOf(db: SafeguardsDatabase, userId: string, from: AttemptFrom): Promise<SignInDelayed | undefined> {
  const seconds = await selectValue(
    db,
    sql<number>`sign_in_wait(${userId}, ${from.network}, ${deviceHash(from)}::bytea)`,
  )
  if (seconds === 0) return undefined
  return seconds >= closedSeconds ? { refused: 'session.closed' } : { refused: 'session.wait', seconds }
}

async function open(
  tx: SafeguardsDatabase,
  userId: string,
  proof: Buffer | null,
  from: AttemptFrom,
  session: { token: string; expiresAt: Temporal.Instant },
): Promise<OpeningResult> {
  const { rows } = await sql<OpeningResult>`
    select outcome, person, factors, verifier from open_session(
      ${userId}, ${proof}::bytea, ${from.network}, ${deviceHash(from)}::bytea, ${sessionHash(session.token)}::bytea,
      ${from.device ?? null}, ${session.expiresAt}::timestamptz)`.execute(tx)
  return rows[0] ?? { outcome: 'refused', person: null, factors: null, verifier: null }
}

function delayedEntry(personId: string | undefined, delayed: SignInDelayed) {
  return {
    action: 'sign-in.delayed' as const,
    result: 'ok' as const,
    personId,
    object: { kind: 'session' as const },
    detail: { seconds: delayed.seconds ?? null, closed: delayed.refused === 'session.closed' },
  }
}

function deviceHash({ knownDevice }: AttemptFrom): Buffer | null {
  return knownDevice === undefined ? null : tokenHash(knownDevice)
}
