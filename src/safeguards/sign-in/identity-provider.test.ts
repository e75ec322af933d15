import { randomBytes, randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { createTestDatabase } from '#test/database/create-test-database.ts'
import { enterTestPerson, type TestPerson } from '#test/database/people.ts'
import { runTestProvider, signInAtProvider, testClient } from '#test/sign-in/run-provider.ts'
import { sessionObject, useSession } from '../people/session.ts'
import type { SafeguardTables } from '../tables.ts'
import { callbackPath, createIdentityProvider } from './identity-provider.ts'
import type { SecondFactorDemand } from './sign-in-tables.ts'

const publicUrl = 'https://seloste.example'
const database = await createTestDatabase<SafeguardTables>()
const admin = database.as().db
const desk = database.as('seloste_desk').db
const provider = await runTestProvider(publicUrl)
afterAll(() => provider.stop())

let person: TestPerson
let now: () => Temporal.Instant
let faults: unknown[]

beforeEach(async () => {
  await demand('off')
  await sql`delete from provider_subject`.execute(admin)
  now = () => Temporal.Now.instant()
  faults = []
  provider.proof = {}
  provider.outOfOrder = false
  provider.people.clear()
  person = await enterTestPerson(admin, desk, { name: 'Aino' })
  provider.people.set('aino', { preferred_username: person.userId.toUpperCase() })
})

async function demand(second_factor: SecondFactorDemand) {
  await admin.updateTable('sign_in_demand').set({ second_factor }).execute()
}

function connect(
  options: {
    match?: 'userId' | 'externalId'
    claim?: string
    acr?: string[]
    secret?: string
    issuer?: string
    maxAgeSeconds?: number
  } = {},
) {
  return createIdentityProvider({
    db: database.as('seloste_custodian').db,
    now: () => now(),
    settings: {
      issuer: options.issuer ?? provider.issuer,
      clientId: testClient.id,
      clientSecretFile: '',
      name: 'Virkamiestunnistus',
      claim: options.claim ?? 'preferred_username',
      match: options.match ?? 'userId',
      acr: options.acr ?? [],
      ...(options.maxAgeSeconds !== undefined && { maxAgeSeconds: options.maxAgeSeconds }),
    },
    secret: options.secret ?? testClient.secret,
    publicUrl,
    onFault: (fault) => faults.push(fault),
  })
}

function newToken(): string {
  return randomBytes(32).toString('base64url')
}

async function begin(idp: ReturnType<typeof connect>, returnTo = '/') {
  const begun = await idp.begin({ returnTo })
  if ('refused' in begun) throw new Error(begun.refused)
  return begun
}

/** Signs in through the provider, there and back. */
async function signIn(idp: ReturnType<typeof connect>, { who = 'aino', returnTo = '/', ...attempt } = newAttempt()) {
  const { url, flow } = await begin(idp, returnTo)
  const back = await signInAtProvider(url, who)
  expect(back.origin + back.pathname).toBe(publicUrl + callbackPath)
  return idp.finish({ flow, query: back.search.slice(1), newSession: attempt.token })
}

function newAttempt(chosen: { who?: string; returnTo?: string } = {}) {
  return { ...chosen, token: newToken() }
}

async function lastEntry() {
  return admin
    .selectFrom('audit_entry')
    .select(['action', 'result', 'person_id', 'object_id', 'detail'])
    .orderBy('seq', 'desc')
    .limit(1)
    .executeTakeFirst()
}

describe('the person named by the provider', () => {
  test('is signed in by their user id, in any spelling, and returns to the same page', async () => {
    const attempt = newAttempt({ returnTo: '/contacts?number=029' })
    const signed = await signIn(connect(), attempt)
    expect(signed).toMatchObject({ personId: person.id, returnTo: '/contacts?number=029' })
    expect((await useSession(desk, attempt.token, Temporal.Now.instant()))?.personId).toBe(person.id)
    expect(await lastEntry()).toMatchObject({
      action: 'session.started',
      result: 'ok',
      person_id: person.id,
      object_id: (await sessionObject(desk, attempt.token)).id,
      detail: { method: 'oidc' },
    })
  })

  test('is found by their external id in the identity system', async () => {
    provider.people.set('aino', { employee: 'E-17' })
    const idp = connect({ match: 'externalId', claim: 'employee' })
    expect(await signIn(idp)).toEqual({ refused: 'identity-provider.unknown-person' })
    await sql`update person set source = 'scim', external_id = 'E-17' where id = ${person.id}`.execute(admin)
    expect(await signIn(idp)).toMatchObject({ personId: person.id })
  })

  test('is refused if two people match', async () => {
    provider.people.set('aino', { employee: 'E-18' })
    const other = await enterTestPerson(admin, desk, { name: 'Aino' })
    await sql`update person set source = 'scim', external_id = 'E-18' where id in (${person.id}, ${other.id})`.execute(
      admin,
    )
    expect(await signIn(connect({ match: 'externalId', claim: 'employee' }))).toEqual({
      refused: 'identity-provider.unknown-person',
    })
  })

  test('is refused if missing from the directory, and the log does not identify them', async () => {
    provider.people.set('stranger', { preferred_username: `stranger.${randomUUID()}` })
    expect(await signIn(connect(), newAttempt({ who: 'stranger' }))).toEqual({
      refused: 'identity-provider.unknown-person',
    })
    expect(await lastEntry()).toEqual({
      action: 'session.started',
      result: 'refused:provider-unknown-person',
      person_id: null,
      object_id: null,
      detail: { method: 'oidc' },
    })
  })

  test('is refused if the provider does not name them', async () => {
    expect(await signIn(connect({ claim: 'employee' }))).toEqual({ refused: 'identity-provider.unknown-person' })
    expect(String(faults[0])).toContain('no usable value in the claim employee')
  })

  test('is refused when they have left', async () => {
    await admin.updateTable('person').set({ employed_to: Temporal.Now.instant() }).where('id', '=', person.id).execute()
    expect(await signIn(connect())).toEqual({ refused: 'identity-provider.unknown-person' })
  })
})

describe('the subject', () => {
  test('identifies the person from the first sign-in on, whatever else the provider calls them', async () => {
    expect(await signIn(connect())).toMatchObject({ personId: person.id })
    const other = await enterTestPerson(admin, desk, { name: 'Bertil' })
    provider.people.set('aino', { preferred_username: other.userId })
    expect(await signIn(connect())).toMatchObject({ personId: person.id })
  })

  test('of another account that has got the person’s name signs nobody in', async () => {
    expect(await signIn(connect())).toMatchObject({ personId: person.id })
    provider.people.set('namesake', { preferred_username: person.userId })
    expect(await signIn(connect(), newAttempt({ who: 'namesake' }))).toEqual({
      refused: 'identity-provider.other-subject',
    })
    expect(await lastEntry()).toMatchObject({ result: 'refused:provider-other-subject', person_id: person.id })
  })

  test('is reported to its person when it is bound, and is removed with their factors', async () => {
    await signIn(connect())
    const { rows } = await sql<{ kind: string; factor: string }>`
      select kind, detail ->> 'factor' as factor from account_notice where person_id = ${person.id}`.execute(admin)
    expect(rows).toContainEqual({ kind: 'factor-added', factor: 'identity-provider' })
    await sql`select drop_factors(${person.id}::uuid)`.execute(admin)
    provider.people.set('namesake', { preferred_username: person.userId })
    expect(await signIn(connect(), newAttempt({ who: 'namesake' }))).toMatchObject({ personId: person.id })
  })
})

describe('a fresh proof', () => {
  const isFresh = async ({ token }: { token: string }) => {
    const { rows } = await sql<{ fresh: boolean }>`
      select proved_at > now() - interval '15 minutes' as fresh from session
      where token_hash = sha256(convert_to(${token}, 'UTF8'))`.execute(admin)
    return rows[0]?.fresh
  }

  test('needs the provider’s time of authentication', async () => {
    const attempt = newAttempt()
    await signIn(connect(), attempt)
    expect(await isFresh(attempt)).toBe(false)
  })

  test('is requested from the provider, which asks a signed-in person again', async () => {
    const idp = connect()
    const begun = await idp.begin({ returnTo: '/', fresh: true })
    if ('refused' in begun) throw new Error(begun.refused)
    const { searchParams } = new URL(begun.url)
    expect([searchParams.get('prompt'), searchParams.get('max_age')]).toEqual(['login', '0'])
    const back = await signInAtProvider(begun.url, 'aino')
    const attempt = newAttempt()
    const query = back.search.slice(1)
    expect(await idp.finish({ flow: begun.flow, query, newSession: attempt.token })).toMatchObject({
      personId: person.id,
    })
    expect(await isFresh(attempt)).toBe(true)
  })

  test.each([undefined, 28_800])(
    'is refused if the browser removes the request to ask again (max_age %s)',
    async (maxAgeSeconds) => {
      const idp = connect(maxAgeSeconds === undefined ? {} : { maxAgeSeconds })
      const begun = await idp.begin({ returnTo: '/', fresh: true })
      if ('refused' in begun) throw new Error(begun.refused)
      const cut = new URL(begun.url)
      for (const name of ['prompt', 'max_age']) cut.searchParams.delete(name)
      const query = (await signInAtProvider(cut.href, 'aino')).search.slice(1)
      expect(await idp.finish({ flow: begun.flow, query, newSession: newToken() })).toEqual({
        refused: 'identity-provider.refused',
      })
    },
  )

  test('is every sign-in for which the operator limits the age of the authentication (max_age)', async () => {
    const { url } = await begin(connect({ maxAgeSeconds: 28_800 }))
    expect(new URL(url).searchParams.get('max_age')).toBe('28800')
    const attempt = newAttempt()
    expect(await signIn(connect({ maxAgeSeconds: 28_800 }), attempt)).toMatchObject({ personId: person.id })
    expect(await isFresh(attempt)).toBe(true)
  })
})

describe('two factors', () => {
  test('are required of everybody if the description says so', async () => {
    await demand('required')
    expect(await signIn(connect())).toEqual({ refused: 'identity-provider.second-factor' })
    expect(await lastEntry()).toMatchObject({ result: 'refused:provider-second-factor', person_id: person.id })
    provider.proof = { amr: ['pwd', 'mfa'] }
    expect(await signIn(connect())).toMatchObject({ personId: person.id })
  })

  test('are those of an authentication context named by the operator', async () => {
    await demand('required')
    provider.proof = { acr: 'two-factors' }
    expect(await signIn(connect())).toEqual({ refused: 'identity-provider.second-factor' })
    expect(await signIn(connect({ acr: ['two-factors'] }))).toMatchObject({ personId: person.id })
    const { url } = await begin(connect({ acr: ['two-factors'] }))
    expect(new URL(url).searchParams.get('acr_values')).toBe('two-factors')
  })

  test('are required of a person with a second factor here, if it is optional', async () => {
    await demand('optional')
    expect(await signIn(connect())).toMatchObject({ personId: person.id })
    await admin
      .insertInto('passkey')
      .values({
        person_id: person.id,
        credential_id: randomBytes(32),
        public_key: randomBytes(77),
        counter: 0,
        transports: [],
        backed_up: false,
        name: 'a',
      })
      .execute()
    expect(await signIn(connect())).toEqual({ refused: 'identity-provider.second-factor' })
  })
})

describe('the redirect back', () => {
  test('is for the browser that started it', async () => {
    const idp = connect()
    const { flow } = await begin(idp)
    const { url } = await begin(idp)
    const back = await signInAtProvider(url, 'aino')
    const request = { flow, query: back.search.slice(1), newSession: newToken() }
    expect(await idp.finish(request)).toEqual({ refused: 'identity-provider.refused' })
    expect(await idp.finish({ ...request, flow: '' })).toEqual({ refused: 'identity-provider.late' })
  })

  test('is valid once', async () => {
    const idp = connect()
    const { url, flow } = await begin(idp)
    const query = (await signInAtProvider(url, 'aino')).search.slice(1)
    expect(await idp.finish({ flow, query, newSession: newToken() })).toMatchObject({ personId: person.id })
    expect(await idp.finish({ flow, query, newSession: newToken() })).toEqual({
      refused: 'identity-provider.refused',
    })
  })

  test('is valid for ten minutes, and for the custodian that started it', async () => {
    const idp = connect()
    const { url, flow } = await begin(idp)
    const query = (await signInAtProvider(url, 'aino')).search.slice(1)
    const late = { refused: 'identity-provider.late' }
    expect(await connect().finish({ flow, query, newSession: newToken() })).toEqual(late)
    now = () => Temporal.Now.instant().add({ minutes: 10 })
    expect(await idp.finish({ flow, query, newSession: newToken() })).toEqual(late)
  })

  test('of a person refused by the provider reports the refusal', async () => {
    expect(await signIn(connect(), newAttempt({ who: 'nobody' }))).toEqual({
      refused: 'identity-provider.cancelled',
    })
  })

  test('leads to a page of this site and nowhere else', async () => {
    for (const elsewhere of ['https://a.example/', '//a.example', '/\\a.example', 'a', '/a\r\nb: c', '/api/session']) {
      expect(await signIn(connect(), newAttempt({ returnTo: elsewhere }))).toMatchObject({ returnTo: '/' })
    }
  })

  test('with a response of another provider is refused', async () => {
    const other = await runTestProvider(publicUrl)
    other.people.set('aino', { preferred_username: person.userId })
    const idp = connect()
    const { url, flow } = await begin(idp)
    const elsewhere = new URL(url)
    const back = await signInAtProvider(`${other.issuer}${elsewhere.pathname}${elsewhere.search}`, 'aino')
    await other.stop()
    expect(await idp.finish({ flow, query: back.search.slice(1), newSession: newToken() })).toEqual({
      refused: 'identity-provider.refused',
    })
  })
})

describe('a provider', () => {
  test('that does not answer is reported as unavailable, and asked again the next time', async () => {
    const idp = connect()
    provider.outOfOrder = true
    expect(await idp.begin({ returnTo: '/' })).toEqual({ refused: 'identity-provider.unavailable' })
    provider.outOfOrder = false
    const { url, flow } = await begin(idp)
    const query = (await signInAtProvider(url, 'aino')).search.slice(1)
    provider.outOfOrder = true
    expect(await idp.finish({ flow, query, newSession: newToken() })).toEqual({
      refused: 'identity-provider.unavailable',
    })
    expect(faults).toHaveLength(2)
  })

  test('that does not exist is unavailable, and one that does not know the client refuses', async () => {
    expect(await connect({ issuer: 'http://127.0.0.1:1' }).begin({ returnTo: '/' })).toEqual({
      refused: 'identity-provider.unavailable',
    })
    expect(await signIn(connect({ secret: 'another' }))).toEqual({ refused: 'identity-provider.refused' })
  })

  test('that expects the client’s secret in the body gets it there', async () => {
    const other = await runTestProvider(publicUrl, { authMethod: 'client_secret_post' })
    other.people.set('aino', { preferred_username: person.userId })
    expect(await signIn(connect({ issuer: other.issuer }))).toMatchObject({ personId: person.id })
    await other.stop()
  })
})

describe('signing out', () => {
  test('ends the session at the provider too, for a person who signed in there', async () => {
    const idp = connect()
    const attempt = newAttempt()
    await signIn(idp, attempt)
    const { url = '' } = await idp.signOutUrl({ session: attempt.token })
    const request = new URL(url).searchParams
    expect(request.get('post_logout_redirect_uri')).toBe(`${publicUrl}/`)
    expect(request.get('id_token_hint')).toBeTruthy()
    expect((await fetch(url)).status).toBe(200)
    expect(await idp.signOutUrl({ session: (await person.signIn()).token })).toEqual({})
  })

  test('does not wait for the provider', async () => {
    const attempt = newAttempt()
    await signIn(connect(), attempt)
    provider.outOfOrder = true
    expect(await connect().signOutUrl({ session: attempt.token })).toEqual({})
  })
})
