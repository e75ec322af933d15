/** Sessions by token: their holders, and how the custodian opens, completes or continues them, under tokens made by the desk. */
import { sql } from 'kysely'
import { selectValue } from '#platform/database/select-value.ts'
import { appendAudit } from '../audit/append.ts'
import { sessionHash, sessionObject, sessionLogHash } from '../people/session.ts'
import { safeguardsOf, type SafeguardsDatabase } from '../tables.ts'
import type { SecondFactor, SecondFactorDemand, SignInMethod } from './sign-in-tables.ts'

/**
 * Opens a session for a person authenticated by the custodian.
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
  const opened = await selectValue(
    tx,
    sql<boolean>`open_proven_session(${personId}::uuid, ${hash}::bytea, ${method}, ${expiresAt}::timestamptz)`,
  )
  if (opened && device !== undefined) {
    await safeguardsOf(tx)
      .updateTable('session')
      .set({ device: device.slice(0, 80) })
      .where('token_hash', '=', hash)
      .execute()
  }
  return opened
}

/** A session, or a sign-in that awaits a second factor or its enrolment. */
export interface SignInUnderWay {
  person: string
  awaits: boolean
  factors: SecondFactor[]
  method: SignInMethod
  demand: SecondFactorDemand
}

/** Returns undefined if the token is invalid, expired, or its person is not employed. */
export async function signInUnderWay(db: SafeguardsDatabase, token: string): Promise<SignInUnderWay | undefined> {
  const { rows } = await sql<SignInUnderWay>`
    select person, awaits, factors, method, demand from sign_in_under_way(${sessionHash(token)}::bytea)`.execute(db)
  return rows[0]
}

/** Completes a sign-in that awaits a second factor or its enrolment, under a new token; false if it has expired. */
export async function completeSession(
  tx: SafeguardsDatabase,
  used: {
    session: string
    newSession: string
    personId: string
    factor: SecondFactor
    /** The log's digest of the factor; undefined if it has just been enrolled. */
    verifier?: string | undefined
  },
): Promise<boolean> {
  const { session, newSession, personId, factor, verifier } = used
  const method = factor === 'passkey' ? 'password+passkey' : 'password+totp'
  const completed = await selectValue(
    tx,
    sql<boolean>`complete_session(${sessionHash(session)}::bytea, ${sessionHash(newSession)}::bytea, ${method})`,
  )
  await appendAudit(tx, {
    action: 'session.started',
    result: completed ? 'ok' : 'refused:session.none',
    personId,
    object: await sessionObject(tx, newSession),
    detail: {
      method: `password+${factor}`,
      token: sessionLogHash(newSession),
      ...(verifier !== undefined && { verifiers: [verifier] }),
    },
  })
  return completed
}

/** Continues a session under a new token: a stolen one becomes useless. Returns false if the session has ended. */
export function rotateSession(tx: SafeguardsDatabase, session: string, newSession: string): Promise<boolean> {
  return selectValue(
    tx,
    sql<boolean>`rotate_session(${sessionHash(session)}::bytea, ${sessionHash(newSession)}::bytea)`,
  )
}

/**
 * Checks the password of a session's person; failures are counted.
 * @param proof argon2id's output, base64url
 */
export function provePassword(
  tx: SafeguardsDatabase,
  session: string,
  proof: string,
): Promise<'right' | 'wrong' | 'wait'> {
  const bytes = Buffer.from(proof, 'base64url')
  return selectValue(
    tx,
    sql<'right' | 'wrong' | 'wait'>`prove_password(${sessionHash(session)}::bytea, ${bytes}::bytea)`,
  )
}

/** Holder of a session, for the custodian. */
export interface SessionHolder {
  personId: string
  userId: string
  name: string
  /** Their second factors. */
  factors: SecondFactor[]
  /** Hash of the session's token, in hexadecimal. */
  hash: string
}

/**
 * Returns the holder of a valid session.
 * @param awaiting a session that awaits a second factor, instead of a complete one
 */
export async function holderOf(
  database: SafeguardsDatabase,
  token: string,
  at: Temporal.Instant,
  { awaiting = false } = {},
): Promise<SessionHolder | undefined> {
  const row = await safeguardsOf(database)
    .selectFrom('session')
    .innerJoin('person', 'person.id', 'session.person_id')
    .innerJoin('person_name', 'person_name.person_id', 'person.id')
    .select(['person.id as personId', 'person.user_id as userId', 'person_name.name'])
    .select(sql<SecondFactor[]>`second_factors(person.id)`.as('factors'))
    .where('session.token_hash', '=', sessionHash(token))
    .where('session.ended_at', 'is', null)
    .where('session.expires_at', '>', at)
    .where(sql<boolean>`session_holds(session)`)
    .where('session.awaits_second_factor', '=', awaiting)
    .where('person.employed_from', '<=', at)
    .where((eb) => eb.or([eb('person.employed_to', 'is', null), eb('person.employed_to', '>', at)]))
    .where('person_name.valid_from', '<=', at)
    .where((eb) => eb.or([eb('person_name.valid_to', 'is', null), eb('person_name.valid_to', '>', at)]))
    .executeTakeFirst()
  return row && { ...row, hash: sessionHash(token).toString('hex') }
}
