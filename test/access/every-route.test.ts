// Calls every operation of the API as every role and without a session, on a call of its own and on another. The table
// expected-permissions.ts defines who may: anything else must be denied, and each denial must be logged. An operation
// without a rule fails.
import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import { beforeAll, expect, test } from 'vitest'
import { operations } from '#app/http/contract/operations.ts'
import type { Purpose } from '#description/purposes.ts'
import { ingestRecording } from '#register/recordings/ingest-recording.ts'
import type { RegisterTables } from '#register/tables.ts'
import { createTestDatabase } from '../database/create-test-database.ts'
import { enterTestPerson, phone, type TestPerson } from '../database/people.ts'
import { makeTestRegister, type RecordedSegment } from '../register/make-register.ts'
import { answer, openTestDesk, type Browser } from '../register/open-desk.ts'
import { servedRequest } from '../requests/served-request.ts'
import { rightOf, type HeldRight } from './right-of.ts'
import { sampleRequest, type SampleRequest } from './sample-request.ts'
import { everyRole, relationsOf, mayCall, type Principal, type CallRelation } from './expected-permissions.ts'

const database = await createTestDatabase<RegisterTables>()
const register = await makeTestRegister(database)
const desk = await openTestDesk(database, register)
const admin = database.as().db

const rightByPrincipal: Record<Exclude<Principal, 'nobody' | 'without-right'>, HeldRight> = {
  'right-ended': { ...rightOf.SUPERVISOR, until: Temporal.Instant.from('2026-03-31T21:00:00Z') },
  ...rightOf,
}

const people = new Map<Principal, TestPerson>()
const browsers = new Map<Principal, Browser>()
/** A call that the official answered on a number of the experts, and a call of another unit on another number. */
const calls = {} as Record<CallRelation, RecordedSegment>
let other: TestPerson

beforeAll(async () => {
  for (const principal of everyRole) {
    if (principal === 'nobody') {
      browsers.set(principal, desk.visitor)
      continue
    }
    const person = await enterTestPerson(admin, database.as('seloste_desk').db, {
      name: `Kokeilija ${principal}`,
      ...(principal !== 'without-right' && { right: rightByPrincipal[principal] }),
    })
    people.set(principal, person)
    browsers.set(principal, await signedIn(person))
  }
  other = await enterTestPerson(admin, database.as('seloste_desk').db, { name: 'Toinen', unit: 'Toinen yksikkö' })
  for (const relation of ['own', 'others'] as const) calls[relation] = await record(relation)
  for (const { id } of Object.values(calls)) await ingestRecording(register.ingest, id, Temporal.Now.instant())
  requestNumber = await enterServedRequest(Object.values(calls).map(({ contactId }) => contactId))
  // Switches disclosures on, because otherwise every role would be refused.
  await sql`update disclosure_rules set research = true, authority = true`.execute(admin)
}, 60_000)

/** Number of the request that the Service Unit serves. */
let requestNumber: string
async function enterServedRequest(contacts: string[]): Promise<string> {
  return (await servedRequest(admin, { clerkId: people.get('SERVICE_UNIT')!.id, contacts })).number
}

function record(relation: CallRelation): Promise<RecordedSegment> {
  const official = people.get('OFFICIAL')!
  if (relation === 'own') {
    return register.record({
      official: { personId: official.id, unitId: official.unitId, name: 'Aino', phone: phone('029 512 1001') },
    })
  }
  return register.record({
    official: { personId: other.id, unitId: other.unitId, name: 'Bertil', phone: phone('029 512 1002') },
    numberCalled: { key: phone('029 497 010'), kind: 'REGIONAL_SERVICE' },
    numberReached: { key: phone('029 497 010') },
  })
}

/** Opens a session without a sign-in, which would count as an attempt. */
async function signedIn(person: TestPerson): Promise<Browser> {
  const { token } = await person.signIn()
  return {
    fetch: (path, options = {}) =>
      desk.visitor.fetch(path, { ...options, headers: { ...(options.headers as object), cookie: `seloste=${token}` } }),
  }
}

/** Purpose and reference under which a role views. */
function purposeAndReference(principal: Principal, request = requestNumber): { purpose: Purpose; reference?: string } {
  const purpose =
    principal === 'nobody' || principal === 'without-right' ? undefined : rightByPrincipal[principal].purposes[0]
  const needs = principal === 'MAINTENANCE' || principal === 'SECURITY'
  const reference = principal === 'SERVICE_UNIT' ? request : 'KOE-1'
  return { purpose: purpose ?? 'DEVELOPMENT', ...((needs || principal === 'SERVICE_UNIT') && { reference }) }
}

type OperationId = keyof typeof operations

/** Builds a request of an operation by a role, about a call. */
async function requestOf(id: OperationId, principal: Principal, relation: CallRelation): Promise<SampleRequest> {
  const { url } = operations[id]
  // Each prohibition destroys its recording, so it needs another one.
  const call = id === 'forbidUse' ? await record(relation) : calls[relation]
  const request =
    id === 'forbidUse' && principal === 'SERVICE_UNIT' ? await enterServedRequest([call.contactId]) : requestNumber
  return sampleRequest(id, {
    access: purposeAndReference(principal, request),
    parameters: {
      ...(url.startsWith('/api/contacts/') && { id: call.contactId }),
      ...(url.startsWith('/api/recordings/') && { id: call.id }),
      ...(url.startsWith('/api/listenings/') && { id: await listeningFor(id, principal, relation) }),
    },
    // During the call the official enters the prohibition that the caller asks for; afterwards the Service Unit enters
    // it.
    ...(id === 'forbidUse' && principal === 'SERVICE_UNIT' && { body: { channel: 'PHONE' } }),
    ...(id === 'requestRights' && { body: { people: [people.get(principal)?.id ?? randomUUID()] } }),
  })
}

const othersListenings = new Map<string, string>()

/**
 * Returns a listening of the principal if they may have one, otherwise one of somebody who may. The latter is shared by
 * all principals of an operation and relation.
 */
async function listeningFor(id: OperationId, principal: Principal, relation: CallRelation): Promise<string> {
  if (mayCall('startListening', principal, relation)) return startListening(principal, relation)
  const known = othersListenings.get(`${id} ${relation}`)
  if (known !== undefined) return known
  const listening = await startListening(relation === 'own' ? 'SUPERVISOR' : 'SECURITY', relation)
  othersListenings.set(`${id} ${relation}`, listening)
  return listening
}

async function startListening(by: Principal, relation: CallRelation): Promise<string> {
  const { status, body } = await answer(
    browsers.get(by)!.fetch(`/api/recordings/${calls[relation].id}/listenings`, { json: purposeAndReference(by) }),
  )
  expect(status, `${by} listens to a call of ${relation}`).toBe(201)
  return (body as unknown as { id: string }).id
}

async function newestEntry(): Promise<number> {
  const row = await admin
    .selectFrom('audit_entry')
    .select((eb) => eb.fn.max('seq').as('seq'))
    .executeTakeFirstOrThrow()
  return row.seq
}

let requestCount = 1

/** Calls an operation as somebody. Returns whether they may, and checks that a denial is logged under their name. */
async function isAllowed(
  id: OperationId,
  principal: Principal,
  relation: CallRelation,
): Promise<boolean | 'found-or-not'> {
  const { path, json } = await requestOf(id, principal, relation)
  const before = await newestEntry()
  const abort = new AbortController()
  const { status } = await browsers.get(principal)!.fetch(path, {
    method: operations[id].method,
    ...(json && { json }),
    signal: abort.signal,
    // Uses a new client IP address for each request, as behind a proxy, so that no limit per IP address is reached.
    headers: { 'x-forwarded-for': `2001:db8:${(requestCount++).toString(16)}::1`, range: 'bytes=0-99' },
  })
  abort.abort()
  if (endsSessions.has(id) && people.has(principal)) browsers.set(principal, await signedIn(people.get(principal)!))
  expect(status, path).toBeLessThan(500)
  if (![401, 403, 404, 429].includes(status)) return true
  const entries = await admin.selectFrom('audit_entry').selectAll().where('seq', '>', before).execute()
  const denials = entries.filter(({ result }) => result.startsWith('refused:'))
  expect(denials.length, `${principal} was denied ${path} with ${status}, and it is in the log`).toBeGreaterThan(0)
  if (!beforeASession.has(id)) expect(denials[0]?.person_id ?? null, path).toBe(people.get(principal)?.id ?? null)
  return status === 404 ? 'found-or-not' : false
}

/** Operations that end the browser's session. */
const endsSessions = new Set<string>(['signOut', 'endSessions', 'endSession', 'signOutOfIdentityProvider'])
/** Operations that need no session: a denial names the person concerned, or nobody. */
const beforeASession = new Set<string>([
  'signIn',
  'giveSecondFactor',
  'lookAtLink',
  'useLink',
  'signInWithPasskey',
  'askPasskeyFactor',
  'givePasskeyFactor',
  'beginIdentityProvider',
  'finishIdentityProvider',
])

test.each(Object.keys(operations) as OperationId[])('%s', async (id) => {
  const [allowed, expected]: Record<string, boolean>[] = [{}, {}]
  for (const principal of everyRole) {
    for (const relation of relationsOf(id)) {
      const may = mayCall(id, principal, relation)
      const reported = await isAllowed(id, principal, relation)
      const row = `${principal}, ${relation}`
      expected![row] = may !== false
      // A missing object and a denied one get the same answer, so permitted and denied roles differ only if the object
      // exists.
      allowed![row] = reported === true || (reported === 'found-or-not' && may === 'found-or-not')
    }
  }
  expect(allowed).toEqual(expected)
})
