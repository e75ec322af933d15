import { randomUUID } from 'node:crypto'
import { beforeAll, describe, expect, test } from 'vitest'
import { createTestDatabase } from '#test/database/create-test-database.ts'
import { callFacts, enterTestPerson, password, phone } from '#test/database/people.ts'
import { makeTestRegister, type RecordedSegment } from '#test/register/make-register.ts'
import { openTestDesk, type Browser } from '#test/register/open-desk.ts'
import { admit } from '#register/admit.ts'
import { keepRecording } from '#register/recordings/keep-recording.ts'
import type { RegisterTables } from '#register/tables.ts'
import { openApiDocument } from './contract/openapi.ts'
import { operations } from './contract/operations.ts'
import { refusals } from './refuse.ts'

const database = await createTestDatabase<RegisterTables>()
const register = await makeTestRegister(database)
const desk = await openTestDesk(database, register)
const admin = database.as().db
const capture = database.as('seloste_capture').db
const now = () => Temporal.Now.instant()

const everything = { kind: 'all' as const, units: [], numbers: [] }
const sari = await enterTestPerson(admin, database.as('seloste_desk').db, {
  name: 'Sari Niemi',
  right: { role: 'SUPERVISOR', purposes: ['DEVELOPMENT'], scope: everything },
})
const aino = await enterTestPerson(admin, database.as('seloste_desk').db, {
  name: 'Aino Virtanen',
  right: { role: 'OFFICIAL', purposes: ['DEVELOPMENT'], scope: { kind: 'own', units: [], numbers: [] } },
})
const matti = await enterTestPerson(admin, database.as('seloste_desk').db, {
  name: 'Matti',
  right: { role: 'MAINTENANCE', purposes: ['MAINTENANCE'], scope: everything },
})
const eero = await enterTestPerson(admin, database.as('seloste_desk').db, {
  name: 'Eero',
  right: {
    role: 'SUPERVISOR',
    purposes: ['DEVELOPMENT'],
    scope: everything,
    until: Temporal.Instant.from('2026-03-31T21:00:00Z'),
  },
})

let browser: Browser
let recording: RecordedSegment
beforeAll(async () => {
  browser = await desk.signIn(sari)
  recording = await register.record()
  await keepRecording(register.keeping, recording.id, now())
})

interface Answer {
  error?: { code: keyof typeof refusals; message: string; field?: string }
  [field: string]: unknown
}

/** Status, code and body of a JSON answer. */
async function answer(response: Response | Promise<Response>) {
  const given = await response
  const text = await given.text()
  const body = (text ? JSON.parse(text) : {}) as Answer
  return { status: given.status, code: body.error?.code, field: body.error?.field, body }
}

async function begin(by = browser) {
  const { body } = await answer(
    by.fetch(`/api/recordings/${recording.id}/listenings`, { json: { purpose: 'QUALITY' } }),
  )
  return body as unknown as { id: string; audio: string; peaks: string; until: string }
}

/** Every operation with a path and a body that are as the contract says. */
const requests = Object.values(operations).map((operation) => {
  const { body, querystring } = operation.schema as { body?: object; querystring?: object }
  const path = operation.url.replace(':id', randomUUID()) + (querystring ? '?purpose=DEVELOPMENT' : '')
  const json =
    body && (operation.schema.operationId === 'signIn' ? { userId: 'x', password: 'x' } : { purpose: 'QUALITY' })
  return { id: operation.schema.operationId, method: operation.method, path, ...(json && { json }) }
})
const open = new Set(['signIn', 'readOrganisation'])

describe('without a session', () => {
  test.each(requests.filter(({ id }) => !open.has(id)))('$id answers 401', async ({ method, path, json }) => {
    for (const cookie of [undefined, 'seloste=', 'seloste=made-up', `seloste=${'a'.repeat(4000)}`, 'seloste=%00']) {
      const given = await answer(
        desk.visitor.fetch(path, { method, ...(json && { json }), ...(cookie && { headers: { cookie } }) }),
      )
      expect(given).toMatchObject({ status: 401, code: 'session.none' })
    }
  })
})

describe('every answer under /api', () => {
  test('is not to be stored, whatever it says', async () => {
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
    ]) {
      const response = await browser.fetch(path)
      await response.arrayBuffer()
      expect(response.headers.get('cache-control'), path).toBe('no-store')
    }
    for (const { method, path, json } of requests) {
      const response = await desk.visitor.fetch(path, { method, ...(json && { json }) })
      await response.arrayBuffer()
      expect(response.headers.get('cache-control'), path).toBe('no-store')
    }
  })

  test('says nothing of what the server is made of, and lets nobody frame or sniff it', async () => {
    const { headers } = await browser.fetch('/api/session')
    expect(headers.get('x-powered-by')).toBeNull()
    expect(headers.get('server')).toBeNull()
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('content-security-policy')).toContain("default-src 'none'")
    expect(headers.get('access-control-allow-origin')).toBeNull()
  })

  test('is JSON with a code and a sentence where it is a refusal', async () => {
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
  test('gives a cookie that no script reads and no other site sends', async () => {
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

  test('answers a wrong user id and a wrong password with the very same bytes', async () => {
    const wrong = [
      { userId: 'nobody', password },
      { userId: sari.userId, password: 'wrong' },
    ]
    const [one, other] = await Promise.all(
      wrong.map((json) => desk.visitor.fetch('/api/session', { json }).then((r) => r.text())),
    )
    expect(one).toBe(other)
    expect(one).toContain('session.credentials')
  })

  test('signing out ends the session for every copy of the cookie', async () => {
    const mine = await desk.signIn(sari)
    expect((await mine.fetch('/api/session')).status).toBe(200)
    const out = await mine.fetch('/api/session', { method: 'DELETE' })
    expect(out.status).toBe(204)
    expect(out.headers.getSetCookie()[0]).toMatch(/^seloste=;/)
    expect(await answer(mine.fetch('/api/session'))).toMatchObject({ status: 401, code: 'session.none' })
  })
})

describe('a request from another site', () => {
  test.each(['cross-site', 'same-site'])('that would change something is refused (%s)', async (site) => {
    const headers = { 'sec-fetch-site': site }
    for (const { method, path, json } of requests.filter((request) => request.method !== 'GET')) {
      const given = await answer(browser.fetch(path, { method, headers, ...(json && { json }) }))
      expect(given, path).toMatchObject({ status: 403, code: 'deny.origin' })
    }
    expect((await browser.fetch('/api/session')).status).toBe(200)
  })

  test.each(['same-origin', 'none'])('is not what our own page sends (%s)', async (site) => {
    const given = await answer(
      browser.fetch('/api/session', { headers: { 'sec-fetch-site': site }, json: { userId: 'x', password: 'x' } }),
    )
    expect(given).toMatchObject({ status: 401, code: 'session.credentials' })
  })
})

describe('input that the contract does not know', () => {
  test.each([
    ['an unknown field', '/api/contacts?purpose=QUALITY&colour=red'],
    ['an unknown purpose', '/api/contacts?purpose=APPRAISAL'],
    ['no purpose', '/api/contacts'],
    ['two purposes', '/api/contacts?purpose=QUALITY&purpose=TRAINING'],
    ['a limit that is none', '/api/contacts?purpose=QUALITY&limit=ten'],
    ['a limit of nothing', '/api/contacts?purpose=QUALITY&limit=0'],
    ['a limit beyond the highest', '/api/contacts?purpose=QUALITY&limit=201'],
    ['a moment that is none', '/api/contacts?purpose=QUALITY&from=yesterday'],
    ['a moment that nobody has', '/api/contacts?purpose=QUALITY&from=2026-02-30T00:00:00Z'],
    ['the year 0', '/api/contacts?purpose=QUALITY&from=0000-01-01T00:00:00Z'],
    ['the first day of the calendar', '/api/contacts?purpose=QUALITY&from=0001-01-01T00:00:00Z'],
    ['a cursor of nobody’s', '/api/contacts?purpose=QUALITY&cursor=abc'],
    ['an endless search word', `/api/contacts?purpose=QUALITY&official=${'a'.repeat(65)}`],
    ['a NUL in a search word', '/api/contacts?purpose=QUALITY&official=a%00b'],
    ['an id that is none', '/api/contacts/1?purpose=QUALITY'],
    ['an id with SQL in it', "/api/contacts/'%20or%201=1--?purpose=QUALITY"],
    ['an unknown field of one contact', `/api/contacts/${randomUUID()}?purpose=QUALITY&all=1`],
    ['an unknown field of the calls', '/api/calls?purpose=QUALITY&all=1'],
  ])('is refused with what was wrong: %s', async (_, path) => {
    const given = await answer(browser.fetch(path))
    expect(given).toMatchObject({ status: 400, code: 'input.invalid' })
    expect(given.body.error?.message).toBeTruthy()
  })

  test('is refused in a body too, naming the field', async () => {
    const begins = `/api/recordings/${randomUUID()}/listenings`
    for (const json of [
      {},
      [],
      'x',
      { purpose: 'X' },
      { purpose: 'QUALITY', until: 'ever' },
      { purpose: 'QUALITY', reference: 'a'.repeat(65) },
    ]) {
      expect(await answer(browser.fetch(begins, { json }))).toMatchObject({ status: 400, code: 'input.invalid' })
    }
    expect(await answer(browser.fetch(begins, { json: { purpose: 'X' } }))).toMatchObject({ field: 'purpose' })
    const signIn = { userId: 'x', password: 'x', admin: true }
    expect(await answer(desk.visitor.fetch('/api/session', { json: signIn }))).toMatchObject({
      status: 400,
      code: 'input.invalid',
    })
    const nul = { userId: 'a\0b', password: 'x' }
    expect(await answer(desk.visitor.fetch('/api/session', { json: nul }))).toMatchObject({
      status: 400,
      code: 'input.invalid',
    })
  })

  test('is refused where it is too large, no JSON, or another type', async () => {
    const post = (body: string, type: string) =>
      answer(desk.visitor.fetch('/api/session', { method: 'POST', body, headers: { 'content-type': type } }))
    expect(await post(JSON.stringify({ userId: 'x', password: 'x'.repeat(70_000) }), 'application/json')).toMatchObject(
      { status: 413, code: 'input.invalid' },
    )
    expect(await post('{', 'application/json')).toMatchObject({ status: 400, code: 'input.invalid' })
    expect(await post('', 'application/json')).toMatchObject({ status: 400, code: 'input.invalid' })
    expect(await post('{"__proto__":{"userId":"x"},"userId":"x","password":"x"}', 'application/json')).toMatchObject({
      status: 400,
    })
    expect(await post('userId=x&password=x', 'application/x-www-form-urlencoded')).toMatchObject({
      status: 415,
      code: 'input.invalid',
    })
  })

  test('a limit of 1 and a word with % are not among it', async () => {
    const given = await answer(browser.fetch('/api/contacts?purpose=QUALITY&limit=1&official=%25'))
    expect(given).toMatchObject({ status: 200, body: { items: [] } })
  })
})

describe('a right', () => {
  test('that does not cover the purpose: 403 deny.purpose', async () => {
    const given = await answer(browser.fetch('/api/contacts?purpose=CRIME_OR_MISUSE&reference=R-1'))
    expect(given).toMatchObject({ status: 403, code: 'deny.purpose' })
  })

  test('that has ended: 403 deny.expired, with when', async () => {
    const given = await answer((await desk.signIn(eero)).fetch('/api/contacts?purpose=DEVELOPMENT'))
    expect(given).toMatchObject({ status: 403, code: 'deny.expired' })
    expect(given.body.error?.message).toContain('2026-03-31T21:00:00Z')
  })

  test('that needs a reference: 403 deny.reference without, the look with', async () => {
    const mine = await desk.signIn(matti)
    expect(await answer(mine.fetch('/api/contacts?purpose=MAINTENANCE'))).toMatchObject({
      status: 403,
      code: 'deny.reference',
    })
    expect(await answer(mine.fetch('/api/contacts?purpose=MAINTENANCE&reference=%20'))).toMatchObject({ status: 403 })
    expect(await answer(mine.fetch('/api/contacts?purpose=MAINTENANCE&reference=F-1'))).toMatchObject({ status: 200 })
  })

  test('to one’s own calls: another’s contact, caller and recording are not found, as if they were not there', async () => {
    const mine = await desk.signIn(aino)
    for (const { contactId, id } of [recording, { contactId: randomUUID(), id: randomUUID() }]) {
      const purpose = { purpose: 'DEVELOPMENT' }
      expect(await answer(mine.fetch(`/api/contacts/${contactId}?purpose=DEVELOPMENT`))).toMatchObject({
        status: 404,
        code: 'not-found',
      })
      expect(await answer(mine.fetch(`/api/contacts/${contactId}/caller`, { json: purpose }))).toMatchObject({
        status: 404,
        code: 'not-found',
      })
      expect(await answer(mine.fetch(`/api/recordings/${id}/listenings`, { json: purpose }))).toMatchObject({
        status: 404,
        code: 'not-found',
      })
    }
  })
})

describe('searching and reading', () => {
  test('one contact, its caller masked, then revealed', async () => {
    const list = await answer(browser.fetch('/api/contacts?purpose=QUALITY&caller=040%20123%204567'))
    const [item] = list.body['items'] as { id: string; caller: { number: string } }[]
    expect(item?.id).toBe(recording.contactId)
    expect(item?.caller.number).toContain('*')
    const one = await answer(browser.fetch(`/api/contacts/${recording.contactId}?purpose=QUALITY`))
    expect(one).toMatchObject({ status: 200, body: { id: recording.contactId, numberKind: 'NATIONAL_SERVICE' } })
    const caller = await answer(
      browser.fetch(`/api/contacts/${recording.contactId}/caller`, { json: { purpose: 'QUALITY' } }),
    )
    expect(caller).toMatchObject({ status: 200, body: { number: '040 123 4567' } })
  })

  test('pages follow their cursor to the end', async () => {
    const number = { key: phone('029 497 077'), kind: 'NATIONAL_SERVICE' as const }
    for (let i = 0; i < 5; i++) await admit(capture, callFacts({ numberCalled: number }))
    const seen = new Set<string>()
    let cursor = ''
    for (let pages = 0; pages < 3; pages++) {
      const { body } = await answer(browser.fetch(`/api/contacts?purpose=QUALITY&number=029497077&limit=2${cursor}`))
      for (const { id } of body['items'] as { id: string }[]) seen.add(id)
      expect(body['next'] !== undefined).toBe(pages < 2)
      cursor = `&cursor=${String(body['next'])}`
    }
    expect(seen.size).toBe(5)
  })

  test('the numbers and the organisation', async () => {
    const numbers = await answer(browser.fetch('/api/numbers'))
    expect((numbers.body['items'] as unknown[]).length).toBeGreaterThan(0)
    expect(await answer(desk.visitor.fetch('/api/organisation'))).toMatchObject({ status: 200 })
  })
})

describe('audio', () => {
  const range = (path: string, value?: string) =>
    browser.fetch(path, value === undefined ? {} : { headers: { range: value } })

  test('comes in ranges that say where they lie', async () => {
    const { audio, peaks, until } = await begin()
    expect(Temporal.Instant.from(until)).toBeInstanceOf(Temporal.Instant)
    const total = 44 + 8000 * 4
    const whole = await range(audio)
    expect(whole.status).toBe(206)
    expect(whole.headers.get('content-type')).toBe('audio/wav')
    expect(whole.headers.get('accept-ranges')).toBe('bytes')
    expect(whole.headers.get('content-range')).toBe(`bytes 0-${total - 1}/${total}`)
    const bytes = Buffer.from(await whole.arrayBuffer())
    expect(bytes).toHaveLength(total)
    for (const [from, to] of [
      [0, 0],
      [40, 50],
      [1001, 2002],
      [total - 1, total - 1],
      [100, 999_999],
    ] as const) {
      const part = await range(audio, `bytes=${from}-${to}`)
      const last = Math.min(to, total - 1)
      expect(part.status).toBe(206)
      expect(part.headers.get('content-range')).toBe(`bytes ${from}-${last}/${total}`)
      expect(part.headers.get('content-length')).toBe(String(last - from + 1))
      expect(Buffer.from(await part.arrayBuffer()).equals(bytes.subarray(from, last + 1))).toBe(true)
    }
    expect(await answer(browser.fetch(peaks))).toMatchObject({
      status: 200,
      body: { durationMs: 1000, peaksPerSecond: 20 },
    })
  })

  test.each([
    'bytes=40000-',
    'bytes=5-4',
    'bytes=-5',
    'bytes=0-1,5-6',
    'bytes=',
    'chunks=0-1',
    'bytes=a-b',
    'bytes=0x0-1',
    `bytes=${'9'.repeat(20)}-`,
  ])('answers %s with 416', async (value) => {
    const { audio } = await begin()
    expect(await answer(range(audio, value))).toMatchObject({ status: 416, code: 'input.range' })
  })

  test('of a listening that ended, was another’s or never began: 404 listening.ended', async () => {
    const { id, audio, peaks } = await begin()
    const another = await desk.signIn(sari)
    for (const path of [audio, peaks]) {
      expect(await answer(another.fetch(path))).toMatchObject({ status: 404, code: 'listening.ended' })
      expect(await answer(browser.fetch(path.replace(id, randomUUID())))).toMatchObject({
        status: 404,
        code: 'listening.ended',
      })
    }
    expect(await answer(another.fetch(`/api/listenings/${id}`, { method: 'DELETE' }))).toMatchObject({ status: 404 })
    expect((await browser.fetch(`/api/listenings/${id}`, { method: 'DELETE' })).status).toBe(204)
    for (const path of [audio, peaks])
      expect(await answer(browser.fetch(path))).toMatchObject({ status: 404, code: 'listening.ended' })
    expect(await answer(browser.fetch(`/api/listenings/${id}`, { method: 'DELETE' }))).toMatchObject({
      status: 404,
      code: 'listening.ended',
    })
  })

  test.each([
    ['not-yet-kept', 404, {}],
    ['restricted', 403, { state: 'RESTRICTED' as const }],
    ['destroyed', 404, { state: 'DESTROYED' as const, cause: 'caller' as const, destroyed_at: Temporal.Now.instant() }],
  ] as const)('of a recording that is %s: %i', async (why, status, set) => {
    const made = await register.record()
    if ('state' in set) await admin.updateTable('recording').set(set).where('id', '=', made.id).execute()
    const given = await answer(browser.fetch(`/api/recordings/${made.id}/listenings`, { json: { purpose: 'QUALITY' } }))
    expect(given).toMatchObject({ status, code: `recording.${why}` })
  })
})

describe('calls in progress', () => {
  test('come at once and after a change, to those who may see them, and end with the session', async () => {
    const mine = await desk.signIn(sari)
    const response = await mine.fetch('/api/calls?purpose=QUALITY')
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toContain('text/event-stream')
    expect(response.headers.get('cache-control')).toBe('no-store')
    expect(response.headers.get('content-security-policy')).toBeTruthy()
    const events = readEvents(response)
    expect(await events.next()).toMatchObject({ value: { event: 'calls', data: { items: [] } } })
    const facts = callFacts({ endedAt: undefined })
    await admit(capture, facts)
    desk.tellOfCalls()
    const second = await events.next()
    expect(second).toMatchObject({ value: { event: 'calls', data: { items: [{ segmentId: facts.segmentId }] } } })
    expect(JSON.stringify(second)).not.toContain('123 4567')
    await mine.fetch('/api/session', { method: 'DELETE' })
    desk.tellOfCalls()
    expect(await events.next()).toMatchObject({ value: { event: 'ended' } })
    expect(await events.next()).toMatchObject({ done: true })
  })
})

async function* readEvents(response: Response): AsyncGenerator<{ event: string; data: unknown }> {
  let text = ''
  for await (const part of response.body!.pipeThrough(new TextDecoderStream())) {
    text += part
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      const [, event, data] = /^event: (.*)\ndata: (.*)$/.exec(text.slice(0, end)) ?? []
      text = text.slice(end + 2)
      if (event && data) yield { event, data: JSON.parse(data) }
    }
  }
}

describe('the contract', () => {
  const document = openApiDocument('1.2.3') as {
    openapi: string
    info: { title: string; version: string }
    paths: Record<string, Record<string, OpenApiOperation>>
  }
  interface OpenApiOperation {
    operationId: string
    summary: string
    parameters: { name: string; in: string; required: boolean; schema: object }[]
    requestBody?: { content: Record<string, { schema: object }> }
    responses: Record<string, { description: string; content?: Record<string, { schema: object }> }>
  }
  const all = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  )

  test('is served as it is, and is an OpenAPI 3.1 document in its every part', async () => {
    const { body } = await answer(desk.visitor.fetch('/api/openapi.json'))
    expect(body).toEqual(JSON.parse(JSON.stringify(openApiDocument('0.0.0'))))
    expect(document.openapi).toMatch(/^3\.1\.\d$/)
    expect(document.info).toMatchObject({ title: 'Seloste', version: '1.2.3' })
    expect(new Set(all.map(({ operation }) => operation.operationId)).size).toBe(all.length)
    for (const { path, method, operation } of all) {
      expect(path).toMatch(/^\/api(\/[a-z.]+|\/\{\w+\})+$/)
      expect(['get', 'put', 'post', 'delete', 'patch']).toContain(method)
      expect(operation.summary).toBeTruthy()
      const named = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name)
      const inPath = operation.parameters.filter((parameter) => parameter.in === 'path')
      expect(inPath.map(({ name }) => name)).toEqual(named)
      expect(inPath.every(({ required }) => required)).toBe(true)
      expect(operation.parameters.every(({ in: where, schema }) => ['path', 'query'].includes(where) && schema)).toBe(
        true,
      )
      const statuses = Object.keys(operation.responses)
      expect(statuses.every((status) => /^[2-5]\d\d$/.test(status))).toBe(true)
      expect(statuses.some((status) => status.startsWith('2'))).toBe(true)
      for (const given of Object.values(operation.responses)) {
        expect(given.description).toBeTruthy()
        for (const { schema } of Object.values(given.content ?? {})) expect(schema).toBeTypeOf('object')
      }
    }
  })

  test('names no operation that is not routed', async () => {
    for (const { path, method } of all) {
      const headers = { 'content-type': 'application/json' }
      const body = method === 'get' ? null : '{}'
      const response = await desk.visitor.fetch(path.replace(/\{\w+\}/g, randomUUID()), {
        method: method.toUpperCase(),
        headers,
        body,
      })
      const { status, code } = await answer(response)
      expect(status === 404 && code === 'not-found', `${method} ${path}`).toBe(false)
    }
  })

  test('knows the status of every refusal', () => {
    const statuses = new Set(all.flatMap(({ operation }) => Object.keys(operation.responses).map(Number)))
    for (const [code, [status]] of Object.entries(refusals)) expect(statuses, code).toContain(status)
  })
})

describe('pages', () => {
  const page = (path: string) => desk.visitor.fetch(path, { headers: { accept: 'text/html' } })

  test('run only scripts that carry the nonce of this very answer', async () => {
    const [one, other] = [await page('/'), await page('/contacts/anything')]
    const policy = one.headers.get('content-security-policy') ?? ''
    expect(policy).toContain("default-src 'none'")
    expect(policy).toContain("frame-ancestors 'none'")
    expect(policy).not.toMatch(/unsafe|\*|https?:/)
    const nonce = /script-src 'self' 'nonce-([^']+)'/.exec(policy)?.[1]
    expect(nonce).toHaveLength(24)
    expect(await one.text()).toContain(`nonce="${nonce}"`)
    expect(other.status).toBe(200)
    expect(await other.text()).not.toContain(nonce)
    expect(one.headers.get('cache-control')).toBe('no-store')
  })

  test('have assets that are kept for ever, and nothing outside their folder', async () => {
    const asset = await desk.visitor.fetch('/assets/app-abc.js')
    expect(asset.status).toBe(200)
    expect(asset.headers.get('cache-control')).toContain('immutable')
    for (const path of ['/assets/..%2f..%2fkeys', '/assets/%2e%2e/%2e%2e/keys', '/..%2fkeys', '/assets/.%00']) {
      const { status } = await desk.visitor.fetch(path)
      expect([400, 403, 404], path).toContain(status)
    }
  })

  test('health is told without a session', async () => {
    expect(await answer(desk.visitor.fetch('/health/live'))).toMatchObject({ status: 200, body: { live: true } })
    expect(await answer(desk.visitor.fetch('/health/ready'))).toMatchObject({ status: 200, body: { ready: true } })
  })
})

// Last: what comes here leaves the server as no other test may find it.
describe('in trouble', () => {
  test('the log holds nothing personal, and no request failed that should not have', () => {
    const log = desk.log.join('\n')
    for (const word of ['Niemi', '4567', sari.userId, password]) expect(log).not.toContain(word)
    expect(desk.log.filter((line) => !line.includes('Server listening'))).toEqual([])
  })

  test('too many attempts to sign in: 429 session.too-many', async () => {
    const statuses: number[] = []
    for (let attempt = 0; attempt < 125 && !statuses.includes(429); attempt++) {
      const response = await desk.visitor.fetch('/api/session', { json: { userId: 'nobody', password: 'x' } })
      statuses.push(response.status)
      if (response.status === 429) expect(await answer(response)).toMatchObject({ code: 'session.too-many' })
      else await response.arrayBuffer()
    }
    expect(statuses.at(-1)).toBe(429)
    expect((await browser.fetch('/api/session')).status).toBe(200)
  })

  test('the custodian does not answer: 503, and the desk goes on', async () => {
    const { audio } = await begin()
    await desk.stopCustodian()
    expect(await answer(browser.fetch(audio))).toMatchObject({ status: 503, code: 'unavailable' })
    expect((await browser.fetch('/api/session')).status).toBe(200)
  })
})
