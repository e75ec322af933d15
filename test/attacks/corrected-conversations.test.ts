// A conversation of which two recordings exist, after a correction of its official (R39, R49, R50, L10): the correction and
// prohibitions reach both.
import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import type { RegisterTables } from '#register/tables.ts'
import { createTestDatabase } from '../database/create-test-database.ts'
import { phone } from '../database/people.ts'
import { openGdprServiceUnit } from '../requests/open-gdpr-service-unit.ts'

const database = await createTestDatabase<RegisterTables>()
const acts = await openGdprServiceUnit(database)
const { makeRecording, served, ask: send, admin, people, stateOf } = acts

const twice = [
  ['under two numbers', false],
  ['in two halves, at two captures', true],
] as const

/** Records a conversation of Aino's twice. */
async function recordTwice(areHalves: boolean) {
  const today = Temporal.Now.zonedDateTimeISO('Europe/Helsinki').startOfDay()
  const startedAt = today.subtract({ days: 3 }).add({ hours: 12 }).toInstant()
  const call = {
    ...{ startedAt, answeredAt: startedAt.add({ seconds: 20 }), endedAt: startedAt.add({ minutes: 3 }) },
    callIds: [`sipSessionId:${randomUUID()}`],
  }
  const one = await makeRecording(call)
  const two = await makeRecording({
    ...{ ...call, contactId: one.contactId },
    ...(!areHalves && { numberReached: { key: phone('029 497 001') } }),
  })
  expect(two.contactId).toBe(one.contactId)
  if (areHalves) {
    await admin.transaction().execute(async (tx) => {
      await sql`set local session_replication_role = replica`.execute(tx)
      await sql`update segment set beside = ${one.segmentId} where id = ${two.segmentId}`.execute(tx)
    })
  }
  return { one, two, call, request: await served({ contacts: [one.contactId] }) }
}

const propose = async (request: { id: string }, segmentId: string, to: 'aino' | 'bertil' = 'bertil') => {
  const { body } = await send('paula', 'POST', `/api/requests/${request.id}/corrections`, {
    ...{ segmentId, officialUserId: people[to].userId },
  })
  return body['id'] as string
}
async function approve(correction: string) {
  const { status } = await send('riitta', 'POST', `/api/corrections/${correction}/decision`, { outcome: 'APPROVED' })
  expect(status).toBe(204)
}
const correct = async (...proposal: Parameters<typeof propose>) => approve(await propose(...proposal))
async function listen(name: 'aino' | 'bertil', recording: string) {
  return (await send(name, 'POST', `/api/recordings/${recording}/listenings`, { purpose: 'DEVELOPMENT' })).status
}
const forbid = (name: 'aino' | 'bertil', recording: string) =>
  acts.forbid(name, recording, { party: 'OFFICIAL', channel: 'OWN_CALLS' })
const prohibitionsOf = async (contactId: string) => {
  const { rows } = await sql<{ recording_id: string; entered_by: string }>`
    select p.recording_id, p.entered_by from prohibition p join recording r on r.id = p.recording_id
    where r.contact_id = ${contactId} order by 1`.execute(admin)
  return rows
}

test.each(twice)(
  'a correction of one of two recordings of a conversation %s takes both from the former official, and the new one forbids both',
  async (_how, areHalves) => {
    const { one, two, request } = await recordTwice(areHalves)
    await correct(request, one.segmentId)
    expect([await listen('aino', one.id), await listen('aino', two.id)]).toEqual([404, 404])
    expect(await listen('bertil', two.id)).toBe(201)
    expect((await forbid('bertil', one.id)).status).toBe(200)
    for (const { id } of [one, two]) expect(await stateOf(id)).not.toHaveProperty('state', 'STORED')
  },
)

test.each(twice)(
  'a correction withdraws what the former official forbade of both recordings of a conversation %s, and its reversal forbids both again',
  async (_how, areHalves) => {
    const { one, two, request } = await recordTwice(areHalves)
    // The caller's open request keeps both recordings, so that the prohibition waits.
    expect((await forbid('aino', two.id)).status).toBe(200)
    expect(await prohibitionsOf(one.contactId)).toHaveLength(2)
    await correct(request, one.segmentId)
    expect(await prohibitionsOf(one.contactId)).toEqual([])
    await correct(request, two.segmentId, 'aino')
    expect((await prohibitionsOf(one.contactId)).map((row) => row.entered_by)).toEqual([people.aino.id, people.aino.id])
  },
)

test('proposals of one correction for both recordings of a conversation are approved together, and the log and the ledger have both, and the letter has one', async () => {
  const { one, two, request } = await recordTwice(false)
  const proposals = [await propose(request, one.segmentId), await propose(request, two.segmentId)]
  await approve(proposals[0]!)
  const { rows } = await sql<{ id: string; outcome: string; logged: boolean; in_ledger: boolean }>`
    select c.id, c.outcome,
      exists (select from audit_entry e where e.action = 'correction.decided' and e.object_id = c.id
        and e.detail ->> 'segment' = c.segment_id::text and e.detail ->> 'was' = ${people.aino.id}) as logged,
      exists (select from opened_entry e where e.object_kind = 'correction' and e.object_id = c.id
        and e.detail ->> 'segment' = c.segment_id::text) as in_ledger
    from correction c where c.contact_id = ${one.contactId}`.execute(admin)
  expect(rows).toHaveLength(2)
  for (const id of proposals) {
    expect(rows).toContainEqual({ id, outcome: 'APPROVED', logged: true, in_ledger: true })
  }
  const { rows: letters } = await sql<{ corrections: object[] }>`
    select letter_facts(q, 'correction', null) -> 'corrections' as corrections
    from subject_request q where id = ${request.id}`.execute(admin)
  expect(letters[0]?.corrections).toMatchObject([{ was: 'Aino', becomes: 'Bertil', outcome: 'APPROVED' }])
})

test('a correction leaves the parts of other officials in the same call', async () => {
  const { one, two, call, request } = await recordTwice(false)
  const { contactId } = one
  const later = await makeRecording({
    ...{ ...call, contactId, answeredAt: call.endedAt, endedAt: call.endedAt.add({ minutes: 2 }) },
    official: { personId: people.tuula.id, unitId: people.aino.unitId, name: 'Tuula', phone: phone('029 512 1009') },
  })
  await correct(request, two.segmentId)
  const { rows } = await sql<{ id: string; person: string }>`
    select id, official_person_id as person from segment where contact_id = ${contactId}`.execute(admin)
  expect(Object.fromEntries(rows.map(({ id, person }) => [id, person]))).toEqual({
    ...{ [one.segmentId]: people.bertil.id, [two.segmentId]: people.bertil.id, [later.segmentId]: people.tuula.id },
  })
})
