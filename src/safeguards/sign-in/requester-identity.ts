/**
 * Strong identification of requesters (R46, L21) at an OpenID provider, in the custodian: OpenID Connect Core 1.0, the code
 * flow with PKCE (RFC 7636). It opens no session. Who identified is sealed into a ticket that the browser returns with its
 * form: this process alone can read it, and nothing of it is stored. The desk's requests are not trusted.
 */
import { createHmac, randomBytes } from 'node:crypto'
import { buildEndSessionUrl, fetchUserInfo, type IDToken } from 'openid-client'
import type { Language } from '#description/closed-lists.ts'
import type { RequesterIdentitySettings } from '#platform/config/identity-provider.ts'
import { appendAudit } from '../audit/append.ts'
import { isStorable } from '../people/written-values.ts'
import type { HoldingSafeguards } from '../tables.ts'
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

/** Who has just identified. */
export interface IdentifiedRequester {
  name: string
  at: Temporal.Instant
  /** Code that the requester notes down to fetch the answer: of this ticket alone, and stored nowhere. */
  code: string
  /** Returns what finds the answer of a code and this person, without a trace of either. */
  digestOf: (code: string) => Buffer
}

export interface RequesterIdentification {
  /** Returns where a browser goes to identify, and its cookie: sealed, valid for ten minutes. */
  begin: (request: {
    language: Language
  }) => Promise<{ url: string; flow: string } | { refused: IdentificationRefusal }>
  /** Returns the ticket of the person whom the provider sent back, valid for half an hour. */
  finish: (request: {
    flow: string
    query: string
  }) => Promise<
    | { ticket: string; name: string; language: Language; signOutUrl?: string | undefined }
    | { refused: IdentificationRefusal; language?: Language }
  >
  /** Opens a ticket; undefined if it is over or not of this process. */
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
  /** 32 random bytes, base64url: the code is derived from it, so that a form sent twice has the same. */
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

export function createRequesterIdentification(given: {
  db: HoldingSafeguards
  now: () => Temporal.Instant
  settings: RequesterIdentitySettings
  secret: string
  publicUrl: string
  onFault: (error: unknown) => void
}): RequesterIdentification {
  const { db, now, settings, secret, publicUrl, onFault } = given
  const discoverProvider = createProviderClient({ settings, secret, now })
  const flows = createSeal<Flow>('seloste.requester-flow')
  const tickets = createSeal<Ticket>('seloste.requester-ticket')
  // Codes are of this process: a ticket of before is void anyway.
  const codeKey = randomBytes(32)

  return {
    async begin({ language }) {
      try {
        const provider = await discoverProvider()
        const flow: Flow = { ...newCodeFlow(), language, begunAt: now().epochMilliseconds }
        const url = await authorizationUrl(provider, flow, publicUrl + requesterCallbackPath, {
          scope: settings.scopes,
          // Computers are shared: whoever identified before is asked again.
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
      // Not logged: any visitor can send another cookie, as often as they like.
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
        code: writtenCode(createHmac('sha256', codeKey).update(seed).digest()),
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
      const back = new URL(`${publicUrl}${requesterCallbackPath}?${query}`)
      const tokens = await redeemCode(provider, flow, back, maxAgeSeconds)
      const claims = tokens.claims()
      if (!claims || !isOurs(claims)) throw new Error('the ID token is for another client, or has an impossible value')
      // Request parameters can be removed in the browser: the token itself says how and when.
      if (typeof claims['acr'] !== 'string' || !settings.acr.includes(claims['acr']))
        return await refusal('not-strong', language)
      if ((claims.auth_time ?? 0) * 1000 < flow.begunAt - clockToleranceSeconds * 1000)
        return await refusal('refused', language)
      const isWhole = claims[settings.claim] !== undefined && nameOf(claims) !== ''
      const stated =
        isWhole || provider.serverMetadata().userinfo_endpoint === undefined
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

  /** False for a token for another client (Core 1.0, section 3.1.3.7), or with an impossible subject. */
  function isOurs({ azp, sub }: IDToken): boolean {
    if (azp !== undefined && azp !== settings.clientId) return false
    return sub !== '' && sub.length < maxClaimLength
  }

  /** The claim with the name, or given name and family name (Core 1.0, section 5.1); empty if unusable. */
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

  /** Logs that somebody identified, and not who. */
  function record(result: 'ok' | `refused:${string}`): Promise<void> {
    return appendAudit(db, { action: 'home-request.identified', result, object: { kind: 'request' }, detail: {} })
  }
}

/** Letters and digits that are not mistaken for others when copied by hand (Crockford's base 32). */
const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const codeLength = 28

/** Writes 140 bits in groups of four. */
function writtenCode(bytes: Uint8Array): string {
  const letters = [...bytes.subarray(0, codeLength)].map((byte) => alphabet[byte % 32])
  return Array.from({ length: codeLength / 4 }, (_, group) => letters.slice(group * 4, group * 4 + 4).join('')).join(
    '-',
  )
}

/** Reads a code as people copy it: any case, with or without hyphens and blanks, O for 0, I and L for 1. */
function readCode(written: string): string {
  return written.toUpperCase().replaceAll(/[\s-]/g, '').replaceAll('O', '0').replaceAll(/[IL]/g, '1')
}
