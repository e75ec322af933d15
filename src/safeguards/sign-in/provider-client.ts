/**
 * OpenID Connect client, for the sign-in of staff and the identification of requesters: discovery, client authentication,
 * bounded answers, and sealed state that the browser carries.
 */
import { randomBytes } from 'node:crypto'
import {
  allowInsecureRequests,
  authorizationCodeGrant,
  AuthorizationResponseError,
  buildAuthorizationUrl,
  calculatePKCECodeChallenge,
  ClientError,
  ClientSecretBasic,
  ClientSecretPost,
  clockTolerance,
  customFetch,
  discovery,
  enableNonRepudiationChecks,
  randomNonce,
  randomPKCECodeVerifier,
  randomState,
  type ClientAuth,
  type Configuration,
  type CustomFetch,
} from 'openid-client'
import { unwrapKey, wrapKey } from '../keys/wrap.ts'

const answerSeconds = 4
const discoveryCacheMs = 60 * 60_000
export const clockToleranceSeconds = 30
/** Longest answer: a discovery document, keys or tokens. */
const maxAnswerBytes = 1024 * 1024

/** Returns a function that reads the provider's discovery document (OpenID Connect Discovery 1.0), at most once an hour. */
export function createProviderClient(options: {
  settings: { issuer: string; clientId: string }
  secret: string
  now: () => Temporal.Instant
}): () => Promise<Configuration> {
  const { settings, secret, now } = options
  let known: { configuration: Configuration; at: number } | undefined

  return async function discoverProvider(): Promise<Configuration> {
    if (known && now().epochMilliseconds - known.at < discoveryCacheMs) return known.configuration
    const configuration = await discovery(
      new URL(settings.issuer),
      settings.clientId,
      { client_id: settings.clientId, [clockTolerance]: clockToleranceSeconds },
      authenticate,
      {
        timeout: answerSeconds,
        [customFetch]: fetchBounded,
        // Verifies the ID token's signature too, not only the connection.
        execute: [enableNonRepudiationChecks, ...(isPlainHttp(settings.issuer) ? [allowPlain] : [])],
      },
    )
    configuration.timeout = answerSeconds
    configuration[customFetch] = fetchBounded
    known = { configuration, at: now().epochMilliseconds }
    return configuration
  }

  /** Authenticates as the provider supports; by header if it does not specify (OpenID Connect Discovery 1.0 section 3). */
  function authenticate(...[server, ...rest]: Parameters<ClientAuth>): void {
    const methods = server.token_endpoint_auth_methods_supported
    const isBasic = methods === undefined || methods.includes('client_secret_basic')
    const addCredentials = isBasic ? ClientSecretBasic(secret) : ClientSecretPost(secret)
    addCredentials(server, ...rest)
  }
}

/** Fetches an answer with a length limit: an endless one would exhaust memory. */
async function fetchBounded(...[url, options]: Parameters<CustomFetch>): Promise<Response> {
  const answer = await fetch(url, options as RequestInit)
  let bytes = 0
  const bounded = answer.body?.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(part, controller) {
        bytes += part.byteLength
        if (bytes > maxAnswerBytes) throw new Error('the identity provider’s answer is too long')
        controller.enqueue(part)
      },
    }),
  )
  return new Response(bounded ?? null, answer)
}

// eslint-disable-next-line @typescript-eslint/no-deprecated -- deprecated only as a warning; without TLS: loopback only
const allowPlain = allowInsecureRequests

/** Returns true for an issuer without TLS, which the settings allow on loopback only. */
function isPlainHttp(issuer: string): boolean {
  return new URL(issuer).protocol === 'http:'
}

/** State of a code flow with PKCE (OpenID Connect Core 1.0, RFC 7636), which the browser carries until the callback. */
export interface CodeFlow {
  verifier: string
  state: string
  nonce: string
}

export function newCodeFlow(): CodeFlow {
  return { verifier: randomPKCECodeVerifier(), state: randomState(), nonce: randomNonce() }
}

/** Returns the authorization URL. @param parameters scope and further request parameters */
export async function authorizationUrl(
  provider: Configuration,
  flow: CodeFlow,
  redirectUri: string,
  parameters: Readonly<Record<string, string>>,
): Promise<string> {
  const url = buildAuthorizationUrl(provider, {
    redirect_uri: redirectUri,
    code_challenge: await calculatePKCECodeChallenge(flow.verifier),
    code_challenge_method: 'S256',
    state: flow.state,
    nonce: flow.nonce,
    ...parameters,
  })
  return url.href
}

/**
 * Exchanges the code of a callback for tokens.
 * @param callback URL at which the browser came back
 * @param maxAge requires auth_time in the ID token, because the browser can remove request parameters
 */
export function redeemCode(
  provider: Configuration,
  { verifier, state, nonce }: CodeFlow,
  callback: URL,
  maxAge: number | undefined,
): ReturnType<typeof authorizationCodeGrant> {
  return authorizationCodeGrant(provider, callback, {
    pkceCodeVerifier: verifier,
    expectedState: state,
    expectedNonce: nonce,
    idTokenExpected: true,
    ...(maxAge !== undefined && { maxAge }),
  })
}

/** Returns true if the person cancelled at the provider. */
export function isCancelled(error: unknown): boolean {
  return error instanceof AuthorizationResponseError && error.error === 'access_denied'
}

/** Returns true if the provider sent no answer in time, or one that reports an outage. */
export function isUnreachable(error: unknown): boolean {
  const { code, cause, status, name } = error as { code?: string; cause?: unknown; status?: number; name?: string }
  if (name === 'TimeoutError' || (status !== undefined && status >= 500)) return true
  if (error instanceof ClientError) return code === 'OAUTH_TIMEOUT' || isUnreachable(cause ?? {})
  return error instanceof TypeError && error.message === 'fetch failed'
}

/** Seals state under a key of this process, so that a restart voids it. */
export function createSeal<State>(purpose: string) {
  const sealing = randomBytes(32)
  return {
    seal: (state: State): string => wrapKey(sealing, Buffer.from(JSON.stringify(state)), purpose).toString('base64url'),
    unseal(sealed: string): State | undefined {
      try {
        return JSON.parse(unwrapKey(sealing, Buffer.from(sealed, 'base64url'), purpose).toString()) as State
      } catch {
        return undefined
      }
    },
  }
}
