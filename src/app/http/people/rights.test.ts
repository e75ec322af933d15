import { beforeAll, describe, expect, test } from 'vitest'
import { createTestDatabase } from '#test/database/create-test-database.ts'
import { enterTestPerson, type TestPerson } from '#test/database/people.ts'
import { makeTestRegister } from '#test/register/make-register.ts'
import { answer, openTestDesk, type Browser } from '#test/register/open-desk.ts'
import type { RegisterTables } from '#register/tables.ts'
import type { HeldRight, PersonsRights, RightRequest } from '../contract/rights.ts'

const database = await createTestDatabase<RegisterTables>()
const desk = await openTestDesk(database, await makeTestRegister(database))
const admin = database.as().db
const nothing = { kind: 'none' as const, units: [], numbers: [] }
let phones = 7000
const enter = (name: string, unit: string, right?: Parameters<typeof enterTestPerson>[2]['right']) =>
  enterTestPerson(admin, database.as('seloste_desk').db, {
    name,
    unit,
    phone: `029 512 ${++phones}`,
    ...(right && { right }),
  })
const people = {
  anssi: await enter('Anssi', 'Ylläpito', { role: 'ADMINISTRATOR', purposes: [], scope: nothing }),
  anneli: await enter('Anneli', 'Johto', { role: 'ACCESS_APPROVER', purposes: [], scope: nothing }),
  outi: await enter('Outi', 'Johto', { role: 'DATA_PROTECTION_OFFICER', purposes: [], scope: nothing }),
  sari: await enter('Sari', 'Neuvonta', { role: 'SUPERVISOR', purposes: ['DEVELOPMENT'], scope: 'their unit' }),
  aino: await enter('Aino', 'Neuvonta'),
  kaisa: await enter('Kaisa', 'Neuvonta'),
  muu: await enter('Muu', 'Muualla'),
}
await admin
  .updateTable('person_placement')
  .set({ supervisor_id: people.sari.id })
  .where('person_id', 'in', [people.aino.id, people.kaisa.id])
  .execute()
type PersonName = keyof typeof people
const browsers = {} as Record<PersonName, Browser>
beforeAll(async () => {
  for (const [user, person] of Object.entries(people) as [PersonName, TestPerson][])
    browsers[user] = await desk.signIn(person)
})

const day = (days: number) => Temporal.Now.zonedDateTimeISO('Europe/Helsinki').toPlainDate().add({ days }).toString()
const request = async (person: PersonName, json: object = {}) => {
  const response = await answer(
    browsers[person].fetch('/api/rights/requests', {
      json: {
        people: [people.aino.id],
        role: 'OFFICIAL',
        purposes: ['DEVELOPMENT'],
        reason: 'Vastaa puheluihin',
        until: day(100),
        ...json,
      },
    }),
  )
  return { ...response, items: response.body['items'] as RightRequest[] }
}
const decide = (person: PersonName, id: string, json: object = { approve: true }) =>
  answer(browsers[person].fetch(`/api/rights/requests/${id}/decision`, { json }))
const personsRights = async (person: PersonName, of: PersonName) =>
  (await answer(browsers[person].fetch(`/api/rights/people/${people[of].id}`))) as unknown as {
    status: number
    code?: string
    body: PersonsRights
  }

test('a right is shown from the request to the page that names who decided it', async () => {
  const requested = await request('sari', { until: day(30) })
  expect(requested).toMatchObject({
    status: 201,
    items: [
      {
        person: { name: 'Aino' },
        requestedBy: { name: 'Sari' },
        state: 'REQUESTED',
        scope: { kind: 'own' },
        mayDecide: false,
        mayWithdraw: true,
      },
    ],
  })
  const id = requested.items[0]?.id ?? ''
  const waiting = await answer(browsers.anneli.fetch('/api/rights/requests?state=open'))
  expect(waiting.body['items']).toMatchObject([{ id, mayDecide: true, mayWithdraw: false }])
  expect(await decide('anneli', id, { approve: true, note: 'Ok' })).toMatchObject({
    status: 200,
    body: { state: 'APPROVED', decidedBy: { name: 'Anneli' }, mayDecide: false },
  })
  const { body } = await personsRights('outi', 'aino')
  expect(body.person).toMatchObject({ name: 'Aino', unit: 'Neuvonta' })
  expect(body.mayRequest).toBe(false)
  expect(body.rights).toMatchObject([
    {
      role: 'OFFICIAL',
      state: 'active',
      origin: 'procedure',
      reaches: expect.arrayContaining([{ purpose: 'DEVELOPMENT', referenceNeeded: false }]) as object,
      requestedBy: { name: 'Sari' },
      approvedBy: { name: 'Anneli' },
      reason: 'Vastaa puheluihin',
      note: 'Ok',
      review: 'done',
      mayRevoke: false,
      mayReview: false,
    },
  ])
  const me = await answer(browsers.aino.fetch('/api/session'))
  expect(me.body['rights']).toMatchObject([{ role: 'OFFICIAL', until: body.rights[0]?.until }])
})

test('the last day of a right is included, by days in Helsinki', async () => {
  const { items } = await request('muu', { people: [people.muu.id], from: day(3), until: day(30) })
  const startOf = (date: string) =>
    Temporal.PlainDate.from(date).toZonedDateTime('Europe/Helsinki').toInstant().toString()
  expect(items[0]).toMatchObject({ from: startOf(day(3)), until: startOf(day(31)) })
})

test('a person’s rights are shown to that person, the supervisor, the administrator, the approver and the data protection officer only', async () => {
  for (const person of ['anssi', 'anneli', 'outi', 'sari', 'aino'] as const) {
    expect(await personsRights(person, 'aino'), person).toMatchObject({ status: 200 })
  }
  for (const person of ['kaisa', 'muu'] as const) {
    expect(await personsRights(person, 'aino'), person).toMatchObject({ status: 404, code: 'not-found' })
  }
  expect(await personsRights('sari', 'muu')).toMatchObject({ status: 404 })
})

test('holders of rights are listed for people who decide or oversee, and for a supervisor of the unit', async () => {
  const names = async (person: PersonName, query = '') =>
    ((await answer(browsers[person].fetch(`/api/rights/people${query}`))).body['items'] as { name: string }[]).map(
      ({ name }) => name,
    )
  expect(await names('anneli')).toEqual(expect.arrayContaining(['Anneli', 'Anssi', 'Outi', 'Sari']))
  expect(await names('outi', '?role=SUPERVISOR')).toEqual(['Sari'])
  expect(await names('anssi', '?q=ann')).toEqual(['Anneli'])
  expect(await names('sari')).toEqual(['Aino'])
  expect(await answer(browsers.aino.fetch('/api/rights/people'))).toMatchObject({ status: 403, code: 'deny.role' })
  const first = await answer(browsers.anneli.fetch('/api/rights/people?limit=2'))
  const next = await names('anneli', `?limit=200&cursor=${String(first.body['next'])}`)
  expect(next).toHaveLength(Number(first.body['total']) - 2)
  expect(await answer(browsers.anneli.fetch('/api/rights/people?cursor=x'))).toMatchObject({
    status: 400,
    field: 'cursor',
  })
})

describe('the rights that can be requested', () => {
  const offer = async (person: PersonName, query = '') =>
    (await answer(browsers[person].fetch(`/api/rights/offer${query}`))).body as unknown as {
      asksFor: string
      people: { name: string; supervises: object[] }[]
      roles: { role: string; duty?: string; scope: string }[]
    }

  test('are those of the description for each role', async () => {
    const { roles } = await offer('aino')
    expect(roles).toContainEqual(expect.objectContaining({ role: 'OFFICIAL', scope: 'own' }))
    expect(roles).toContainEqual(expect.objectContaining({ role: 'EXPERT', duty: 'TRAINING', purposes: ['TRAINING'] }))
  })

  test('are for oneself, for the unit’s officials, or for anyone', async () => {
    expect(await offer('aino')).toMatchObject({ asksFor: 'oneself', people: [{ name: 'Aino' }] })
    const sari = await offer('sari')
    expect(sari.asksFor).toBe('officials')
    expect(sari.people.map(({ name }) => name)).toEqual(['Aino', 'Kaisa', 'Sari'])
    expect(await offer('anssi', '?q=muu')).toMatchObject({ asksFor: 'everybody', people: [{ name: 'Muu' }] })
  })
})

describe('a refusal', () => {
  test('names the error, its field, and the person concerned', async () => {
    expect(await request('kaisa')).toMatchObject({
      status: 403,
      code: 'right.not-yours',
      field: 'people',
      body: { error: { of: 'Aino' } },
    })
    expect(await request('anssi', { until: day(800) })).toMatchObject({
      status: 400,
      code: 'right.until-wrong',
      field: 'until',
    })
    expect(
      await request('anssi', { role: 'EXPERT', duty: 'QUALITY', purposes: ['QUALITY'], numbers: ['+358401234567'] }),
    ).toMatchObject({
      status: 400,
      code: 'right.number-unknown',
      field: 'numbers',
      body: { error: { of: '040 123 4567' } },
    })
    expect(await request('anssi', { purposes: ['APPRAISAL'] })).toMatchObject({ status: 400, code: 'input.invalid' })
    expect(await request('anssi', { until: '2027-02-30' })).toMatchObject({ status: 400 })
  })

  test('of a decision changes nothing, and is logged', async () => {
    const { items } = await request('anssi', { people: [people.kaisa.id] })
    const id = items[0]?.id ?? ''
    for (const person of ['anssi', 'sari', 'kaisa', 'outi'] as const) {
      expect(await decide(person, id), person).toMatchObject({ status: 403, code: 'deny.role' })
    }
    expect(await decide('anneli', id, { approve: false })).toMatchObject({
      status: 400,
      code: 'right.note-missing',
      field: 'note',
    })
    const entries = await admin
      .selectFrom('audit_entry')
      .select(['action', 'result'])
      .where('object_id', '=', id)
      .execute()
    expect(entries.filter(({ result }) => result === 'refused:deny.role')).toHaveLength(4)
    expect(
      await answer(browsers.kaisa.fetch(`/api/rights/requests/${id}/withdrawal`, { method: 'POST' })),
    ).toMatchObject({
      status: 200,
      body: { state: 'WITHDRAWN' },
    })
    expect(await decide('anneli', id)).toMatchObject({ status: 409, code: 'right.decided' })
  })
})

describe('the review', () => {
  test('lists rights not reviewed since the quarter began, overdue ones first, and accepts keep and end', async () => {
    const { items } = await request('anssi', { people: [people.muu.id], purposes: ['INSPECTION'], until: day(90) })
    await decide('anneli', items[0]?.id ?? '')
    const list = async (person: PersonName) =>
      (await answer(browsers[person].fetch('/api/rights/review'))).body as unknown as {
        items: HeldRight[]
        reviewed: number
      }
    expect((await list('anneli')).items).toEqual([])
    // Simulates rights granted before the previous quarter, and on the last day of it.
    const right = (await personsRights('anneli', 'muu')).body.rights[0]?.id ?? ''
    await database.as().pool.query('alter table access_right disable trigger access_right_guard')
    await database
      .as()
      .pool.query("update access_right set granted_at = now() - interval '200 days' where id = $1", [right])
    await database
      .as()
      .pool.query(
        `update access_right set granted_at = date_trunc('quarter', now(), 'Europe/Helsinki') - interval '1 hour' where person_id = $1`,
        [people.aino.id],
      )
    await database.as().pool.query('alter table access_right enable trigger access_right_guard')
    expect(await list('outi')).toMatchObject({ left: 2, overdue: 1 })
    expect((await list('outi')).items).toMatchObject([
      { id: right, review: 'overdue', mayReview: false },
      { person: { name: 'Aino' }, review: 'due' },
    ])
    expect((await list('sari')).items).toMatchObject([{ person: { name: 'Aino' }, mayReview: true }])
    expect(await answer(browsers.aino.fetch('/api/rights/review'))).toMatchObject({ status: 403, code: 'deny.role' })
    const review = (person: PersonName, json: object) =>
      answer(browsers[person].fetch(`/api/rights/${right}/reviews`, { json }))
    expect(await review('anneli', { keep: true, note: 'Tarvitaan' })).toMatchObject({
      status: 200,
      body: { review: 'done', reviews: [{ by: { name: 'Anneli' }, kept: true, note: 'Tarvitaan' }] },
    })
    expect(await review('anneli', { keep: false, note: 'Ei enää' })).toMatchObject({
      status: 200,
      body: { state: 'revoked', revoked: { by: { name: 'Anneli' }, cause: 'review', reason: 'Ei enää' } },
    })
    expect((await answer(browsers.muu.fetch('/api/session'))).body['rights']).toEqual([])
  })
})

test('revoking takes effect on the next request', async () => {
  const right = (await personsRights('aino', 'aino')).body.rights.find(({ state }) => state === 'active')
  const revoke = (person: PersonName, json: object) =>
    answer(browsers[person].fetch(`/api/rights/${right?.id}/revocation`, { json }))
  const before = await answer(browsers.aino.fetch('/api/contacts?purpose=DEVELOPMENT'))
  expect(before, desk.log.at(-1)).toMatchObject({ status: 200 })
  expect(await revoke('muu', { reason: 'x' })).toMatchObject({ status: 404, code: 'not-found' })
  expect(await revoke('sari', {})).toMatchObject({ status: 400, code: 'right.note-missing', field: 'reason' })
  expect(await revoke('sari', { reason: 'Siirtyi muualle' })).toMatchObject({ status: 200, body: { state: 'revoked' } })
  expect(await answer(browsers.aino.fetch('/api/contacts?purpose=DEVELOPMENT'))).toMatchObject({
    status: 403,
    code: 'deny.expired',
  })
  expect(await revoke('sari', { reason: 'Uudestaan' })).toMatchObject({ status: 409, code: 'right.over' })
})
