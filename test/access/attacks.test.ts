// Attacks over the network on the real server: each gets a clear refusal, and the server keeps running. Requests that
// fetch cannot send are written to the socket.
import { connect } from 'node:net'
import { randomUUID } from 'node:crypto'
import { afterEach, describe, expect, test } from 'vitest'
import type { RegisterTables } from '#register/tables.ts'
import { createTestDatabase } from '../database/create-test-database.ts'
import { enterTestPerson, password } from '../database/people.ts'
import { makeTestRegister } from '../register/make-register.ts'
import { answer, openTestDesk } from '../register/open-desk.ts'

const database = await createTestDatabase<RegisterTables>()
const desk = await openTestDesk(database, await makeTestRegister(database))
const sari = await enterTestPerson(database.as().db, database.as('seloste_desk').db, {
  name: 'Sari Niemi',
  right: { role: 'SUPERVISOR', purposes: ['DEVELOPMENT'], scope: 'their unit' },
})
const { hostname, port } = new URL(desk.url)

/** Signs in with the given headers and returns the new cookie. */
async function signInWith(headers: Record<string, string> = {}): Promise<string> {
  const response = await desk.visitor.fetch('/api/session', { headers, json: { userId: sari.userId, password } })
  expect(response.status).toBe(200)
  return response.headers.getSetCookie()[0]?.split(';')[0] ?? ''
}

const whoIs = (cookie: string) => answer(desk.visitor.fetch('/api/session', { headers: { cookie } }))

/** Writes bytes to the server and returns what it sends until it closes or is silent. */
function sendRaw(bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname)
    let text = ''
    socket.setTimeout(10_000, () => socket.destroy())
    socket.on('data', (part) => (text += part.toString('latin1')))
    socket.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ECONNRESET' || error.code === 'EPIPE') resolve(text)
      else reject(error)
    })
    socket.on('close', () => resolve(text))
    socket.write(bytes, 'latin1')
  })
}

afterEach(async () => {
  // Checks after each attack that the server still serves other requests.
  expect((await desk.visitor.fetch('/health/live')).status).toBe(200)
})

describe('a planted session cookie', () => {
  test('is not adopted by signing in, and signs nobody in', async () => {
    const planted = `seloste=${'A'.repeat(43)}`
    const cookie = await signInWith({ cookie: planted })
    expect(cookie).not.toBe(planted)
    expect((await whoIs(planted)).status).toBe(401)
    expect((await whoIs(cookie)).status).toBe(200)
  })

  test('is not shared: each sign-in opens a session of its own', async () => {
    const [first, second] = [await signInWith(), await signInWith()]
    expect(first).not.toBe(second)
  })
})

describe('a tampered cookie', () => {
  test('is rejected, whichever character is changed', async () => {
    const cookie = await signInWith()
    const token = cookie.slice('seloste='.length)
    for (let at = 0; at < token.length; at++) {
      const other = token[at] === 'A' ? 'Q' : 'A'
      const tampered = `seloste=${token.slice(0, at)}${other}${token.slice(at + 1)}`
      expect((await whoIs(tampered)).status, `character ${at}`).toBe(401)
    }
  })

  test.each([
    ['cut short', (token: string) => token.slice(0, -1)],
    ['lengthened', (token: string) => `${token}A`],
    ['empty', () => ''],
    ['in quotes twice', (token: string) => `""${token}""`],
    ['in another case', (token: string) => (token === token.toLowerCase() ? token.toUpperCase() : token.toLowerCase())],
    ['with a NUL', (token: string) => `${token}%00`],
    ['SQL', () => `'%20or%20''='`],
    ['7,000 characters long', () => 'A'.repeat(7_000)],
    ['not valid percent encoding', () => '%E0%A4%A'],
  ])('is rejected if it is %s', async (_how, tamper) => {
    const token = (await signInWith()).slice('seloste='.length)
    expect((await whoIs(`seloste=${tamper(token)}`)).status).toBe(401)
  })
})

describe('oversized or malformed input', () => {
  test('a body beyond 64 KiB is refused with a code', async () => {
    const response = await answer(
      desk.visitor.fetch('/api/session', { json: { userId: 'sari', password: 'x'.repeat(70_000) } }),
    )
    expect(response).toMatchObject({ status: 413, code: 'input.invalid' })
  })

  test.each([
    ['deeply nested JSON', `${'['.repeat(30_000)}${']'.repeat(30_000)}`],
    ['a __proto__ member', '{"userId":"sari","password":"x","__proto__":{"admin":true}}'],
    ['a constructor member', '{"userId":"sari","password":"x","constructor":{"prototype":{"admin":true}}}'],
    ['an incomplete document', '{"userId":"sari"'],
    ['a number instead of a text', '{"userId":7,"password":{}}'],
    ['an unexpected field', '{"userId":"sari","password":"x","role":"ADMINISTRATOR"}'],
    ['nothing', ''],
  ])('%s is refused with a code', async (_what, body) => {
    const response = await answer(
      desk.visitor.fetch('/api/session', { method: 'POST', headers: { 'content-type': 'application/json' }, body }),
    )
    expect(response).toMatchObject({ status: 400, code: 'input.invalid' })
    expect(({} as Record<string, unknown>)['admin']).toBeUndefined()
  })

  test('a body of another content type is refused', async () => {
    for (const type of [
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
      'application/xml',
    ]) {
      const response = await desk.visitor.fetch('/api/session', {
        method: 'POST',
        headers: { 'content-type': type },
        body: JSON.stringify({ userId: sari.userId, password }),
      })
      expect([400, 415], type).toContain(response.status)
      expect(response.headers.getSetCookie()).toEqual([])
    }
  })

  test('headers larger than Node’s limit are refused', async () => {
    const text = await sendRaw(`GET /api/session HTTP/1.1\r\nHost: x\r\nX-Long: ${'a'.repeat(40_000)}\r\n\r\n`)
    expect(text).toMatch(/^HTTP\/1\.1 431 /)
  })

  test('a long URL and a thousand query parameters are refused or parsed', async () => {
    const browser = await desk.signIn(sari)
    expect((await browser.fetch(`/api/contacts?purpose=DEVELOPMENT&caller=${'1'.repeat(6_000)}`)).status).toBe(400)
    const many = Array.from({ length: 1000 }, (_, at) => `p${at}=1`).join('&')
    expect((await browser.fetch(`/api/contacts?purpose=DEVELOPMENT&${many}`)).status).toBe(400)
    expect((await browser.fetch('/api/contacts?purpose=DEVELOPMENT&purpose=CRIME_OR_MISUSE')).status).toBe(400)
  })
})

describe('headers', () => {
  test('no input becomes a response header (header injection)', async () => {
    const browser = await desk.signIn(sari)
    for (const path of [
      '/api/contacts?purpose=DEVELOPMENT&cursor=x%0d%0aSet-Cookie:%20seloste=planted',
      `/api/contacts/${randomUUID()}%0d%0aSet-Cookie:%20seloste=planted?purpose=DEVELOPMENT`,
      '/%0d%0aSet-Cookie:%20seloste=planted',
      '/rekisteriseloste/%0d%0aSet-Cookie:%20seloste=planted',
    ]) {
      const response = await browser.fetch(path)
      expect(response.headers.getSetCookie(), path).toEqual([])
      expect(response.headers.get('location') ?? '', path).not.toMatch(/[\r\n]/)
    }
  })

  test('the Host header of a request is in no response', async () => {
    for (const path of ['/', '/rekisteriseloste', '/api/organisation', '/api/openapi.json', '/rekisteriseloste.json']) {
      const text = await sendRaw(
        `GET ${path} HTTP/1.1\r\nHost: evil.example\r\nX-Forwarded-Host: evil.example\r\nConnection: close\r\n\r\n`,
      )
      expect(text.length, path).toBeGreaterThan(100)
      expect(text, path).not.toContain('evil.example')
    }
  })

  test('a request that two servers could parse differently is refused (request smuggling)', async () => {
    const text = await sendRaw(
      'POST /api/session HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /api/session HTTP/1.1\r\nHost: x\r\n\r\n',
    )
    expect(text).toMatch(/^HTTP\/1\.1 400 /)
  })

  test('unsupported methods are refused', async () => {
    for (const method of ['TRACE', 'PUT', 'PATCH', 'OPTIONS', 'PROPFIND']) {
      const text = await sendRaw(
        `${method} /api/session HTTP/1.1\r\nHost: x\r\nCookie: seloste=x\r\nConnection: close\r\n\r\n`,
      )
      expect(text, method).toMatch(/^HTTP\/1\.1 (400|404|405) /)
      expect(text.split('\r\n\r\n')[1] ?? '', method).not.toContain('Cookie')
      expect(text, method).not.toMatch(/access-control-allow/i)
    }
  })
})

describe('another site', () => {
  const changing = [
    ['POST', '/api/session'],
    ['DELETE', '/api/session'],
    ['POST', '/api/description/drafts'],
    ['POST', `/api/recordings/${randomUUID()}/listenings`],
  ] as const
  test.each(changing)(
    '%s %s is refused with a signed-in person’s cookie, and changes nothing',
    async (method, path) => {
      const cookie = await signInWith()
      for (const headers of [{ 'sec-fetch-site': 'cross-site' }, { 'sec-fetch-site': 'same-site' }]) {
        const response = await answer(
          desk.visitor.fetch(path, {
            method,
            headers: { cookie, ...headers, ...(method === 'POST' && { 'content-type': 'application/json' }) },
            ...(method === 'POST' && { body: '{"purpose":"DEVELOPMENT"}' }),
          }),
        )
        expect(response).toMatchObject({ status: 403, code: 'deny.origin' })
      }
      expect((await whoIs(cookie)).status).toBe(200)
    },
  )

  test('gets no CORS headers, whatever origin it sends', async () => {
    for (const origin of ['https://evil.example', 'null', desk.url]) {
      const response = await desk.visitor.fetch('/api/organisation', { headers: { origin } })
      expect([...response.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([])
    }
  })

  test('a request of an old browser without fetch metadata is refused by its Origin', async () => {
    const cookie = await signInWith()
    const response = await answer(
      desk.visitor.fetch('/api/session', { method: 'DELETE', headers: { cookie, origin: 'https://evil.example' } }),
    )
    expect(response).toMatchObject({ status: 403, code: 'deny.origin' })
    expect((await whoIs(cookie)).status).toBe(200)
  })
})

describe('every page and answer', () => {
  test.each([
    '/',
    '/contacts',
    '/rekisteriseloste',
    '/saavutettavuusseloste',
    '/api/organisation',
    '/api/nothing',
    '/assets/app-abc.js',
  ])('%s has a policy that loads nothing from other origins', async (path) => {
    const response = await desk.visitor.fetch(path)
    const policy = response.headers.get('content-security-policy') ?? ''
    expect(policy).toContain("default-src 'none'")
    expect(policy).toContain("frame-ancestors 'none'")
    expect(policy).toContain("base-uri 'none'")
    expect(policy).not.toMatch(/unsafe-|\*|data:.*script|http:/)
    expect(response.headers.get('x-content-type-options')).toBe('nosniff')
    expect(response.headers.get('referrer-policy')).toMatch(/no-referrer|same-origin/)
    expect(response.headers.get('strict-transport-security')).toBe('max-age=31536000; includeSubDomains')
  })
})
