/**
 * Strong identification of requesters (R46, L21) at an OpenID provider, in the custodian: OpenID Connect Core 1.0, the code
 * flow with PKCE (RFC 7636). It opens no session. The identity is sealed into a ticket that the browser returns with its
 * form: only this process can open it, and it is stored nowhere. Requests of the desk are not trusted.
 */
import { createHmac, randomBytes } from 'node:crypto'
import { buildEndSessionUrl, fetchUserInfo, type IDToken } from 'openid-client'
import type { Language } from '#description/closed-lists.ts'
import type { RequesterIdentitySettings } from '#platform/config/identity-provider.ts'
import { codeOf, inGroups, readCode } from '#platform/links/typed-code.ts'
import { appendAudit } from '../audit/append.ts'
import { isStorable } from '../people/written-values.ts'
import type { SafeguardsDatabase } from '../tables.ts'
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
import { requesterCallbackPath, type IdentificationRefusal } from './requester-paths.ts'

/** A requester who has just identified. */
export interface IdentifiedRequester {
  name: string
  at: Temporal.Instant
  /**
   * Returns the code with which the requester fetches the answer: derived from the ticket and the request, stored nowhere. The same
   * request sent again has the same code, another request has another.
   */
  codeOf: (request: string) => string
  /** Returns the digest by which the answer of a code and this person is found. It reveals neither. */
  digestOf: (code: string) => Buffer
}

export interface RequesterIdentification {
  /** Returns the provider's URL for the browser, and the flow for its cookie: sealed, valid for ten minutes. */
  begin: (request: {
    language: Language
  }) => Promise<{ url: string; flow: string } | { refused: IdentificationRefusal }>
  /** Returns the ticket of the person who identified, valid for half an hour. */
  finish: (request: {
    flow: string
    query: string
  }) => Promise<
    | { ticket: string; name: string; language: Language; signOutUrl?: string | undefined }
    | { refused: IdentificationRefusal; language?: Language }
  >
  /** Opens a ticket; undefined if it has expired or is not of this process. */
  open: (ticket: string) => IdentifiedRequester | undefined
}

interface Flow extends CodeFlow {
  language: Language
  /** Milliseconds since 1970. */
  begunAt: number
}

interface Ticket {
  subject: string
  name: string
  /** 32 random bytes, base64url: the code is derived from it, so that a request sent twice has the same. */
  seed: string
  /** Milliseconds since 1970. */
  at: number
  until: number
}

const flowMinutes = 10
const ticketMinutes = 30
/** The provider must have authenticated the person for this purpose, not for another service before. */
const maxAgeSeconds = flowMinutes * 60
const maxClaimLength = 256
const maxNameLength = 200
/** Letters of a code: 140 bits. */
const codeLength = 28

export function createRequesterIdentification(options: {
  db: SafeguardsDatabase
  now: () => Temporal.Instant
  settings: RequesterIdentitySettings
  secret: string
  publicUrl: string
  onFault: (error: unknown) => void
}): RequesterIdentification {
  const { db, now, settings, secret, publicUrl, onFault } = options
  const discoverProvider = createProviderClient({ settings, secret, now })
  const flows = createSeal<Flow>('seloste.requester-flow')
  const tickets = createSeal<Ticket>('seloste.requester-ticket')
  // A restart changes this key, and voids the tickets too.
  const codeKey = randomBytes(32)

  return {
    async begin({ language }) {
      try {
        const provider = await discoverProvider()
        const flow: Flow = { ...newCodeFlow(), language, begunAt: now().epochMilliseconds }
        const url = await authorizationUrl(provider, flow, publicUrl + requesterCallbackPath, {
          scope: settings.scopes,
          // Computers are shared, so everybody must identify anew.
          prompt: 'login',
          max_age: String(maxAgeSeconds),
          acr_values: settings.acr.join(' '),
          ui_locales: language,
        })
        return { url, flow: flows.seal(flow) }
      } catch (error) {
        onFault(error)
        return { refused: 'unavailable' }
      }
    },

    async finish({ flow: sealed, query }) {
      const flow = flows.unseal(sealed)
      // Not logged, because any visitor could fill the log with invalid cookies.
      if (!flow) return { refused: 'late' }
      const { language } = flow
      if (flow.begunAt + flowMinutes * 60_000 <= now().epochMilliseconds) return refusal('late', language)
      const found = await redeem(flow, query)
      if ('refused' in found) return found
      const at = now()
      const ticket = tickets.seal({
        ...found.person,
        seed: randomBytes(32).toString('base64url'),
        at: at.epochMilliseconds,
        until: at.add({ minutes: ticketMinutes }).epochMilliseconds,
      })
      await record('ok')
      return { ticket, name: found.person.name, language, signOutUrl: found.signOutUrl }
    },

    open(sealed) {
      const ticket = tickets.unseal(sealed)
      if (!ticket || ticket.until <= now().epochMilliseconds) return undefined
      const { subject, name, seed, at } = ticket
      return {
        name,
        at: Temporal.Instant.fromEpochMilliseconds(at),
        codeOf: (request) =>
          inGroups(
            codeOf(
              createHmac('sha256', codeKey)
                .update(JSON.stringify([seed, request]))
                .digest()
                .subarray(0, codeLength),
            ),
            4,
          ),
        digestOf: (code) =>
          createHmac('sha256', readCode(code))
            .update(JSON.stringify([settings.issuer, settings.claim, subject]))
            .digest(),
      }
    },
  }

  async function redeem(flow: Flow, query: string) {
    const { language } = flow
    try {
      const provider = await discoverProvider()
      const callback = new URL(`${publicUrl}${requesterCallbackPath}?${query}`)
      const tokens = await redeemCode(provider, flow, callback, maxAgeSeconds)
      const claims = tokens.claims()
      if (!claims || !isForThisClient(claims))
        throw new Error('the ID token is for another client, or its subject is invalid')
      // The browser can remove request parameters, so method and time are checked in the token.
      if (typeof claims['acr'] !== 'string' || !settings.acr.includes(claims['acr']))
        return await refusal('not-strong', language)
      if ((claims.auth_time ?? 0) * 1000 < flow.begunAt - clockToleranceSeconds * 1000)
        return await refusal('refused', language)
      const hasIdentity = claims[settings.claim] !== undefined && nameOf(claims) !== ''
      const stated =
        hasIdentity || provider.serverMetadata().userinfo_endpoint === undefined
          ? claims
          : { ...claims, ...(await fetchUserInfo(provider, tokens.access_token, claims.sub)) }
      const subject = stated[settings.claim]
      const name = nameOf(stated)
      if (typeof subject !== 'string' || subject === '' || subject.length > maxClaimLength || name === '')
        throw new Error(`the provider sent no usable ${settings.claim} or ${settings.nameClaim}`)
      const endpoint = provider.serverMetadata().end_session_endpoint
      const signOutUrl = endpoint === undefined ? undefined : buildEndSessionUrl(provider, {}).href
      return { person: { subject, name }, signOutUrl }
    } catch (error) {
      if (isCancelled(error)) return refusal('cancelled', language)
      onFault(error)
      return refusal(isUnreachable(error) ? 'unavailable' : 'refused', language)
    }
  }

  /** Returns false for a token for another client (Core 1.0, section 3.1.3.7), or with an invalid subject. */
  function isForThisClient({ azp, sub }: IDToken): boolean {
    if (azp !== undefined && azp !== settings.clientId) return false
    return sub !== '' && sub.length < maxClaimLength
  }

  /** Returns the name claim, or given name and family name (Core 1.0, section 5.1); empty if unusable. */
  function nameOf(stated: Readonly<Record<string, unknown>>): string {
    const { given_name: first, family_name: last } = stated
    const name =
      stated[settings.nameClaim] ?? (typeof first === 'string' && typeof last === 'string' ? `${first} ${last}` : '')
    if (typeof name !== 'string' || !isStorable(name)) return ''
    const plain = name.normalize('NFC').trim()
    return [...plain].length <= maxNameLength ? plain : ''
  }

  async function refusal(reason: IdentificationRefusal, language?: Language) {
    await record(`refused:${reason}`)
    return { refused: reason, ...(language && { language }) }
  }

  /** Logs the result of an identification, without the person. */
  function record(result: 'ok' | `refused:${string}`): Promise<void> {
    return appendAudit(db, { action: 'home-request.identified', result, object: { kind: 'request' }, detail: {} })
  }
}
