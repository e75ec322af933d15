/** Calls under a number that has gone from one official to another are those of who had it when they were answered (R8, R11, R37). */
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { admit, type SegmentFacts } from '#register/admit.ts'
import type { RegisterTables } from '#register/tables.ts'
import { createTestDatabase } from '#test/database/create-test-database.ts'
import { callFacts, enterTestPerson, phone, recordingFacts } from '#test/database/people.ts'
import { feedOfTests } from '#test/database/tell-feed.ts'

const database = await createTestDatabase<RegisterTables>()
const admin = database.as().db
const desk = database.as('seloste_desk').db
const capture = database.as('seloste_capture').db
const now = Temporal.Now.instant().round('second')
const moved = now.subtract({ hours: 1 })

/** A number that was Aino's until an hour ago and has been Berta's since; capture's copy of the directory is of before. */
async function moveNumber(written: string) {
  const aino = await enterTestPerson(admin, desk, { name: `Aino ${written}`, unit: 'Entinen', phone: written })
  const berta = await enterTestPerson(admin, desk, { name: `Berta ${written}`, unit: 'Nykyinen' })
  await sql`update person_phone set valid_to = ${moved}::timestamptz where person_id = ${aino.id}`.execute(admin)
  await sql`insert into person_phone (person_id, phone_key, valid_from)
    values (${berta.id}, ${phone(written)}, ${moved}::timestamptz)`.execute(admin)
  const recordedCall = (given: Partial<SegmentFacts> = {}) =>
    callFacts({
      ...{ startedAt: now.subtract({ minutes: 11 }), answeredAt: now.subtract({ minutes: 10 }) },
      endedAt: now.subtract({ minutes: 5 }),
      official: { personId: aino.id, unitId: aino.unitId, name: `Aino ${written}`, phone: phone(written) },
      decision: { record: true, reason: 'drawn', ruleId: 'r', ruleVersion: 1, share: 0.5, draw: 0.1 },
      recording: recordingFacts({ startedAt: now.subtract({ minutes: 10 }), endedAt: now.subtract({ minutes: 5 }) }),
      ...given,
    })
  const named = { official_person_id: berta.id, official_unit_id: berta.unitId, official_name: `Berta ${written}` }
  return { aino, berta, recordedCall, named }
}

const segmentOf = (id: string) =>
  admin.selectFrom('segment').selectAll().where('contact_id', '=', id).executeTakeFirstOrThrow()
const attributed = async (id: string) =>
  (
    await sql<{
      detail: unknown
    }>`select detail from audit_entry where object_id = ${id} and action = 'call.attributed'`.execute(admin)
  ).rows.map(({ detail }) => detail)
const consent = (person: { id: string }) =>
  sql`insert into person_recording_consent (person_id, valid_from) values (${person.id}, ${moved}::timestamptz - interval '1 day')`.execute(
    admin,
  )

test('a capture that could not reach the database while it moved tells a call: it is the present holder’s, and the log says so', async () => {
  const { berta, recordedCall, named } = await moveNumber('029 512 7101')
  const facts = recordedCall()
  const { contactId } = await admit(capture, facts)
  const entries = [{ segment: facts.segmentId, person: berta.id }]
  expect(await segmentOf(contactId)).toMatchObject({ ...named, marks: [] })
  expect(await attributed(contactId)).toEqual(entries)
  // Told once more, as capture knew it.
  await admit(capture, facts)
  expect(await segmentOf(contactId)).toMatchObject({ ...named, marks: [] })
  expect(await attributed(contactId)).toEqual(entries)
})

test('it is told while it rings, while it goes on and when it has ended', async () => {
  const { berta, recordedCall, named } = await moveNumber('029 512 7102')
  const { answeredAt, endedAt, recording, ...rings } = recordedCall()
  const { contactId } = await admit(capture, rings)
  await admit(capture, { ...rings, answeredAt })
  expect(await segmentOf(contactId)).toMatchObject(named)
  await admit(capture, { ...rings, answeredAt, endedAt, recording })
  expect(await segmentOf(contactId)).toMatchObject({ ...named, ended_at: endedAt })
  expect(await attributed(contactId)).toEqual([{ segment: rings.segmentId, person: berta.id }])
})

test('one that was recorded by the former holder’s consent and not the present one’s is for review', async () => {
  const { aino, recordedCall, named } = await moveNumber('029 512 7103')
  await consent(aino)
  const facts = recordedCall()
  const { contactId } = await admit(capture, facts)
  await admit(capture, facts)
  expect(await segmentOf(contactId)).toMatchObject({ ...named, marks: ['needs-review'] })
})

test('one that both consented to, or that was not recorded, is not', async () => {
  const { aino, berta, recordedCall, named } = await moveNumber('029 512 7104')
  await consent(aino)
  const unrecorded = recordedCall({ recording: undefined, decision: { record: false, reason: 'not-drawn' } })
  const { contactId: first } = await admit(capture, unrecorded)
  expect(await segmentOf(first)).toMatchObject({ ...named, marks: [] })
  await consent(berta)
  const { contactId: second } = await admit(capture, recordedCall())
  expect(await segmentOf(second)).toMatchObject({ ...named, marks: [] })
})

test('one of before it moved stays the former holder’s, and so does one at a number that the directory does not have', async () => {
  const { aino, recordedCall } = await moveNumber('029 512 7105')
  const before = moved.subtract({ minutes: 10 })
  const times = { startedAt: before, answeredAt: before, endedAt: before.add({ minutes: 5 }) }
  const { contactId: earlier } = await admit(
    capture,
    recordedCall({ ...times, recording: recordingFacts({ startedAt: before, endedAt: times.endedAt }) }),
  )
  expect(await segmentOf(earlier)).toMatchObject({ official_person_id: aino.id })
  const elsewhere = { personId: aino.id, unitId: aino.unitId, name: 'Aino', phone: phone('029 512 7199') }
  const { contactId: other } = await admit(capture, recordedCall({ official: elsewhere }))
  expect(await segmentOf(other)).toMatchObject({ official_person_id: aino.id })
  expect(await attributed(other)).toEqual([])
})

test('one that has been over for a day when it moved by a late entry stays as it is, told again or not', async () => {
  const { aino, berta, recordedCall } = await moveNumber('029 512 7106')
  const over = now.subtract({ hours: 30 })
  const facts = recordedCall({
    ...{ startedAt: over, answeredAt: over, endedAt: over.add({ minutes: 5 }), recording: undefined },
    decision: { record: false, reason: 'not-drawn' },
  })
  const { contactId } = await admit(capture, facts)
  await sql`delete from person_phone where person_id = ${aino.id}`.execute(admin)
  await sql`update person_phone set valid_from = '2020-01-02' where person_id = ${berta.id}`.execute(admin)
  await admit(capture, facts)
  expect(await segmentOf(contactId)).toMatchObject({ official_person_id: aino.id })
})

test('a feed whose copy of the directory is old tells a call: it is the present holder’s', async () => {
  const { aino, berta, named } = await moveNumber('029 512 7107')
  const { tell } = await feedOfTests(database, [
    {
      ...{ personId: aino.id, unitId: aino.unitId, name: 'Aino', phoneKey: phone('029 512 7107') },
      ...{ consentedFrom: null, from: Temporal.Instant.from('2020-01-01T00:00:00Z'), to: null },
    },
  ])
  const fields = {
    ...{ callId: ['id'], startedAt: ['start'], answeredAt: ['answer'], endedAt: ['end'] },
    ...{ caller: ['caller'], called: ['called'], official: ['official'] },
  }
  const at = (minutes: number) => now.subtract({ minutes }).toString()
  const problems = await tell(
    { source: 'csv', fields },
    `id;start;answer;end;caller;called;official\nfed-7107;${at(11)};${at(10)};${at(5)};+358407107107;029497000;0295127107\n`,
  )
  expect(problems).toEqual([])
  const [segment] = await admin
    .selectFrom('segment')
    .selectAll()
    .where('official_phone', '=', phone('029 512 7107'))
    .execute()
  expect(segment).toMatchObject(named)
  expect(await attributed(segment!.contact_id)).toEqual([{ segment: segment!.id, person: berta.id }])
})
