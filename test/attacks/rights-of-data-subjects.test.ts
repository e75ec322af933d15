// R23, R26, R42-R52: what a requester waits for is not removed unnoticed, and letters to them report what happened.
import { sql } from 'kysely'
import { describe, expect, test } from 'vitest'
import { destroyBlocked } from '#destruction/destroy-blocked.ts'
import { sweep } from '#destruction/retention/sweep.ts'
import type { RegisterTables } from '#register/tables.ts'
import { makeLettersDue } from '#use/requests/letters/make-letter.ts'
import { createTestDatabase } from '../database/create-test-database.ts'
import { enterTestPerson, phone } from '../database/people.ts'
import { openOffices } from '../requests/open-offices.ts'

const database = await createTestDatabase<RegisterTables>()
const desk = await openOffices(database)
const { admin, custodian, clerk, addSlot, makeInspection, bookAppointment, makeRecordingUntil, setDay, stateOf } = desk

const now = () => Temporal.Now.instant()
const inFinnish = (at: Temporal.Instant) => {
  const { day, month, year } = at.toZonedDateTimeISO('Europe/Helsinki')
  return `${day}.${month}.${year}`
}
async function draft(request: string, kind: string): Promise<string> {
  const made = await clerk.request(`/api/requests/${request}/letters`, { kind })
  expect(made.status).toBe(201)
  return made.body['id'] as string
}
async function textOf(letter: string): Promise<string> {
  const page = await clerk.fetch(`/api/letters/${letter}/html`)
  const source = await page.text()
  return source
    .slice(source.indexOf('<main'))
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
}
const deliver = (letter: string) => clerk.request(`/api/letters/${letter}/delivery`, { how: 'POST' })
const destroyDue = () => sweep(desk.expunging, now())
const makeDue = () =>
  makeLettersDue(custodian, desk.versions.at(now()).description, (error) => {
    throw error
  })

describe('the date in a letter to a requester', () => {
  test('is the day of the destruction by the ledger, and not the end of the recording’s term', async () => {
    const recording = await makeRecordingUntil(24)
    const request = await makeInspection([recording])
    // Simulates a shortened term: by the rule the recording would have ended long ago.
    const term = now().subtract({ hours: 24 * 15 })
    await setDay(recording.id, term)
    await sql`select close_expired_inspections()`.execute(admin)
    await destroyDue()
    expect((await stateOf(recording.id)).state).toBe('DESTROYED')
    await makeDue()
    const { rows } = await sql<{ id: string }>`
      select id from letter where request_id = ${request.id} and kind = 'destroyed-before'`.execute(admin)
    const text = await textOf(rows[0]!.id)
    expect(text).toContain(inFinnish(now()))
    expect(text).not.toContain(inFinnish(term))
    const path = `/api/recordings/${recording.id}/destruction?purpose=INSPECTION&reference=${request.number}`
    const { body } = await clerk.request(path)
    expect(inFinnish(Temporal.Instant.from(body['destroyedAt'] as string))).toBe(inFinnish(now()))
  })
})

describe('an automatic letter', () => {
  test('is not sent to a requester who was not identified, such as one who turns out to be somebody else', async () => {
    const recording = await makeRecordingUntil(24)
    const request = await makeInspection([recording])
    await setDay(recording.id, now().subtract({ seconds: 1 }))
    await sql`select close_expired_inspections()`.execute(admin)
    await destroyDue()
    await makeDue()
    const letters = async () =>
      (
        await sql<{
          id: string
        }>`select id from letter where request_id = ${request.id} and kind = 'destroyed-before'`.execute(admin)
      ).rows
    const [made] = await letters()
    const json = { kinds: ['LISTEN'], language: 'fi', requester: { name: 'Aivan Toinen' } }
    expect((await clerk.request(`/api/requests/${request.id}`, json, { method: 'PUT' })).status).toBe(204)
    await makeDue()
    expect(await letters()).toEqual([made])
    expect(await deliver(made!.id)).toMatchObject({ status: 409, code: 'letter.stale' })
    const identified = await clerk.request(`/api/requests/${request.id}/identification`, { how: 'PASSPORT' })
    expect(identified.status).toBe(204)
    await makeDue()
    const [redrafted] = await letters()
    expect(await textOf(redrafted!.id)).toContain('Aivan Toinen')
    expect((await deliver(redrafted!.id)).status).toBe(204)
  })
})

describe('a letter that was drafted before an event', () => {
  test('is not delivered after the destruction of its recording, and is drafted again', async () => {
    const recording = await makeRecordingUntil(24 * 10)
    const request = await makeInspection([recording])
    const stale = await draft(request.id, 'answer')
    expect(await textOf(stale)).toContain('Puhelu on tallennettu.')
    await setDay(recording.id, now().subtract({ seconds: 1 }))
    await destroyDue()
    expect(await deliver(stale)).toMatchObject({ status: 409, code: 'letter.stale' })
    const { body } = await clerk.request(`/api/requests/${request.id}`)
    expect(body['letters']).toMatchObject([{ id: stale, isStale: true }])
    const redrafted = await draft(request.id, 'answer')
    expect(await textOf(redrafted)).toContain('tuhottu')
    expect((await deliver(redrafted)).status).toBe(204)
  })

  test('is not delivered after the appointment was held', async () => {
    const request = await makeInspection([await makeRecordingUntil(24 * 10)])
    const appointment = await bookAppointment(request, await addSlot(2))
    const letter = await draft(request.id, 'appointment')
    await sql`update appointment set state = 'HEARD', ended_at = now() where id = ${appointment}`.execute(admin)
    expect(await deliver(letter)).toMatchObject({ status: 409, code: 'letter.stale' })
    expect((await clerk.request(`/api/requests/${request.id}/letters`, { kind: 'appointment' })).code).toBe(
      'letter.nothing-to-tell',
    )
  })

  test('is made again automatically if it had been made automatically, also for a closed request', async () => {
    const recording = await makeRecordingUntil(1)
    const request = await makeInspection([recording])
    await setDay(recording.id, now().subtract({ seconds: 1 }))
    await sql`select close_expired_inspections()`.execute(admin)
    await makeDue()
    const letters = () =>
      sql<{ id: string }>`select id from letter where request_id = ${request.id} and kind = 'destroyed-before'`.execute(
        admin,
      )
    const before = (await letters()).rows[0]!.id
    await sql`update subject_requester set name = 'Toinen Nimi' where request_id = ${request.id}`.execute(admin)
    await sql`update subject_request set closed_at = now(), closed_by = assigned_to, outcome = 'WITHDRAWN' where id = ${request.id}`.execute(
      admin,
    )
    expect(await deliver(before)).toMatchObject({ status: 409, code: 'letter.stale' })
    await makeDue()
    const { rows } = await letters()
    expect(rows).toHaveLength(1)
    expect(await textOf(rows[0]!.id)).toContain('Toinen Nimi')
    expect((await deliver(rows[0]!.id)).status).toBe(204)
  })
})

test('an official who forbade use gets no 404 for the certificate: until the destruction is complete, the answer says when to ask again', async () => {
  const enter = (name: string) =>
    enterTestPerson(admin, database.as('seloste_desk').db, {
      name,
      right: { role: 'OFFICIAL', purposes: ['INSPECTION'], scope: { kind: 'own', units: [], numbers: [] } },
    })
  const kaisa = await enter('Kaisa')
  const recording = await desk.makeRecording({
    official: { personId: kaisa.id, unitId: kaisa.unitId, name: 'Kaisa', phone: phone('029 512 1009') },
  })
  const browser = await desk.desk.signIn(kaisa)
  const wish = { party: 'OFFICIAL', channel: 'OWN_CALLS' }
  expect((await browser.fetch(`/api/recordings/${recording.id}/prohibitions`, { json: wish })).status).toBe(200)
  const certificate = () => browser.fetch(`/api/recordings/${recording.id}/certificate?language=fi`)
  const early = await certificate()
  expect(early.status).toBe(202)
  const { state, expectedAt } = (await early.json()) as { state: string; expectedAt: string }
  expect(state).toBe('destroying')
  const inMs = Temporal.Instant.from(expectedAt).epochMilliseconds - now().epochMilliseconds
  expect(inMs).toBeGreaterThan(0)
  expect(inMs).toBeLessThanOrEqual(61_000)
  expect(Number(early.headers.get('retry-after'))).toBeGreaterThan(0)
  const page = await browser.fetch(`/api/recordings/${recording.id}/destruction?purpose=INSPECTION`)
  expect(await page.json()).toMatchObject({ certificate: { state: 'destroying' } })
  // The recording is destroyed, and the ledger's head not signed yet.
  await destroyBlocked(desk.expunging, now())
  expect((await stateOf(recording.id)).state).toBe('DESTROYED')
  expect((await certificate()).status).toBe(202)
  // A person who may not see the call gets 404.
  const other = await desk.desk.signIn(await enter('Outi'))
  expect((await other.fetch(`/api/recordings/${recording.id}/certificate?language=fi`)).status).toBe(404)
})
