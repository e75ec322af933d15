// R47: a requester comes without an appointment: a slot that begins now, with the clerk as host, is booked in one step.
import { expect, test } from 'vitest'
import type { RegisterTables } from '#register/tables.ts'
import { createTestDatabase } from '../database/create-test-database.ts'
import { openOffices } from './open-offices.ts'

const database = await createTestDatabase<RegisterTables>()
const desk = await openOffices(database)
const {
  people,
  pirkko,
  clerk,
  other,
  enterOffice,
  addSlot,
  makeInspection,
  bookAppointment,
  makeRecording,
  makeRecordingUntil,
  stateOfAppointment,
} = desk
const pool = database.as().pool

const bookNow = (request: { id: string }, officeId: string, more: object = {}, by = clerk) =>
  by.request(`/api/requests/${request.id}/appointments/now`, { officeId, minutes: 30, needs: [], ...more })
const isRemoved = async (slotId: string) =>
  (
    await pool.query<{ gone: boolean }>('select removed_at is not null as gone from office_slot where id = $1', [
      slotId,
    ])
  ).rows[0]!.gone
/** Withdraws an appointment, so that host and request are free for the next test. */
const withdraw = async (id: string) => expect((await desk.recordOutcome(id, 'WITHDRAWN')).status).toBe(204)

test('an appointment at the door begins at once: the host opens the room at the office’s workstation', async () => {
  const officeId = await enterOffice()
  const request = await makeInspection([await makeRecording()])
  const requested = await bookNow(request, officeId, { needs: ['INTERPRETER'], interpreterLanguage: 'somali' })
  expect(requested.status).toBe(201)
  const appointmentId = requested.body['id'] as string
  const host = await desk.openAtWorkstation(people.paula, officeId)
  const opened = await host.request('/api/room', { appointmentId })
  expect(opened.status).toBe(200)
  expect(Date.parse(opened.body['until'] as string) - Date.now()).toBeGreaterThan(29 * 60_000)
  expect(Date.parse(opened.body['until'] as string) - Date.now()).toBeLessThanOrEqual(30 * 60_000)
  await withdraw(appointmentId)
})

test('overlapping free slots are removed; a booked slot at the office or of the host refuses the appointment', async () => {
  const officeId = await enterOffice()
  const [atOffice, ofHost, later] = [
    await addSlot(0.25, { officeId, host: pirkko }),
    await addSlot(0.3),
    await addSlot(3, { officeId, host: pirkko }),
  ]
  const request = await makeInspection([await makeRecording()])
  const requested = await bookNow(request, officeId)
  expect(requested.status).toBe(201)
  expect([await isRemoved(atOffice), await isRemoved(ofHost), await isRemoved(later)]).toEqual([true, true, false])
  const second = await makeInspection([await makeRecording()])
  expect((await bookNow(second, officeId, {}, other)).code).toBe('slot.overlap')
  expect((await bookNow(second, await enterOffice())).code).toBe('slot.overlap')
  await withdraw(requested.body['id'] as string)
  const again = await bookNow(second, officeId, {}, other)
  expect(again.status).toBe(201)
  await withdraw(again.body['id'] as string)
})

test('an appointment of a requester who comes early is moved to now, although its slot overlaps', async () => {
  const officeId = await enterOffice()
  const request = await makeInspection([await makeRecording()])
  const slot = await addSlot(0.2, { officeId })
  const before = await bookAppointment(request, slot)
  const requested = await bookNow(request, officeId)
  expect(requested.status).toBe(201)
  expect([await stateOfAppointment(before), await isRemoved(slot)]).toEqual(['MOVED', true])
  await withdraw(requested.body['id'] as string)
})

test('an appointment at the door is refused for the same reasons as any other: too late for the recording, a closed office, an unidentified requester', async () => {
  const officeId = await enterOffice()
  const late = await makeInspection([await makeRecordingUntil(0.5)])
  expect((await bookNow(late, officeId, { minutes: 45 })).code).toBe('appointment.late')
  const request = await makeInspection([await makeRecording()])
  const inThree = { fi: 'x', sv: 'x', en: 'x' }
  const closed = await enterOffice()
  await clerk.request(`/api/offices/${closed}`, { names: inThree, address: inThree, isClosed: true }, { method: 'PUT' })
  expect((await bookNow(request, closed)).code).toBe('office.closed')
  expect((await bookNow(request, request.id)).code).toBe('not-found')
  expect((await bookNow(request, officeId, { needs: ['INTERPRETER'] })).code).toBe('input.invalid')
  expect((await bookNow(request, officeId, { minutes: 10 })).code).toBe('input.invalid')
  await pool.query(
    'update subject_request set identified_at = null, identified_by = null, identified_how = null where id = $1',
    [request.id],
  )
  expect((await bookNow(request, officeId)).code).toBe('request.not-identified')
  const none = await pool.query('select 1 from office_slot where office_id = $1', [officeId])
  expect(none.rows).toEqual([])
})
