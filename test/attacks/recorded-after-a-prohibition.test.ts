// Promise: a prohibition reaches every recording of the call (R49, R50). The attack: a recording reaches the register after its caller or
// official has had the use of the call's recordings forbidden by a request.
import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { admit, type SegmentFacts } from '#register/admit.ts'
import type { RegisterTables } from '#register/tables.ts'
import { inSession } from '#platform/database/connect.ts'
import { callFacts, phone, recordingOf } from '#test/database/people.ts'
import { createTestDatabase } from '../database/create-test-database.ts'
import { openOffices } from '../requests/open-offices.ts'

const database = await createTestDatabase<RegisterTables>()
const { makeRecording, serve, forbid, stateOf, people, admin, clerk } = await openOffices(database)
const end = Temporal.Now.instant().subtract({ hours: 3 })
const times = { startedAt: end.subtract({ minutes: 5 }), answeredAt: end.subtract({ minutes: 4 }), endedAt: end }
const after = { startedAt: times.startedAt, answeredAt: end, endedAt: end.add({ minutes: 4 }) }
const aino = { personId: people.aino.id, unitId: people.aino.unitId, name: 'Aino', phone: phone('029 512 1001') }
const bertil = {
  personId: people.bertil.id,
  unitId: people.bertil.unitId,
  name: 'Bertil',
  phone: phone('029 512 1002'),
}

/** Admits a call of which only a detail record is known. */
async function admitUnrecorded(): Promise<SegmentFacts> {
  const facts = callFacts({ contactId: randomUUID(), ...times, official: aino })
  await admit(admin, facts)
  return facts
}

async function answer(id: string, kinds: readonly string[], outcome = 'ANSWERED') {
  for (const kind of kinds)
    await sql`
      insert into letter (request_id, kind, language, template_version, content, delivered_at, delivered_by, delivered_how)
      values (${id}, ${kind}, 'fi', 1, '{}', now(), ${people.paula.id}, 'POST')`.execute(admin)
  expect((await clerk.request(`/api/requests/${id}/close`, { outcome })).status).toBe(204)
}

const recordOf = ({ contactId, segmentId, callIds }: SegmentFacts) =>
  makeRecording({ ...times, contactId, segmentId, callIds })

test.each([
  ['is destroyed', 'ANSWERED', ['answer'], 'DESTROYING'],
  ['is kept if the request was withdrawn', 'WITHDRAWN', [], 'STORED'],
])('a recording of a call without one, whose caller had forbidden its use, %s', async (_, outcome, letters, state) => {
  const facts = await admitUnrecorded()
  const { id, number } = await serve([facts.contactId], { kinds: ['KNOW', 'PROHIBIT'] })
  await answer(id, letters, outcome)
  const late = await recordOf(facts)
  expect((await stateOf(late.id)).state).toBe(state)
  const { rows } = await sql`
    select p.party, e.reference from prohibition p join audit_entry e on e.object_id = p.id and e.action = 'recording.forbidden'
    where p.recording_id = ${late.id}`.execute(admin)
  expect(rows).toEqual(state === 'STORED' ? [] : [{ party: 'CALLER', reference: number }])
})

test.each(['open', 'answered'])(
  'a later part is destroyed if the request by which the caller forbade the first one is %s',
  async (is) => {
    const first = await makeRecording(times)
    const { id, number } = await serve([first.contactId], { kinds: ['PROHIBIT'] })
    await forbid('paula', first.id, { party: 'CALLER', channel: 'PHONE', reference: number })
    if (is === 'answered') await answer(id, ['prohibition'])
    const late = await makeRecording({ ...after, contactId: first.contactId, official: bertil })
    expect(await stateOf(late.id)).toMatchObject({ state: 'DESTROYING', cause: 'caller' })
  },
)

test('a later part of another official is kept if an official had their own part forbidden', async () => {
  const first = await makeRecording(times)
  const official = { party: 'OFFICIAL', officialId: people.aino.id } as const
  const { number } = await serve([first.contactId], { kinds: ['PROHIBIT'], ...official })
  await forbid('paula', first.id, { party: 'OFFICIAL', channel: 'PHONE', reference: number })
  const [others, own] = [
    await makeRecording({ ...after, contactId: first.contactId, official: bertil }),
    await makeRecording({
      ...after,
      answeredAt: after.endedAt,
      endedAt: after.endedAt.add({ minutes: 1 }),
      contactId: first.contactId,
    }),
  ]
  expect([(await stateOf(others.id)).state, (await stateOf(own.id)).state]).toEqual(['STORED', 'DESTROYING'])
})

/** Returns a conversation's two calls: two recording clients report it with two telephone numbers of the caller. */
function reportedTwice(): [SegmentFacts, SegmentFacts] {
  const callIds = [`sipSessionId:${randomUUID()}`]
  const of = (number: string) =>
    callFacts({
      ...{ ...times, contactId: randomUUID(), official: aino, callIds, trunk: 'trunk:border' },
      caller: { kind: 'e164', key: phone(number), raw: null },
    })
  return [of('040 123 4567'), of('09 123 4567')]
}

function recorded(facts: SegmentFacts) {
  const drawn = { ...facts, decision: { ...facts.decision, record: true, reason: 'drawn' } }
  return { ...drawn, recording: recordingOf(drawn) }
}

test.each(['before', 'after'])(
  'a recording under another number of the caller, entered %s the answer, is destroyed if the requester’s call has none',
  async (when) => {
    const [asked, other] = reportedTwice()
    await admit(admin, asked, randomUUID())
    const twin = recorded(other)
    if (when === 'before') await admit(admin, twin, randomUUID())
    const { id } = await serve([asked.contactId], { kinds: ['KNOW', 'PROHIBIT'] })
    await answer(id, ['answer'])
    if (when === 'after') await admit(admin, twin, randomUUID())
    expect((await stateOf(twin.recording.id)).state).toBe('DESTROYING')
  },
)

test('a later part of the new official is kept if the former one had a part forbidden that was destroyed before its correction', async () => {
  const first = await makeRecording(times)
  const official = { party: 'OFFICIAL', officialId: people.aino.id } as const
  const { number } = await serve([first.contactId], { kinds: ['PROHIBIT'], ...official })
  await forbid('paula', first.id, { party: 'OFFICIAL', channel: 'PHONE', reference: number })
  const { id } = await serve([first.contactId], { kinds: ['RECTIFY'] })
  const { rows } = await sql<{ id: string }>`
    insert into correction (request_id, segment_id, contact_id, contact_started_at, was_person_id, was_unit_id, becomes_person_id,
      becomes_unit_id, proposed_by)
    select ${id}::uuid, s.id, contact_id, contact_started_at, official_person_id, official_unit_id, ${people.bertil.id}::uuid,
      ${people.bertil.unitId}::uuid, ${people.paula.id}::uuid
    from segment s where s.id = ${first.segmentId} returning id`.execute(admin)
  const { token } = await people.riitta.signIn()
  await inSession(database.as('seloste_desk').db, { 'seloste.session': token }, (tx) =>
    sql`select decide_correction(${rows[0]!.id}::uuid, 'APPROVED')`.execute(tx),
  )
  const late = await makeRecording({ ...after, contactId: first.contactId, official: bertil })
  expect((await stateOf(late.id)).state).toBe('STORED')
})
