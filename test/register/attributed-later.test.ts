/** A number is entered in the directory for a past instant: calls of that time get their official (R8, R11, R21). */
import { expect, test } from 'vitest'
import { admit } from '#register/admit.ts'
import type { RegisterTables } from '#register/tables.ts'
import { createTestDatabase } from '#test/database/create-test-database.ts'
import { callFacts, enterTestPerson, phone } from '#test/database/people.ts'

const database = await createTestDatabase<RegisterTables>()
const admin = database.as().db
const desk = database.as('seloste_desk').db
const capture = database.as('seloste_capture').db

const segmentOf = (contactId: string) =>
  admin.selectFrom('segment').selectAll().where('contact_id', '=', contactId).executeTakeFirstOrThrow()
const entriesOf = async (contactId: string) =>
  (
    await database
      .as()
      .pool.query(`select action, detail from audit_entry where object_id = $1 and action = 'call.attributed'`, [
        contactId,
      ])
  ).rows as { action: string; detail: unknown }[]

function callAt(written: string, given: Parameters<typeof callFacts>[0] = {}) {
  return callFacts({ ...given, official: { name: phone(written), phone: phone(written) } })
}

test('a call to an unassigned number gets its official once the directory has one for the number, with a log entry', async () => {
  const facts = callAt('029 512 7001')
  const { contactId } = await admit(capture, facts)
  expect(await segmentOf(contactId)).toMatchObject({ official_person_id: null })
  const person = await enterTestPerson(admin, desk, { name: 'Aino Myöhäinen', phone: '029 512 7001' })
  const named = { official_person_id: person.id, official_unit_id: person.unitId, official_name: 'Aino Myöhäinen' }
  expect(await segmentOf(contactId)).toMatchObject(named)
  expect(await entriesOf(contactId)).toEqual([
    { action: 'call.attributed', detail: { segment: facts.segmentId, person: person.id } },
  ])
  // Capture reports the call again, with its old directory data.
  await admit(capture, facts)
  expect(await segmentOf(contactId)).toMatchObject(named)
  expect(await entriesOf(contactId)).toHaveLength(1)
})

test('a call reported by a capture with an old copy of the directory gets its official', async () => {
  const person = await enterTestPerson(admin, desk, { name: 'Berta Varhainen', phone: '029 512 7002' })
  const { contactId } = await admit(capture, callAt('029 512 7002'))
  expect(await segmentOf(contactId)).toMatchObject({ official_person_id: person.id, official_name: 'Berta Varhainen' })
  expect(await entriesOf(contactId)).toHaveLength(1)
})

test('a call to another number, from before the number’s assignment, or that ended more than a day ago gets no official', async () => {
  const endedAt = Temporal.Now.instant().subtract({ hours: 30 })
  const { contactId: other } = await admit(capture, callAt('029 512 7003'))
  const { contactId: old } = await admit(
    capture,
    callAt('029 512 7004', {
      startedAt: endedAt.subtract({ minutes: 9 }),
      answeredAt: endedAt.subtract({ minutes: 8 }),
      endedAt,
    }),
  )
  await enterTestPerson(admin, desk, { name: 'Carita Toinen', phone: '029 512 7004' })
  expect(await segmentOf(other)).toMatchObject({ official_person_id: null })
  expect(await segmentOf(old)).toMatchObject({ official_person_id: null })
  const { contactId: before } = await admit(capture, callAt('029 512 7005'))
  const late = await enterTestPerson(admin, desk, { name: 'Daniel Uusi' })
  await database
    .as()
    .pool.query(
      `insert into person_phone (person_id, phone_key, valid_from) values ($1, $2, now() - interval '1 minute')`,
      [late.id, phone('029 512 7005')],
    )
  expect(await segmentOf(before)).toMatchObject({ official_person_id: null })
})
