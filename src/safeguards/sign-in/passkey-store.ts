/** Adds and removes one's own passkeys (R20). A session alone is never enough: its holder must prove their presence. */
import {
  generateRegistrationOptions,
  type PublicKeyCredentialCreationOptionsJSON,
  type RegistrationResponseJSON,
} from '@simplewebauthn/server'
import { sql } from 'kysely'
import { selectValue } from '#platform/database/select-value.ts'
import { appendAudit } from '../audit/append.ts'
import { sessionHash } from '../people/session.ts'
import { safeguardsOf, type SafeguardsDatabase } from '../tables.ts'
import { challengeBytes, challengeMinutes } from './challenges.ts'
import { completeSession, provePassword, rotateSession, holderOf, type SessionHolder } from './open-session.ts'
import { spendConfirmation } from './confirmations.ts'
import { passkeysOf, refusalOf, type PasskeyRefusal, type PasskeyContext } from './passkey-context.ts'
import { handleOf, passkeyAlgorithms, readNewPasskey } from './verify-passkey.ts'

export function createPasskeyStore({
  db: database,
  now,
  relyingParty,
  service,
  challenges,
  secondFactors,
}: PasskeyContext) {
  const db = safeguardsOf(database)

  return {
    /**
     * Returns the options for making a passkey. A stolen session alone is not enough: a person with a passkey must have
     * confirmed `passkey.add` with it, one with a password gives its proof, others must have proved their presence within a
     * quarter of an hour; a person with an authenticator gives a code as well. A sign-in that awaits a second factor may make
     * one if its person has none.
     * @param request.proof argon2id's output, base64url
     */
    async requestAddition(request: {
      session: string
      proof?: string | undefined
      otp?: string | undefined
    }): Promise<PublicKeyCredentialCreationOptionsJSON | PasskeyRefusal> {
      const holder = await adderOf(request.session)
      if (!holder) return { refused: 'session.none' }
      const own = await passkeysOf(db, holder.personId)
      const unproved = holder.enrols
        ? undefined
        : await (own.length > 0
            ? refusalWithoutConfirmation(request.session, holder)
            : refusalWithoutProof(request, holder))
      if (unproved) return unproved
      return generateRegistrationOptions({
        rpName: service(),
        rpID: relyingParty.host,
        userID: new Uint8Array(Buffer.from(handleOf(holder.personId), 'base64url')),
        userName: holder.userId,
        userDisplayName: holder.name,
        challenge: challengeBytes(challenges.issue(['add', holder.hash])),
        timeout: challengeMinutes * 60_000,
        attestationType: 'none',
        excludeCredentials: own,
        authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
        supportedAlgorithmIDs: passkeyAlgorithms,
      })
    },

    /**
     * Stores a new passkey. The session continues under the new token, complete if it was not; the person's other sessions end.
     */
    async add(request: {
      session: string
      newSession: string
      name: string
      response: RegistrationResponseJSON
    }): Promise<{ id: string } | PasskeyRefusal> {
      const holder = await adderOf(request.session)
      if (!holder) return { refused: 'session.none' }
      const passkey = await readNewPasskey({
        response: request.response,
        challenges,
        binding: ['add', holder.hash],
        relyingParty,
      })
      if ('fault' in passkey) return refusalOf(passkey.fault)
      const row = {
        person_id: holder.personId,
        credential_id: passkey.credentialId,
        public_key: passkey.publicKey,
        counter: passkey.counter,
        transports: passkey.transports,
        backed_up: passkey.backedUp,
        name: request.name.trim(),
      }
      return db
        .transaction()
        .execute(async (tx) => {
          const stored = await tx
            .insertInto('passkey')
            .values(row)
            .onConflict((conflict) => conflict.column('credential_id').doNothing())
            .returning(['id', sql<string>`passkey_verifier(passkey)`.as('verifier')])
            .executeTakeFirst()
          if (!stored) return { refused: 'passkey.known' as const }
          await appendAudit(tx, {
            action: 'credential.added',
            result: 'ok',
            personId: holder.personId,
            object: { kind: 'credential', id: stored.id },
            detail: { kind: 'passkey', backedUp: passkey.backedUp, verifiers: [stored.verifier] },
          })
          const continues = holder.enrols
            ? await completeSession(tx, { ...request, personId: holder.personId, factor: 'passkey', ...stored })
            : await rotateSession(tx, request.session, request.newSession)
          if (!continues) throw new SessionEnded()
          await sql`select end_sessions_of(${holder.personId}::uuid, ${sessionHash(request.newSession)}::bytea)`.execute(
            tx,
          )
          return { id: stored.id }
        })
        .catch((error: unknown): PasskeyRefusal => {
          if (error instanceof SessionEnded) return { refused: 'session.none' }
          if ((error as Error).message === 'passkey.too-many') return { refused: 'passkey.too-many' }
          throw error
        })
    },

    /** Removes one's own passkey after confirmation with one of them. */
    async remove(request: { session: string; id: string }): Promise<{ removed: true } | PasskeyRefusal> {
      const holder = await holderOf(db, request.session, now())
      if (!holder) return { refused: 'session.none' }
      return db.transaction().execute(async (tx) => {
        const mine = tx.selectFrom('passkey').where('id', '=', request.id).where('person_id', '=', holder.personId)
        if (!(await mine.select('id').executeTakeFirst())) return { refused: 'not-found' as const }
        if (await isLastFactorNeeded(tx, holder.personId)) return { refused: 'passkey.needed' as const }
        const act = { act: 'passkey.remove', id: request.id, revision: 0 } as const
        if (!(await spendConfirmation(tx, request.session, holder.personId, act))) {
          return { refused: 'confirm.passkey' as const }
        }
        const removed = await tx
          .deleteFrom('passkey')
          .where('id', '=', request.id)
          .returning(sql<string>`passkey_verifier(passkey)`.as('verifier'))
          .execute()
        await appendAudit(tx, {
          action: 'credential.removed',
          result: 'ok',
          personId: holder.personId,
          object: { kind: 'credential', id: request.id },
          detail: { kind: 'passkey', verifiers: removed.map(({ verifier }) => verifier) },
        })
        return { removed: true }
      })
    },
  }

  /** Returns who may add a passkey: the holder of a session, or of a sign-in that awaits enrolment. */
  async function adderOf(token: string): Promise<(SessionHolder & { enrols: boolean }) | undefined> {
    const holder = await holderOf(db, token, now())
    if (holder) return { ...holder, enrols: false }
    const awaiting = await holderOf(db, token, now(), { awaiting: true })
    return awaiting?.factors.length === 0 ? { ...awaiting, enrols: true } : undefined
  }

  async function refusalWithoutConfirmation(
    token: string,
    { personId }: SessionHolder,
  ): Promise<PasskeyRefusal | undefined> {
    const act = { act: 'passkey.add', id: personId, revision: 0 } as const
    return (await spendConfirmation(db, token, personId, act)) ? undefined : { refused: 'confirm.passkey' }
  }

  async function refusalWithoutProof(
    request: { session: string; proof?: string | undefined; otp?: string | undefined },
    holder: SessionHolder,
  ): Promise<PasskeyRefusal | undefined> {
    if (!holder.factors.includes('totp')) return refusalWithoutPassword(request, holder)
    if (request.otp === undefined) return { refused: 'confirm.code' }
    const refusal = await refusalWithoutPassword(request, holder)
    if (refusal) return refusal
    const proof = await secondFactors.prove({ session: request.session, otp: request.otp })
    return 'refused' in proof ? proof : undefined
  }

  async function refusalWithoutPassword(
    request: { session: string; proof?: string | undefined },
    { personId }: SessionHolder,
  ): Promise<PasskeyRefusal | undefined> {
    const { password_salt: salt } = await db
      .selectFrom('person')
      .select('password_salt')
      .where('id', '=', personId)
      .executeTakeFirstOrThrow()
    if (salt === null) {
      // Not the session's age: a provider that was not asked to authenticate again answers with an old authentication.
      const isFresh = await selectValue(db, sql<boolean>`is_fresh(${sessionHash(request.session)}::bytea)`)
      return isFresh ? undefined : { refused: 'confirm.fresh' }
    }
    if (request.proof === undefined) return { refused: 'confirm.password' }
    const proved = await provePassword(db, request.session, request.proof)
    if (proved === 'right') return undefined
    return { refused: proved === 'wrong' ? 'session.credentials' : 'session.wait' }
  }
}

class SessionEnded extends Error {}

/** Returns true if the person's last factor is one passkey, beside a password that must not, or cannot, be the only factor. */
async function isLastFactorNeeded(tx: SafeguardsDatabase, personId: string): Promise<boolean> {
  const { rows } = await sql<{ needed: boolean }>`
    select p.password_salt is not null and (d.second_factor = 'required' or not p.password_alone)
      and second_factors(p.id) = '{passkey}' and (select count(*) from passkey k where k.person_id = p.id) = 1 as needed
    from person p, sign_in_demand d where p.id = ${personId}::uuid`.execute(tx)
  return rows[0]?.needed === true
}
