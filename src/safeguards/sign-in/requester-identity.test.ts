import { afterAll, describe, expect, test } from 'vitest'
import { createTestDatabase } from '#test/database/create-test-database.ts'
import { runTestProvider, signInAtProvider, testClient } from '#test/sign-in/run-provider.ts'
import type { SafeguardTables } from '../tables.ts'
import { createRequesterIdentification } from './requester-identity.ts'

const publicUrl = 'https://seloste.example'
const database = await createTestDatabase<SafeguardTables>()
const provider = await runTestProvider(publicUrl)
afterAll(() => provider.stop())
provider.proof = { acr: 'two-factors' }
provider.people.set('maija', { name: 'Maija Meikäläinen', 'urn:oid:1.2.246.21': '010190-951L' })
provider.people.set('jaana', { name: 'Jaana Juonittelija', 'urn:oid:1.2.246.21': '020290-952M' })
provider.people.set('nameless', { 'urn:oid:1.2.246.21': '010190-952M' })
let offset = Temporal.Duration.from({ seconds: 0 })
const faults: unknown[] = []

const connect = (issuer = provider.issuer) =>
  createRequesterIdentification({
    db: database.as('seloste_custodian').db,
    now: () => Temporal.Now.instant().add(offset),
    settings: {
      ...{ issuer, clientId: testClient.id, clientSecretFile: '', name: '', scopes: 'openid profile' },
      ...{ claim: 'urn:oid:1.2.246.21', nameClaim: 'name', acr: ['two-factors'] },
    },
    ...{ secret: testClient.secret, publicUrl },
    onFault: (error) => faults.push(error),
  })
const identification = connect()

async function beginFlow(at = identification) {
  const begun = await at.begin({ language: 'sv' })
  if ('refused' in begun) throw new Error(begun.refused)
  return begun
}

async function identifyAs(user: string, at = identification) {
  const { url, flow } = await beginFlow(at)
  const back = await signInAtProvider(url, user)
  return at.finish({ flow, query: back.search.slice(1) })
}

async function requesterOf(user: string) {
  const done = await identifyAs(user)
  if ('refused' in done) throw new Error(done.refused)
  return identification.open(done.ticket)!
}

describe('the identification of a requester', () => {
  test('requests a new authentication in the page’s language, by a strong method', async () => {
    const query = new URL((await beginFlow()).url).searchParams
    expect(query.get('prompt')).toBe('login')
    expect(query.get('ui_locales')).toBe('sv')
    expect(query.get('acr_values')).toBe('two-factors')
    expect(query.get('code_challenge_method')).toBe('S256')
  })

  test('gives the name that the provider states, and a code by which the same person alone finds the same digest', async () => {
    const [one, again] = [await requesterOf('maija'), await requesterOf('maija')]
    expect(one.name).toBe('Maija Meikäläinen')
    const code = one.codeOf('a request')
    expect(code).toMatch(/^([0-9A-HJKMNP-TV-Z]{4}-){6}[0-9A-HJKMNP-TV-Z]{4}$/)
    expect(one.codeOf('a request')).toBe(code)
    expect(one.codeOf('another request')).not.toBe(code)
    expect(again.codeOf('a request')).not.toBe(code)
    expect(again.digestOf(code)).toEqual(one.digestOf(code))
    const other = await requesterOf('jaana')
    expect(other.digestOf(code)).not.toEqual(one.digestOf(code))
    expect(again.digestOf(again.codeOf('a request'))).not.toEqual(one.digestOf(code))
  })

  test('accepts a code as people copy it: in lower case, with blanks, with o for 0 and l for 1', async () => {
    const { codeOf, digestOf } = await requesterOf('maija')
    const code = codeOf('a request')
    const copied = code.toLowerCase().replaceAll('-', ' ').replaceAll('0', 'o').replaceAll('1', 'l')
    expect(digestOf(copied)).toEqual(digestOf(code))
  })

  test('is refused without a name, after ten minutes, and while the provider is away', async () => {
    expect(await identifyAs('nameless')).toEqual({ refused: 'refused', language: 'sv' })
    const { url, flow } = await beginFlow()
    const back = await signInAtProvider(url, 'maija')
    offset = Temporal.Duration.from({ minutes: 11 })
    expect(await identification.finish({ flow, query: back.search.slice(1) })).toEqual({
      refused: 'late',
      language: 'sv',
    })
    offset = Temporal.Duration.from({ seconds: 0 })
    expect(await identification.finish({ flow: 'x', query: '' })).toEqual({ refused: 'late' })
    provider.outOfOrder = true
    expect(await connect().begin({ language: 'fi' })).toEqual({ refused: 'unavailable' })
    provider.outOfOrder = false
  })

  test('gives a ticket that another process cannot open', async () => {
    const done = await identifyAs('maija')
    if ('refused' in done) throw new Error(done.refused)
    expect(connect().open(done.ticket)).toBeUndefined()
    expect(done.ticket).not.toContain('010190')
    expect(Buffer.from(done.ticket, 'base64url').toString('latin1')).not.toContain('010190')
  })
})
