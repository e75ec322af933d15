/**
 * One's own passkeys, made and removed (R20). In: a session, and what shows that its holder and nobody else is at it. Out:
 * a passkey more or less. Never here: a passkey made or removed by whoever holds a session alone.
 */
import {
  generateRegistrationOptions,
  type PublicKeyCredentialCreationOptionsJSON,
  type RegistrationResponseJSON,
} from '@simplewebauthn/server'
import { sql } from 'kysely'
import { appendAudit } from '../audit/append.ts'
import { sessionHash } from '../people/session.ts'
import { safeguardsOf, type HoldingSafeguards } from '../tables.ts'
import { challengeBytes, challengeMinutes } from './challenges.ts'
import { descriptor, passkeysOf, refusalOf, type Act, type PasskeyRefusal, type PasskeyWork } from './passkey-work.ts'
import { holderOf, type SessionHolder } from './session-holder.ts'
import { handleOf, passkeyAlgorithms, readNewPasskey } from './verify-passkey.ts'

/** Someone who signs in without a password has signed in within this time where a password would be asked for again. */
const freshMinutes = 15

export function createPasskeyKeeping({ db: holding, now, place, service, challenges }: PasskeyWork) {
  const db = safeguardsOf(holding)

  return {
    /**
     * What a browser asks for to make a passkey. A stolen session alone makes none: whoever has a passkey has confirmed
     * `passkey.add` of their own id with it, whoever has a password proves it, anybody else has just signed in.
     * @param passwordProof argon2id's output, base64
     */
    async askAddition(asked: {
      session: string
      passwordProof?: string | undefined
    }): Promise<PublicKeyCredentialCreationOptionsJSON | PasskeyRefusal> {
      const holder = await holderOf(db, asked.session, now())
      if (!holder) return { refused: 'session.none' }
      const own = await passkeysOf(db, holder.personId)
      const unproved = own.length > 0 ? await unconfirmed(asked.session, holder) : await unproven(asked, holder)
      if (unproved) return { refused: unproved }
      return generateRegistrationOptions({
        rpName: service(),
        rpID: place.host,
        userID: new Uint8Array(Buffer.from(handleOf(holder.personId), 'base64url')),
        userName: holder.userId,
        userDisplayName: holder.name,
        challenge: challengeBytes(challenges.issue(['add', holder.hash])),
        timeout: challengeMinutes * 60_000,
        attestationType: 'none',
        excludeCredentials: own.map(descriptor),
        authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
        supportedAlgorithmIDs: passkeyAlgorithms,
      })
    },

    /** Keeps a passkey that was made as asked. */
    async add(asked: {
      session: string
      name: string
      response: RegistrationResponseJSON
    }): Promise<{ id: string } | PasskeyRefusal> {
      const holder = await holderOf(db, asked.session, now())
      if (!holder) return { refused: 'session.none' }
      const made = await readNewPasskey({
        response: asked.response,
        challenges,
        binding: ['add', holder.hash],
        place,
      })
      if ('fault' in made) return refusalOf(made.fault)
      const row = {
        person_id: holder.personId,
        credential_id: made.credentialId,
        public_key: made.publicKey,
        counter: made.counter,
        transports: made.transports,
        backed_up: made.backedUp,
        name: asked.name.trim(),
      }
      return db
        .transaction()
        .execute(async (tx) => {
          const kept = await tx
            .insertInto('passkey')
            .values(row)
            .onConflict((conflict) => conflict.column('credential_id').doNothing())
            .returning('id')
            .executeTakeFirst()
          if (!kept) return { refused: 'passkey.known' as const }
          await appendAudit(tx, {
            action: 'credential.added',
            result: 'ok',
            personId: holder.personId,
            object: { kind: 'credential', id: kept.id },
            detail: { kind: 'passkey', backedUp: made.backedUp },
          })
          return kept
        })
        .catch((error: unknown) => {
          if ((error as Error).message === 'passkey.too-many') return { refused: 'passkey.too-many' as const }
          throw error
        })
    },

    /** Removes one's own passkey, once its removal is confirmed with one of them. */
    async remove(asked: { session: string; id: string }): Promise<{ removed: true } | PasskeyRefusal> {
      const holder = await holderOf(db, asked.session, now())
      if (!holder) return { refused: 'session.none' }
      return db.transaction().execute(async (tx) => {
        const mine = tx.selectFrom('passkey').where('id', '=', asked.id).where('person_id', '=', holder.personId)
        if (!(await mine.select('id').executeTakeFirst())) return { refused: 'not-found' as const }
        const act = { act: 'passkey.remove', id: asked.id, revision: 0 } as const
        if (!(await spendConfirmation(tx, asked.session, holder.personId, act))) {
          return { refused: 'confirm.passkey' as const }
        }
        await tx.deleteFrom('passkey').where('id', '=', asked.id).execute()
        await appendAudit(tx, {
          action: 'credential.removed',
          result: 'ok',
          personId: holder.personId,
          object: { kind: 'credential', id: asked.id },
          detail: { kind: 'passkey' },
        })
        return { removed: true }
      })
    },
  }

  async function unconfirmed(token: string, { personId }: SessionHolder): Promise<'confirm.passkey' | undefined> {
    const act = { act: 'passkey.add', id: personId, revision: 0 } as const
    return (await spendConfirmation(db, token, personId, act)) ? undefined : 'confirm.passkey'
  }

  async function unproven(
    asked: { session: string; passwordProof?: string | undefined },
    { signedInAt }: SessionHolder,
  ): Promise<'confirm.password' | 'confirm.sign-in' | 'session.credentials' | undefined> {
    const proof = asked.passwordProof === undefined ? null : Buffer.from(asked.passwordProof, 'base64')
    const { rows } = await sql<{ proved: boolean | null }>`
      select session_proves_password(${sessionHash(asked.session)}::bytea, ${proof}::bytea) as proved`.execute(db)
    const proved = rows[0]?.proved ?? null
    if (proved === true) return undefined
    if (proved === false) return proof === null ? 'confirm.password' : 'session.credentials'
    return Temporal.Instant.compare(now(), signedInAt.add({ minutes: freshMinutes })) < 0
      ? undefined
      : 'confirm.sign-in'
  }
}

async function spendConfirmation(tx: HoldingSafeguards, token: string, personId: string, { act, id, revision }: Act) {
  const { rows } = await sql<{ spent: boolean }>`
    select spend_confirmation(${personId}::uuid, ${sessionHash(token)}::bytea, ${act}, ${id}::uuid, ${revision}) as spent`.execute(
    tx,
  )
  return rows[0]?.spent === true
}
