import { afterAll, describe, expect, test } from 'vitest'
import { createTestDatabase } from '#test/database/create-test-database.ts'
import { enterTestPerson, password } from '#test/database/people.ts'
import { makeTestRegister } from '#test/register/make-register.ts'
import { answer, openTestDesk, publicUrl, type Browser } from '#test/register/open-desk.ts'
import { makeAuthenticator } from '#test/sign-in/authenticator.ts'
import { runTestProvider, signInAtProvider, testClient } from '#test/sign-in/run-provider.ts'
import { createIdentityProvider } from '#safeguards/sign-in/identity-provider.ts'
import type { RegisterTables } from '#register/tables.ts'

const database = await createTestDatabase<RegisterTables>()
const register = await makeTestRegister(database)
const provider = await runTestProvider(publicUrl)
afterAll(() => provider.stop())
const identityProvider = createIdentityProvider({
  db: database.as('seloste_custodian').db,
  now: () => Temporal.Now.instant(),
  settings: {
    issuer: provider.issuer,
    clientId: testClient.id,
    clientSecretFile: '',
    name: '',
    claim: 'preferred_username',
    match: 'userId',
    acr: [],
  },
  secret: testClient.secret,
  publicUrl,
  onFault: () => undefined,
})
const desk = await openTestDesk(database, register, { identityProvider })
const admin = database.as().db
const enter = () => enterTestPerson(admin, database.as('seloste_desk').db, { name: 'Aino' })

/** Browser that keeps its cookies. */
function newBrowser(): Browser & { cookies: Map<string, string> } {
  const cookies = new Map<string, string>()
  return {
    cookies,
    async fetch(path, { json, ...options } = {}) {
      const response = await fetch(new URL(path, desk.url), {
        ...options,
        redirect: 'manual',
        headers: {
          cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; '),
          ...(json !== undefined && { 'content-type': 'application/json' }),
        },
        ...(json !== undefined && { method: options.method ?? 'POST', body: JSON.stringify(json) }),
      })
      for (const line of response.headers.getSetCookie()) {
        const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
        if (value === '') cookies.delete(name)
        else cookies.set(name, value)
      }
      return response
    },
  }
}

const post = async (browser: Browser, path: string, json: object = {}) => answer(browser.fetch(path, { json }))
const whoAmI = (browser: Browser) => answer(browser.fetch('/api/session'))

async function withPasskey() {
  const person = await enter()
  const browser = newBrowser()
  await post(browser, '/api/session', { userId: person.userId, password })
  const authenticator = makeAuthenticator(publicUrl)
  const request = await post(browser, '/api/account/passkeys/challenge', { password })
  const response = authenticator.create(request.body as never)
  const added = await post(browser, '/api/account/passkeys', { name: ' Työpuhelin ', response })
  return { person, browser, authenticator, added }
}

describe('passkeys over HTTP', () => {
  test('a passkey is added in the account, which renews the session, and is listed by its name', async () => {
    const { person, browser, added } = await withPasskey()
    expect(added.status).toBe(201)
    expect((await whoAmI(browser)).body).toMatchObject({ personId: person.id })
    const { body } = await answer(browser.fetch('/api/account/passkeys'))
    expect(body['items']).toEqual([
      expect.objectContaining({ id: added.body['id'], name: 'Työpuhelin', backedUp: false }),
    ])
  })

  test('a passkey alone signs in', async () => {
    const { person, authenticator } = await withPasskey()
    const browser = newBrowser()
    const request = await post(browser, '/api/session/passkey/challenge')
    expect(request.body).toMatchObject({ rpId: 'seloste.example', userVerification: 'required', allowCredentials: [] })
    const response = authenticator.get(request.body as never)
    expect(await post(browser, '/api/session/passkey', { response })).toMatchObject({
      status: 200,
      body: { personId: person.id },
    })
    expect((await answer(browser.fetch('/api/account'))).body).toMatchObject({ method: 'passkey' })
  })

  test('a passkey is the second step after a password', async () => {
    const { person, authenticator } = await withPasskey()
    const browser = newBrowser()
    expect(await post(browser, '/api/session', { userId: person.userId, password })).toMatchObject({
      status: 401,
      code: 'session.second-factor',
      body: { error: { factors: ['passkey'] } },
    })
    const pending = browser.cookies.get('seloste')
    const request = await post(browser, '/api/session/second-factor/passkey/challenge')
    const response = authenticator.get(request.body as never)
    expect(await post(browser, '/api/session/second-factor/passkey', { response })).toMatchObject({ status: 200 })
    expect(browser.cookies.get('seloste')).not.toBe(pending)
    expect((await answer(browser.fetch('/api/account'))).body).toMatchObject({ method: 'password+passkey' })
  })

  test('a passkey confirms its own removal', async () => {
    const { browser, authenticator, added } = await withPasskey()
    const id = String(added.body['id'])
    const remove = () => answer(browser.fetch(`/api/account/passkeys/${id}`, { method: 'DELETE' }))
    expect(await remove()).toMatchObject({ status: 403, code: 'confirm.passkey' })
    const about = { act: 'passkey.remove', id, revision: 0 }
    const request = await post(browser, '/api/confirmations/challenge', about)
    const response = authenticator.get(request.body as never)
    expect(await post(browser, '/api/confirmations', { ...about, response })).toMatchObject({ status: 204 })
    expect(await remove()).toMatchObject({ status: 204 })
  })

  test('without a session only a sign-in can be started', async () => {
    const browser = newBrowser()
    const about = { act: 'draft.approve', id: '7c9ad6fc-1d93-4d3f-a3a5-2a7b9dbaa6f5', revision: 1 }
    for (const [path, json] of [
      ['/api/account/passkeys/challenge', {}],
      ['/api/confirmations/challenge', about],
      ['/api/session/second-factor/passkey/challenge', {}],
    ] as const) {
      expect(await post(browser, path, json)).toMatchObject({ status: 401, code: 'session.none' })
    }
  })

  test('an invalid response of an authenticator is refused with its field', async () => {
    const browser = newBrowser()
    for (const response of [
      {},
      { id: 'a', rawId: 'a', type: 'public-key', response: {} },
      { id: '<', rawId: 'a', type: 'public-key', response: {} },
    ]) {
      const refusal = await post(browser, '/api/session/passkey', { response })
      expect(refusal).toMatchObject({ status: 400, code: 'input.invalid' })
      expect(refusal.field).toContain('response')
    }
    const nonsense = { clientDataJSON: 'AAAA', authenticatorData: 'AAAA', signature: 'AAAA' }
    const response = { id: 'AAAA', rawId: 'AAAA', type: 'public-key', response: nonsense }
    expect(await post(browser, '/api/session/passkey', { response })).toMatchObject({
      status: 401,
      code: 'passkey.refused',
    })
  })
})

describe('the identity provider over HTTP', () => {
  async function signIn(browser: Browser, person: string, returnTo = '/contacts') {
    const redirect = await browser.fetch(`/api/session/identity-provider?returnTo=${encodeURIComponent(returnTo)}`)
    const back = await signInAtProvider(redirect.headers.get('location') ?? '', person)
    return browser.fetch(back.pathname + back.search)
  }

  test('is offered by its name', async () => {
    expect((await answer(desk.visitor.fetch('/api/sign-in-options'))).body).toMatchObject({
      passkeys: true,
      publicUrl,
      identityProvider: { name: 'Virkamiestunnistus' },
    })
  })

  test('signs in and redirects back to the page, and signing out returns the provider’s sign-out URL', async () => {
    const person = await enter()
    provider.people.set('aino', { preferred_username: person.userId })
    const browser = newBrowser()
    const back = await signIn(browser, 'aino')
    expect([back.status, back.headers.get('location')]).toEqual([302, '/contacts'])
    expect([...browser.cookies.keys()]).toEqual(['seloste'])
    expect((await whoAmI(browser)).body).toMatchObject({ personId: person.id })
    const signedOut = await post(browser, '/api/session/identity-provider/sign-out')
    expect(signedOut.body['url']).toContain(`${provider.issuer}/session/end?`)
    expect((await whoAmI(browser)).status).toBe(401)
  })

  test('redirects back with the reason of a failure', async () => {
    provider.people.set('stranger', { preferred_username: 'nobody.here' })
    const browser = newBrowser()
    const back = await signIn(browser, 'stranger')
    expect(back.headers.get('location')).toBe('/#sign-in=identity-provider.unknown-person')
    expect(browser.cookies.size).toBe(0)
  })

  test('uses its cookie for the redirect back only', async () => {
    const browser = newBrowser()
    const redirect = await browser.fetch('/api/session/identity-provider')
    const [cookie = ''] = redirect.headers.getSetCookie()
    expect(cookie).toMatch(/^seloste-provider=/)
    for (const attribute of ['HttpOnly', 'SameSite=Lax', 'Max-Age=600']) expect(cookie).toContain(attribute)
    expect((await whoAmI(browser)).status).toBe(401)
  })

  test('is not involved when somebody who signed in with a password signs out', async () => {
    const person = await enter()
    const browser = newBrowser()
    await post(browser, '/api/session', { userId: person.userId, password })
    expect(await post(browser, '/api/session/identity-provider/sign-out')).toMatchObject({ status: 200, body: {} })
    expect((await whoAmI(browser)).status).toBe(401)
  })
})
