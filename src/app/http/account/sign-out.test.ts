import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { createTestDatabase } from '#test/database/create-test-database.ts'
import { enterTestPerson } from '#test/database/people.ts'
import { makeTestRegister } from '#test/register/make-register.ts'
import { answer, openTestDesk } from '#test/register/open-desk.ts'
import type { RegisterTables } from '#register/tables.ts'
import { sessionHash } from '#safeguards/people/session.ts'

const database = await createTestDatabase<RegisterTables>()
const register = await makeTestRegister(database)
const desk = await openTestDesk(database, register)
const admin = database.as().db
const sari = await enterTestPerson(admin, database.as('seloste_desk').db, { name: 'Sari Niemi' })

test('signing out ends a pending sign-in like a session, and the browser deletes its cookies', async () => {
  const token = randomBytes(32).toString('base64url')
  const now = Temporal.Now.instant()
  await admin
    .insertInto('session')
    .values({
      token_hash: sessionHash(token),
      person_id: sari.id,
      created_at: now,
      expires_at: now.add({ minutes: 5 }),
      awaits_second_factor: true,
    })
    .execute()
  const request = (method: string) =>
    fetch(`${desk.url}/api/session`, { method, headers: { cookie: `seloste=${token}` } })
  expect(await answer(request('GET'))).toMatchObject({ status: 401, code: 'session.enrolment' })

  const response = await request('DELETE')
  expect(response.status).toBe(204)
  expect(response.headers.getSetCookie().join()).toMatch(/seloste=;/)
  expect(await answer(request('GET'))).toMatchObject({ status: 401, code: 'session.none' })
  expect(await answer(request('DELETE'))).toMatchObject({ status: 401, code: 'session.none' })
})
