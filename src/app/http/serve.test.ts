import { randomUUID } from 'node:crypto'
import { beforeAll, describe, expect, test } from 'vitest'
import { sampleRequest } from '#test/access/sample-request.ts'
import { createTestDatabase } from '#test/database/create-test-database.ts'
import { colleagueOf, enterTestPerson, password } from '#test/database/people.ts'
import { makeTestRegister, type RecordedSegment } from '#test/register/make-register.ts'
import { answer, beginListening, openTestDesk, type Browser } from '#test/register/open-desk.ts'
import { ingestRecording } from '#register/recordings/ingest-recording.ts'
import type { RegisterTables } from '#register/tables.ts'
import { operations } from './contract/operations.ts'

const database = await createTestDatabase<RegisterTables>()
const register = await makeTestRegister(database)
const desk = await openTestDesk(database, register)
const admin = database.as().db
const now = () => Temporal.Now.instant()
const sari = await enterTestPerson(admin, database.as('seloste_desk').db, {
  name: 'Sari Niemi',
  right: { role: 'SUPERVISOR', purposes: ['DEVELOPMENT'], scope: 'their unit' },
})

const guessTarget = await enterTestPerson(admin, database.as('seloste_desk').db, { name: 'Arvattu' })

let browser: Browser
let recording: RecordedSegment
beforeAll(async () => {
  browser = await desk.signIn(sari)
  recording = await register.record({ official: colleagueOf(sari) })
  await ingestRecording(register.ingest, recording.id, now())
})

const begin = (by = browser) => beginListening(by, recording.id)

const everyRequest = () => (Object.keys(operations) as (keyof typeof operations)[]).map((id) => sampleRequest(id))

describe('every response under /api', () => {
  test('has Cache-Control: no-store, whatever its status', async () => {
    const listening = await begin()
    const paths = [
      '/api/session',
      '/api/numbers',
      '/api/openapi.json',
      '/api/nowhere',
      '/api/contacts',
      listening.audio,
      listening.peaks,
    ]
    for (const path of [
      ...paths,
      '/api/contacts?purpose=DEVELOPMENT',
      '/api/contacts?purpose=MAINTENANCE',
      '/api/organisation',
      // The same routes, percent-encoded.
      '/%61pi/session',
      listening.audio.replace('/api', '/ap%69'),
    ]) {
      const response = await browser.fetch(path)
      await response.arrayBuffer()
      expect(response.headers.get('cache-control'), path).toBe('no-store')
    }
    for (const { method, path, json } of everyRequest()) {
      const response = await desk.visitor.fetch(path, { method, ...(json && { json }) })
      await response.arrayBuffer()
      expect(response.headers.get('cache-control'), path).toBe('no-store')
    }
  })

  test('is compressed if it is long and has neither a secret nor anything of the request: only the evidence', async () => {
    const encodings = async (path: string, accepted: string) =>
      (await browser.fetch(path, { headers: { 'accept-encoding': accepted } })).headers.get('content-encoding')
    expect(await encodings('/api/evidence', 'gzip, br')).toBe('br')
    expect(await encodings('/api/evidence', 'gzip')).toBe('gzip')
    expect(await encodings('/api/evidence', 'identity')).toBeNull()
    expect(await encodings('/api/session', 'gzip, br')).toBeNull()
    expect((await answer(browser.fetch('/api/evidence'))).body).toHaveProperty('unchecked')
  })

  test('does not reveal the server’s software and forbids framing and content sniffing', async () => {
    const { headers } = await browser.fetch('/api/session')
    expect(headers.get('x-powered-by')).toBeNull()
    expect(headers.get('server')).toBeNull()
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('content-security-policy')).toContain("default-src 'none'")
    expect(headers.get('access-control-allow-origin')).toBeNull()
  })

  test('is JSON with a code and a message if refused', async () => {
    expect(await answer(browser.fetch('/api/nowhere'))).toMatchObject({ status: 404, code: 'not-found' })
    expect(await answer(browser.fetch('/api/session', { method: 'PUT' }))).toMatchObject({
      status: 404,
      code: 'not-found',
    })
    expect(await answer(browser.fetch('/api/contacts/x%00y?purpose=QUALITY'))).toMatchObject({
      status: 400,
      code: 'input.invalid',
    })
  })
})

describe('signing in', () => {
  test('sets a cookie that is HttpOnly and SameSite=Strict', async () => {
    const response = await desk.visitor.fetch('/api/session', { json: { userId: sari.userId, password } })
    const [cookie] = response.headers.getSetCookie()
    expect(cookie).toMatch(/^seloste=[\w-]{43}; /)
    for (const attribute of ['HttpOnly', 'SameSite=Strict', 'Path=/']) expect(cookie).toContain(attribute)
    expect(cookie).not.toMatch(/Domain|Expires|Max-Age/i)
    expect(await response.json()).toMatchObject({
      userId: sari.userId,
      name: 'Sari Niemi',
      rights: [{ role: 'SUPERVISOR', purposes: [{ purpose: 'DEVELOPMENT', referenceNeeded: false }, {}, {}, {}] }],
    })
  })

  test('sets a Secure cookie if the proxy reports https', async () => {
    const sent = { json: { userId: sari.userId, password }, headers: { 'x-forwarded-proto': 'https' } }
    const [cookie] = (await desk.visitor.fetch('/api/session', sent)).headers.getSetCookie()
    expect(cookie).toContain('; Secure')
  })

  test('returns identical bytes for a wrong user id and a wrong password', async () => {
    const wrong = [
      { userId: 'nobody', password },
      { userId: sari.userId, password: 'wrong' },
    ]
    const [first, second] = await Promise.all(
      wrong.map((json) => desk.visitor.fetch('/api/session', { json }).then((r) => r.text())),
    )
    expect(first).toBe(second)
    expect(first).toContain('session.credentials')
  })

  test('signing out revokes the session on the server', async () => {
    const mine = await desk.signIn(sari)
    expect((await mine.fetch('/api/session')).status).toBe(200)
    const out = await mine.fetch('/api/session', { method: 'DELETE' })
    expect(out.status).toBe(204)
    expect(out.headers.getSetCookie()[0]).toMatch(/^seloste=;/)
    expect(await answer(mine.fetch('/api/session'))).toMatchObject({ status: 401, code: 'session.none' })
  })
})

describe('a cross-site request', () => {
  test.each(['cross-site', 'same-site'])('is refused if it would change something (%s)', async (site) => {
    const headers = { 'sec-fetch-site': site }
    for (const { method, path, json } of everyRequest().filter((request) => request.method !== 'GET')) {
      const response = await answer(browser.fetch(path, { method, headers, ...(json && { json }) }))
      expect(response, path).toMatchObject({ status: 403, code: 'deny.origin' })
    }
    expect((await browser.fetch('/api/session')).status).toBe(200)
  })

  test.each(['same-origin', 'none'])('requests of our own page are accepted (%s)', async (site) => {
    const response = await answer(
      browser.fetch('/api/session', { headers: { 'sec-fetch-site': site }, json: { userId: 'x', password: 'x' } }),
    )
    expect(response).toMatchObject({ status: 401, code: 'session.credentials' })
  })
})

describe('pages', () => {
  const page = (path: string) => desk.visitor.fetch(path, { headers: { accept: 'text/html' } })

  test('run only scripts with the nonce of the same response', async () => {
    const [first, second] = [await page('/'), await page('/contacts/anything')]
    const policy = first.headers.get('content-security-policy') ?? ''
    expect(policy).toContain("default-src 'none'")
    expect(policy).toContain("frame-ancestors 'none'")
    expect(policy).not.toMatch(/unsafe|\*|https?:/)
    const nonce = /script-src 'self' 'nonce-([^']+)'/.exec(policy)?.[1]
    expect(nonce).toHaveLength(24)
    expect(await first.text()).toContain(`nonce="${nonce}"`)
    expect(second.status).toBe(200)
    expect(await second.text()).not.toContain(nonce)
    expect(first.headers.get('cache-control')).toBe('no-store')
  })

  test('serve immutable assets, and nothing outside their folder', async () => {
    const asset = await desk.visitor.fetch('/assets/app-abc.js')
    expect(asset.status).toBe(200)
    expect(asset.headers.get('cache-control')).toContain('immutable')
    for (const path of ['/assets/..%2f..%2fkeys', '/assets/%2e%2e/%2e%2e/keys', '/..%2fkeys', '/assets/.%00']) {
      const { status } = await desk.visitor.fetch(path)
      expect([400, 403, 404], path).toContain(status)
    }
  })

  test('health is reported without a session', async () => {
    expect(await answer(desk.visitor.fetch('/health/live'))).toMatchObject({ status: 200, body: { live: true } })
    expect(await answer(desk.visitor.fetch('/health/ready'))).toMatchObject({ status: 200, body: { ready: true } })
  })
})

// Last: these tests leave the server unusable for others.
describe('failures and limits', () => {
  test('the log contains no personal data and no unexpected errors', () => {
    const log = desk.log.join('\n')
    for (const word of ['Niemi', '1234567', '123 4567', sari.userId, password]) expect(log).not.toContain(word)
    expect(desk.log.filter((line) => !line.includes('Server listening'))).toEqual([])
  })

  test('after wrong passwords for one person, attempts from that address must wait, with Retry-After, and others sign in', async () => {
    const wrong = () => desk.visitor.fetch('/api/session', { json: { userId: guessTarget.userId, password: 'x' } })
    for (let attempt = 0; attempt < 6; attempt++) await (await wrong()).arrayBuffer()
    const response = await desk.visitor.fetch('/api/session', { json: { userId: guessTarget.userId, password } })
    expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0)
    const refusal = await answer(response)
    expect(refusal).toMatchObject({ status: 429, code: 'session.wait' })
    expect(refusal.body.error).toMatchObject({ waitSeconds: expect.any(Number) as number })
    await desk.signIn(sari)
  })

  test('too many sign-in attempts: 429 session.too-many', async () => {
    const statuses: number[] = []
    for (let attempt = 0; attempt < 125 && !statuses.includes(429); attempt++) {
      const response = await desk.visitor.fetch('/api/session', { json: { userId: randomUUID(), password: 'x' } })
      statuses.push(response.status)
      if (response.status === 429) expect(await answer(response)).toMatchObject({ code: 'session.too-many' })
      else await response.arrayBuffer()
    }
    expect(statuses.at(-1)).toBe(429)
    expect((await browser.fetch('/api/session')).status).toBe(200)
  })

  test('the custodian does not answer: 503, and the desk continues', async () => {
    const { audio } = await begin()
    await desk.stopCustodian()
    expect(await answer(browser.fetch(audio))).toMatchObject({ status: 503, code: 'unavailable' })
    expect((await browser.fetch('/api/session')).status).toBe(200)
  })
})
