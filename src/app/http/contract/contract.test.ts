import { randomUUID } from 'node:crypto'
import { beforeAll, describe, expect, test } from 'vitest'
import { createTestDatabase } from '#test/database/create-test-database.ts'
import { enterTestPerson } from '#test/database/people.ts'
import { makeTestRegister } from '#test/register/make-register.ts'
import { answer, openTestDesk, type Browser } from '#test/register/open-desk.ts'
import type { RegisterTables } from '#register/tables.ts'
import { documentApi } from '../api-reference/document-api.ts'
import { refusals } from '../refuse.ts'
import { openApiDocument } from './openapi.ts'

const database = await createTestDatabase<RegisterTables>()
const register = await makeTestRegister(database)
const desk = await openTestDesk(database, register)
const admin = database.as().db
const sari = await enterTestPerson(admin, database.as('seloste_desk').db, {
  name: 'Sari Niemi',
  right: { role: 'SUPERVISOR', purposes: ['DEVELOPMENT'], scope: 'their unit' },
})

let browser: Browser
beforeAll(async () => {
  browser = await desk.signIn(sari)
})

describe('input outside the contract', () => {
  test.each([
    ['an unknown field', '/api/contacts?purpose=QUALITY&colour=red'],
    ['an unknown purpose', '/api/contacts?purpose=APPRAISAL'],
    ['no purpose', '/api/contacts'],
    ['two purposes', '/api/contacts?purpose=QUALITY&purpose=TRAINING'],
    ['an invalid limit', '/api/contacts?purpose=QUALITY&limit=ten'],
    ['a limit of 0', '/api/contacts?purpose=QUALITY&limit=0'],
    ['a limit beyond the highest', '/api/contacts?purpose=QUALITY&limit=201'],
    ['an invalid instant', '/api/contacts?purpose=QUALITY&from=yesterday'],
    ['an impossible date', '/api/contacts?purpose=QUALITY&from=2026-02-30T00:00:00Z'],
    ['an instant with too many digits', '/api/contacts?purpose=QUALITY&to=2026-01-01T00:00:00.1234567890Z'],
    ['the year 0', '/api/contacts?purpose=QUALITY&from=0000-01-01T00:00:00Z'],
    ['the first day of the calendar', '/api/contacts?purpose=QUALITY&from=0001-01-01T00:00:00Z'],
    ['an invalid cursor', '/api/contacts?purpose=QUALITY&cursor=abc'],
    ['an unknown order', '/api/contacts?purpose=QUALITY&order=length'],
    ['a search word that is too long', `/api/contacts?purpose=QUALITY&official=${'a'.repeat(65)}`],
    ['a NUL in a search word', '/api/contacts?purpose=QUALITY&official=a%00b'],
    ['an invalid id', '/api/contacts/1?purpose=QUALITY'],
    ['an id with SQL in it', "/api/contacts/'%20or%201=1--?purpose=QUALITY"],
    ['an unknown field of one contact', `/api/contacts/${randomUUID()}?purpose=QUALITY&all=1`],
    ['an unknown field of the calls', '/api/calls?purpose=QUALITY&all=1'],
  ])('is refused with the error: %s', async (_, path) => {
    const response = await answer(browser.fetch(path))
    expect(response).toMatchObject({ status: 400, code: 'input.invalid' })
    expect(response.body.error?.message).toBeTruthy()
  })

  test('is refused in a body too, naming the field', async () => {
    const path = `/api/recordings/${randomUUID()}/listenings`
    for (const json of [
      {},
      [],
      'x',
      { purpose: 'X' },
      { purpose: 'QUALITY', until: 'ever' },
      { purpose: 'QUALITY', reference: 'a'.repeat(65) },
    ]) {
      expect(await answer(browser.fetch(path, { json }))).toMatchObject({ status: 400, code: 'input.invalid' })
    }
    expect(await answer(browser.fetch(path, { json: { purpose: 'X' } }))).toMatchObject({ field: 'purpose' })
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

  test('is refused if it is too large, not JSON, or of another type', async () => {
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

  test('does not include a limit of 1 or a word with %', async () => {
    const response = await answer(browser.fetch('/api/contacts?purpose=QUALITY&limit=1&official=%25'))
    expect(response).toMatchObject({ status: 200, body: { items: [] } })
  })
})

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

  test('is served as a page, too, which allows only its own style', async () => {
    const response = await desk.visitor.fetch('/api/reference')
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8')
    const policy = response.headers.get('content-security-policy') ?? ''
    expect(policy).toMatch(/^default-src 'none'; style-src 'sha256-[^']+'; base-uri 'none'; form-action 'none'/)
    expect(await response.text()).toContain('<code><span class="method">GET</span> /api/contacts</code>')
  })

  test('is served as it is, and is a valid OpenAPI 3.1 document', async () => {
    const { body } = await answer(desk.visitor.fetch('/api/openapi.json'))
    expect(body).toEqual(JSON.parse(JSON.stringify(documentApi('0.0.0'))))
    expect(document.openapi).toMatch(/^3\.1\.\d$/)
    expect(document.info).toMatchObject({ title: 'Seloste', version: '1.2.3' })
    expect(new Set(all.map(({ operation }) => operation.operationId)).size).toBe(all.length)
    for (const { path, method, operation } of all) {
      expect(path).toMatch(/^\/api(\/[a-z.-]+|\/\{\w+\})+$/)
      expect(['get', 'put', 'post', 'delete', 'patch']).toContain(method)
      expect(operation.summary).toBeTruthy()
      const named = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name)
      const inPath = operation.parameters.filter((parameter) => parameter.in === 'path')
      expect(inPath.map(({ name }) => name)).toEqual(named)
      expect(inPath.every(({ required }) => required)).toBe(true)
      expect(
        operation.parameters.every(({ in: location, schema }) => ['path', 'query'].includes(location) && schema),
      ).toBe(true)
      const statuses = Object.keys(operation.responses)
      expect(statuses.every((status) => /^[2-5]\d\d$/.test(status))).toBe(true)
      // Nobody may delete a recording: this operation only refuses (R23).
      expect(
        statuses.some((status) => /^[23]/.test(status)),
        path,
      ).toBe(!(method === 'delete' && path === '/api/recordings/{id}'))
      for (const response of Object.values(operation.responses)) {
        expect(response.description).toBeTruthy()
        for (const { schema } of Object.values(response.content ?? {})) expect(schema).toBeTypeOf('object')
      }
    }
  })

  test('names only routed operations', async () => {
    for (const { path, method } of all) {
      // These exist only with an identity provider, and here is none.
      if (path.startsWith('/api/session/identity-provider')) continue
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

  test('has no response with a member `refused`, which marks a refusal', () => {
    interface Schema {
      properties?: object
      anyOf?: Schema[]
      allOf?: Schema[]
    }
    const members = ({ properties = {}, anyOf = [], allOf = [] }: Schema): string[] => [
      ...Object.keys(properties),
      ...[...anyOf, ...allOf].flatMap(members),
    ]
    for (const { operation } of all) {
      for (const [status, { content = {} }] of Object.entries(operation.responses)) {
        if (!status.startsWith('2')) continue
        const names = Object.values(content).flatMap(({ schema }) => members(schema))
        expect(names, operation.operationId).not.toContain('refused')
      }
    }
  })

  test('has the status of every refusal', () => {
    const statuses = new Set(all.flatMap(({ operation }) => Object.keys(operation.responses).map(Number)))
    for (const [code, [status]] of Object.entries(refusals)) expect(statuses, code).toContain(status)
  })
})
