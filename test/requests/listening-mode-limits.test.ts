// R47: the listening mode gives access to nothing else. The tests try every operation, other windows, and statements in
// the database.
import { beforeAll, describe, expect, test } from 'vitest'
import { operations } from '#app/http/contract/operations.ts'
import type { RegisterTables } from '#register/tables.ts'
import { sampleRequest } from '../access/sample-request.ts'
import { createTestDatabase } from '../database/create-test-database.ts'
import { openOffices, type Jar } from './open-offices.ts'

const database = await createTestDatabase<RegisterTables>()
const desk = await openOffices(database)
const { people, makeRecording, makeInspection, openRoom, openBrowser } = desk
const pool = database.as().pool

type Operation = keyof typeof operations
/** Operations of the listening room; all others of the contract are refused. */
const roomOperations: readonly Operation[] = [
  ...(['whoAmI', 'readOrganisation', 'signOut', 'readRoom', 'closeRoom'] as const),
  ...(['startListening', 'readAudio', 'readPeaks', 'followListening', 'paceListening', 'endListening'] as const),
]

let room: Awaited<ReturnType<typeof openRoom>>
let recording: Awaited<ReturnType<typeof makeRecording>>
let others: Awaited<ReturnType<typeof makeRecording>>
beforeAll(async () => {
  recording = await makeRecording()
  others = await makeRecording()
  room = await openRoom([recording])
})

const listen = (jar: Jar, id: string, reference: string) =>
  jar.request(`/api/recordings/${id}/listenings`, { purpose: 'INSPECTION', reference })

/** Runs a statement as the desk, under the room's session. */
async function runAsDesk(statement: string, values: unknown[] = [], more: Record<string, string> = {}) {
  const client = await database.as('seloste_desk').pool.connect()
  try {
    await client.query('begin')
    const settings = {
      'seloste.session': room.jar.cookies.get('seloste')!,
      'seloste.purpose': 'INSPECTION',
      'seloste.reference': room.request.number,
      ...more,
    }
    for (const [name, value] of Object.entries(settings))
      await client.query('select set_config($1, $2, true)', [name, value])
    return (await client.query<Record<string, unknown>>(statement, values)).rows
  } finally {
    await client.query('rollback')
    client.release()
  }
}

describe('in the listening mode', () => {
  test('the public page shows no more than to anybody', async () => {
    const path = '/rekisteriseloste'
    const read = async (jar: Jar) => (await jar.fetch(path)).text()
    expect(await read(room.jar)).toBe(await read(await openBrowser()))
  })

  test.each((Object.keys(operations) as Operation[]).filter((id) => !roomOperations.includes(id)))(
    '%s is refused',
    async (id) => {
      const { path, json } = sampleRequest(id)
      const refused = await room.jar.request(path, json, { method: operations[id].method })
      expect(refused).toMatchObject({ status: 403, code: 'session.in-room' })
    },
  )

  test('malformed requests, HEAD requests, unusual paths and other parts of the service are refused too', async () => {
    const { jar } = room
    expect((await jar.request('/api/contacts?from=x')).code).toBe('session.in-room')
    expect((await jar.request('/api/requests', { party: 'nobody' })).code).toBe('session.in-room')
    expect((await jar.fetch('/api/requests', { method: 'HEAD' })).status).toBe(403)
    for (const path of [
      '/api//requests',
      '/API/requests',
      '/api/requests/',
      '/api/%2e%2e/requests',
      '/api/room/../requests',
    ]) {
      expect([403, 404], path).toContain((await jar.fetch(path)).status)
    }
    expect((await jar.fetch('/api/%72equests')).status).toBe(403)
    expect((await jar.fetch('/scim/v2/Users')).status).toBe(403)
    expect((await jar.request('/api/openapi.json')).code).toBe('session.in-room')
  })

  test('refused attempts are logged under the host’s name', async () => {
    const { rows } = await pool.query(
      "select person_id from audit_entry where action = 'request.refused' and result = 'refused:session.in-room' group by 1",
    )
    expect(rows).toEqual([{ person_id: people.paula.id }])
  })

  test('the session opens nothing in another browser, nor without the workstation’s cookie', async () => {
    const session = room.jar.cookies.get('seloste')!
    const elsewhere = await openBrowser()
    elsewhere.cookies.set('seloste', session)
    expect((await elsewhere.request('/api/room')).code).toBe('room.workstation')
    expect((await listen(elsewhere, recording.id, room.request.number)).code).toBe('room.workstation')
    elsewhere.cookies.set('seloste-workstation', 'made-up')
    expect((await elsewhere.request('/api/room/close', {})).code).toBe('room.workstation')
    const atOther = await desk.openAtWorkstation(people.paula, await desk.enterOffice())
    elsewhere.cookies.set('seloste-workstation', atOther.cookies.get('seloste-workstation')!)
    expect((await elsewhere.request('/api/room')).code).toBe('room.workstation')
    expect((await elsewhere.request('/api/requests')).code).toBe('session.in-room')
    // The workstation's cookie without a session opens nothing either.
    const stranger = await openBrowser()
    stranger.cookies.set('seloste-workstation', room.jar.cookies.get('seloste-workstation')!)
    for (const path of ['/api/room', '/api/workstation'])
      expect((await stranger.request(path)).code).toBe('session.none')
  })

  test('a session copied to another browser gets no audio of a listening in the room', async () => {
    const begun = await listen(room.jar, recording.id, room.request.number)
    const audio = `/api/listenings/${begun.body['id'] as string}/audio`
    expect((await room.jar.fetch(audio)).status).toBe(206)
    const elsewhere = await openBrowser()
    elsewhere.cookies.set('seloste', room.jar.cookies.get('seloste')!)
    for (const workstation of [undefined, 'made-up']) {
      if (workstation !== undefined) elsewhere.cookies.set('seloste-workstation', workstation)
      expect(await elsewhere.request(audio)).toMatchObject({ status: 403, code: 'room.workstation' })
    }
    const { rows } = await pool.query('select 1 from listening_range where listening_id = $1', [begun.body['id']])
    expect(rows).toHaveLength(1)
  })

  test('earlier listenings of the session are over, in every window', async () => {
    const before = await openRoom([recording], { open: false })
    const other = await makeInspection([others])
    const { jar } = before
    const earlier = await listen(jar, others.id, other.number)
    expect(earlier.status).toBe(201)
    const id = earlier.body['id'] as string
    expect((await jar.fetch(`/api/listenings/${id}/audio`)).status).toBe(206)
    expect((await jar.request('/api/room', { appointmentId: before.appointmentId })).status).toBe(200)
    for (const bytes of ['bytes=0-', 'bytes=100-200']) {
      expect((await jar.fetch(`/api/listenings/${id}/audio`, { headers: { range: bytes } })).status).toBe(404)
    }
    expect((await jar.request(`/api/listenings/${id}/peaks`)).status).toBe(404)
    expect((await listen(jar, others.id, other.number)).status).toBeGreaterThanOrEqual(403)
    // A listening of the room belongs to no other session.
    const own = await listen(jar, recording.id, before.request.number)
    expect((await room.jar.fetch(`/api/listenings/${own.body['id'] as string}/audio`)).status).toBe(404)
    expect((await desk.clerk.fetch(`/api/listenings/${own.body['id'] as string}/audio`)).status).toBe(404)
  })

  test('the session cannot leave the listening mode: the room is not opened again, and signing out ends the session', async () => {
    const ownRoom = await openRoom([recording])
    expect((await ownRoom.jar.request('/api/room', { appointmentId: ownRoom.appointmentId })).code).toBe(
      'session.in-room',
    )
    const sets = { userId: people.paula.userId, password: 'a good long password' }
    expect((await ownRoom.jar.request('/api/session', sets)).code).toBe('session.in-room')
    const stored = ownRoom.jar.cookies.get('seloste')!
    expect((await ownRoom.jar.request('/api/session', undefined, { method: 'DELETE' })).status).toBe(204)
    ownRoom.jar.cookies.set('seloste', stored)
    expect((await ownRoom.jar.request('/api/room')).code).toBe('session.none')
    expect((await ownRoom.jar.request('/api/requests')).code).toBe('session.none')
  })
})

describe('directly in the database, the session of the listening mode', () => {
  test('sees the room’s recordings, and nothing else', async () => {
    await makeInspection([others])
    expect(await runAsDesk('select id from recording')).toEqual([{ id: recording.id }])
    expect(await runAsDesk('select id from contact')).toEqual([{ id: recording.contactId }])
    expect(await runAsDesk('select contact_id from segment')).toEqual([{ contact_id: recording.contactId }])
    for (const table of [
      'subject_request',
      'subject_requester',
      'request_call',
      'appointment',
      'office_slot',
      'office',
    ]) {
      expect(await runAsDesk(`select 1 from ${table}`), table).toEqual([])
    }
    for (const purpose of ['DEVELOPMENT', 'QUALITY', 'MAINTENANCE', 'CRIME_OR_MISUSE']) {
      expect(await runAsDesk('select id from recording', [], { 'seloste.purpose': purpose })).toEqual([])
    }
    expect(await runAsDesk('select id from recording', [], { 'seloste.reference': 'P-2026-1' })).toEqual([])
  })

  test('has no viewer: no operation of the desk works', async () => {
    const acts: [string, unknown[]][] = [
      ['select * from list_offices()', []],
      ['select * from free_slots($1)', [room.request.id]],
      ['select record_appointment_outcome($1, $2)', [room.appointmentId, 'HEARD']],
      ["select book_appointment($1, $2, '{}', null)", [room.request.id, room.slotId]],
      ["select * from forbid_use($1, 'CALLER', 'VISIT', $2)", [recording.id, room.request.number]],
      ['select * from list_appointments($1, null, null, false, null)', [room.request.id]],
      ['select open_room($1, null)', [room.appointmentId]],
      // What every official may read of their own calls and requests, as the host.
      ['select * from my_requests()', []],
      ['select * from my_prohibitions()', []],
      ["select * from accesses_to_my_calls('-infinity', 'infinity')", []],
    ]
    for (const [act, values] of acts) await expect(runAsDesk(act, values), act).rejects.toThrow(/deny\.role|not-found/)
    const hosts = await makeRecording()
    await pool.query('update segment set official_person_id = $1 where contact_id = $2', [
      people.paula.id,
      hosts.contactId,
    ])
    const forbid = "select * from forbid_use($1, 'OFFICIAL', 'LIST', null)"
    await expect(runAsDesk(forbid, [hosts.id])).rejects.toThrow('deny.role')
    for (const role of ['SERVICE_UNIT', 'ADMINISTRATOR', 'OFFICIAL']) {
      expect(await runAsDesk('select viewer_is($1) as is', [role])).toEqual([{ is: false }])
    }
  })

  test('cannot leave the listening mode, nor play anything after its end', async () => {
    const leaveMode =
      "update session set expires_at = now() + interval '11 hours' where token_hash = sha256(convert_to($1, 'UTF8')) returning expires_at <= confined_until as held"
    expect(await runAsDesk(leaveMode, [room.jar.cookies.get('seloste')])).toEqual([{ held: true }])
    await expect(runAsDesk('update session set confined_to = null')).rejects.toThrow('permission denied')
    await expect(
      pool.query('update session set confined_to = null where confined_to = $1', [room.appointmentId]),
    ).rejects.toThrow(/stays in the listening mode/)
    const insert = `
      insert into listening (id, recording_id, person_id, right_id, session_hash, role, purpose, reference, started_at, until)
      select gen_random_uuid(), $1, $2, r.id, sha256(convert_to($3, 'UTF8')), 'SERVICE_UNIT', 'INSPECTION', $4, now(),
        now() + interval '100 minutes'
      from access_right r where r.person_id = $2`
    await expect(
      runAsDesk(insert, [recording.id, people.paula.id, room.jar.cookies.get('seloste'), room.request.number]),
    ).rejects.toThrow(/row-level security/)
  })
})
