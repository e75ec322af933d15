// AC16, AC17: an appointment is booked before the recording's destruction date, moved, and gets an outcome (R43, R47,
// R24/C3).
import { beforeAll, describe, expect, test } from 'vitest'
import { destroyBlocked, recordInspectionHolds, endExpiredHolds } from '#destruction/destroy-blocked.ts'
import type { RegisterTables } from '#register/tables.ts'
import { createTestDatabase } from '../database/create-test-database.ts'
import { openOffices } from './open-offices.ts'

const database = await createTestDatabase<RegisterTables>()
const desk = await openOffices(database)
const {
  clerk,
  other,
  enterOffice,
  addSlot,
  moveSlot,
  makeInspection,
  book,
  bookAppointment,
  recordOutcome,
  makeRecordingUntil,
  setDay,
} = desk
const { stateOf, stateOfAppointment, inspectionOf, until } = desk
const now = () => Temporal.Now.instant()

interface Shown {
  id: string
  state: string
  isUrgent: boolean
  latest?: string
  needs: string[]
  interpreterLanguage?: string
  slot: { id: string }
}
async function findAppointment(id: string): Promise<Shown | undefined> {
  const today = Temporal.Now.plainDateISO('Europe/Helsinki')
  const { body } = await clerk.request(
    `/api/appointments?from=${today.subtract({ days: 1 }).toString()}&to=${today.add({ days: 200 }).toString()}`,
  )
  return (body['items'] as Shown[]).find((one) => one.id === id)
}
const listFreeSlots = async (request: { id: string }) =>
  (await clerk.request(`/api/requests/${request.id}/slots`)).body as { items?: { id: string }[]; latest?: string }

describe('a booking', () => {
  test('is before the recording’s destruction date, and for an offered slot', async () => {
    const recording = await makeRecordingUntil(24 * 10)
    const request = await makeInspection([recording])
    const officeId = await enterOffice('Oulu')
    const [early, late] = [await addSlot(24 * 9, { officeId }), await addSlot(24 * 10 - 0.5, { officeId })]
    const closedOffice = await enterOffice()
    const closed = await addSlot(24 * 8, { officeId: closedOffice })
    const inThree = { fi: 'x', sv: 'x', en: 'x' }
    const closing = { names: inThree, address: inThree, isClosed: true }
    await clerk.request(`/api/offices/${closedOffice}`, closing, { method: 'PUT' })
    const offered = await listFreeSlots(request)
    expect(offered.latest).toBe((await stateOf(recording.id)).destroy_at!.toString())
    expect(offered.items!.map(({ id }) => id)).toContain(early)
    expect(offered.items!.map(({ id }) => id)).not.toContain(late)
    expect(offered.items!.map(({ id }) => id)).not.toContain(closed)
    expect((await book(request, closed)).code).toBe('office.closed')

    const refused = await book(request, late)
    expect(refused).toMatchObject({ status: 409, code: 'appointment.late' })
    expect(refused.body.error?.message).toContain(offered.latest!.slice(0, 23))
    const id = await bookAppointment(request, early)
    expect(await findAppointment(id)).toMatchObject({ state: 'BOOKED', isUrgent: false, latest: offered.latest })
    expect((await clerk.request(`/api/slots/${early}`, undefined, { method: 'DELETE' })).code).toBe('slot.booked')
    expect((await listFreeSlots(request)).items!.map(({ id }) => id)).not.toContain(early)
  })

  test('is for a future slot that exists, and stores the listener’s needs', async () => {
    const request = await makeInspection([await makeRecordingUntil(24 * 10)])
    const slot = await addSlot(2)
    expect((await book(request, await addSlot(-2))).code).toBe('appointment.past')
    expect((await book(request, request.id)).code).toBe('not-found')
    expect((await book({ id: slot }, slot)).code).toBe('not-found')
    for (const more of [{ needs: ['INTERPRETER'] }, { interpreterLanguage: 'viittomakieli' }]) {
      expect(await book(request, slot, more)).toMatchObject({ code: 'input.invalid', field: 'interpreterLanguage' })
    }
    expect((await book(request, slot, { needs: ['CHAIR'] })).code).toBe('input.invalid')
    expect((await book(request, slot, { needs: ['TRANSCRIPT'] })).code).toBe('request.not-offered')
    const spoken = { needs: ['INTERPRETER', 'STEP_FREE'], interpreterLanguage: '131052-308T' }
    expect((await book(request, slot, spoken)).code).toBe('input.identity-code')
    const { body } = await book(request, slot, { ...spoken, interpreterLanguage: 'viittomakieli' })
    expect(await findAppointment(body['id'] as string)).toMatchObject({
      needs: ['INTERPRETER', 'STEP_FREE'],
      interpreterLanguage: 'viittomakieli',
    })
  })

  test('is made once: if two clerks book a slot, one gets it; a second booking of a request replaces the first', async () => {
    const [one, two] = [
      await makeInspection([await makeRecordingUntil(200)]),
      await makeInspection([await makeRecordingUntil(200)]),
    ]
    const [slot, next] = [await addSlot(3), await addSlot(5)]
    const both = await Promise.all([book(one, slot), book(two, slot, {}, other)])
    expect(both.map(({ status }) => status).sort()).toEqual([201, 409])
    const winner = both[0].status === 201 ? one : two
    const id = both.find(({ status }) => status === 201)!.body['id'] as string
    expect(both.find(({ status }) => status === 409)!.code).toBe('slot.booked')
    expect((await book(winner, slot)).code).toBe('slot.booked')
    const moved = await bookAppointment(winner, next)
    expect([await stateOfAppointment(id), await stateOfAppointment(moved)]).toEqual(['MOVED', 'BOOKED'])
    expect((await book(winner === one ? two : one, slot)).status).toBe(201)

    // If two clerks move one request at the same time, it has one slot afterwards.
    const times = [await addSlot(7), await addSlot(9), await addSlot(11)]
    await Promise.all(times.map((time, at) => book(winner, time, {}, at % 2 ? other : clerk)))
    const { rows } = await database
      .as()
      .pool.query("select count(*)::integer as n from appointment where request_id = $1 and state = 'BOOKED'", [
        winner.id,
      ])
    expect(rows).toEqual([{ n: 1 }])
  })

  test('needs a call with a recording to listen to', async () => {
    const slot = await addSlot(2.5)
    const recording = await makeRecordingUntil(100)
    const gone = await makeInspection([await makeRecordingUntil(-1)])
    const notRequested = await makeInspection([recording], { kinds: ['KNOW'] })
    for (const request of [gone, notRequested, await makeInspection([])]) {
      expect((await book(request, slot)).code).toBe('appointment.nothing')
      const offered = await listFreeSlots(request)
      expect(offered.items).toEqual([])
      expect(offered.latest).toBeUndefined()
    }
  })
})

describe('the outcome of an appointment', () => {
  const bookWaitingAppointment = async (recording: { id: string; contactId: string }) => {
    const request = await makeInspection([recording], { receivedAt: now().subtract({ hours: 30 }) })
    const slot = await addSlot(1)
    const id = await bookAppointment(request, slot)
    return { request, id, begins: () => moveSlot(slot, -0.5, 0.5) }
  }

  test('is recorded once, after it has begun', async () => {
    const { id, begins, request } = await bookWaitingAppointment(await makeRecordingUntil(100))
    expect((await recordOutcome(id, 'HEARD')).code).toBe('appointment.not-yet')
    expect((await recordOutcome(id, 'NO_SHOW')).code).toBe('appointment.not-yet')
    await begins()
    expect((await recordOutcome(request.id, 'HEARD')).code).toBe('not-found')
    expect((await recordOutcome(id, 'OVER')).code).toBe('input.invalid')
    expect((await recordOutcome(id, 'HEARD')).status).toBe(204)
    expect((await recordOutcome(id, 'HEARD')).code).toBe('appointment.over')
    expect(await inspectionOf(request)).toBe('heard')
  })

  test('WITHDRAWN, recorded even before it began, ends the wait of the recording', async () => {
    const { id, request } = await bookWaitingAppointment(await makeRecordingUntil(100))
    expect((await recordOutcome(id, 'WITHDRAWN')).status).toBe(204)
    expect(await inspectionOf(request)).toBe('withdrawn')
    expect((await book(request, await addSlot(4))).code).toBe('appointment.nothing')
  })

  test('NO_SHOW without a prohibition allows another booking', async () => {
    const { id, begins, request } = await bookWaitingAppointment(await makeRecordingUntil(100))
    await begins()
    expect((await recordOutcome(id, 'NO_SHOW')).status).toBe(204)
    expect(await inspectionOf(request)).toBeNull()
    expect((await book(request, await addSlot(4.5))).status).toBe(201)
  })

  // Tests AC12.
  test.each(['HEARD', 'NO_SHOW', 'WITHDRAWN'])(
    'of a recording that its official has forbidden meanwhile: the recording is destroyed right after the outcome (%s)',
    async (method) => {
      const recording = await makeRecordingUntil(100)
      const { id, begins, request } = await bookWaitingAppointment(recording)
      expect((await desk.forbidByOfficial(recording.id)).body).toMatchObject({ state: 'waiting' })
      expect(await stateOf(recording.id)).toMatchObject({ state: 'RESTRICTED' })
      await begins()
      expect((await recordOutcome(id, method)).status).toBe(204)
      expect(await inspectionOf(request)).toBe(method.toLowerCase().replace('_', '-'))
      expect(await stateOf(recording.id)).toMatchObject({ state: 'DESTROYING', cause: 'official' })
      await destroyBlocked(desk.expunging, now())
      expect(await stateOf(recording.id)).toMatchObject({ state: 'DESTROYED' })
      expect((await book(request, await addSlot(6))).code).toBe('appointment.nothing')
    },
  )

  test('is WITHDRAWN automatically if the caller’s call no longer belongs to the request', async () => {
    const { id, request } = await bookWaitingAppointment(await makeRecordingUntil(100))
    await database
      .as()
      .pool.query("select end_inspection(i, null, 'withdrawn') from inspection i where i.id = $1", [
        request.calls[0]!.inspectionId,
      ])
    expect(await stateOfAppointment(id)).toBe('WITHDRAWN')
  })
})

describe('close to the recording’s destruction date', () => {
  test('the appointment is urgent three days before that date, and only earlier slots can be chosen', async () => {
    const recording = await makeRecordingUntil(71)
    const request = await makeInspection([recording])
    const id = await bookAppointment(request, await addSlot(60))
    expect(await findAppointment(id)).toMatchObject({ isUrgent: true })
    expect((await book(request, await addSlot(71.5))).code).toBe('appointment.late')
    expect((await book(request, await addSlot(20))).status).toBe(201)
  })

  test('the earlier date of two calls counts, and the remaining recording can be played', async () => {
    const [soon, later] = [await makeRecordingUntil(24), await makeRecordingUntil(24 * 30)]
    const request = await makeInspection([soon, later])
    const id = await bookAppointment(request, await addSlot(20))
    expect((await book(request, await addSlot(30))).code).toBe('appointment.late')
    await setDay(soon.id, now())
    await endExpiredHolds(desk.custodian)
    expect(await stateOfAppointment(id)).toBe('BOOKED')
    expect((await book(request, await addSlot(31))).status).toBe(201)
  })

  describe('if the description does not let an inspection delay the destruction', () => {
    beforeAll(() => desk.startCustodian(), 60_000)

    test('the recording is destroyed on its day, and the appointment is over', async () => {
      const recording = await makeRecordingUntil(24)
      const request = await makeInspection([recording])
      const id = await bookAppointment(request, await addSlot(22))
      await setDay(recording.id, now())
      await expect.poll(() => stateOfAppointment(id), { timeout: 15_000 }).toBe('OVER')
      expect(await until(recording.id, 'DESTROYED')).toMatchObject({ cause: 'retention' })
      expect(await inspectionOf(request)).toBe('destroyed')
      expect(await findAppointment(id)).toMatchObject({ state: 'OVER', isUrgent: false })
      expect((await book(request, await addSlot(1.5))).code).toBe('appointment.nothing')
      await desk.stopCustodian()
    })
  })

  describe('if the description lets an inspection delay the destruction (C3)', () => {
    beforeAll(() => recordInspectionHolds(desk.custodian, true))

    test('the recording is kept for that request only until it was played, and stays urgent', async () => {
      const recording = await makeRecordingUntil(24)
      const request = await makeInspection([recording])
      const id = await bookAppointment(request, await addSlot(100))
      expect(await findAppointment(id)).toMatchObject({ isUrgent: true })
      await setDay(recording.id, now().subtract({ minutes: 1 }))
      await endExpiredHolds(desk.custodian)
      const update = desk.custodian.updateTable('recording').set({ state: 'DESTROYING', cause: 'retention' })
      await expect(update.where('id', '=', recording.id).execute()).rejects.toThrow(/waits for an inspection/)
      expect(await stateOf(recording.id)).toMatchObject({ state: 'RESTRICTED' })
      expect(await findAppointment(id)).toMatchObject({ state: 'BOOKED', isUrgent: true })
      expect((await listFreeSlots(request)).latest).toBeDefined()
      const moved = await bookAppointment(request, await addSlot(101.5))
      const listen = (reference: string) =>
        clerk.request(`/api/recordings/${recording.id}/listenings`, { purpose: 'INSPECTION', reference })
      expect((await listen('P-2026-1')).status).toBe(404)
      expect((await listen(request.number)).status).toBe(201)

      expect((await recordOutcome(moved, 'WITHDRAWN')).status).toBe(204)
      await endExpiredHolds(desk.custodian)
      await destroyBlocked(desk.expunging, now())
      expect(await stateOf(recording.id)).toMatchObject({ state: 'DESTROYED', cause: 'retention' })
    })

    test('the recording is kept for three months past its date at most', async () => {
      const recording = await makeRecordingUntil(1, 6)
      const request = await makeInspection([recording])
      const id = await bookAppointment(request, await addSlot(0.2))
      await setDay(recording.id, now().subtract({ hours: 24 * 93 }))
      await endExpiredHolds(desk.custodian)
      await destroyBlocked(desk.expunging, now())
      expect(await stateOfAppointment(id)).toBe('OVER')
      expect(await stateOf(recording.id)).toMatchObject({ state: 'DESTROYED', cause: 'retention' })
    })
  })
})
