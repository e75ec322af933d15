/** Minimal OpenID provider: puts the claims that a test gives it into the ID token of every sign-in. */
import { generateKeyPairSync, sign } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { IdentityProvider } from '#safeguards/sign-in/identity-provider.ts'

const clientId = 'seloste'

export async function runSmallProvider() {
  const own = generateKeyPairSync('rsa', { modulusLength: 2048 })
  let claims: object = {}
  const server = createServer((request, response) => {
    const answers: Record<string, () => object> = {
      '/.well-known/openid-configuration': () => ({
        issuer,
        authorization_endpoint: `${issuer}/authorize`,
        token_endpoint: `${issuer}/token`,
        jwks_uri: `${issuer}/keys`,
        id_token_signing_alg_values_supported: ['RS256'],
      }),
      '/keys': () => ({
        keys: [{ ...own.publicKey.export({ format: 'jwk' }), kid: 'own', use: 'sig', alg: 'RS256' }],
      }),
      '/token': () => ({ access_token: 'one', token_type: 'Bearer', id_token: idToken() }),
    }
    const [path = ''] = (request.url ?? '').split('?')
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answers[path]?.() ?? {}))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`

  function idToken(): string {
    const signed = [{ alg: 'RS256', kid: 'own' }, claims]
      .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
      .join('.')
    return `${signed}.${sign('sha256', Buffer.from(signed), own.privateKey).toString('base64url')}`
  }

  return {
    issuer,
    clientId,
    stop: () => {
      server.closeAllConnections()
      server.close()
    },
    /** Signs in: follows the redirects to the provider and back, in one browser. */
    async signIn(
      identityProvider: IdentityProvider,
      newSession: string,
      stated: { sub: string; [claim: string]: unknown },
    ) {
      const begun = await identityProvider.begin({ returnTo: '/' })
      if ('refused' in begun) throw new Error(begun.refused)
      const authorizationRequest = new URL(begun.url).searchParams
      const at = Math.floor(Date.now() / 1000)
      claims = {
        iss: issuer,
        aud: clientId,
        nonce: authorizationRequest.get('nonce'),
        iat: at,
        exp: at + 60,
        ...stated,
      }
      const query = new URLSearchParams({ code: 'one', state: authorizationRequest.get('state') ?? '' }).toString()
      return identityProvider.finish({ flow: begun.flow, query, newSession })
    },
  }
}
