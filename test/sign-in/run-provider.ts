/**
 * Runs a real OpenID provider for tests (oidc-provider, certified for the flows used here) on a port of this machine.
 * Takes its people and their claims; returns its issuer. On its own page it asks for a name only.
 */
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import Provider, { type Configuration } from 'oidc-provider'

export interface TestProvider {
  issuer: string
  /** Claims of the provider's people, by the name typed on its page. */
  people: Map<string, Record<string, string | boolean>>
  /** Authentication methods that the provider reports. */
  proof: { acr?: string; amr?: string[] }
  /** While true, every request gets 503. */
  outOfOrder: boolean
  stop: () => Promise<void>
}

export const testClient = { id: 'seloste', secret: 'only-for-tests-and-long-enough' }

/**
 * Starts the provider.
 * @param publicUrl URL of Seloste, for redirects back
 */
export async function runTestProvider(
  publicUrl: string,
  { authMethod = 'client_secret_basic' }: { authMethod?: 'client_secret_basic' | 'client_secret_post' } = {},
): Promise<TestProvider> {
  const server = createServer((incoming, outgoing) => {
    void answer(incoming, outgoing)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const state: TestProvider = {
    issuer,
    people: new Map(),
    proof: {},
    outOfOrder: false,
    async stop() {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
  const provider = new Provider(issuer, configuration(state, publicUrl, authMethod))
  // Switches off logging of invalid requests: tests read the errors in the answers.
  provider.silent = true
  const handle = provider.callback()

  async function answer(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    if (state.outOfOrder) {
      outgoing.writeHead(503).end()
      return
    }
    if (!incoming.url?.startsWith('/interaction/')) {
      await handle(incoming, outgoing)
      return
    }
    if (incoming.method === 'GET') {
      outgoing.setHeader('content-type', 'text/html; charset=utf-8')
      outgoing.end(
        '<!doctype html><title>Kirjautuminen</title><form method="post"><label>Tunnus <input name="who"></label>' +
          '<button>Kirjaudu</button></form>',
      )
      return
    }
    const user = new URLSearchParams(await text(incoming)).get('who') ?? ''
    await provider.interactionFinished(
      incoming,
      outgoing,
      state.people.has(user)
        ? { login: { accountId: user, ...state.proof } }
        : { error: 'access_denied', error_description: 'nobody by that name' },
    )
  }

  return state
}

function configuration(
  state: TestProvider,
  publicUrl: string,
  authMethod: 'client_secret_basic' | 'client_secret_post',
): Configuration {
  return {
    clients: [
      {
        client_id: testClient.id,
        client_secret: testClient.secret,
        token_endpoint_auth_method: authMethod,
        redirect_uris: [`${publicUrl}/api/session/identity-provider/callback`, `${publicUrl}/requester-identification`],
        post_logout_redirect_uris: [`${publicUrl}/`],
      },
    ],
    clientAuthMethods: [authMethod],
    pkce: { required: () => true },
    scopes: ['openid', 'profile'],
    claims: {
      openid: ['sub', 'acr', 'amr'],
      profile: ['preferred_username', 'employee', 'email', 'email_verified', 'name', 'urn:oid:1.2.246.21'],
      acr: null,
      amr: null,
    },
    acrValues: ['two-factors'],
    // Puts the claims of a scope into the ID token as well as the user information.
    conformIdTokenClaims: false,
    cookies: { keys: ['only-for-tests'] },
    features: { devInteractions: { enabled: false }, rpInitiatedLogout: { enabled: true } },
    interactions: { url: (_context, { uid }) => `/interaction/${uid}` },
    findAccount: (_context, sub) => ({
      accountId: sub,
      claims: () => Promise.resolve({ sub, ...state.people.get(sub) }),
    }),
    async loadExistingGrant(context) {
      const grant = new context.oidc.provider.Grant({
        clientId: testClient.id,
        accountId: context.oidc.session?.accountId ?? '',
      })
      grant.addOIDCScope('openid profile')
      await grant.save()
      return grant
    },
  }
}

/**
 * Follows redirects like a browser, keeping the provider's cookies.
 * @param user name typed if the provider asks; if undefined, its question is not answered
 * @param cookies of the provider in this browser
 * @returns the final URL
 */
export async function signInAtProvider(
  url: string,
  user: string | undefined,
  cookies = new Map<string, string>(),
): Promise<URL> {
  const request = async (at: URL, options: RequestInit = {}) => {
    const answer = await fetch(at, {
      ...options,
      redirect: 'manual',
      headers: { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; '), ...options.headers },
    })
    for (const line of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
      cookies.set(name, value)
    }
    return answer
  }
  const provider = new URL(url).origin
  let at = new URL(url)
  for (let step = 0; step < 10 && at.origin === provider; step++) {
    const isInteraction = at.pathname.startsWith('/interaction/')
    if (isInteraction && user === undefined) return at
    const answer = await request(
      at,
      isInteraction
        ? {
            method: 'POST',
            body: new URLSearchParams({ who: user! }).toString(),
            headers: { 'content-type': 'application/x-www-form-urlencoded' },
          }
        : {},
    )
    const next = answer.headers.get('location')
    if (next === null) throw new Error(`the provider answered ${answer.status}: ${await answer.text()}`)
    at = new URL(next, at)
  }
  return at
}
