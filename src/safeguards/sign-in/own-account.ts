/**
 * One's own account: methods of signing in, password, open sessions. Others' accounts are in links.ts and factor-removals.ts,
 * second factors in second-factor.ts.
 */
import { sql } from 'kysely'
import { newToken } from '#platform/links/link-token.ts'
import { selectValue } from '#platform/database/select-value.ts'
import { appendAudit } from '../audit/append.ts'
import { hashPassword, proofOf } from '../people/password.ts'
import { sessionHash, type Session, asViewer } from '../people/session.ts'
import { safeguardsOf, type SafeguardsDatabase } from '../tables.ts'
import { isOnlyFactor } from './password-length.ts'
import type { SecondFactor, SecondFactorDemand, SignInMethod } from './sign-in-tables.ts'
import { databaseRow } from '../access/database-request.ts'
import { signInUnderWay } from './open-session.ts'

/** How a person can sign in. */
export interface PersonSignInMethods {
  hasPassword: boolean
  passwordSetAt: Temporal.Instant | null
  /** The password is long enough as the only factor. */
  passwordAlone: boolean
  totpAddedAt: Temporal.Instant | null
  totpUsedAt: Temporal.Instant | null
  recoveryCodes: number
  passkeys: number
  factors: SecondFactor[]
  demand: SecondFactorDemand
  linkMadeAt: Temporal.Instant | null
  linkUntil: Temporal.Instant | null
  /** A person who decides about others and has no second factor gets a new password only from the operator. */
  needsOperator: boolean
}

/** Returns a person's methods: for oneself, or for anybody as an administrator; undefined for others. */
export async function readSignInMethods(
  database: SafeguardsDatabase,
  session: Session,
  personId: string,
): Promise<PersonSignInMethods | undefined> {
  return asViewer(database, session, async (tx) => {
    const { rows } = await sql<PersonSignInMethods>`
      select has_password as "hasPassword", password_set_at as "passwordSetAt", password_alone as "passwordAlone",
        totp_added_at as "totpAddedAt", totp_used_at as "totpUsedAt", recovery_codes as "recoveryCodes", passkeys, factors, demand,
        link_made_at as "linkMadeAt", link_until as "linkUntil", needs_operator as "needsOperator"
      from sign_in_of(${personId}::uuid)`.execute(tx)
    return rows[0]
  })
}

/** A session, or a sign-in in progress and what it awaits. */
export interface SignInState {
  personId: string
  awaits: 'second-factor' | 'enrolment' | 'nothing'
  factors: SecondFactor[]
  method: SignInMethod
}

/** Returns the sign-in of a token; undefined if it is invalid, expired, or its person is not employed. */
export async function readSignInState(database: SafeguardsDatabase, token: string): Promise<SignInState | undefined> {
  const found = await signInUnderWay(database, token)
  if (!found) return undefined
  const { person: personId, awaits, factors, method } = found
  const awaited = factors.length > 0 ? 'second-factor' : 'enrolment'
  return { personId, awaits: awaits ? awaited : 'nothing', factors, method }
}

/** Returns argon2id's output for a person's password, as checked by database and custodian. */
export async function passwordProof(database: SafeguardsDatabase, personId: string, password: string): Promise<Buffer> {
  const person = await safeguardsOf(database)
    .selectFrom('person')
    .select('password_salt')
    .where('id', '=', personId)
    .executeTakeFirst()
  return proofOf(password, person?.password_salt)
}

/**
 * Changes one's own password, with the old one as proof. Other sessions end; this one continues under a new token.
 * @returns the session under its new token
 */
export async function changePassword(
  database: SafeguardsDatabase,
  session: Session,
  passwords: { current: string; password: string },
): Promise<Session | { refused: 'session.credentials' | 'session.wait' | 'session.none' | 'password.unfit' }> {
  const proof = await passwordProof(database, session.personId, passwords.current)
  const { salt, check } = await hashPassword(passwords.password)
  const token = newToken()
  return asViewer(database, session, async (tx) => {
    const proved = await selectValue(
      tx,
      sql<keyof typeof refusals | 'right'>`change_own_password(${proof}::bytea, ${salt}, ${check}::bytea,
        ${isOnlyFactor(passwords.password)}, ${sessionHash(token)}::bytea)`,
    )
    if (proved === 'right') return { ...session, token }
    await appendAudit(tx, {
      action: 'password.set',
      result: `refused:${refusals[proved]}`,
      personId: session.personId,
      object: { kind: 'person', id: session.personId },
    })
    return { refused: refusals[proved] }
  })
}

const refusals = {
  wrong: 'session.credentials',
  wait: 'session.wait',
  none: 'session.none',
  'too-short': 'password.unfit',
} as const

export interface OwnSession {
  id: string
  current: boolean
  method: SignInMethod
  startedAt: Temporal.Instant
  usedAt: Temporal.Instant
  endsAt: Temporal.Instant
  device: string | null
}

/** Lists one's own open sessions, last used first. */
export async function listOwnSessions(
  database: SafeguardsDatabase,
  session: Session,
  now: Temporal.Instant,
): Promise<OwnSession[]> {
  const rows = await safeguardsOf(database)
    .selectFrom('session')
    .select([
      'id',
      'token_hash',
      'method',
      'created_at as startedAt',
      'used_at as usedAt',
      'expires_at as endsAt',
      'device',
    ])
    .where('person_id', '=', session.personId)
    .where('ended_at', 'is', null)
    .where('awaits_second_factor', '=', false)
    .where('expires_at', '>', now)
    .where(sql<boolean>`session_holds(session)`)
    .orderBy('used_at', 'desc')
    .execute()
  const own = sessionHash(session.token)
  return rows.map(({ token_hash: hash, ...row }) => ({ ...row, current: own.equals(hash) }))
}

/** Ends one of the viewer's own sessions, which the database logs. @returns false if there is no such session */
export async function endOwnSession(
  database: SafeguardsDatabase,
  session: Session,
  id: string,
  now: Temporal.Instant,
): Promise<boolean> {
  return asViewer(database, session, async (tx) => {
    const { numUpdatedRows } = await tx
      .updateTable('session')
      .set({ ended_at: now })
      .where('id', '=', id)
      .where('person_id', '=', session.personId)
      .where(sql<boolean>`session_holds(session)`)
      .executeTakeFirst()
    const ended = numUpdatedRows > 0n
    if (!ended)
      await appendAudit(tx, {
        action: 'session.ended',
        result: 'refused:not-found',
        personId: session.personId,
        object: { kind: 'session', id },
      })
    return ended
  })
}

/**
 * Ends somebody else's sessions, as an administrator with a fresh proof of presence.
 * @returns how many
 */
export const endSessionsOf = databaseRow((personId: string) => ({
  statement: sql<{ ended: number }>`select end_sessions_of_person(${personId}::uuid) as ended`,
  refusals: ['deny.role', 'not-found', 'confirm.fresh'],
  action: 'sessions.ended',
  object: { kind: 'person', id: personId },
}))

/**
 * Signs out everywhere, or everywhere else; known browsers become unknown.
 * @returns how many sessions ended
 */
export async function endOwnSessions(
  database: SafeguardsDatabase,
  session: Session,
  except: 'this' | 'none',
  now: Temporal.Instant,
): Promise<number> {
  return asViewer(database, session, async (tx) => {
    await sql`select forget_devices()`.execute(tx)
    let open = tx
      .selectFrom('session')
      .select('id')
      .where('person_id', '=', session.personId)
      .where(sql<boolean>`session_holds(session)`)
      .forUpdate()
    if (except === 'this') open = open.where('token_hash', '<>', sessionHash(session.token))
    const ids = (await open.execute()).map(({ id }) => id)
    // Logged first: whoever ends the own session as well is no viewer any more.
    await appendAudit(tx, {
      action: 'sessions.ended',
      result: 'ok',
      personId: session.personId,
      object: { kind: 'person', id: session.personId },
      detail: { sessions: ids.length, cause: 'own' },
    })
    if (ids.length > 0) await tx.updateTable('session').set({ ended_at: now }).where('id', 'in', ids).execute()
    return ids.length
  })
}

export interface OwnPasskey {
  id: string
  name: string
  backedUp: boolean
  addedAt: Temporal.Instant
  usedAt: Temporal.Instant | null
}

/** Lists the session holder's passkeys, oldest first. */
export function listOwnPasskeys(database: SafeguardsDatabase, session: Session): Promise<OwnPasskey[]> {
  return asViewer(database, session, (tx) =>
    tx
      .selectFrom('passkey')
      .select(['id', 'name', 'backed_up as backedUp', 'created_at as addedAt', 'last_used_at as usedAt'])
      .orderBy('created_at')
      .execute(),
  )
}

/**
 * Proves the holder's presence by password, for a person without a second factor; those are verified by the custodian.
 * @returns `confirm.code` if the person must use a second factor
 */
export async function provePresence(
  database: SafeguardsDatabase,
  session: Session,
  password: string,
): Promise<{ done: true } | { refused: 'session.credentials' | 'session.wait' | 'session.none' | 'confirm.code' }> {
  const proof = await passwordProof(database, session.personId, password)
  const proved = await asViewer(database, session, (tx) =>
    selectValue(tx, sql<keyof typeof presenceRefusals | 'right'>`prove_again(${proof}::bytea)`),
  )
  if (proved === 'right') return { done: true }
  await appendAudit(database, {
    action: 'session.second-factor',
    result: `refused:${presenceRefusals[proved]}`,
    personId: session.personId,
    object: { kind: 'session' },
    detail: { factor: 'password' },
  })
  return { refused: presenceRefusals[proved] }
}

const presenceRefusals = {
  wrong: 'session.credentials',
  wait: 'session.wait',
  none: 'session.none',
  factor: 'confirm.code',
} as const
