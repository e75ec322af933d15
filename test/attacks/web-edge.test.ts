/** Attacks on the web interface by a stranger or a curious colleague (R20, R21), all over the network. */
import { once } from 'node:events'
import { request } from 'node:http'
import { connect } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { sql } from 'kysely'
import { describe, expect, test } from 'vitest'
import { operations } from '#app/http/contract/operations.ts'
import { createTestDatabase } from '#test/database/create-test-database.ts'
import { enterTestPerson, password } from '#test/database/people.ts'
import { makeTestRegister } from '#test/register/make-register.ts'
import { openTestDesk } from '#test/register/open-desk.ts'
import type { RegisterTables } from '#register/tables.ts'

const database = await createTestDatabase<RegisterTables>()
const register = await makeTestRegister(database)
const desk = await openTestDesk(database, register)
const admin = database.as().db
const aino = await enterTestPerson(admin, database.as('seloste_desk').db, {
  name: 'Aino',
  right: { role: 'OFFICIAL', purposes: ['DEVELOPMENT'], scope: { kind: 'own', units: [], numbers: [] } },
})

/** Requests a path exactly as it is written. */
function send(
  path: string,
  headers: Record<string, string> = {},
  method = 'GET',
): Promise<{ status: number; body: string; headers: NodeJS.Dict<string | string[]> }> {
  const { hostname, port } = new URL(desk.url)
  const { promise, resolve, reject } = Promise.withResolvers<{
    status: number
    body: string
    headers: NodeJS.Dict<string | string[]>
  }>()
  request({ hostname, port, path, method, headers, agent: false }, (answer) => {
    let body = ''
    answer.setEncoding('utf8').on('data', (piece: string) => (body += piece))
    answer.on('end', () => resolve({ status: answer.statusCode ?? 0, body, headers: answer.headers }))
  })
    .on('error', reject)
    .end()
  return promise
}

async function cookieOf(user: { userId: string }): Promise<string> {
  const answer = await desk.visitor.fetch('/api/session', { json: { userId: user.userId, password } })
  return answer.headers.getSetCookie()[0]!.split(';')[0]!
}

async function denials(personId: string) {
  const { rows } = await sql<{
    result: string
    operation: string
    object_kind: string | null
    object_id: string | null
  }>`
    select result, detail ->> 'operation' as operation, object_kind, object_id from audit_entry
    where action = 'request.refused' and person_id = ${personId}::uuid order by seq`.execute(admin)
  return rows
}

describe('a denial', () => {
  const id = '00000000-0000-4000-8000-000000000001'

  test.each([
    ['as it is', `/api/people/${id}/account`],
    ['with a percent-encoded letter', `/%61pi/people/${id}/account`],
    ['with the host', `http://seloste.example/api/people/${id}/account`],
  ])('is logged when the path is written %s', async (_how, path) => {
    const cookie = await cookieOf(aino)
    const before = await denials(aino.id)
    expect(await send(path, { cookie })).toMatchObject({ status: 403 })
    expect((await denials(aino.id)).slice(before.length)).toEqual([
      { result: 'refused:deny.role', operation: 'readPersonAccount', object_kind: 'person', object_id: id },
    ])
  })

  test('is logged individually up to sixty times a minute for one visitor, from any number of addresses of an IPv6 network', async () => {
    const count = async () => {
      const { rows } = await sql<{ count: number }>`
        select count(*)::integer as count from audit_entry where action = 'request.refused' and person_id is null`.execute(
        admin,
      )
      return rows[0]!.count
    }
    const before = await count()
    for (let host = 1; host <= 90; host += 1) {
      const address = `2001:db8:1:2::${host.toString(16)}`
      expect(await send('/api/people', { 'x-forwarded-for': address })).toMatchObject({ status: 401 })
    }
    expect((await count()) - before).toBe(60)
  })
})

describe('the rate limit behind a proxy that also reports its visitors’ ports', () => {
  test.each([
    ['IPv4', (port: number) => `203.0.113.77:${port}`],
    ['IPv6', (port: number) => `[2001:db8:7:7::1]:${port}`],
  ])('is shared by all connections of a visitor (%s)', async (_which, address) => {
    const statuses = []
    for (let port = 40_000; port < 40_065; port += 1) {
      const answer = await desk.visitor.fetch('/api/links/look', {
        json: { token: 'x'.repeat(43) },
        headers: { 'x-forwarded-for': address(port) },
      })
      statuses.push(answer.status)
    }
    expect(statuses.filter((status) => status === 404)).toHaveLength(60)
    expect(statuses.filter((status) => status === 429)).toHaveLength(5)
  })
})

test('a visitor can request sixty PDFs a minute, however the path is written, and pages meanwhile', async () => {
  const from = { 'x-forwarded-for': '203.0.113.50' }
  const paths = ['/register-description.pdf', '/register-description/1.pdf', '/register-description/1%2epdf']
  const statuses = []
  for (let which = 0; which < 66; which += 1) statuses.push((await send(paths[which % 3]!, from)).status)
  expect(statuses).toEqual([...Array<number>(60).fill(200), ...Array<number>(6).fill(429)])
  expect((await send('/register-description', from)).status).toBe(200)
  expect((await send(paths[0]!, { 'x-forwarded-for': '203.0.113.51' })).status).toBe(200)
})

/** Sends bytes unchanged on one connection. @returns all that was received until it was closed, or within a second */
async function raw(bytes: string): Promise<string> {
  const { hostname, port } = new URL(desk.url)
  const socket = connect(Number(port), hostname)
  let back = ''
  socket.on('data', (piece: Buffer) => (back += piece.toString('latin1')))
  socket.on('error', () => undefined)
  socket.write(bytes, 'latin1')
  await Promise.race([once(socket, 'close'), wait(1_000)])
  socket.destroy()
  return back
}

describe('a request smuggled in another', () => {
  const hidden = 'GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n'
  const post = (headers: string, body: string) => `POST /api/session HTTP/1.1\r\nHost: x\r\n${headers}\r\n\r\n${body}`

  test.each([
    ['both a length and chunks', post('Content-Length: 5\r\nTransfer-Encoding: chunked', `0\r\n\r\n${hidden}`)],
    ['two lengths', post(`Content-Length: 0\r\nContent-Length: ${hidden.length}`, hidden)],
    ['a length with a sign', post('Content-Length: +0', hidden)],
    ['chunks under another name', post('Transfer-Encoding: xchunked', `0\r\n\r\n${hidden}`)],
    ['chunked declared twice', post('Transfer-Encoding: chunked, chunked', `0\r\n\r\n${hidden}`)],
    ['chunks declared with a blank after the header’s name', post('Transfer-Encoding : chunked', `0\r\n\r\n${hidden}`)],
    ['a folded header', post('X: y\r\n Content-Length: 5', hidden)],
    ['a chunk whose length ends at a bare line feed', post('Transfer-Encoding: chunked', `0\n\r\n${hidden}`)],
    [
      'chunks in HTTP/1.0',
      `POST /api/session HTTP/1.0\r\nTransfer-Encoding: chunked\r\nConnection: keep-alive\r\n\r\n0\r\n\r\n${hidden}`,
    ],
    ['two hosts', `GET /register-description HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n${hidden}`],
    ['a carriage return within a header', post(`X: y\rContent-Length: ${hidden.length}`, hidden)],
  ])('is never answered: %s', async (_what, bytes) => {
    const back = await raw(bytes)
    expect(back.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 400'])
    expect(back).not.toContain('live')
  })
})

test.each([
  '/api/description/versions/1e400',
  '/api/description/versions/2147483648',
  '/api/contacts?purpose=DEVELOPMENT&limit=Infinity',
  '/api/contacts?purpose=DEVELOPMENT&official=a%00b',
])('refuses invalid input without a fault: %s', async (path) => {
  const faults = () => desk.log.filter((line) => line.includes('a request failed')).length
  const before = faults()
  expect((await send(path, { cookie: await cookieOf(aino) })).status).toBe(400)
  expect(faults()).toBe(before)
})

describe('a page on another host of the same site, whose requests carry the cookie', () => {
  const site = { 'sec-fetch-site': 'same-site' }

  test('cannot read anything with the cookie', async () => {
    const cookie = await cookieOf(aino)
    const viewsLogged = async () => {
      const { rows } = await sql<{ count: number }>`
        select count(*)::integer as count from audit_entry where person_id = ${aino.id}::uuid and result = 'ok'`.execute(
        admin,
      )
      return rows[0]!.count
    }
    const before = await viewsLogged()
    for (const path of ['/api/contacts?purpose=DEVELOPMENT', '/%61pi/contacts?purpose=DEVELOPMENT', '/api/session'])
      for (const method of ['GET', 'HEAD'])
        expect(await send(path, { cookie, ...site }, method)).toMatchObject({ status: 403 })
    expect(await viewsLogged()).toBe(before)
    expect(await send('/api/contacts?purpose=DEVELOPMENT', { cookie, 'sec-fetch-site': 'same-origin' })).toMatchObject({
      status: 200,
    })
    expect(await viewsLogged()).toBe(before + 1)
  })

  test.each(['same-site', 'cross-site'])(
    'is refused every operation that needs a session, from a %s page',
    async (from) => {
      const cookie = await cookieOf(aino)
      const protectedOperations = Object.values<{
        access?: string
        method: string
        url: string
        schema: { operationId: string }
      }>(operations).filter(({ access }) => access !== 'anyone')
      const accepted: string[] = []
      for (const { method, url, schema } of protectedOperations) {
        const path = url.replaceAll(/:\w+/g, '00000000-0000-4000-8000-000000000001')
        const { status, body } = await send(path, { cookie, 'sec-fetch-site': from }, method)
        if (status !== 403 || !body.includes('deny.origin')) accepted.push(`${schema.operationId} ${status}`)
      }
      expect(accepted).toEqual([])
      const names = protectedOperations.map(({ schema }) => schema.operationId)
      expect(names).toEqual(
        expect.arrayContaining(['readAudio', 'savePackage', 'watchCalls', 'watchToday', 'followListening']),
      )
    },
  )

  test('can still link to pages and to the provider’s sign-in', async () => {
    for (const path of ['/', '/register-description', '/api/organisation'])
      expect(await send(path, { ...site, accept: 'text/html' })).toMatchObject({ status: 200 })
    expect((await send('/api/session/identity-provider/callback?code=x', site)).status).not.toBe(403)
  })
})
