/**
 * Responses of the identity provider that are forged, mixed up, made for somebody else, or invalid (R20), written by a
 * test provider.
 */
import { createHmac, generateKeyPairSync, randomUUID, sign, type KeyObject } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { createTestDatabase } from '#test/database/create-test-database.ts'
import { enterTestPerson, type TestPerson } from '#test/database/people.ts'
import { enterPerson } from '#safeguards/people/enter-person.ts'
import { createIdentityProvider } from '#safeguards/sign-in/identity-provider.ts'
import type { SafeguardTables } from '#safeguards/tables.ts'

const clientId = 'seloste'
const database = await createTestDatabase<SafeguardTables>()
const [providerKeys, otherKeys] = [
  generateKeyPairSync('rsa', { modulusLength: 2048 }),
  generateKeyPairSync('rsa', { modulusLength: 2048 }),
]

interface Forged {
  header?: object
  /** Replaces claims; `undefined` removes one. */
  claims?: Record<string, unknown>
  sign?: (signed: string) => string
}

/** Identity provider whose every answer the test writes. */
const provider = {
  issuer: '',
  metadata: {},
  forged: {} as Forged,
  nonce: '',
  sub: '',
  who: '',
  asked: new Set<string>(),
  answer: undefined as ((path: string, response: ServerResponse) => boolean) | undefined,
}

const server = createServer((request, response) => {
  const path = request.url!.split('?')[0]!
  provider.asked.add(path)
  if (provider.answer?.(path, response)) return
  const answers: Record<string, () => object> = {
    '/.well-known/openid-configuration': () => ({
      issuer: provider.issuer,
      authorization_endpoint: `${provider.issuer}/authorize`,
      token_endpoint: `${provider.issuer}/token`,
      jwks_uri: `${provider.issuer}/keys`,
      id_token_signing_alg_values_supported: ['RS256'],
      ...provider.metadata,
    }),
    '/keys': () => ({ keys: [jwkOf(providerKeys.publicKey, 'own')] }),
    '/token': () => ({ access_token: 'one', token_type: 'Bearer', id_token: writeToken() }),
  }
  const answer = answers[path]?.()
  response.writeHead(answer ? 200 : 404, { 'content-type': 'application/json' }).end(JSON.stringify(answer ?? {}))
})
server.listen(0, '127.0.0.1')
await once(server, 'listening')
provider.issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
afterAll(() => {
  server.closeAllConnections()
  server.close()
})

const jwkOf = (key: KeyObject, kid: string) => ({ ...key.export({ format: 'jwk' }), kid, use: 'sig', alg: 'RS256' })
const signWith = (key: KeyObject) => (signed: string) => sign('sha256', Buffer.from(signed), key).toString('base64url')
const inSeconds = (more: number) => Math.floor(Date.now() / 1000) + more

function writeToken(): string {
  const { issuer, nonce, sub, who, forged } = provider
  const usual = {
    iss: issuer,
    aud: clientId,
    sub,
    nonce,
    iat: inSeconds(0),
    exp: inSeconds(60),
    preferred_username: who,
  }
  const parts = [
    { alg: 'RS256', kid: 'own', ...forged.header },
    { ...usual, ...forged.claims },
  ]
  const signed = parts.map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')
  return `${signed}.${(forged.sign ?? signWith(providerKeys.privateKey))(signed)}`
}

function connect() {
  return createIdentityProvider({
    db: database.as('seloste_custodian').db,
    now: () => Temporal.Now.instant(),
    settings: {
      ...{ issuer: provider.issuer, clientId, clientSecretFile: '', name: '' },
      ...{ claim: 'preferred_username', match: 'userId', acr: [] },
    },
    secret: 'only-for-tests-and-long-enough',
    publicUrl: 'https://seloste.example',
    onFault: () => undefined,
  })
}

/** Signs in: to the provider and back. @param changed query members of the redirect back */
async function signIn(changed: Record<string, string> = {}) {
  const idp = connect()
  const begun = await idp.begin({ returnTo: '/' })
  if ('refused' in begun) return begun
  const authorizationRequest = new URL(begun.url).searchParams
  provider.nonce = authorizationRequest.get('nonce')!
  const query = new URLSearchParams({ code: 'one', state: authorizationRequest.get('state')!, ...changed }).toString()
  return idp.finish({ flow: begun.flow, query, newSession: randomUUID() })
}

async function lastResult() {
  const row = await database
    .as()
    .db.selectFrom('audit_entry')
    .select(['action', 'result'])
    .orderBy('seq', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row && `${row.action} ${row.result}`
}

let aino: TestPerson

beforeEach(async () => {
  aino = await enterTestPerson(database.as().db, database.as('seloste_desk').db, { name: 'Aino' })
  Object.assign(provider, { metadata: {}, forged: {}, answer: undefined, sub: randomUUID(), who: aino.userId })
  provider.asked.clear()
})

describe('an ID token', () => {
  test('of the provider for this sign-in signs its person in', async () => {
    expect(await signIn()).toMatchObject({ personId: aino.id })
  })

  const publicKey = providerKeys.publicKey.export({ type: 'spki', format: 'pem' })
  test.each<[string, () => Forged]>([
    ['without a signature', () => ({ header: { alg: 'none' }, sign: () => '' })],
    [
      'signed with the public key as a secret',
      () => ({
        header: { alg: 'HS256' },
        sign: (signed) => createHmac('sha256', publicKey).update(signed).digest('base64url'),
      }),
    ],
    ['signed with another key', () => ({ sign: signWith(otherKeys.privateKey) })],
    [
      'with the URL of its own key (jku)',
      () => ({ header: { kid: 'other', jku: `${provider.issuer}/other-keys` }, sign: signWith(otherKeys.privateKey) }),
    ],
    [
      'that contains its own key (jwk)',
      () => ({ header: { jwk: jwkOf(otherKeys.publicKey, 'own') }, sign: signWith(otherKeys.privateKey) }),
    ],
    ['with an unknown critical header', () => ({ header: { crit: ['exp'] } })],
    ['of another issuer', () => ({ claims: { iss: 'https://other.example' } })],
    ['of the issuer in another spelling', () => ({ claims: { iss: `${provider.issuer}/` } })],
    ['for another client', () => ({ claims: { aud: 'other' } })],
    ['for several clients', () => ({ claims: { aud: [clientId, 'other'] } })],
    ['for several clients, issued for another one', () => ({ claims: { aud: [clientId, 'other'], azp: 'other' } })],
    ['issued for another client (azp)', () => ({ claims: { azp: 'other' } })],
    ['of another sign-in', () => ({ claims: { nonce: randomUUID() } })],
    ['without a nonce', () => ({ claims: { nonce: undefined } })],
    ['with a nonce in a list', () => ({ claims: { nonce: [provider.nonce] } })],
    ['that has expired', () => ({ claims: { exp: inSeconds(-45), iat: inSeconds(-90) } })],
    ['that never expires', () => ({ claims: { exp: undefined } })],
    ['that is not valid yet', () => ({ claims: { nbf: inSeconds(90) } })],
    ['without a subject', () => ({ claims: { sub: '' } })],
    ['with a subject that cannot be stored', () => ({ claims: { sub: 'a\0b' } })],
    ['with an overlong subject', () => ({ claims: { sub: 'x'.repeat(256) } })],
    ['with an impossible sign-in time', () => ({ claims: { auth_time: 1e300 } })],
  ])('%s signs nobody in, and the log records it', async (_what, forged) => {
    provider.forged = forged()
    expect(await signIn()).toEqual({ refused: 'identity-provider.refused' })
    expect(await lastResult()).toBe('session.started refused:provider-refused')
    expect([...provider.asked].sort()).not.toContain('/other-keys')
  })
})

test.each<[string, Record<string, string>, object?]>([
  ['of another issuer', { iss: 'https://other.example' }],
  [
    'without an issuer although the provider promises one',
    {},
    { authorization_response_iss_parameter_supported: true },
  ],
  ['of another sign-in', { state: 'another' }],
  ['with an ID token from the browser', { id_token: 'a.b.c' }],
])('a redirect back %s signs nobody in', async (_what, changed, metadata = {}) => {
  provider.metadata = metadata
  expect(await signIn(changed)).toEqual({ refused: 'identity-provider.refused' })
})

describe('a provider’s account whose name resembles an official’s', () => {
  const wide = (text: string) =>
    text.replaceAll(/[a-z]/g, (letter) => String.fromCodePoint(letter.codePointAt(0)! + 0xfee0))

  test.each<[string, (userId: string) => string]>([
    ['in wide letters', wide],
    ['with a leading blank', (userId) => ` ${userId}`],
    ['with a trailing invisible character', (userId) => `${userId}\ufeff`],
    ['with a Kelvin sign instead of a k', (userId) => userId.replace('k', '\u212a')],
    ['with a character that cannot be stored', (userId) => `${userId}\0`],
  ])('%s does not sign in as that official', async (_how, written) => {
    const employedFrom = Temporal.Now.instant().subtract({ hours: 24 })
    const kaija = await enterPerson(database.as().db, { userId: `kaija${randomUUID()}`, name: 'Kaija', employedFrom })
    if ('refused' in kaija) throw new Error(kaija.refused)
    const { user_id: userId } = await database
      .as()
      .db.selectFrom('person')
      .select('user_id')
      .where('id', '=', kaija.id)
      .executeTakeFirstOrThrow()
    provider.who = written(userId)
    expect(await signIn()).toEqual({ refused: 'identity-provider.unknown-person' })
    expect(await lastResult()).toBe('session.started refused:provider-unknown-person')
    provider.who = userId.toUpperCase()
    expect(await signIn()).toMatchObject({ personId: kaija.id })
  })
})

test.each(['/.well-known/openid-configuration', '/keys', '/token'])(
  'an endless answer of the provider (%s) is not read to its end',
  async (endless) => {
    let sent = 0
    provider.answer = (path, response) => {
      if (path !== endless) return false
      const part = Buffer.alloc(64 * 1024, ' ')
      response.writeHead(200, { 'content-type': 'application/json' }).write('{')
      const begin = () => {
        if (response.destroyed) return
        sent += part.length
        response.write(part)
        response.once('drain', begin)
      }
      begin()
      return true
    }
    expect(await signIn()).toMatchObject({
      refused: expect.stringMatching(/^identity-provider\.(?:refused|unavailable)$/),
    })
    // Bytes buffered in sockets come on top of the longest answer.
    expect(sent).toBeLessThan(32 * 1024 * 1024)
  },
)
