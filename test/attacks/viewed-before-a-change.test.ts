// R36-R41: a view that a right allowed does not become a breach by what is entered afterwards.
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import type { RegisterTables } from '#register/tables.ts'
import { rightsScope } from '#use/evidence/rights-scope.ts'
import { createTestDatabase } from '../database/create-test-database.ts'
import { enterTestPerson } from '../database/people.ts'
import { answer, beginListening } from '../register/open-desk.ts'
import { openGdprServiceUnit } from '../requests/open-gdpr-service-unit.ts'

const database = await createTestDatabase<RegisterTables>()
const {
  makeRecording,
  served,
  ask: request,
  admin,
  custodian,
  as,
  desk,
  people,
  register,
} = await openGdprServiceUnit(database)
const today = Temporal.Now.plainDateISO('Europe/Helsinki')

async function countOutOfScope() {
  const context = { db: custodian, keys: register.keys, afresh: true, now: Temporal.Now.instant() } as never
  const found = await rightsScope.check(context, undefined)
  return found === 'not-yet' ? found : found.facts.outside
}

test('a placement entered for a past day makes no view a breach', async () => {
  const right = { role: 'SUPERVISOR' as const, purposes: ['DEVELOPMENT' as const], scope: 'their unit' as const }
  const sari = await enterTestPerson(admin, database.as('seloste_desk').db, { name: 'Sari', right })
  const before = await countOutOfScope()
  const call = await makeRecording()
  const browser = await desk.signIn(sari)
  const { audio } = await beginListening(browser, call.id)
  expect((await browser.fetch(audio, { headers: { range: 'bytes=0-99' } })).status).toBe(206)
  expect(await countOutOfScope()).toBe(before)
  const enterPlacement = async (unit: string) => {
    const json = { from: today.toString(), unit }
    const { status } = await (await as('asta')).fetch(`/api/people/${people.aino.id}/changes`, { json })
    expect(status).toBe(200)
  }
  const entered = async () =>
    (
      await sql<{ at: string; from: string }>`
        select entered_at::text as at, valid_from::text as from from person_placement
        where person_id = ${people.aino.id} order by valid_from`.execute(admin)
    ).rows
  const first = await entered()
  await enterPlacement('Perintä')
  expect(await countOutOfScope()).toBe(before)
  const second = await entered()
  expect(second[0]).toEqual(first[0])
  expect(second).toHaveLength(2)
})

test('a new employment after the one during which an official listened makes no view a breach', async () => {
  const endedAt = Temporal.Now.instant().subtract({ hours: 24 * 9 })
  const startedAt = endedAt.subtract({ minutes: 5 })
  const call = await makeRecording({ startedAt, answeredAt: startedAt.add({ minutes: 1 }), endedAt })
  const aino = await as('aino')
  const { audio } = await beginListening(aino, call.id)
  expect((await aino.fetch(audio, { headers: { range: 'bytes=0-99' } })).status).toBe(206)
  await database.as().pool.query(`set session_replication_role = replica;
    update listening set started_at = started_at - interval '8 days', ended_at = now() - interval '8 days'
      where person_id = '${people.aino.id}';
    update audit_entry set at = at - interval '8 days' where person_id = '${people.aino.id}';
    set session_replication_role = default`)
  expect(await countOutOfScope()).toBe(0)
  const asta = await as('asta')
  const employ = async (dates: string) => {
    const rows = `user_id;name;employed_from;employed_to\n${people.aino.userId};Aino;${dates}\n`
    const json = { tryOnly: false, content: Buffer.from(rows).toString('base64') }
    return (await answer(asta.fetch('/api/people/import', { json }))).status
  }
  expect(await employ(`2020-01-01;${today.subtract({ days: 3 }).toString()}`)).toBe(200)
  expect(await countOutOfScope()).toBe(0)
  expect(await employ(`${today.toString()};`)).toBe(200)
  expect(await countOutOfScope()).toBe(0)
})

/** Enters a request in which the requester names calls; the clerk finds and plays each call. */
async function playCallsOf(numbers: readonly string[]) {
  const { id, number } = await served()
  const calls: { id: string; path: string }[] = []
  for (const caller of numbers) {
    const recording = await calledFrom(caller)
    const { status, body } = await request(
      'paula',
      'POST',
      `/api/requests/${id}/calls`,
      await descriptionOf(recording.contactId),
    )
    expect([status, body['state']]).toEqual([201, 'FOUND'])
    const access = { purpose: 'INSPECTION', reference: number }
    const begun = await request('paula', 'POST', `/api/recordings/${recording.id}/listenings`, access)
    expect(begun.status).toBe(201)
    const sound = await (await as('paula')).fetch(String(begun.body['audio']), { headers: { range: 'bytes=0-99' } })
    expect(sound.status).toBe(206)
    calls.push({ id: body['id'] as string, path: `/api/requests/${id}/calls/${body['id'] as string}` })
  }
  expect(await countOutOfScope()).toBe(0)
  return { id, number, calls }
}
async function calledFrom(caller: string) {
  const recording = await makeRecording()
  await sql`update contact set caller_key = ${caller} where id = ${recording.contactId}`.execute(admin)
  return recording
}
async function descriptionOf(contact: string) {
  const { rows } = await sql<{ day: string; time: string; caller: string }>`
    select to_char(started_at at time zone 'Europe/Helsinki', 'YYYY-MM-DD') as day,
      to_char(started_at at time zone 'Europe/Helsinki', 'HH24:MI') as time, caller_key as caller
    from contact where id = ${contact}`.execute(admin)
  const { day, time, caller } = rows[0]!
  return { day, time, accuracy: 'MINUTES', callerNumber: caller }
}

test('removing a call from a request, or withdrawing the request, makes no view a breach', async () => {
  const { id, calls } = await playCallsOf(['+358457700001', '+358457700002', '+358457700003'])
  expect((await request('paula', 'DELETE', calls[0]!.path)).status).toBe(204)
  expect(await countOutOfScope()).toBe(0)
  expect((await request('paula', 'POST', `${calls[1]!.path}/verification`, { isParty: true })).status).toBe(204)
  expect((await request('paula', 'POST', `/api/requests/${id}/close`, { outcome: 'WITHDRAWN' })).status).toBe(204)
  expect(await countOutOfScope()).toBe(0)
})

test('searching for a call again, with another match, makes no view of the two calls a breach, but a view of a third call is one', async () => {
  const { calls, number } = await playCallsOf(['+358457700004'])
  const reported = await descriptionOf((await calledFrom('+358457700005')).contactId)
  expect(await request('paula', 'PUT', calls[0]!.path, reported)).toMatchObject({
    status: 200,
    body: { state: 'FOUND' },
  })
  expect(await countOutOfScope()).toBe(0)
  const third = await calledFrom('+358457700006')
  const { rows } = await sql<{ seq: number }>`
    insert into audit_entry (at, person_id, role, action, purpose, reference, result, object_kind, object_id)
    values (clock_timestamp(), ${people.paula.id}, 'SERVICE_UNIT', 'contact.read', 'INSPECTION', ${number}, 'ok', 'contact', ${third.contactId})
    returning seq`.execute(admin)
  expect(rows).toHaveLength(1)
  expect(await countOutOfScope()).toBe(1)
})
