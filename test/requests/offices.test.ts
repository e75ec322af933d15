// R47: offices, their slots and their workstations.
import { expect, describe, test } from 'vitest'
import type { RegisterTables } from '#register/tables.ts'
import { createTestDatabase } from '../database/create-test-database.ts'
import { enterTestPerson } from '../database/people.ts'
import { openOffices } from './open-offices.ts'

const database = await createTestDatabase<RegisterTables>()
const desk = await openOffices(database)
const { clerk, other, enterOffice, people, addSlot, admin, openBrowser } = desk
const inThree = (text: string) => ({ fi: text, sv: text, en: text })
const bookableDay = Temporal.Now.plainDateISO('Europe/Helsinki').add({ months: 2 }).toString()
const paula = people.paula.id

interface SlotShown {
  id: string
  startsAt: string
  endsAt: string
  host: { id: string; name: string }
  isBooked: boolean
}

const add = (officeId: string, given: object = {}) =>
  clerk.request(`/api/offices/${officeId}/slots`, {
    ...{ day: bookableDay, from: '09:00', to: '12:00', minutes: 60, hostId: paula },
    ...given,
  })
async function slotsOf(officeId: string, day = bookableDay): Promise<SlotShown[]> {
  const { body } = await clerk.request(`/api/slots?from=${day}&to=${day}&officeId=${officeId}`)
  return body['items'] as SlotShown[]
}

describe('an office', () => {
  test('is entered, changed and closed, and the possible hosts are listed', async () => {
    const id = await enterOffice('Oulu')
    const changed = await clerk.request(
      `/api/offices/${id}`,
      { names: inThree('Oulun toimipiste'), address: inThree('Torikatu 34'), isClosed: true },
      { method: 'PUT' },
    )
    expect(changed.status).toBe(204)
    const { body } = await clerk.request('/api/offices')
    expect((body['items'] as { id: string }[]).find((one) => one.id === id)).toMatchObject({
      names: { fi: 'Oulun toimipiste' },
      address: { sv: 'Torikatu 34' },
      isClosed: true,
      workstations: [],
      freeSlots: 0,
    })
    expect(body['hosts']).toEqual([
      { id: paula, name: 'Paula' },
      { id: desk.pirkko.id, name: 'Pirkko' },
    ])
    expect((await add(id)).code).toBe('office.closed')
  })

  test('is managed by the Service Unit and the administrator, its slots and appointments by the Service Unit only', async () => {
    const id = await enterOffice()
    const slot = await addSlot(30)
    const sets = { names: inThree('Turku'), address: inThree('x') }
    for (const name of ['aino', 'tuula', 'riitta', 'matti', 'dora', 'asta'] as const) {
      const jar = await openBrowser(people[name])
      const sees = name === 'asta' ? undefined : 'deny.role'
      expect((await jar.request('/api/offices')).code).toBe(sees)
      expect((await jar.request('/api/offices', sets)).code).toBe(sees)
      expect((await jar.request(`/api/offices/${id}/workstation-codes`, { name: 'Huone' })).code).toBe(sees)
      expect((await jar.request(`/api/slots?from=${bookableDay}&to=${bookableDay}`)).code).toBe('deny.role')
      expect((await jar.request(`/api/appointments?from=${bookableDay}&to=${bookableDay}`)).code).toBe('deny.role')
      expect((await jar.request(`/api/slots/${slot}`, undefined, { method: 'DELETE' })).code).toBe('deny.role')
    }
  })

  test('refuses a personal identity code in its texts', async () => {
    const names = inThree('Huone 131052-308T')
    expect(await clerk.request('/api/offices', { names, address: inThree('x') })).toMatchObject({
      status: 400,
      code: 'input.identity-code',
      field: 'names',
    })
  })
})

describe('slots', () => {
  test('are added in sequence, without one that would not fit', async () => {
    const id = await enterOffice()
    expect(await add(id, { from: '09:00', to: '11:50', minutes: 45 })).toMatchObject({
      status: 201,
      body: { added: 3 },
    })
    const zoned = (at: string) =>
      Temporal.Instant.from(at).toZonedDateTimeISO('Europe/Helsinki').toPlainTime().toString()
    expect((await slotsOf(id)).map(({ startsAt, endsAt }) => [zoned(startsAt), zoned(endsAt)])).toEqual([
      ['09:00:00', '09:45:00'],
      ['09:45:00', '10:30:00'],
      ['10:30:00', '11:15:00'],
    ])
  })

  test('cannot overlap another slot of the office, or of the host at any office; otherwise none of the new slots is added', async () => {
    const [one, elsewhere] = [await enterOffice(), await enterOffice()]
    const day = { day: Temporal.PlainDate.from(bookableDay).add({ days: 1 }).toString() }
    expect((await add(one, day)).status).toBe(201)
    expect((await add(one, { ...day, from: '11:30', to: '13:30', hostId: desk.pirkko.id })).code).toBe('slot.overlap')
    expect((await add(elsewhere, { ...day, from: '08:00', to: '10:00' })).code).toBe('slot.overlap')
    expect(await slotsOf(elsewhere, day.day)).toEqual([])
    expect((await add(elsewhere, { ...day, hostId: desk.pirkko.id })).status).toBe(201)
    expect((await add(one, { ...day, from: '12:00', to: '13:00' })).status).toBe(201)
  })

  test('added by two clerks at the same time do not overlap', async () => {
    const id = await enterOffice()
    const day = Temporal.PlainDate.from(bookableDay).add({ days: 2 }).toString()
    const { pool } = database.as()
    const blocker = await pool.connect()
    // While this lock is held nobody can add, but everybody can read: two clerks who read before they wait would both
    // add.
    await blocker.query('begin; lock table office_slot in share mode')
    const adding = Promise.all([
      add(id, { day }),
      other.request(`/api/offices/${id}/slots`, {
        day,
        from: '09:00',
        to: '12:00',
        minutes: 60,
        hostId: desk.pirkko.id,
      }),
    ])
    const waiting =
      "select count(*)::integer as n from pg_locks where not granted and relation = 'office_slot'::regclass"
    await expect.poll(async () => (await pool.query<{ n: number }>(waiting)).rows[0]?.n, { timeout: 10_000 }).toBe(2)
    await blocker.query('commit')
    blocker.release()
    expect((await adding).map(({ status }) => status).sort()).toEqual([201, 409])
    expect(await slotsOf(id, day)).toHaveLength(3)
  })

  test('are in the future, within a year, and at times that exist on their day', async () => {
    const id = await enterOffice()
    const today = Temporal.Now.zonedDateTimeISO('Europe/Helsinki')
    const refused = async (given: object) => (await add(id, given)).code
    expect(await refused({ day: today.subtract({ days: 1 }).toPlainDate().toString() })).toBe('slot.times')
    expect(await refused({ day: today.add({ days: 370 }).toPlainDate().toString() })).toBe('slot.times')
    expect(await refused({ from: '12:00', to: '09:00' })).toBe('slot.times')
    expect(await refused({ from: '09:00', to: '09:30' })).toBe('slot.times')
    for (const given of [{ day: '2027-02-30' }, { from: '24:00' }, { to: '9.30' }, { minutes: 10 }, { minutes: 241 }]) {
      expect((await add(id, given)).status).toBe(400)
    }
    expect((await add('00000000-0000-4000-8000-000000000000')).code).toBe('not-found')
    expect((await clerk.request(`/api/slots?from=2027-03-02&to=2027-03-01`)).field).toBe('to')
    expect((await clerk.request(`/api/slots?from=2027-02-30&to=2027-03-01`)).status).toBe(400)
  })

  test('have their stated length on days of a clock change', async () => {
    const now = Temporal.Now.zonedDateTimeISO('Europe/Helsinki')
    const [spring, autumn] = [3, 10].map((month) => {
      const inMonth = Temporal.PlainDate.from({ year: now.year, month, day: 31 })
      const last = inMonth.subtract({ days: inMonth.dayOfWeek % 7 })
      return Temporal.PlainDate.compare(last, now.toPlainDate()) > 0
        ? last
        : ((next) => next.subtract({ days: next.dayOfWeek % 7 }))(inMonth.add({ years: 1 }))
    }) as [Temporal.PlainDate, Temporal.PlainDate]
    const id = await enterOffice()
    // 02:00 to 05:00 has two hours in spring and four in autumn.
    const night = { from: '02:00', to: '05:00', minutes: 60 }
    expect((await add(id, { ...night, day: spring.toString() })).body['added']).toBe(2)
    expect((await add(id, { ...night, day: autumn.toString() })).body['added']).toBe(4)
    expect((await add(id, { day: spring.toString(), from: '03:30', to: '06:00', minutes: 60 })).code).toBe('slot.times')
    for (const day of [spring, autumn]) {
      for (const { startsAt, endsAt } of await slotsOf(id, day.toString())) {
        expect(Temporal.Instant.from(startsAt).until(endsAt).total('minutes')).toBe(60)
      }
    }
  })

  test('have a host who holds the Service Unit’s right until the slots end', async () => {
    const id = await enterOffice()
    const ending = await enterTestPerson(admin, database.as('seloste_desk').db, {
      name: 'Loppu',
      right: {
        ...{ role: 'SERVICE_UNIT', purposes: ['INSPECTION'], scope: { kind: 'all', units: [], numbers: [] } },
        until: Temporal.Now.instant().add({ hours: 24 * 20 }),
      },
    })
    for (const hostId of [people.aino.id, ending.id, '00000000-0000-4000-8000-000000000000']) {
      expect((await add(id, { hostId })).code).toBe('slot.host')
    }
    const sooner = Temporal.Now.plainDateISO('Europe/Helsinki').add({ days: 10 }).toString()
    expect((await add(id, { hostId: ending.id, day: sooner })).status).toBe(201)
  })

  test('can be removed while they are not booked', async () => {
    const id = await enterOffice()
    const day = Temporal.PlainDate.from(bookableDay).add({ days: 3 }).toString()
    await add(id, { day })
    const [first] = await slotsOf(id, day)
    const remove = () => clerk.request(`/api/slots/${first!.id}`, undefined, { method: 'DELETE' })
    expect((await remove()).status).toBe(204)
    expect((await remove()).code).toBe('not-found')
    expect(await slotsOf(id, day)).toHaveLength(2)
    expect((await add(id, { day, from: '09:00', to: '10:00' })).status).toBe(201)
  })
})

describe('a workstation', () => {
  test('is enrolled with a code that works once, within fifteen minutes, in any spelling', async () => {
    const id = await enterOffice('Turku')
    const made = await clerk.request(`/api/offices/${id}/workstation-codes`, { name: 'Huone 1' })
    const code = made.body['code'] as string
    expect(code).toMatch(/^[0-9A-HJKMNP-TV-Z]{5}-[0-9A-HJKMNP-TV-Z]{5}$/)
    const jar = await openBrowser(people.paula)
    expect((await jar.request('/api/workstation', { code: 'AAAAA-AAAAA' })).code).toBe('workstation.code')
    const typed = ` ${code.toLowerCase().replace('-', ' ')} `
    const enrolled = await jar.fetch('/api/workstation', { json: { code: typed } })
    expect(enrolled.status).toBe(200)
    expect(enrolled.headers.getSetCookie().join()).toMatch(/seloste-workstation=[\w-]{43};.*HttpOnly.*SameSite=Strict/i)
    expect((await jar.request('/api/workstation')).body).toEqual({
      workstation: { officeId: id, office: inThree('Turku'), name: 'Huone 1' },
      appointments: [],
    })
    expect((await jar.request('/api/workstation', { code })).code).toBe('workstation.code')
    const late = await clerk.request(`/api/offices/${id}/workstation-codes`, { name: 'Huone 2' })
    await database.as().pool.query('update workstation_code set until = now()')
    expect((await jar.request('/api/workstation', { code: late.body['code'] as string })).code).toBe('workstation.code')
  })

  test('that is enrolled at another office no longer belongs to the first, and a removed one belongs to none', async () => {
    const [one, next] = [await enterOffice(), await enterOffice()]
    const jar = await desk.openAtWorkstation(people.paula, one)
    const { body } = await clerk.request(`/api/offices/${next}/workstation-codes`, { name: 'Siirretty' })
    expect((await jar.request('/api/workstation', { code: body['code'] as string })).status).toBe(200)
    const listOffices = async () =>
      (await clerk.request('/api/offices')).body['items'] as { id: string; workstations: { id: string }[] }[]
    const workstationsOf = async (id: string) => (await listOffices()).find((office) => office.id === id)!.workstations
    expect(await workstationsOf(one)).toEqual([])
    const [station] = await workstationsOf(next)
    expect((await clerk.request(`/api/workstations/${station!.id}`, undefined, { method: 'DELETE' })).status).toBe(204)
    expect((await jar.request('/api/workstation')).body).toEqual({ appointments: [] })
    expect((await clerk.request(`/api/workstations/${station!.id}`, undefined, { method: 'DELETE' })).code).toBe(
      'not-found',
    )
  })
})
