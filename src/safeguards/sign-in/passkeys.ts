/**
 * Passkeys (R20, L21), in the custodian: options for browsers, verification of answers, sessions opened or completed, acts
 * confirmed. What the desk reports is not trusted.
 */
import {
  generateAuthenticationOptions,
  type AuthenticationResponseJSON,
  type PublicKeyCredentialRequestOptionsJSON,
} from '@simplewebauthn/server'
import { sql } from 'kysely'
import { appendAudit } from '../audit/append.ts'
import { sessionExpiry, sessionHash, sessionObject, sessionLogHash } from '../people/session.ts'
import { safeguardsOf } from '../tables.ts'
import { challengeBytes, challengeMinutes, createChallenges, type Binding } from './challenges.ts'
import { createPasskeyStore } from './passkey-store.ts'
import type { Act } from './confirmations.ts'
import { passkeysOf, refusalOf, type Descriptor, type PasskeyRefusal, type PasskeyContext } from './passkey-context.ts'
import { openAuthenticatedSession, completeSession, holderOf } from './open-session.ts'
import { usePasskey } from './verify-passkey.ts'

export type Passkeys = ReturnType<typeof createPasskeys>

export function createPasskeys(options: Omit<PasskeyContext, 'challenges'>) {
  const { db: database, now, relyingParty } = options
  const db = safeguardsOf(database)
  const challenges = createChallenges(now)

  return {
    ...createPasskeyStore({ ...options, challenges }),

    /** Returns the options for signing in with a passkey, before the person is known. */
    requestSignIn: () => createChallenge(['sign-in'], []),

    /** Opens a session under the new token. */
    async signIn(request: {
      response: AuthenticationResponseJSON
      newSession: string
      device?: string | undefined
    }): Promise<{ personId: string; expiresAt: string } | PasskeyRefusal> {
      const used = await judge(request.response, ['sign-in'])
      const expiresAt = sessionExpiry(now())
      return db.transaction().execute(async (tx) => {
        const opened =
          !('fault' in used) && (await openAuthenticatedSession(tx, used.personId, 'passkey', request, expiresAt))
        await appendAudit(tx, {
          action: 'session.started',
          result: 'fault' in used ? `refused:passkey-${used.fault}` : opened ? 'ok' : 'refused:not-employed',
          personId: used.personId,
          object: await sessionObject(tx, request.newSession),
          detail: {
            method: 'passkey',
            ...(opened && { token: sessionLogHash(request.newSession), verifiers: [used.verifier] }),
          },
        })
        if ('fault' in used) return refusalOf(used.fault)
        return opened
          ? { personId: used.personId, expiresAt: expiresAt.toString() }
          : { refused: 'passkey.refused' as const }
      })
    },

    /** Returns the options for a passkey as second factor, after the password. */
    async requestSecondFactor(request: {
      session: string
    }): Promise<PublicKeyCredentialRequestOptionsJSON | PasskeyRefusal> {
      const holder = await holderOf(db, request.session, now(), { awaiting: true })
      return holder ? challengeFor(holder.personId, ['second-factor', holder.hash]) : { refused: 'session.none' }
    },

    /** Completes a session that awaits a second factor, under the new token. */
    async giveSecondFactor(request: {
      session: string
      response: AuthenticationResponseJSON
      newSession: string
    }): Promise<{ personId: string; expiresAt: string } | PasskeyRefusal> {
      const holder = await holderOf(db, request.session, now(), { awaiting: true })
      if (!holder) return { refused: 'session.none' }
      const used = await judge(request.response, ['second-factor', holder.hash], holder.personId)
      return db.transaction().execute(async (tx) => {
        if ('fault' in used) {
          await sql`select record_wrong_factor(${sessionHash(request.session)}::bytea)`.execute(tx)
          await appendAudit(tx, {
            action: 'session.second-factor',
            result: `refused:passkey-${used.fault}`,
            personId: holder.personId,
            object: { kind: 'session' },
            detail: { factor: 'passkey' },
          })
          return refusalOf(used.fault)
        }
        return (await completeSession(tx, { ...request, ...used, factor: 'passkey' }))
          ? { personId: holder.personId, expiresAt: sessionExpiry(now()).toString() }
          : { refused: 'session.none' as const }
      })
    },

    /** Returns the options for confirming an act. */
    async requestConfirmation(
      request: { session: string } & Act,
    ): Promise<PublicKeyCredentialRequestOptionsJSON | PasskeyRefusal> {
      const holder = await holderOf(db, request.session, now())
      return holder ? challengeFor(holder.personId, actBinding(holder.hash, request)) : { refused: 'session.none' }
    },

    /** Confirms an act: valid once, within two minutes, for this session. */
    async confirm(
      request: { session: string; response: AuthenticationResponseJSON } & Act,
    ): Promise<{ confirmed: true } | PasskeyRefusal> {
      const holder = await holderOf(db, request.session, now())
      if (!holder) return { refused: 'session.none' }
      const used = await judge(request.response, actBinding(holder.hash, request), holder.personId)
      if ('fault' in used) {
        await appendAudit(db, {
          action: 'act.confirmed',
          result: `refused:passkey-${used.fault}`,
          personId: holder.personId,
          object: { kind: 'session' },
          detail: { act: request.act, of: request.id, revision: request.revision },
        })
        return refusalOf(used.fault)
      }
      return db.transaction().execute(async (tx) => {
        // A confirmation also proves presence.
        await sql`select mark_proved(${sessionHash(request.session)}::bytea, null)`.execute(tx)
        await tx
          .insertInto('act_confirmation')
          .values({
            session_hash: sessionHash(request.session),
            act: request.act,
            object_id: request.id,
            revision: request.revision,
            passkey_id: used.id,
          })
          .onConflict((conflict) =>
            conflict
              .columns(['session_hash', 'act', 'object_id', 'revision'])
              .doUpdateSet({ passkey_id: used.id, confirmed_at: sql`clock_timestamp()` }),
          )
          .execute()
        await appendAudit(tx, {
          action: 'act.confirmed',
          result: 'ok',
          personId: holder.personId,
          object: { kind: 'credential', id: used.id },
          detail: { act: request.act, of: request.id, revision: request.revision, verifiers: [used.verifier] },
        })
        return { confirmed: true }
      })
    },
  }

  function judge(response: AuthenticationResponseJSON, binding: Binding, ofPerson?: string) {
    return usePasskey(db, { response, challenges, binding, relyingParty, now: now(), ...(ofPerson && { ofPerson }) })
  }

  function createChallenge(
    binding: Binding,
    allowed: readonly Descriptor[],
  ): Promise<PublicKeyCredentialRequestOptionsJSON> {
    return generateAuthenticationOptions({
      rpID: relyingParty.host,
      challenge: challengeBytes(challenges.issue(binding)),
      timeout: challengeMinutes * 60_000,
      userVerification: 'required',
      allowCredentials: [...allowed],
    })
  }

  async function challengeFor(personId: string, binding: Binding) {
    const own = await passkeysOf(db, personId)
    return own.length === 0 ? { refused: 'passkey.none' as const } : createChallenge(binding, own)
  }
}

function actBinding(session: string, { act, id, revision }: Act): Binding {
  return ['act', session, act, id, revision]
}
