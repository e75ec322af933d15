// AC16: at the agreed office, with the host signed in personally, a person listens to their own calls, within the slot
// (R43, R47, R48).
import { expect, describe, test } from 'vitest'
import { endExpiredListenings } from '#use/playback/end-listening.ts'
import type { RegisterTables } from '#register/tables.ts'
import { createTestDatabase } from '../database/create-test-database.ts'
import { password } from '../database/people.ts'
import { openOffices, type Jar } from './open-offices.ts'

const database = await createTestDatabase<RegisterTables>()
const desk = await openOffices(database)
const {
  admin,
  people,
  pirkko,
  makeRecording,
  enterOffice,
  addSlot,
  moveSlot,
  makeInspection,
  bookAppointment,
  openAtWorkstation,
  openRoom,
} = desk
const { stateOfAppointment, inspectionOf, stateOf, openBrowser, clerk } = desk
const pool = database.as().pool

interface RoomShown {
  requestNumber: string
  until: string
  calls: { ordinal: number; number: string; parts: { recordingId: string; official?: string; canBeHeard: boolean }[] }[]
}

const listen = (jar: Jar, recordingId: string, reference: string) =>
  jar.request(`/api/recordings/${recordingId}/listenings`, { purpose: 'INSPECTION', reference })
const range = (jar: Jar, listening: string, bytes = 'bytes=0-999') =>
  jar.fetch(`/api/listenings/${listening}/audio`, { headers: { range: bytes } })

describe('the room', () => {
  test('is opened by its host, at a workstation of its office, during the slot', async () => {
    const officeId = await enterOffice()
    const request = await makeInspection([await makeRecording()])
    const slot = await addSlot(1, { officeId })
    const appointmentId = await bookAppointment(request, slot)
    const open = async (jar: Jar) => (await jar.request('/api/room', { appointmentId })).code
    const host = await openAtWorkstation(people.paula, officeId)
    expect(await open(host)).toBe('room.not-now')
    await moveSlot(slot, -2, -1)
    expect(await open(host)).toBe('room.not-now')
    await moveSlot(slot, -0.1, 0.5)
    expect(await open(await openBrowser(people.paula))).toBe('room.workstation')
    expect(await open(await openAtWorkstation(people.paula, await enterOffice()))).toBe('room.workstation')
    expect(await open(await openAtWorkstation(pirkko, officeId))).toBe('room.host')
    const strangers = await openBrowser(people.asta)
    expect(await open(strangers)).toBe('deny.role')
    expect((await host.request('/api/room', { appointmentId: request.id })).code).toBe('not-found')
    expect((await host.request('/api/room')).code).toBe('room.none')
    expect((await host.request('/api/workstation')).body['appointments']).toMatchObject([
      { id: appointmentId, canBeOpened: true },
    ])
    expect((await clerk.request('/api/workstation')).body['appointments']).toEqual([])

    expect((await host.request('/api/room', { appointmentId })).status).toBe(200)
    await desk.recordOutcome(appointmentId, 'WITHDRAWN')
    expect(await open(await openAtWorkstation(people.paula, officeId))).toBe('appointment.over')
  })

  test('shows the requester’s calls that have a recording to listen to, with their segments', async () => {
    const [first, second, found] = [await makeRecording(), await makeRecording(), await makeRecording()]
    const room = await openRoom([first, second], { open: false })
    // Adds a call that was found for the same request but is not verified as the requester's.
    await pool.query(
      `insert into request_call (request_id, ordinal, state, told, contact_id, contact_started_at, looked_by)
       select $1, 3, 'FOUND', '{}', id, started_at, $2 from contact where id = $3`,
      [room.request.id, people.paula.id, found.contactId],
    )
    const { body } = await room.jar.request('/api/room', { appointmentId: room.appointmentId })
    const text = body as unknown as RoomShown
    expect(text.requestNumber).toBe(room.request.number)
    expect(text.calls.map(({ ordinal, parts }) => [ordinal, parts.map(({ recordingId }) => recordingId)])).toEqual([
      [1, [first.id]],
      [2, [second.id]],
    ])
    expect(text.calls[0]).toMatchObject({ number: '+35829497000', parts: [{ official: 'Aino', canBeHeard: true }] })
    expect((await room.jar.request('/api/room')).body).toEqual(body)
    expect((await room.jar.request('/api/session')).body).toMatchObject({ confinedTo: room.appointmentId, rights: [] })

    const number = room.request.number
    expect((await listen(room.jar, first.id, number)).status).toBe(201)
    expect((await listen(room.jar, found.id, number)).code).toBe('not-found')
    expect((await listen(room.jar, first.id, 'P-2026-1')).status).toBeGreaterThanOrEqual(400)
    expect((await listen(room.jar, (await makeRecording()).id, number)).code).toBe('not-found')
  })

  test('of an official shows the segments that they answered, and no others (R48)', async () => {
    const recording = await makeRecording()
    const officeId = await enterOffice()
    const request = await makeInspection([recording], { party: 'OFFICIAL', officialId: people.aino.id })
    const notTheirs = await makeInspection([recording], { party: 'OFFICIAL', officialId: people.bertil.id })
    expect((await desk.book(notTheirs, await addSlot(3))).code).toBe('appointment.nothing')
    const slot = await addSlot(1, { officeId })
    const appointmentId = await bookAppointment(request, slot)
    await moveSlot(slot, -0.1, 0.5)
    const jar = await openAtWorkstation(people.paula, officeId)
    const { body } = await jar.request('/api/room', { appointmentId })
    expect((body as unknown as RoomShown).calls[0]!.parts).toMatchObject([{ recordingId: recording.id }])
    expect((await listen(jar, recording.id, request.number)).status).toBe(201)
  })

  test('does not show a call that waits to be verified again under another name (R46)', async () => {
    const recording = await makeRecording()
    const { jar, request } = await openRoom([recording])
    expect((await jar.request('/api/room')).body).toMatchObject({ calls: [{ ordinal: 1 }] })
    const path = `/api/requests/${request.id}`
    const renamed = { kinds: ['LISTEN'], language: 'fi', requester: { name: 'Toinen Nimi' } }
    expect((await clerk.request(path, renamed, { method: 'PUT' })).status).toBe(204)
    expect((await clerk.request(`${path}/identification`, { how: 'PASSPORT' })).status).toBe(204)
    expect((await jar.request('/api/room')).body).toMatchObject({ calls: [] })
    expect((await listen(jar, recording.id, request.number)).code).toBe('not-found')
  })

  test('plays repeatedly within the slot, and nothing from five seconds after its end', async () => {
    const recording = await makeRecording()
    const { jar, request, slotId, appointmentId, officeId } = await openRoom([recording], { open: false })
    await moveSlot(slotId, -0.1, 4 / 3600)
    const opened = await jar.request('/api/room', { appointmentId })
    const { until } = opened.body as unknown as RoomShown
    const started = await listen(jar, recording.id, request.number)
    expect(started.body['until']).toBe(until)
    const id = started.body['id'] as string
    for (let again = 0; again < 3; again++) expect((await range(jar, id)).status).toBe(206)
    const events = await jar.fetch(`/api/listenings/${id}/events`)
    const text = await events.text()
    expect(text).toContain('event: holds')
    expect(text).toMatch(/event: ended\ndata: \{"why":"(session|time)"/)
    expect(Date.now() - Date.parse(until)).toBeLessThan(5_000)
    for (const bytes of ['bytes=0-999', 'bytes=44-', 'bytes=2000-2999']) {
      expect((await range(jar, id, bytes)).status).toBe(401)
    }
    expect((await jar.request('/api/room')).code).toBe('session.none')
    expect((await listen(jar, recording.id, request.number)).code).toBe('session.none')
    // The slot has ended: nobody can open the room again, and the outcome is still to be recorded.
    const again = await openAtWorkstation(people.paula, officeId)
    expect((await again.request('/api/room', { appointmentId })).code).toBe('room.not-now')
    expect(await stateOfAppointment(appointmentId)).toBe('BOOKED')
  }, 30_000)

  test('closes with the outcome HEARD, and ends the session', async () => {
    const recording = await makeRecording()
    const { jar, request, appointmentId } = await openRoom([recording])
    expect((await desk.forbidByOfficial(recording.id)).body).toMatchObject({ state: 'waiting' })
    const { body } = await listen(jar, recording.id, request.number)
    expect((await range(jar, body['id'] as string)).status).toBe(206)
    const closed = await jar.request('/api/room/close', { outcome: 'HEARD', password })
    expect(closed).toMatchObject({ status: 200, body: {} })
    expect(jar.cookies.has('seloste')).toBe(false)
    expect(jar.cookies.has('seloste-workstation')).toBe(true)
    expect(await stateOfAppointment(appointmentId)).toBe('HEARD')
    expect(await inspectionOf(request)).toBe('heard')
    expect(await stateOf(recording.id)).toMatchObject({ state: 'DESTROYING', cause: 'official' })

    await endExpiredListenings(desk.custodian)
    const { rows } = await pool.query<{ action: string; person_id: string; reference: string; object_kind: string }>(
      `select action, person_id, reference, object_kind from audit_entry
       where reference = $1 and action = any ($2) order by seq`,
      [
        request.number,
        [
          'appointment.booked',
          'room.opened',
          'contact.read',
          'listening.started',
          'listening.ended',
          'appointment.ended',
          'inspection.closed',
          'room.closed',
        ],
      ],
    )
    expect(rows.map(({ action }) => action)).toEqual([
      'appointment.booked',
      'room.opened',
      'contact.read',
      'listening.started',
      'appointment.ended',
      'inspection.closed',
      'room.closed',
      'listening.ended',
    ])
    expect(new Set(rows.map(({ person_id }) => person_id))).toEqual(new Set([people.paula.id]))
  })

  test('gets the outcome HEARD only from the host, with their password, while a forbidden recording waits', async () => {
    const recording = await makeRecording()
    const { jar, request, appointmentId } = await openRoom([recording])
    expect((await jar.request('/api/room')).body).toMatchObject({ confirms: true })
    expect((await desk.forbidByOfficial(recording.id)).body).toMatchObject({ state: 'waiting' })
    const played = async (more: object) => (await jar.request('/api/room/close', { outcome: 'HEARD', ...more })).code
    expect(await played({})).toBe('confirm.password')
    expect(await played({ password: '' })).toBe('session.credentials')
    expect(await played({ password: 'a good long guess' })).toBe('session.credentials')
    expect(await stateOfAppointment(appointmentId)).toBe('BOOKED')
    expect(await stateOf(recording.id)).toMatchObject({ state: 'RESTRICTED' })
    expect((await listen(jar, recording.id, request.number)).status).toBe(201)
    for (let guess = 0; guess < 6; guess++) await played({ password: `guess ${guess}` })
    expect(await played({ password })).toBe('session.wait')
    expect(await stateOfAppointment(appointmentId)).toBe('BOOKED')
    // The listener can still close the room without an outcome.
    expect((await jar.request('/api/room/close', {})).status).toBe(200)
    const { rows } = await pool.query(
      "select distinct result from audit_entry where action = 'room.closed' and result like 'refused:session%' and person_id = $1 order by 1",
      [people.paula.id],
    )
    expect(rows).toEqual([{ result: 'refused:session.credentials' }, { result: 'refused:session.wait' }])
    expect(await stateOf(recording.id)).toMatchObject({ state: 'RESTRICTED' })
  })

  test('that is closed without an outcome can be opened again within the slot', async () => {
    const { jar, appointmentId, officeId } = await openRoom([await makeRecording()])
    expect((await jar.request('/api/room/close', {})).status).toBe(200)
    expect(await stateOfAppointment(appointmentId)).toBe('BOOKED')
    const again = await openAtWorkstation(people.paula, officeId)
    expect((await again.request('/api/room', { appointmentId })).status).toBe(200)
  })

  test('stops when the recording’s destruction date is reached, or the outcome is recorded elsewhere', async () => {
    const recording = await desk.makeRecordingUntil(100)
    const { jar, request, appointmentId } = await openRoom([recording])
    const { body } = await listen(jar, recording.id, request.number)
    await desk.setDay(recording.id, Temporal.Now.instant())
    expect((await range(jar, body['id'] as string)).status).toBe(404)
    expect((await jar.request('/api/room')).body).toMatchObject({ calls: [{ parts: [{ canBeHeard: false }] }] })
    expect((await desk.recordOutcome(appointmentId, 'HEARD')).status).toBe(204)
    expect((await jar.request('/api/room')).code).toBe('session.none')
  })

  test('ends with its workstation, and a second window of the host ends the first', async () => {
    const { jar, appointmentId, officeId } = await openRoom([await makeRecording()])
    const second = await openAtWorkstation(people.paula, officeId)
    expect((await second.request('/api/room', { appointmentId })).status).toBe(200)
    expect((await jar.request('/api/room')).code).toBe('session.none')
    const { rows } = await pool.query<{ id: string }>(
      'select confined_at as id from session where confined_to = $1 and ended_at is null',
      [appointmentId],
    )
    expect((await clerk.request(`/api/workstations/${rows[0]!.id}`, undefined, { method: 'DELETE' })).status).toBe(204)
    expect((await second.request('/api/room')).code).toBe('session.none')
    const closed = await admin
      .selectFrom('audit_entry')
      .select('detail')
      .where('action', '=', 'room.closed')
      .where('object_id', '=', appointmentId)
      .orderBy('seq')
      .execute()
    expect(closed.map(({ detail }) => (detail as { why?: string }).why)).toEqual(['opened-again', 'workstation'])
  })

  test('cannot be opened again, and shows nothing more, once its requester is no longer identified', async () => {
    const recording = await makeRecording()
    const { jar, request, appointmentId, officeId } = await openRoom([recording])
    const { body } = await listen(jar, recording.id, request.number)
    await pool.query(
      'update subject_request set identified_at = null, identified_how = null, identified_by = null where id = $1',
      [request.id],
    )
    expect((await range(jar, body['id'] as string)).status).toBe(403)
    expect((await jar.request('/api/room')).code).toBe('room.none')
    const again = await openAtWorkstation(people.paula, officeId)
    expect((await again.request('/api/room', { appointmentId })).code).toBe('request.not-identified')
  })

  test('plays nothing for a host whose right or employment has ended meanwhile', async () => {
    const recording = await makeRecording()
    const { jar, request } = await openRoom([recording], { host: pirkko })
    const { body } = await listen(jar, recording.id, request.number)
    await pool.query('update access_right set revoked_at = now() where person_id = $1', [pirkko.id])
    expect((await range(jar, body['id'] as string)).status).toBe(403)
    expect((await listen(jar, recording.id, request.number)).status).toBe(403)
    // The calls are not listed either.
    expect((await jar.request('/api/room')).code).toBe('room.none')
  })
})
