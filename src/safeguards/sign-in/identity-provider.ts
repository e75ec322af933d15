/**
 * Sign-in through the agency's identity provider (R20, L21), in the custodian: OpenID Connect Core 1.0, the code flow with PKCE
 * (RFC 7636). Opens a session for the one person of the directory whom the provider identifies. Persons are never created from
 * the provider's claims, and the desk's requests are not trusted.
 */
import { sql } from 'kysely'
import { buildEndSessionUrl, fetchUserInfo, type Configuration, type IDToken } from 'openid-client'
import type { IdentityProviderSettings } from '#platform/config/identity-provider.ts'
import { selectValue } from '#platform/database/select-value.ts'
import { appendAudit } from '../audit/append.ts'
import { sessionExpiry, sessionHash, sessionObject, sessionLogHash } from '../people/session.ts'
import { isStorable } from '../people/written-values.ts'
import { safeguardsOf, type SafeguardsDatabase } from '../tables.ts'
import { openAuthenticatedSession } from './open-session.ts'
import {
  authorizationUrl,
  clockToleranceSeconds,
  createProviderClient,
  createSeal,
  isCancelled,
  isUnreachable,
  newCodeFlow,
  redeemCode,
  type CodeFlow,
} from './provider-client.ts'
import type { SecondFactorDemand } from './sign-in-tables.ts'

/** Redirect path. */
export const callbackPath = '/api/session/identity-provider/callback'

export interface ProviderRefusal {
  refused:
    | 'identity-provider.unavailable'
    | 'identity-provider.late'
    | 'identity-provider.cancelled'
    | 'identity-provider.refused'
    | 'identity-provider.unknown-person'
    | 'identity-provider.other-subject'
    | 'identity-provider.second-factor'
}

/** The provider must authenticate the person again before the browser continues. */
export interface ReauthenticationNeeded {
  again: { returnTo: string; previousSession?: string | undefined }
}

export interface IdentityProvider {
  /**
   * Returns where a browser goes to sign in, and its cookie: sealed, valid for ten minutes.
   * @param request.previousSession token of the browser's session; it is returned with the new session
   */
  begin: (request: {
    returnTo: string
    fresh?: boolean | undefined
    previousSession?: string | undefined
  }) => Promise<{ url: string; flow: string } | ProviderRefusal>
  /** Opens a session for the person whom the provider sent back, under the new token. */
  finish: (request: {
    flow: string
    /** Query string of the redirect. */
    query: string
    newSession: string
    device?: string | undefined
  }) => Promise<
    | { personId: string; expiresAt: string; returnTo: string; previousSession?: string | undefined }
    | ReauthenticationNeeded
    | ProviderRefusal
  >
  /** Returns where a browser ends its session at the provider (OpenID Connect RP-Initiated Logout 1.0). */
  signOutUrl: (request: { session: string }) => Promise<{ url?: string }>
}

interface Flow extends CodeFlow {
  /** Greatest age of the authentication at the provider, in seconds. */
  maxAge?: number
  fresh: boolean
  returnTo: string
  /** Token of the browser's previous session. */
  previousSession?: string | undefined
  /** Milliseconds since 1970. */
  until: number
}

const flowMinutes = 10
/** Latest representable instant. */
const latestSeconds = 8_640_000_000_000
/** Age of a fresh proof of presence (require_fresh in the database). */
const freshSeconds = 15 * 60
const maxClaimLength = 256
const sealPurpose = 'seloste.identity-provider'

export function createIdentityProvider(options: {
  db: SafeguardsDatabase
  now: () => Temporal.Instant
  settings: IdentityProviderSettings
  secret: string
  publicUrl: string
  onFault: (error: unknown) => void
}): IdentityProvider {
  const { db: database, now, settings, secret, publicUrl, onFault } = options
  const db = safeguardsOf(database)
  // Sign-ins in progress become void when this process ends.
  const { seal, unseal } = createSeal<Flow>(sealPurpose)
  const discoverProvider = createProviderClient({ settings, secret, now })

  return {
    async begin({ returnTo, fresh = false, previousSession }) {
      try {
        const provider = await discoverProvider()
        const maxAge = fresh ? Math.min(freshSeconds, settings.maxAgeSeconds ?? freshSeconds) : settings.maxAgeSeconds
        const flow: Flow = {
          ...newCodeFlow(),
          ...(maxAge !== undefined && { maxAge }),
          ...{ fresh, returnTo: localPath(returnTo), previousSession },
          until: now().add({ minutes: flowMinutes }).epochMilliseconds,
        }
        const url = await authorizationUrl(provider, flow, publicUrl + callbackPath, {
          scope: scopesOf(provider),
          ...(maxAge !== undefined && { max_age: fresh ? '0' : String(maxAge) }),
          ...(fresh && { prompt: 'login' }),
          ...(settings.acr.length > 0 && { acr_values: settings.acr.join(' ') }),
        })
        return { url, flow: seal(flow) }
      } catch (error) {
        onFault(error)
        return { refused: 'identity-provider.unavailable' }
      }
    },

    async finish({ flow: sealed, query, ...made }) {
      const flow = unseal(sealed)
      if (!flow || flow.until <= now().epochMilliseconds) return refusal('late')
      const claims = await redeem(flow, query)
      if ('refused' in claims) return claims
      const { sub } = claims.claims
      const known = await personOf(sub)
      const person = known ?? (await personByClaim(claims.who))
      if (!person) {
        if (claims.who === '') {
          onFault(new Error(`the identity provider sent no usable value in the claim ${settings.claim}`))
        }
        return refusal('unknown-person')
      }
      if (!known && (await isBoundToOther(sub, person.id))) return refusal('other-subject', person.id)
      if (needsTwoFactors(person) && !isTwoFactor(claims.claims)) return refusal('second-factor', person.id)
      if (!(await isAfterHosting(person.id, claims.claims))) {
        if (flow.fresh) return refusal('refused', person.id)
        await refusal('again', person.id)
        return { again: { returnTo: flow.returnTo, previousSession: flow.previousSession } }
      }
      const expiresAt = sessionExpiry(now())
      return db.transaction().execute(async (tx) => {
        if (!(await openAuthenticatedSession(tx, person.id, 'oidc', made, expiresAt)))
          return refusal('unknown-person', person.id)
        await tx
          .updateTable('session')
          .set({ proved_at: provedAt(claims.claims) })
          .where('token_hash', '=', sessionHash(made.newSession))
          .execute()
        if (!known) await bind(tx, sub, person.id)
        const verifier = await verifierOf(tx, sub)
        await tx
          .insertInto('provider_session')
          .values({ session_hash: sessionHash(made.newSession), id_token: claims.idToken })
          .execute()
        await appendAudit(tx, {
          action: 'session.started',
          result: 'ok',
          personId: person.id,
          object: await sessionObject(tx, made.newSession),
          detail: { method: 'oidc', token: sessionLogHash(made.newSession), verifiers: [verifier] },
        })
        return {
          personId: person.id,
          expiresAt: expiresAt.toString(),
          returnTo: flow.returnTo,
          previousSession: flow.previousSession,
        }
      })
    },

    async signOutUrl({ session }) {
      const row = await db
        .selectFrom('provider_session')
        .select('id_token')
        .where('session_hash', '=', sessionHash(session))
        .executeTakeFirst()
      if (!row) return {}
      try {
        const provider = await discoverProvider()
        if (!provider.serverMetadata().end_session_endpoint) return {}
        const url = buildEndSessionUrl(provider, {
          id_token_hint: row.id_token,
          post_logout_redirect_uri: `${publicUrl}/`,
        })
        return { url: url.href }
      } catch (error) {
        // Signing out of Seloste does not wait for the provider.
        onFault(error)
        return {}
      }
    },
  }

  function scopesOf(provider: Configuration): string {
    const scopes = provider.serverMetadata().scopes_supported ?? ['openid', 'profile']
    return scopes.includes('profile') ? 'openid profile' : 'openid'
  }

  async function redeem(
    flow: Flow,
    query: string,
  ): Promise<{ claims: IDToken; who: string; idToken: string } | ProviderRefusal> {
    try {
      const provider = await discoverProvider()
      const callback = new URL(`${publicUrl}${callbackPath}?${query}`)
      const tokens = await redeemCode(provider, flow, callback, flow.maxAge)
      const claims = tokens.claims()
      if (!claims || tokens.id_token === undefined) return await refusal('refused')
      if (!isForThisClient(claims))
        throw new Error('the ID token is for another client, or its subject or time is invalid')
      const isInUserInfo =
        claims[settings.claim] === undefined && provider.serverMetadata().userinfo_endpoint !== undefined
      const stated = isInUserInfo ? await fetchUserInfo(provider, tokens.access_token, claims.sub) : claims
      return { claims, who: subjectOf(stated), idToken: tokens.id_token }
    } catch (error) {
      if (isCancelled(error)) return refusal('cancelled')
      onFault(error)
      return refusal(isUnreachable(error) ? 'unavailable' : 'refused')
    }
  }

  /** Returns false for a token for another client (Core 1.0, section 3.1.3.7), or with an invalid subject or time. */
  function isForThisClient({ azp, sub, auth_time: authTime = 0 }: IDToken): boolean {
    if (azp !== undefined && azp !== settings.clientId) return false
    return sub !== '' && sub.length < maxClaimLength && isStorable(sub) && authTime <= latestSeconds
  }

  /**
   * Returns the identifying claim; empty if unusable: an unverified mail address identifies nobody (Core 1.0, section 5.1).
   * Compared exactly, since a similar name is another account of the provider.
   */
  function subjectOf(stated: Record<string, unknown>): string {
    const subject = stated[settings.claim]
    if (typeof subject !== 'string' || subject.length > maxClaimLength) return ''
    if (settings.claim === 'email' && stated['email_verified'] !== true) return ''
    return isStorable(subject) && subject === subject.normalize('NFC') ? subject : ''
  }

  /** Returns when the provider last authenticated the person (Core 1.0, section 2, auth_time); long ago if unknown. */
  function provedAt(claims: IDToken): Temporal.Instant {
    const stated = claims.auth_time
    if (typeof stated === 'number') {
      const at = Temporal.Instant.fromEpochMilliseconds(Math.round(stated * 1000))
      return Temporal.Instant.compare(at, now()) < 0 ? at : now()
    }
    return now().subtract({ hours: 24 })
  }

  /**
   * Returns false for an authentication from before the person last opened the listening mode: the listener sits alone at a browser in
   * which the host may still be signed in at the provider.
   */
  async function isAfterHosting(personId: string, claims: IDToken): Promise<boolean> {
    const at = await selectValue(
      db,
      sql<Temporal.Instant | null>`(select max(a.opened_at) from office_slot s join appointment a on a.slot_id = s.id
        where s.host_id = ${personId}::uuid and a.opened_at > now() - interval '1 day')`,
    )
    return !at || Temporal.Instant.compare(provedAt(claims), at.add({ seconds: clockToleranceSeconds })) > 0
  }

  /** Returns the person bound to a subject of the provider. */
  async function personOf(subject: string): Promise<IdentifiedPerson | undefined> {
    return employed()
      .innerJoin('provider_subject', 'provider_subject.person_id', 'person.id')
      .where('provider_subject.issuer', '=', settings.issuer)
      .where('provider_subject.subject', '=', subject)
      .executeTakeFirst()
  }

  /** Returns true if the subject is bound to a former employee, or the person to another subject. */
  async function isBoundToOther(subject: string, personId: string): Promise<boolean> {
    const row = await db
      .selectFrom('provider_subject')
      .select('subject')
      .where('issuer', '=', settings.issuer)
      .where((eb) => eb.or([eb('person_id', '=', personId), eb('subject', '=', subject)]))
      .executeTakeFirst()
    return row !== undefined
  }

  /** Returns the log's digest of a bound subject. */
  async function verifierOf(tx: SafeguardsDatabase, subject: string): Promise<string> {
    const { verifier } = await safeguardsOf(tx)
      .selectFrom('provider_subject')
      .select(sql<string>`provider_verifier(provider_subject)`.as('verifier'))
      .where('issuer', '=', settings.issuer)
      .where('subject', '=', subject)
      .executeTakeFirstOrThrow()
    return verifier
  }

  /** Binds the subject to this person for good, whatever the provider claims later. */
  async function bind(tx: SafeguardsDatabase, subject: string, personId: string): Promise<void> {
    await safeguardsOf(tx)
      .insertInto('provider_subject')
      .values({ issuer: settings.issuer, subject, person_id: personId })
      .execute()
    await appendAudit(tx, {
      action: 'credential.added',
      result: 'ok',
      personId,
      object: { kind: 'credential' },
      detail: { kind: 'identity-provider', person: personId, verifiers: [await verifierOf(tx, subject)] },
    })
  }

  function employed() {
    return db
      .selectFrom('person')
      .innerJoin('sign_in_demand', (join) => join.onTrue())
      .select(['person.id', 'second_factor', sql<string[]>`second_factors(person.id)`.as('factors')])
      .where('withdrawn_at', 'is', null)
      .where('employed_from', '<=', now())
      .where((eb) => eb.or([eb('employed_to', 'is', null), eb('employed_to', '>', now())]))
  }

  /** Returns the one person whom the claim names; undefined if it is ambiguous. */
  async function personByClaim(subject: string): Promise<IdentifiedPerson | undefined> {
    if (subject === '') return undefined
    const rows = await employed()
      .$if(settings.match === 'userId', (query) => query.where('user_id', '=', subject.toLowerCase()))
      .$if(settings.match === 'externalId', (query) =>
        query.where('external_id', '=', subject).where('source', '=', 'scim').where('external_id_signs_in', '=', true),
      )
      .limit(2)
      .execute()
    return rows.length === 1 ? rows[0] : undefined
  }

  /** Returns true if the provider must have used two factors: also for a person who has a second factor here. */
  function needsTwoFactors({ second_factor: demand, factors }: IdentifiedPerson): boolean {
    return demand === 'required' || factors.length > 0
  }

  /** Returns true for an authentication context named by the operator, or for `mfa` among the methods (RFC 8176). */
  function isTwoFactor(claims: IDToken): boolean {
    const { acr, amr } = claims as { acr?: unknown; amr?: unknown }
    return (typeof acr === 'string' && settings.acr.includes(acr)) || (Array.isArray(amr) && amr.includes('mfa'))
  }

  async function refusal<Reason extends RefusalReason | 'again'>(
    reason: Reason,
    personId?: string,
  ): Promise<{ refused: `identity-provider.${Reason}` }> {
    await appendAudit(db, {
      action: 'session.started',
      result: `refused:provider-${reason}`,
      personId,
      object: { kind: 'session' },
      detail: { method: 'oidc' },
    })
    return { refused: `identity-provider.${reason}` }
  }
}

interface IdentifiedPerson {
  id: string
  factors: string[]
  second_factor: SecondFactorDemand
}

type RefusalReason =
  'unavailable' | 'late' | 'cancelled' | 'refused' | 'unknown-person' | 'other-subject' | 'second-factor'

/** Returns a path of this site; for anything else that of the start page. */
function localPath(text: string): string {
  return /^\/(?![/\\])[^\\\p{Cc}]*$/u.test(text) && text.length <= 2048 && !text.startsWith('/api/') ? text : '/'
}
