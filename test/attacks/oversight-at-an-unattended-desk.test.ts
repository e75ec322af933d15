// Ending or confirming a right, closing an alarm, signing off a month of views and moving an office with booked appointments need a fresh
// proof of identity, so that nobody can do them in an unattended session.
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import type { RegisterTables } from '#register/tables.ts'
import { createTestDatabase } from '../database/create-test-database.ts'
import { enterTestPerson, type TestPerson } from '../database/people.ts'
import { openOffices, type Jar } from '../requests/open-offices.ts'

const database = await createTestDatabase<RegisterTables>()
const offices = await openOffices(database)
const { admin, people, openBrowser, makeRecording } = offices
const nothing = { kind: 'none' as const, units: [], numbers: [] }
const approver = await enterTestPerson(admin, database.as('seloste_desk').db, {
  name: 'Anneli',
  right: { role: 'ACCESS_APPROVER', purposes: [], scope: nothing },
})

const setProof = (person: TestPerson, ago: string) =>
  sql`update session set proved_at = now() - ${ago}::interval, proved_by = now() - ${ago}::interval
    where person_id = ${person.id}`.execute(admin)

/** Sends a request from an unattended desk. Checks that it is refused, and sends it again after a new proof of identity. */
async function refusedUntilProved(person: TestPerson, send: (jar: Jar) => ReturnType<Jar['request']>) {
  const jar = await openBrowser(person)
  await setProof(person, '16 minutes')
  expect(await send(jar)).toMatchObject({ status: 403, code: 'confirm.fresh' })
  await setProof(person, '1 minute')
  return send(jar)
}

async function rightOf(person: TestPerson): Promise<string> {
  const { rows } = await sql<{ id: string }>`
    select id from access_right where person_id = ${person.id} and revoked_at is null`.execute(admin)
  return rows[0]!.id
}

test.each([
  ['confirming', 'bertil', { path: 'reviews', json: { keep: true } }],
  ['ending in a review', 'matti', { path: 'reviews', json: { keep: false, note: 'Ei tarvita' } }],
  ['ending', 'tuula', { path: 'revocation', json: { reason: 'Tehtävä vaihtui' } }],
] as const)('%s somebody’s right needs a new proof', async (_how, holder, { path, json }) => {
  const right = await rightOf(people[holder])
  const answered = await refusedUntilProved(approver, (jar) => jar.request(`/api/rights/${right}/${path}`, json))
  expect(answered.status).toBe(200)
})

test('ending one’s own right needs a new proof', async () => {
  const right = await rightOf(people.aino)
  const answered = await refusedUntilProved(people.aino, (jar) => jar.request(`/api/rights/${right}/revocation`, {}))
  expect(answered.status).toBe(200)
})

test('closing an alarm needs a new proof', async () => {
  const { rows } = await sql<{ id: string }>`
    insert into alarm (kind, person_id, count, facts, threshold, first_at, last_at)
    values ('mass', ${people.matti.id}, 500, '{}', '{}', now(), now()) returning id`.execute(admin)
  const close = (jar: Jar) => jar.request(`/api/alarms/${rows[0]!.id}/close`, { note: 'Selvitetty', count: 500 })
  expect((await refusedUntilProved(people.dora, close)).status).toBe(204)
})

test('explaining missing recordings, which closes their alarm, needs a new proof', async () => {
  const [from, to] = ['2026-01-01T00:00:00Z', '2026-01-08T00:00:00Z']
  const explain = (jar: Jar) =>
    jar.request('/api/reconciliation/explanations', { kind: 'unrecorded', from, to, readAt: to, note: 'Selvitetty' })
  expect(await refusedUntilProved(people.dora, explain)).toMatchObject({ status: 409, code: 'reconciliation.nothing' })
})

test('signing off a month of views needs a new proof', async () => {
  const month = Temporal.Now.plainDateISO('Europe/Helsinki').toPlainYearMonth().subtract({ months: 1 }).toString()
  await sql`
    insert into audit_entry (at, person_id, role, action, purpose, reference, object_kind, object_id, result)
    values (${`${month}-10T12:00:00Z`}, ${people.matti.id}, 'MAINTENANCE', 'contact.read', 'MAINTENANCE', 'VIKA-1', 'contact',
      gen_random_uuid(), 'ok')`.execute(admin)
  const signOff = (jar: Jar) => jar.request(`/api/reviews/${month}`, { note: 'Verrattu vikoihin' })
  expect((await refusedUntilProved(people.dora, signOff)).status).toBe(204)
})

test('changing an office needs a new proof while appointments are booked there, and the log has their number', async () => {
  const officeId = await offices.enterOffice()
  const named = (text: string) => ({ fi: text, sv: text, en: text })
  const move = (isClosed: boolean) => (jar: Jar) =>
    jar.request(
      `/api/offices/${officeId}`,
      { names: named('Oulu'), address: named('Muualla 1'), isClosed },
      { method: 'PUT' },
    )
  const jar = await openBrowser(people.paula)
  await setProof(people.paula, '1 hour')
  expect((await move(false)(jar)).status).toBe(204)
  const recording = await makeRecording()
  await offices.bookAppointment(await offices.makeInspection([recording]), await offices.addSlot(30, { officeId }))
  const listed = await jar.request('/api/offices')
  expect((listed.body['items'] as { id: string }[]).find(({ id }) => id === officeId)).toMatchObject({ bookedSlots: 1 })
  expect((await refusedUntilProved(people.paula, move(true))).status).toBe(204)
  const { rows } = await sql<{ detail: unknown }>`
    select detail from audit_entry where action = 'office.changed' and object_id = ${officeId} and result = 'ok'
      and detail ->> 'what' = 'changed' order by seq`.execute(admin)
  expect(rows.map(({ detail }) => detail)).toEqual([
    { what: 'changed', closed: false, booked: 0 },
    { what: 'changed', closed: true, booked: 1 },
  ])
})
