/**
 * People still signed in at the agency's identity provider (R20, R47): a listener alone at a workstation where the host
 * has signed in, and sessions left behind by a newer sign-in.
 */
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createTestDatabase } from '#test/database/create-test-database.ts'
import { password } from '#test/database/people.ts'
import { openOffices, type Jar } from '#test/requests/open-offices.ts'
import { publicUrl } from '#test/register/open-desk.ts'
import { runTestProvider, signInAtProvider, testClient } from '#test/sign-in/run-provider.ts'
import { enterPerson } from '#safeguards/people/enter-person.ts'
import { createIdentityProvider } from '#safeguards/sign-in/identity-provider.ts'
import type { RegisterTables } from '#register/tables.ts'

const database = await createTestDatabase<RegisterTables>()
const provider = await runTestProvider(publicUrl)
afterAll(() => provider.stop())
const connect = (claim = 'preferred_username') =>
  createIdentityProvider({
    db: database.as('seloste_custodian').db,
    now: () => Temporal.Now.instant(),
    settings: {
      issuer: provider.issuer,
      clientId: testClient.id,
      clientSecretFile: '',
      name: '',
      claim,
      match: 'userId',
      acr: [],
    },
    secret: testClient.secret,
    publicUrl,
    onFault: () => undefined,
  })
const offices = await openOffices(database, { identityProvider: connect() })
const { people, makeRecording, openRoom, openBrowser, moveSlot } = offices
const pool = database.as().pool

/** Cookies of the provider in one browser. */
type ProviderCookies = Map<string, string>

/**
 * Signs in at the provider and returns to Seloste, as any page can make a browser do; `user` is typed if the provider
 * asks for a name.
 */
async function throughProvider(
  jar: Jar,
  at: ProviderCookies,
  user?: string,
  change = (url: string) => url,
): Promise<string> {
  let headers = (await jar.fetch('/api/session/identity-provider?returnTo=/requests', { redirect: 'manual' })).headers
  for (let step = 0; step < 5; step += 1) {
    const to = headers.get('location') ?? ''
    if (!to.startsWith(provider.issuer)) return to
    const back = await signInAtProvider(change(to), user, at)
    if (back.origin === provider.issuer) return 'the provider asks for a name'
    headers = (await jar.fetch(back.pathname + back.search, { redirect: 'manual' })).headers
  }
  throw new Error('redirects without end')
}

const statusOfRequests = async (jar: Jar) => (await jar.request('/api/requests')).status

describe('a listener alone at a workstation', () => {
  let at: ProviderCookies
  let room: Awaited<ReturnType<typeof openRoom>>

  beforeAll(() => provider.people.set('paula', { preferred_username: people.paula.userId }))

  /** Signs the host in at the provider in the workstation's browser, some time ago, and opens the room. */
  async function openRoomAsHost() {
    at = new Map()
    await pool.query("update appointment set opened_at = opened_at - interval '2 days'")
    const recording = await makeRecording()
    room = await openRoom([recording], { open: false })
    const { jar, appointmentId } = room
    jar.cookies.delete('seloste')
    expect(await throughProvider(jar, at, 'paula')).toBe('/requests')
    expect(await statusOfRequests(jar)).toBe(200)
    expect((await jar.request('/api/room', { appointmentId })).status).toBe(200)
  }

  /** Follows a link from another site to Seloste: SameSite=Strict withholds the session's cookie. */
  async function visitFromAnotherSite(): Promise<Jar> {
    const jar = await openBrowser()
    const workstation = room.jar.cookies.get('seloste-workstation')
    if (workstation !== undefined) jar.cookies.set('seloste-workstation', workstation)
    return jar
  }

  test.each([
    ['by a link on another site while the listening mode lasts', () => Promise.resolve()],
    [
      'once the host has been signed out of the listening mode',
      async () => {
        expect((await room.jar.request('/api/session', undefined, { method: 'DELETE' })).status).toBe(204)
      },
    ],
    ['once the listening mode has expired', () => moveSlot(room.slotId, -1, -0.1)],
  ])('is not signed in as its host by the provider %s', async (_when, after) => {
    await openRoomAsHost()
    await after()
    const jar = await visitFromAnotherSite()
    expect(await throughProvider(jar, at)).toBe('the provider asks for a name')
    expect(await statusOfRequests(jar)).toBe(401)
  })

  test('is not signed in by a URL without the provider’s prompt parameter, and the log records the attempt', async () => {
    await openRoomAsHost()
    const jar = await visitFromAnotherSite()
    const withoutPrompt = (address: string) => {
      const url = new URL(address)
      url.searchParams.delete('prompt')
      url.searchParams.set('max_age', '86400')
      return url.href
    }
    expect(await throughProvider(jar, at, undefined, withoutPrompt)).toBe('/#sign-in=identity-provider.refused')
    expect(await statusOfRequests(jar)).toBe(401)
    const { rows } = await pool.query(
      "select person_id from audit_entry where action = 'session.started' and result = 'refused:provider-again'",
    )
    expect(rows).toContainEqual({ person_id: people.paula.id })
  })

  test('does not lock out the host, who proves their identity at the provider again', async () => {
    await openRoomAsHost()
    await pool.query("update appointment set opened_at = opened_at - interval '1 minute' where id = $1", [
      room.appointmentId,
    ])
    const jar = await visitFromAnotherSite()
    expect(await throughProvider(jar, at, 'paula')).toBe('/requests')
    expect(await statusOfRequests(jar)).toBe(200)
  })
})

test('a new sign-in at the provider ends the browser’s previous session', async () => {
  provider.people.set('tuula', { preferred_username: people.tuula.userId })
  const jar = await openBrowser(people.tuula)
  const before = await openBrowser()
  before.cookies.set('seloste', jar.cookies.get('seloste')!)
  expect((await before.request('/api/session')).status).toBe(200)
  expect(await throughProvider(jar, new Map(), 'tuula')).toBe('/requests')
  expect((await jar.request('/api/session')).status).toBe(200)
  expect((await before.request('/api/session')).status).toBe(401)
})

describe('a sign-in at the provider that is pending in another window', () => {
  beforeAll(() => provider.people.set('tuula', { preferred_username: people.tuula.userId }))

  /** Returns the URL of the redirect back to Seloste, without requesting it. */
  async function beginSignIn(jar: Jar): Promise<string> {
    const begun = await jar.fetch('/api/session/identity-provider?returnTo=/requests', { redirect: 'manual' })
    const back = await signInAtProvider(begun.headers.get('location')!, 'tuula', new Map())
    return back.pathname + back.search
  }

  test('does not sign in after the browser has signed out', async () => {
    const jar = await openBrowser(people.tuula)
    const back = await beginSignIn(jar)
    expect((await jar.request('/api/session', undefined, { method: 'DELETE' })).status).toBe(204)
    const answer = await jar.fetch(back, { redirect: 'manual' })
    expect(answer.headers.get('location')).toBe('/#sign-in=identity-provider.late')
    expect(await statusOfRequests(jar)).toBe(401)
  })

  test('does not replace a session of somebody who has signed in meanwhile', async () => {
    const jar = await openBrowser()
    const back = await beginSignIn(jar)
    const { userId } = people.paula
    expect((await jar.request('/api/session', { userId, password })).status).toBe(200)
    const answer = await jar.fetch(back, { redirect: 'manual' })
    expect(answer.headers.get('location')).toBe('/#sign-in=identity-provider.late')
    expect((await jar.request('/api/session')).body).toMatchObject({ userId })
  })
})

describe('a mail address that identifies a person at their first sign-in', () => {
  async function signInWith(claims: Record<string, string | boolean>) {
    const idp = connect('email')
    provider.people.set('mallory', claims)
    const begun = await idp.begin({ returnTo: '/' })
    if ('refused' in begun) throw new Error(begun.refused)
    const back = await signInAtProvider(begun.url, 'mallory')
    return idp.finish({ flow: begun.flow, query: back.search.slice(1), newSession: randomUUID() })
  }

  test('identifies nobody until the provider has verified it', async () => {
    const email = `${randomUUID()}@agency.example`
    const employedFrom = Temporal.Now.instant().subtract({ hours: 24 })
    const matti = await enterPerson(database.as().db, { userId: email, name: 'Matti', employedFrom })
    if ('refused' in matti) throw new Error(matti.refused)
    for (const claims of [{ email }, { email, email_verified: false }, { email, email_verified: 'false' }]) {
      expect(await signInWith(claims)).toEqual({ refused: 'identity-provider.unknown-person' })
    }
    expect(await signInWith({ email, email_verified: true })).toMatchObject({ personId: matti.id })
  })
})
