import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { createTestDatabase } from '#test/database/create-test-database.ts'
import { enterTestPerson } from '#test/database/people.ts'
import { makeTestRegister } from '#test/register/make-register.ts'
import { answer, openTestDesk } from '#test/register/open-desk.ts'
import type { RegisterTables } from '#register/tables.ts'

const database = await createTestDatabase<RegisterTables>()
const desk = await openTestDesk(database, await makeTestRegister(database))
const admin = database.as().db
const aino = await enterTestPerson(admin, database.as('seloste_desk').db, {
  name: 'Aino Virtanen',
  right: { role: 'OFFICIAL', purposes: ['DEVELOPMENT'], scope: { kind: 'own', units: [], numbers: [] } },
})

/** Runs an action. Returns the log entries that it added. */
async function entriesOf(action: () => Promise<unknown>) {
  const newest = () =>
    admin
      .selectFrom('audit_entry')
      .select((eb) => eb.fn.max('seq').as('seq'))
      .executeTakeFirstOrThrow()
  const before = (await newest()).seq
  await action()
  return admin.selectFrom('audit_entry').selectAll().where('seq', '>', before).orderBy('seq').execute()
}

test('a request for a contact without a session is logged with the contact and the operation', async () => {
  const id = randomUUID()
  const entries = await entriesOf(() => answer(desk.visitor.fetch(`/api/contacts/${id}`)))
  expect(entries).toMatchObject([
    {
      action: 'request.refused',
      result: 'refused:session.none',
      person_id: null,
      object_kind: 'contact',
      object_id: id,
      detail: { method: 'GET', operation: 'readContact' },
    },
  ])
})

test('a request of a person without the role is logged with the person', async () => {
  const browser = await desk.signIn(aino)
  const entries = await entriesOf(() => browser.fetch('/api/people'))
  expect(entries).toMatchObject([{ action: 'directory.read', result: 'refused:deny.role', person_id: aino.id }])
})

test('a refusal logged by an operation is not logged twice', async () => {
  const browser = await desk.signIn(aino)
  const entries = await entriesOf(() => browser.fetch(`/api/contacts/${randomUUID()}?purpose=DEVELOPMENT`))
  expect(entries.map(({ action, result }) => [action, result])).toEqual([['contact.read', 'refused:not-found']])
  const purpose = await entriesOf(() => browser.fetch('/api/contacts?purpose=CRIME_OR_MISUSE'))
  expect(purpose.map(({ action, result }) => [action, result])).toEqual([['contacts.listed', 'refused:deny.purpose']])
})

test('a request for a missing listening is refused and logged', async () => {
  const browser = await desk.signIn(aino)
  const id = randomUUID()
  for (const path of ['audio', 'peaks']) {
    const entries = await entriesOf(() =>
      browser.fetch(`/api/listenings/${id}/${path}`, { headers: { range: 'bytes=0-' } }),
    )
    expect(entries).toMatchObject([{ result: 'refused:listening.ended', object_kind: 'listening', object_id: id }])
  }
})

test('a request for an unknown path of the API is logged, and one for an unknown page is not', async () => {
  expect(await entriesOf(() => desk.visitor.fetch('/api/export-everything'))).toMatchObject([
    { action: 'request.refused', detail: { operation: 'none' } },
  ])
  expect(await entriesOf(() => desk.visitor.fetch('/no-such-page'))).toEqual([])
})

test('a request from another site is logged', async () => {
  const entries = await entriesOf(() =>
    desk.visitor.fetch('/api/session', { method: 'DELETE', headers: { 'sec-fetch-site': 'cross-site' } }),
  )
  expect(entries).toMatchObject([{ result: 'refused:deny.origin' }])
})

test('a denial that cannot be logged is answered with 503', async () => {
  await database.as().pool.query('revoke insert on audit_entry from seloste_desk')
  await database
    .as()
    .pool.query(
      'revoke insert (person_id, right_id, role, action, purpose, reference, object_kind, object_id, result, detail) on audit_entry from seloste_desk',
    )
  expect(await answer(desk.visitor.fetch(`/api/contacts/${randomUUID()}`))).toMatchObject({ status: 503 })
  await database
    .as()
    .pool.query(
      'grant insert (person_id, right_id, role, action, purpose, reference, object_kind, object_id, result, detail) on audit_entry to seloste_desk',
    )
})

test('endless requests of a stranger do not fill the log: at most sixty a minute are logged', async () => {
  const entries = await entriesOf(() =>
    Promise.all(Array.from({ length: 100 }, () => desk.visitor.fetch('/api/contacts?purpose=DEVELOPMENT'))),
  )
  expect(entries.length).toBeGreaterThan(0)
  expect(entries.length).toBeLessThanOrEqual(60)
})
