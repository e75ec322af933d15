import { beforeAll, describe, expect, test } from 'vitest'
import { createTestDatabase } from '#test/database/create-test-database.ts'
import { colleagueOf, enterTestPerson } from '#test/database/people.ts'
import { makeTestRegister, type RecordedSegment } from '#test/register/make-register.ts'
import { answer, openTestDesk, type Browser } from '#test/register/open-desk.ts'
import type { RegisterTables } from '#register/tables.ts'
import { raiseAlarms } from '#safeguards/watch/raise-alarms.ts'
import { defaultReadLimits, maxWaiting, readDelay, thresholds } from '#safeguards/watch/thresholds.ts'
import { servedRequest } from '#test/requests/served-request.ts'

const database = await createTestDatabase<RegisterTables>()
const register = await makeTestRegister(database)
const desk = await openTestDesk(database, register, { readLimits: defaultReadLimits })
const { pool, db: admin } = database.as()
const asDesk = database.as('seloste_desk').db
const now = () => Temporal.Now.instant()

const all = { kind: 'all' as const, units: [], numbers: [] }
const none = { kind: 'none' as const, units: [], numbers: [] }
const outi = await enterTestPerson(admin, asDesk, {
  name: 'Outi Laine',
  right: { role: 'DATA_PROTECTION_OFFICER', purposes: [], scope: none },
})
const sari = await enterTestPerson(admin, asDesk, {
  name: 'Sari Niemi',
  right: { role: 'SUPERVISOR', purposes: ['DEVELOPMENT'], scope: 'their unit' },
})
const paula = await enterTestPerson(admin, asDesk, {
  name: 'Paula',
  right: { role: 'SERVICE_UNIT', purposes: ['INSPECTION'], scope: all },
})
const aino = await enterTestPerson(admin, asDesk, {
  name: 'Aino',
  right: { role: 'OFFICIAL', purposes: ['DEVELOPMENT'], scope: { kind: 'own', units: [], numbers: [] } },
})

let officer: Browser
let supervisor: Browser
let official: Browser
let recording: RecordedSegment
beforeAll(async () => {
  ;[officer, supervisor, official] = await Promise.all([desk.signIn(outi), desk.signIn(sari), desk.signIn(aino)])
  recording = await register.record({ official: { ...colleagueOf(sari), personId: aino.id } })
})

const watch = () => raiseAlarms(database.as('seloste_custodian').db, [], now())
const month = now().toZonedDateTimeISO('Europe/Helsinki').subtract({ months: 1 }).toPlainDate().toString().slice(0, 7)

describe('alarms', () => {
  test('are raised by requests for guessed ids, and closed with a note', async () => {
    for (let i = 0; i < thresholds.refusals.inRow; i++) {
      expect(await answer(official.fetch(`/api/contacts/${crypto.randomUUID()}`))).toMatchObject({ status: 404 })
    }
    await watch()
    const list = await answer(officer.fetch('/api/alarms?state=open'))
    expect(list).toMatchObject({
      status: 200,
      body: { open: 1, items: [{ kind: 'refusals', person: { name: 'Aino' }, isOwn: false }] },
    })
    const [{ id } = { id: '' }] = list.body['items'] as { id: string }[]
    expect(await officer.fetch(`/api/alarms/${id}/seen`, { method: 'POST' })).toHaveProperty('status', 204)
    for (const note of ['', '   ']) {
      expect(await answer(officer.fetch(`/api/alarms/${id}/close`, { json: { note } }))).toMatchObject({
        status: 400,
        code: 'input.invalid',
      })
    }
    expect(await officer.fetch(`/api/alarms/${id}/close`, { json: { note: 'Asked.' } })).toHaveProperty('status', 204)
    expect(await answer(officer.fetch(`/api/alarms/${id}/close`, { json: { note: 'Again.' } }))).toMatchObject({
      status: 409,
      code: 'alarm.closed',
    })
    expect(await answer(officer.fetch('/api/alarms?state=closed'))).toMatchObject({
      body: { open: 0, items: [{ closed: { by: 'Outi Laine', note: 'Asked.' } }] },
    })
    const missing = `/api/alarms/${crypto.randomUUID()}/close`
    expect(await answer(officer.fetch(missing, { json: { note: 'x' } }))).toMatchObject({ status: 404 })
  })

  test.each([
    ['GET', '/api/alarms'],
    ['POST', `/api/alarms/${crypto.randomUUID()}/seen`],
    ['POST', `/api/alarms/${crypto.randomUUID()}/close`],
    ['GET', '/api/reviews'],
    ['GET', `/api/reviews/${month}`],
    ['POST', `/api/reviews/${month}`],
  ])('and reviews are for the data protection officer only: %s %s', async (method, path) => {
    const body = method === 'POST' && !path.endsWith('seen') ? { json: { note: 'x' } } : {}
    for (const [browser, status] of [
      [supervisor, 403],
      [official, 403],
      [desk.visitor, 401],
    ] as const) {
      expect(await answer(browser.fetch(path, { method, ...body }))).toMatchObject({ status })
    }
  })
})

describe('reviews', () => {
  test('of a month have its views, and then one signature', async () => {
    await pool.query(
      `insert into audit_entry (at, person_id, role, action, purpose, reference, object_kind, object_id, result)
       values ($1, $2, 'SECURITY', 'contact.read', 'CRIME_OR_MISUSE', 'ASIA-1', 'contact', gen_random_uuid(), 'ok')`,
      [`${month}-10T10:00:00Z`, sari.id],
    )
    expect(await answer(officer.fetch('/api/reviews'))).toMatchObject({
      status: 200,
      body: { items: [{ month, looks: 1, people: 1 }] },
    })
    expect(await answer(officer.fetch(`/api/reviews/${month}`))).toMatchObject({
      body: { items: [{ person: { name: 'Sari Niemi' }, reference: 'ASIA-1', purpose: 'CRIME_OR_MISUSE' }] },
    })
    const sign = () => officer.fetch(`/api/reviews/${month}`, { json: { note: 'Asked for the case.' } })
    expect(await sign()).toHaveProperty('status', 204)
    expect(await answer(sign())).toMatchObject({ status: 409, code: 'review.done' })
    for (const wrong of ['2026-13', '2026', 'x', '2026-1']) {
      expect(await answer(officer.fetch(`/api/reviews/${wrong}`)), wrong).toMatchObject({ status: 400 })
    }
  })
})

describe('extracts', () => {
  const times = (hours: number) =>
    `from=${now().subtract({ hours }).toString()}&to=${now().add({ minutes: 1 }).toString()}`

  test('of one’s own calls list when, in which role and for what', async () => {
    expect(await answer(supervisor.fetch(`/api/contacts/${recording.contactId}?purpose=QUALITY`))).toMatchObject({
      status: 200,
    })
    const extract = await answer(official.fetch(`/api/my-calls/looks?${times(1)}`))
    expect(extract).toMatchObject({
      status: 200,
      body: {
        isCut: false,
        items: [{ kind: 'read', role: 'SUPERVISOR', purpose: 'QUALITY', contact: { id: recording.contactId } }],
      },
    })
    expect(JSON.stringify(extract.body)).not.toMatch(new RegExp(`Sari|${sari.id}`))
  })

  test.each([
    ['from=x&to=2026-01-01T00:00:00Z', 'from'],
    ['from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z', 'to'],
    ['from=2026-01-01T00:00:00Z&to=2026-03-01T00:00:00Z', 'to'],
  ])('are refused for an invalid period, naming the invalid field: %s', async (query, field) => {
    const response = await answer(official.fetch(`/api/my-calls/looks?${query}`))
    expect(response).toMatchObject({ status: 400, code: 'input.invalid', body: { error: { field } } })
  })

  test('of a call need the reference of an inspection', async () => {
    const clerk = await desk.signIn(paula)
    const { number } = await servedRequest(admin, { clerkId: paula.id, contacts: [recording.contactId] })
    const path = `/api/contacts/${recording.contactId}/looks`
    expect(await answer(clerk.fetch(path))).toMatchObject({ status: 403, code: 'deny.reference' })
    expect(await answer(clerk.fetch(`${path}?reference=T-1`))).toMatchObject({ status: 404, code: 'not-found' })
    expect(await answer(clerk.fetch(`${path}?reference=${number}`))).toMatchObject({
      status: 200,
      body: { contact: { id: recording.contactId }, items: [{ kind: 'read', role: 'SUPERVISOR' }] },
    })
    expect(await answer(supervisor.fetch(`${path}?reference=T-1`))).toMatchObject({ status: 403, code: 'deny.purpose' })
  })
})

test('many views are slowed down, then refused: 429 looks.too-many', async () => {
  const browser = await desk.signIn(
    await enterTestPerson(admin, asDesk, {
      name: 'Nopea',
      right: { role: 'SUPERVISOR', purposes: ['DEVELOPMENT'], scope: 'their unit' },
    }),
  )
  const search = () => answer(browser.fetch('/api/contacts?purpose=QUALITY&limit=1'))
  await search()
  const ordinary = await Promise.all(Array.from({ length: defaultReadLimits.inMinute - 1 }, search))
  expect(ordinary.every(({ status }) => status === 200)).toBe(true)
  const began = performance.now()
  const beyond = await Promise.all(Array.from({ length: 3 * maxWaiting }, search))
  const served = beyond.filter(({ status }) => status === 200)
  const refused = beyond.filter(({ status, code }) => status === 429 && code === 'looks.too-many')
  expect(served.length + refused.length).toBe(beyond.length)
  // One more is served if the last request arrives after the first has been served.
  expect(served.length).toBeGreaterThanOrEqual(maxWaiting)
  expect(refused.length).toBeGreaterThanOrEqual(maxWaiting)
  const waitsMs = (readDelay.stepMs * served.length * (served.length + 1)) / 2
  // Timers may end slightly early.
  expect(performance.now() - began).toBeGreaterThan(waitsMs * 0.99)
})
