// Corrections of a call's official (GDPR 16, L10): proposed by a clerk, decided by another person, and then in the
// history.
import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import type { Correction } from '#app/http/contract/request-acts.ts'
import type { RegisterTables } from '#register/tables.ts'
import { createTestDatabase } from '../database/create-test-database.ts'
import { phone } from '../database/people.ts'
import { openGdprServiceUnit } from './open-gdpr-service-unit.ts'

const database = await createTestDatabase<RegisterTables>()
const acts = await openGdprServiceUnit(database)
const { makeRecording, served, ask: send, admin, people, entries } = acts

const propose = (
  request: string,
  segmentId: string,
  officialUserId: string,
  name: 'paula' | 'aino' | 'riitta' = 'paula',
) => send(name, 'POST', `/api/requests/${request}/corrections`, { segmentId, officialUserId })
const decide = (id: string, outcome: 'APPROVED' | 'REJECTED', name: 'riitta' | 'paula' | 'asta' = 'riitta') =>
  send(name, 'POST', `/api/corrections/${id}/decision`, { outcome })
const listCorrections = async () => {
  const { body } = await send('riitta', 'GET', '/api/request-decisions')
  return (body as unknown as { corrections: Correction[] }).corrections
}
async function officialOf(segment: string) {
  const { rows } = await sql<{ person: string; unit: string; name: string; phone: string | null }>`
    select official_person_id as person, official_unit_id as unit, official_name as name, official_phone as phone
    from segment where id = ${segment}`.execute(admin)
  return rows[0]
}
/** Makes a call of Aino's that ended two days ago. */
async function callOfAino() {
  const endedAt = Temporal.Now.instant().subtract({ hours: 48 })
  const recording = await makeRecording({
    startedAt: endedAt.subtract({ minutes: 5 }),
    answeredAt: endedAt.subtract({ minutes: 4 }),
    endedAt,
  })
  const request = await served({ contacts: [recording.contactId] })
  return { ...recording, request }
}
const callsOf = async (name: 'aino' | 'bertil') => {
  const { body } = await send(name, 'GET', '/api/contacts?purpose=QUALITY')
  return (body['items'] as { id: string }[]).map(({ id }) => id)
}

test('a correction can be decided at the same time as the call’s official forbids the recording', async () => {
  for (let n = 0; n < 5; n++) {
    const { id, segmentId, request } = await callOfAino()
    const correction = (await propose(request.id, segmentId, people.bertil.userId)).body['id'] as string
    const [forbidden, decided] = await Promise.all([acts.forbidByOfficial(id), decide(correction, 'APPROVED')])
    expect(decided.status).toBe(204)
    // After the decision the call belongs to another official, so the prohibition gets 404.
    expect([200, 404]).toContain(forbidden.status)
  }
})

test('of two simultaneous corrections of one segment only one becomes pending', async () => {
  const { segmentId, contactId, request } = await callOfAino()
  const other = await served({ contacts: [contactId] })
  const { later } = await admin.transaction().execute(async (tx) => {
    await sql`
      insert into correction (request_id, segment_id, contact_id, contact_started_at, was_person_id, becomes_person_id, proposed_by)
      select ${other.id}, id, contact_id, contact_started_at, ${people.aino.id}, ${people.bertil.id}, ${people.paula.id}
      from segment where id = ${segmentId}`.execute(tx)
    const later = propose(request.id, segmentId, people.bertil.userId)
    // Waits until the second proposal is blocked by this transaction.
    const waits = sql`
      select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`
    await expect.poll(async () => (await waits.execute(admin)).rows.length, { timeout: 10_000 }).toBe(1)
    return { later }
  })
  expect((await later).code).toBe('correction.waits')
})

test('a correction that waits is listed with the day on which its request is to be answered', async () => {
  const { segmentId, request } = await callOfAino()
  const { body } = await propose(request.id, segmentId, people.bertil.userId)
  const { rows } = await sql<{ due_at: Temporal.Instant }>`
    select due_at from subject_request where id = ${request.id}`.execute(admin)
  const dueAt = rows[0]!.due_at.toString()
  expect((await listCorrections()).find(({ id }) => id === body['id'])).toMatchObject({ requestDueAt: dueAt })
  const start = await send('riitta', 'GET', '/api/waiting')
  expect(start.body['items']).toContainEqual(expect.objectContaining({ kind: 'correction', deadline: dueAt }))
})

test('deciding on a correction at an unattended desk needs a new proof of identity', async () => {
  const { segmentId, request } = await callOfAino()
  const { body } = await propose(request.id, segmentId, people.bertil.userId)
  await listCorrections()
  const proveIdentity = (ago: string) =>
    sql`update session set proved_at = now() - ${ago}::interval where person_id = ${people.riitta.id}`.execute(admin)
  await proveIdentity('16 minutes')
  expect(await decide(body['id'] as string, 'APPROVED')).toMatchObject({ status: 403, code: 'confirm.fresh' })
  await proveIdentity('1 minute')
  expect((await decide(body['id'] as string, 'REJECTED')).status).toBe(204)
})

test('the log records that the decision maker viewed the pending corrections', async () => {
  const countViews = () => entries('requests.read').then((all) => all.length)
  const before = await countViews()
  await listCorrections()
  expect(await countViews()).toBe(before + 1)
})

test('a call in progress is corrected after its end', async () => {
  const { segmentId, request } = await callOfAino()
  await sql`update segment set ended_at = null where id = ${segmentId}`.execute(admin)
  expect((await propose(request.id, segmentId, people.bertil.userId)).code).toBe('correction.call-goes-on')
  await sql`update segment set ended_at = now() where id = ${segmentId}`.execute(admin)
  expect((await propose(request.id, segmentId, people.bertil.userId)).status).toBe(201)
})

test('an approved correction uses the directory at the time of the call, moves the call to its new official, and leaves the log unchanged', async () => {
  const { segmentId, contactId, request } = await callOfAino()
  expect(await callsOf('aino')).toContain(contactId)
  const proposed = await propose(request.id, segmentId, people.bertil.userId.toUpperCase())
  expect(proposed.status).toBe(201)
  const id = proposed.body['id'] as string
  expect((await listCorrections()).find((one) => one.id === id)).toMatchObject({
    requestNumber: request.number,
    was: { name: 'Aino', phone: phone('029 512 1001') },
    becomes: { name: 'Bertil' },
    proposedBy: { name: 'Paula' },
  })
  expect((await officialOf(segmentId))!.person).toBe(people.aino.id)
  expect((await decide(id, 'APPROVED')).status).toBe(204)
  expect(await officialOf(segmentId)).toEqual({
    person: people.bertil.id,
    unit: people.bertil.unitId,
    name: 'Bertil',
    phone: null,
  })
  expect(await callsOf('bertil')).toContain(contactId)
  expect(await callsOf('aino')).not.toContain(contactId)
  const [entry] = (await entries('correction.decided')).filter((one) => one.object_id === id)
  expect(entry).toMatchObject({ person_id: people.riitta.id, reference: request.number })
  expect(entry!.detail).toMatchObject({ outcome: 'APPROVED', was: people.aino.id, becomes: people.bertil.id })
  expect(JSON.stringify(entry)).not.toMatch(/Aino|Bertil/)
  expect((await listCorrections()).find((one) => one.id === id)).toMatchObject({
    was: { name: 'Aino' },
    decided: { outcome: 'APPROVED', by: { name: 'Riitta' } },
  })
  expect((await decide(id, 'REJECTED')).code).toBe('correction.decided')
})

test('a corrected call keeps its official when capture reports it again, and counts as the new official’s', async () => {
  const unitId = randomUUID()
  await sql`insert into unit (id, name) values (${unitId}, 'Another unit')`.execute(admin)
  const { segmentId, contactId } = await makeRecording({
    official: { personId: people.aino.id, unitId, name: 'Aino', phone: phone('029 512 1001') },
  })
  const request = await served({ contacts: [contactId] })
  const countedUnits = async () => {
    await sql`select count_studies(1000)`.execute(admin)
    const { rows } = await sql<{ parts: { unit_id: string }[] }>`
      select to_jsonb(counted) as parts from contact where id = ${contactId}`.execute(admin)
    return [...new Set(rows[0]!.parts.map((part) => part.unit_id))]
  }
  expect(await countedUnits()).toEqual([unitId])
  const proposed = await propose(request.id, segmentId, people.bertil.userId)
  expect((await decide(proposed.body['id'] as string, 'APPROVED')).status).toBe(204)
  const corrected = await officialOf(segmentId)
  expect(corrected).toMatchObject({ person: people.bertil.id, unit: people.bertil.unitId })
  expect(await countedUnits()).toEqual([people.bertil.unitId])

  const reportAgain = () =>
    database.as('seloste_capture').pool.query(
      `update segment set official_person_id = $2, official_unit_id = $3, official_name = 'Aino', official_phone = '+358295121001', ended_at = ended_at
       where id = $1`,
      [segmentId, people.aino.id, unitId],
    )
  await reportAgain()
  expect(await officialOf(segmentId)).toEqual(corrected)
  expect(await callsOf('aino')).not.toContain(contactId)
  expect(await countedUnits()).toEqual([people.bertil.unitId])
  // Days later this report must not be refused as capture's fault, because capture would repeat it for ever.
  await sql`update segment set ended_at = now() - interval '30 hours' where id = ${segmentId}`.execute(admin)
  await reportAgain()
  expect(await officialOf(segmentId)).toEqual(corrected)
})

test('a rejected correction changes nothing', async () => {
  const { segmentId, request } = await callOfAino()
  const { body } = await propose(request.id, segmentId, people.bertil.userId)
  expect((await decide(body['id'] as string, 'REJECTED')).status).toBe(204)
  expect((await officialOf(segmentId))!.person).toBe(people.aino.id)
})

test('neither the proposer of a correction nor a person it concerns can decide on it', async () => {
  const { segmentId, request } = await callOfAino()
  const { body } = await propose(request.id, segmentId, people.riitta.userId)
  const id = body['id'] as string
  expect((await decide(id, 'APPROVED')).code).toBe('correction.own')
  expect((await decide(id, 'APPROVED', 'paula')).code).toBe('deny.role')
  expect((await decide(id, 'APPROVED', 'asta')).code).toBe('deny.role')
  await sql`update correction set proposed_by = ${people.riitta.id}, becomes_person_id = ${people.bertil.id} where id = ${id}`.execute(
    admin,
  )
  expect((await decide(id, 'APPROVED')).code).toBe('correction.own')
})

test('refuses a proposal for another request’s call, for an unknown official, for the present official, or beside a pending proposal', async () => {
  const [own, others] = [await callOfAino(), await makeRecording()]
  expect((await propose(own.request.id, others.segmentId, people.bertil.userId)).code).toBe('not-found')
  const nobody = await propose(own.request.id, own.segmentId, 'ei.kukaan')
  expect([nobody.code, nobody.field]).toEqual(['correction.nobody', 'officialUserId'])
  expect((await propose(own.request.id, own.segmentId, people.aino.userId)).code).toBe('correction.same')
  const withoutRectification = await served({ contacts: [others.contactId], kinds: ['KNOW'] })
  expect((await propose(withoutRectification.id, others.segmentId, people.bertil.userId)).code).toBe(
    'request.not-asked',
  )
  for (const name of ['aino', 'riitta'] as const) {
    expect((await propose(own.request.id, own.segmentId, people.bertil.userId, name)).code).toBe('deny.role')
  }
  expect((await propose(own.request.id, own.segmentId, people.bertil.userId)).status).toBe(201)
  expect((await propose(own.request.id, own.segmentId, people.tuula.userId)).code).toBe('correction.waits')
})

test('no process can change the official of an ended call without an approved decision', async () => {
  const { segmentId, request } = await callOfAino()
  const change = (name: 'seloste_capture' | 'seloste_desk') =>
    sql`update segment set official_person_id = ${people.bertil.id} where id = ${segmentId}`.execute(
      database.as(name).db,
    )
  await expect(change('seloste_desk')).rejects.toThrow('permission denied')
  await expect(change('seloste_capture')).rejects.toThrow('its official does not change')
  await propose(request.id, segmentId, people.bertil.userId)
  await expect(change('seloste_capture')).rejects.toThrow('its official does not change')
  await expect(
    sql`update correction set outcome = 'APPROVED', decided_at = now(), decided_by = ${people.riitta.id}`.execute(
      database.as('seloste_desk').db,
    ),
  ).rejects.toThrow('permission denied')
})
