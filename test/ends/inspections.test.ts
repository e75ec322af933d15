// AC17: the recording's day comes while an inspection of it is open.
import { beforeAll, describe, expect, test } from 'vitest'
import { noteInspectionsHold } from '#destruction/ends/carry-out-ends.ts'
import type { RegisterTables } from '#register/tables.ts'
import { createTestDatabase } from '../database/create-test-database.ts'
import { openEnds } from './open-ends.ts'

const database = await createTestDatabase<RegisterTables>()
const ends = await openEnds(database)
const { keptUntil, stateOf, until, post, get, setDay } = ends
const now = () => Temporal.Now.instant()
const inHours = (hours: number) =>
  now()
    .add({ seconds: Math.round(hours * 3600) })
    .toString()

interface Shown {
  id: string
  isUrgent: boolean
  latestAppointment?: string
  appointment?: { at: string; office: string }
  closed?: { outcome: string }
  recordings: { state: string }[]
}

const request = (recording: { id: string; contactId: string }, given: object = {}) => ({
  contactId: recording.contactId,
  recordingIds: [recording.id],
  reference: `PY-${recording.id.slice(0, 8)}`,
  receivedAt: now().subtract({ hours: 48 }).toString(),
  party: 'CALLER',
  ...given,
})
async function opened(recording: { id: string; contactId: string }, given?: object): Promise<string> {
  const { status, body } = await post('paula', '/api/inspections', request(recording, given))
  expect(status).toBe(201)
  return body['id'] as string
}
async function shown(id: string): Promise<Shown> {
  const { body } = await get('paula', '/api/inspections')
  return (body['items'] as Shown[]).find((one) => one.id === id)!
}

describe('an appointment lies before the recording’s day', () => {
  test('made and moved', async () => {
    const recording = await keptUntil(24 * 10)
    const late = { appointment: { at: inHours(24 * 11), office: 'Oulu' } }
    const refused = await post('paula', '/api/inspections', request(recording, late))
    expect(refused).toMatchObject({ status: 409, code: 'appointment.late' })
    const id = await opened(recording, { appointment: { at: inHours(24 * 9), office: 'Oulu' } })
    const move = (at: string) => post('paula', `/api/inspections/${id}/appointment`, { at, office: 'Turku' })
    expect((await move(inHours(24 * 10 + 1))).code).toBe('appointment.late')
    expect((await move(inHours(-1))).code).toBe('appointment.past')
    expect((await move(inHours(24 * 8))).status).toBe(204)
    expect(await shown(id)).toMatchObject({ appointment: { office: 'Turku' }, isUrgent: false })
  })

  test('three days before it is urgent', async () => {
    const recording = await keptUntil(71)
    expect(await shown(await opened(recording))).toMatchObject({ isUrgent: true })
  })

  test('what is no recording of the call, or destroyed, or asked for in the future is refused', async () => {
    const [one, other, gone] = [await keptUntil(100), await keptUntil(100), await keptUntil(-1)]
    const ask = (recording: typeof one, given?: object) => post('paula', '/api/inspections', request(recording, given))
    expect((await ask(one, { recordingIds: [other.id] })).code).toBe('not-found')
    expect((await ask(one, { receivedAt: inHours(1) })).code).toBe('inspection.received-wrong')
    expect((await ask(gone)).code).toBe('recording.destroyed')
  })

  test('only the Service Unit has inspections', async () => {
    const recording = await keptUntil(100)
    const id = await opened(recording)
    for (const name of ['aino', 'tuula', 'riitta', 'matti', 'asta', 'dora'] as const) {
      expect((await get(name, '/api/inspections')).code).toBe('deny.role')
      expect((await post(name, '/api/inspections', request(recording))).code).toBe('deny.role')
      expect((await post(name, `/api/inspections/${id}/close`, { outcome: 'heard' })).code).toBe('deny.role')
    }
  })
})

describe('where the description does not let an inspection put the end off', () => {
  beforeAll(() => ends.startCustodian(), 60_000)

  test('the recording is destroyed on its day, and the Service Unit sees that it has somebody to tell', async () => {
    const recording = await keptUntil(24)
    const id = await opened(recording)
    await setDay(recording.id, now())
    await expect.poll(async () => (await shown(id)).closed, { timeout: 15_000 }).toMatchObject({ outcome: 'destroyed' })
    expect(await until(recording.id, 'DESTROYED')).toMatchObject({ cause: 'retention' })
    const moved = await post('paula', `/api/inspections/${id}/appointment`, { at: inHours(1), office: 'Oulu' })
    expect(moved.code).toBe('inspection.closed')
  })
})

describe('where it does (C3)', () => {
  beforeAll(async () => {
    await ends.stopCustodian()
    await noteInspectionsHold(ends.custodian, true)
  })

  test('the recording is there for the inspection alone, until it closes', async () => {
    const recording = await keptUntil(24)
    const id = await opened(recording)
    await setDay(recording.id, now().subtract({ minutes: 1 }))
    const { settleEnds, carryOutEnds } = await import('#destruction/ends/carry-out-ends.ts')
    await settleEnds(ends.custodian)
    const update = ends.custodian.updateTable('recording').set({ state: 'DESTROYING', cause: 'retention' })
    await expect(update.where('id', '=', recording.id).execute()).rejects.toThrow(/waits for an inspection/)
    expect(await stateOf(recording.id)).toMatchObject({ state: 'RESTRICTED' })
    expect(await shown(id)).toMatchObject({ recordings: [{ state: 'restricted' }] })
    const listen = (reference: string) =>
      post('paula', `/api/recordings/${recording.id}/listenings`, { purpose: 'INSPECTION', reference })
    expect((await listen('PY-muu')).code).toBe('recording.destroyed')
    expect((await listen(`PY-${recording.id.slice(0, 8)}`)).status).toBe(201)

    expect((await post('paula', `/api/inspections/${id}/close`, { outcome: 'heard' })).status).toBe(204)
    await settleEnds(ends.custodian)
    await carryOutEnds(ends.expunging, now())
    expect(await stateOf(recording.id)).toMatchObject({ state: 'DESTROYED', cause: 'retention' })
  })

  test('three months past its day at the most', async () => {
    const recording = await ends.kept({
      startedAt: now().subtract({ hours: 24 * 300 }),
      answeredAt: now().subtract({ hours: 24 * 300 }),
      endedAt: now().subtract({ hours: 24 * 300 - 1 }),
    })
    await setDay(recording.id, now().add({ hours: 1 }))
    const id = await opened(recording)
    await setDay(recording.id, now().subtract({ hours: 24 * 93 }))
    const { settleEnds, carryOutEnds } = await import('#destruction/ends/carry-out-ends.ts')
    await settleEnds(ends.custodian)
    await carryOutEnds(ends.expunging, now())
    expect(await shown(id)).toMatchObject({ closed: { outcome: 'destroyed' } })
    expect(await stateOf(recording.id)).toMatchObject({ state: 'DESTROYED', cause: 'retention' })
  })
})
