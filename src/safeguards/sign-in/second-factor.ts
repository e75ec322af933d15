/**
 * Second factors, in the custodian: only it has the key of their secrets, and only it may complete a sign-in in the database.
 * Passwords arrive as argon2id's output; a code is accepted once (RFC 6238, 5.2).
 */
import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import { selectValue } from '#platform/database/select-value.ts'
import { appendAudit, type AuditEntry } from '../audit/append.ts'
import { unwrapKey, wrapKey } from '../keys/wrap.ts'
import { sessionHash } from '../people/session.ts'
import { safeguardsOf, type SafeguardsDatabase, type Tx } from '../tables.ts'
import { spendConfirmation } from './confirmations.ts'
import { newRecoveryCodes, recoveryHash } from './one-time-codes.ts'
import type { SignInKeys } from './sign-in-key.ts'
import { newTotpSecret, stepOfCode, totpUri, writtenSecret } from './totp.ts'
import { completeSession, provePassword, rotateSession, signInUnderWay, type SignInUnderWay } from './open-session.ts'

const enrolmentMinutes = 15
/** Wrong codes in a row after which an authenticator is disabled (NIST SP 800-63B-4 section 3.2.2). */
const maxFailures = 100

/** A code of the authenticator or a recovery code: exactly one of them. */
export interface GivenFactor {
  otp?: string | undefined
  recoveryCode?: string | undefined
}

export interface FactorRefusal {
  refused:
    | 'session.none'
    | 'session.second-factor-wrong'
    | 'session.code-used'
    | 'session.wait'
    | 'session.factor-blocked'
    | 'session.credentials'
    | 'factor.enrolled'
    | 'factor.none'
    | 'factor.required'
    | 'factor.enrolment-over'
    | 'password.too-short-alone'
    | 'confirm.passkey'
  seconds?: number
}

export interface SecondFactors {
  /** Completes a sign-in that awaits a second factor, under the new token. */
  give(request: { session: string; newSession: string } & GivenFactor): Promise<{ done: true } | FactorRefusal>
  /** Begins enrolling an authenticator: in a sign-in that awaits it, or in a session with the password's proof (base64url). */
  beginTotp(request: {
    session: string
    proof?: string | undefined
    issuer: string
    userId: string
  }): Promise<{ id: string; secret: string; uri: string; until: string } | FactorRefusal>
  /** Completes the enrolment; the session continues under the new token, the person's other sessions end. */
  confirmTotp(request: {
    session: string
    newSession: string
    id: string
    otp: string
  }): Promise<{ recoveryCodes: string[] } | FactorRefusal>
  removeTotp(request: { session: string; proof: string } & GivenFactor): Promise<{ done: true } | FactorRefusal>
  renewRecoveryCodes(request: { session: string; otp: string }): Promise<{ recoveryCodes: string[] } | FactorRefusal>
  /** Proves the presence of a session's holder for important acts. */
  proveAgain(request: { session: string } & GivenFactor): Promise<{ done: true } | FactorRefusal>
}

/** Verification of a code for other parts of the custodian; the desk cannot call it. */
export interface CodeProof {
  /** Verifies a code of the session holder's authenticator. */
  prove(request: { session: string; otp: string }): Promise<{ done: true } | FactorRefusal>
}

/** Removing an authenticator removes the recovery codes. */
const totpKinds = ['totp', 'recovery-code']

interface UsedFactor {
  factor: 'totp' | 'recovery-code'
  /** The log's digest of the factor. */
  verifier: string
}

/** @param now clock of the codes */
export function createSecondFactors(
  database: SafeguardsDatabase,
  keys: SignInKeys,
  now: () => Temporal.Instant,
): SecondFactors & CodeProof {
  const db = safeguardsOf(database)

  return {
    give: ({ session, newSession, ...given }) =>
      db.transaction().execute(async (tx) => {
        const found = await signInUnderWay(tx, session)
        if (!found?.awaits || found.factors.length === 0) return { refused: 'session.none' }
        const used = await useFactor(tx, found.person, session, given)
        if ('refused' in used) return used
        return (await completeSession(tx, { session, newSession, personId: found.person, ...used }))
          ? { done: true }
          : { refused: 'session.none' }
      }),

    beginTotp: ({ session, proof, issuer, userId }) =>
      db.transaction().execute(async (tx) => {
        const found = await signInUnderWay(tx, session)
        if (!found) return { refused: 'session.none' }
        if (found.factors.includes('totp')) return { refused: found.awaits ? 'session.none' : 'factor.enrolled' }
        // With only the password, enrolment is possible only while there is no factor.
        if (found.awaits && found.factors.length > 0) return { refused: 'session.none' }
        const refusal = found.awaits ? undefined : await refusalWithoutPassword(tx, session, proof)
        if (refusal) return refusal
        // Adding a factor beside a passkey needs the passkey: the password alone may be known to others.
        if (
          !(await spendConfirmation(tx, session, found.person, { act: 'passkey.add', id: found.person, revision: 0 }))
        )
          return { refused: 'confirm.passkey' }
        const id = randomUUID()
        const secret = newTotpSecret()
        await tx.deleteFrom('totp').where('person_id', '=', found.person).where('confirmed_at', 'is', null).execute()
        await tx
          .insertInto('totp')
          .values({ id, person_id: found.person, sealed: wrapKey(keys.totp, secret, sealFor(id, found.person)) })
          .execute()
        return {
          id,
          secret: writtenSecret(secret),
          uri: totpUri(secret, issuer, userId),
          until: now().add({ minutes: enrolmentMinutes }).toString(),
        }
      }),

    confirmTotp: ({ session, newSession, id, otp }) =>
      db.transaction().execute(async (tx) => {
        const found = await signInUnderWay(tx, session)
        if (!found || (found.awaits && found.factors.length > 0)) return { refused: 'session.none' }
        if (found.factors.includes('totp')) return { refused: 'factor.enrolled' }
        const { rows } = await sql<{ sealed: Buffer }>`
          select sealed from totp
          where id = ${id}::uuid and person_id = ${found.person}::uuid and confirmed_at is null
            and begun_at > clock_timestamp() - make_interval(mins => ${enrolmentMinutes}) for update`.execute(tx)
        const begun = rows[0]
        if (!begun) return { refused: 'factor.enrolment-over' }
        const step = stepOfCode(unwrapKey(keys.totp, begun.sealed, sealFor(id, found.person)), otp, now())
        if (step === undefined) return recordWrongCode(tx, session, found.person, 'totp')
        await sql`
          update totp set confirmed_at = now(), last_step = ${step}, used_at = now()
          where id = ${id}::uuid`.execute(tx)
        const recoveryCodes = await storeNewCodes(tx, found.person)
        await logCredential(tx, 'credential.added', found.person, 'totp', { id, kinds: totpKinds })
        const continues = found.awaits
          ? await completeSession(tx, { session, newSession, personId: found.person, factor: 'totp' })
          : await rotateSession(tx, session, newSession)
        if (!continues) throw new Error('a session ended while its authenticator was confirmed')
        await sql`select end_sessions_of(${found.person}::uuid, ${sessionHash(newSession)}::bytea)`.execute(tx)
        return { recoveryCodes }
      }),

    removeTotp: ({ session, proof, ...given }) =>
      inOwnSession(session, async (tx, found) => {
        if (!found.factors.includes('totp')) return { refused: 'factor.none' }
        const others = found.factors.includes('passkey')
        if (found.demand === 'required' && !others) return { refused: 'factor.required' }
        const { password_alone: alone } = await tx
          .selectFrom('person')
          .select('password_alone')
          .where('id', '=', found.person)
          .executeTakeFirstOrThrow()
        if (!alone && !others) return { refused: 'password.too-short-alone' }
        const refusal = await refusalWithoutPassword(tx, session, proof)
        if (refusal) return refusal
        const used = await useFactor(tx, found.person, session, given)
        if ('refused' in used) return used
        await logCredential(tx, 'credential.removed', found.person, 'totp', { kinds: totpKinds })
        await tx.deleteFrom('totp').where('person_id', '=', found.person).execute()
        await tx.deleteFrom('recovery_code').where('person_id', '=', found.person).execute()
        return { done: true }
      }),

    prove: ({ session, otp }) =>
      inOwnSession(session, async (tx, found) => {
        const used = await useFactor(tx, found.person, session, { otp })
        return 'refused' in used ? used : { done: true }
      }),

    proveAgain: ({ session, ...given }) =>
      inOwnSession(session, async (tx, found) => {
        const used = await useFactor(tx, found.person, session, given)
        if ('refused' in used) return used
        await sql`select mark_proved(${sessionHash(session)}::bytea, ${used.factor}, ${used.verifier})`.execute(tx)
        return { done: true }
      }),

    renewRecoveryCodes: ({ session, otp }) =>
      inOwnSession(session, async (tx, found) => {
        if (!found.factors.includes('totp')) return { refused: 'factor.none' }
        const used = await useFactor(tx, found.person, session, { otp })
        if ('refused' in used) return used
        const recoveryCodes = await storeNewCodes(tx, found.person)
        await logCredential(tx, 'credential.added', found.person, 'recovery-codes', { kinds: ['recovery-code'] })
        return { recoveryCodes }
      }),
  }

  /** Runs work for the holder of a complete session. */
  function inOwnSession<Done>(
    session: string,
    work: (tx: Tx, holder: SignInUnderWay) => Promise<Done | FactorRefusal>,
  ): Promise<Done | FactorRefusal> {
    return db.transaction().execute(async (tx) => {
      const found = await signInUnderWay(tx, session)
      return found && !found.awaits ? work(tx, found) : { refused: 'session.none' }
    })
  }

  /** Uses a factor once; failures are counted, and committed with the refusal. */
  async function useFactor(
    tx: Tx,
    person: string,
    session: string,
    { otp, recoveryCode }: GivenFactor,
  ): Promise<UsedFactor | FactorRefusal> {
    if (recoveryCode !== undefined) {
      const hash = recoveryHash(keys.recovery, recoveryCode)
      const { rows } = await sql<{ verifier: string }>`
        update recovery_code r set used_at = now()
        where person_id = ${person}::uuid and hash = ${hash}::bytea and used_at is null
        returning recovery_verifier(r) as verifier`.execute(tx)
      return rows[0]
        ? { factor: 'recovery-code', verifier: rows[0].verifier }
        : recordWrongCode(tx, session, person, 'recovery-code')
    }
    const { rows } = await sql<{
      id: string
      sealed: Buffer
      last_step: string
      failures: number
      seconds: number
      verifier: string
    }>`
      select id, sealed, last_step, failures, totp_verifier(totp) as verifier,
        greatest(0, ceil(extract(epoch from failed_at + failure_wait(failures) - clock_timestamp())))::integer as seconds
      from totp where person_id = ${person}::uuid and confirmed_at is not null for update`.execute(tx)
    const totp = rows[0]
    if (!totp || otp === undefined) return { refused: 'factor.none' }
    if (totp.failures >= maxFailures) return { refused: 'session.factor-blocked' }
    if (totp.seconds > 0) return { refused: 'session.wait', seconds: totp.seconds }
    const step = stepOfCode(unwrapKey(keys.totp, totp.sealed, sealFor(totp.id, person)), otp, now())
    if (step === undefined) {
      await sql`
        update totp set failures = failures + 1, failed_at = clock_timestamp()
        where id = ${totp.id}::uuid`.execute(tx)
      return recordWrongCode(tx, session, person, 'totp')
    }
    if (step <= Number(totp.last_step)) return { refused: 'session.code-used' }
    await sql`
      update totp set last_step = ${step}, used_at = now(), failures = 0, failed_at = null
      where id = ${totp.id}::uuid`.execute(tx)
    return { factor: 'totp', verifier: totp.verifier }
  }

  async function storeNewCodes(tx: Tx, person: string): Promise<string[]> {
    const codes = newRecoveryCodes()
    await tx.deleteFrom('recovery_code').where('person_id', '=', person).execute()
    await tx
      .insertInto('recovery_code')
      .values(codes.map((code) => ({ person_id: person, hash: recoveryHash(keys.recovery, code), used_at: null })))
      .execute()
    return codes
  }
}

async function refusalWithoutPassword(tx: Tx, session: string, proof = ''): Promise<FactorRefusal | undefined> {
  const proved = await provePassword(tx, session, proof)
  if (proved === 'right') return undefined
  return proved === 'wrong' ? { refused: 'session.credentials' } : { refused: 'session.wait', seconds: 60 }
}

async function recordWrongCode(tx: Tx, session: string, person: string, factor: string): Promise<FactorRefusal> {
  await sql`select record_wrong_factor(${sessionHash(session)}::bytea)`.execute(tx)
  await appendAudit(tx, {
    action: 'session.second-factor',
    result: 'refused:session.second-factor-wrong',
    personId: person,
    object: { kind: 'session' },
    detail: { factor },
  })
  return { refused: 'session.second-factor-wrong' }
}

async function logCredential(
  tx: Tx,
  action: AuditEntry['action'],
  person: string,
  kind: string,
  { id, kinds }: { id?: string; kinds: readonly string[] },
): Promise<void> {
  const verifiers = sql<{ verifiers: string[] }>`verifiers_detail(${person}::uuid, ${kinds}::text[])`
  await appendAudit(tx, {
    action,
    result: 'ok',
    personId: person,
    object: { kind: 'credential', ...(id !== undefined && { id }) },
    detail: { kind, person, ...(await selectValue(tx, verifiers)) },
  })
}

function sealFor(id: string, person: string): string {
  return `totp:${id}:${person}`
}
