// From intake to closing (R45, R46, L7, L32), as the Service Unit's clerks do it: over HTTP, in a database of its own.
import { describe, expect, test } from 'vitest'
import type { RegisterTables } from '#register/tables.ts'
import { createTestDatabase } from '../database/create-test-database.ts'
import { answer } from '../register/open-desk.ts'
import { openServiceUnit } from './open-service-unit.ts'

const database = await createTestDatabase<RegisterTables>()
const { desk, enter, enteredRequest, act, read, list, body, people, admin, deliverAnswer, identityCode } =
  await openServiceUnit(database)
const now = () => Temporal.Now.instant()
const finnishTime = (instant: string) => Temporal.Instant.from(instant).toZonedDateTimeISO('Europe/Helsinki')

describe('a received request', () => {
  test('has the next number of the year, without gaps even if two clerks enter at the same time', async () => {
    const first = await enteredRequest()
    const made = await Promise.all(
      Array.from({ length: 12 }, (_, i) => enter(body({ name: `Soittaja ${i}` }), i % 2 === 0 ? 'paula' : 'pekka')),
    )
    const refused = await enter({ ...body(), receivedAt: now().add({ hours: 1 }).toString() })
    expect(refused.code).toBe('request.received-wrong')
    const last = await enteredRequest()
    const numbers = [first, ...made.map((one) => one.body), last].map((one) => String(one['number']).split('-'))
    expect(new Set(numbers.map(([letter, year]) => `${letter}-${year}`)).size).toBe(1)
    const counted = numbers.map(([, , number]) => Number(number)).sort((one, other) => one - other)
    expect(counted).toEqual(counted.map((_, i) => counted[0]! + i))
  })

  test('is entered once if the form is sent twice, and twice for two requesters', async () => {
    const form = body({ name: 'Kaksi Kertaa' })
    const windows = [await desk.signIn(people.paula), await desk.signIn(people.paula)]
    const sent = await Promise.all(
      [0, 1, 0, 1, 0, 1].map((n) => answer(windows[n]!.fetch('/api/requests', { json: form }))),
    )
    const one = sent[0]!
    const other = await enter({ ...form, requester: { name: 'Toinen Kertaa' } })
    const colleague = await enter(form, 'pekka')
    for (const again of sent) expect(again.body).toEqual(one.body)
    expect(new Set([one, other, colleague].map(({ body: { id } }) => id)).size).toBe(3)
  })

  test('is due a calendar month after it was received, or on the last day of a shorter month', async () => {
    const received = now().round('second').toZonedDateTimeISO('Europe/Helsinki')
    const receivedAt = received.subtract({ months: 2 }).with({ day: 31 })
    const { id } = await enteredRequest({ receivedAt: receivedAt.toInstant().toString() })
    const { dueAt, isOverdue } = await read(id)
    expect(finnishTime(dueAt).toPlainDateTime()).toEqual(receivedAt.add({ months: 1 }).toPlainDateTime())
    expect(isOverdue).toBe(true)
  })

  test('is refused with characters that cannot be stored as text, and is stored unchanged in any script', async () => {
    for (const name of ['Maija\u0000', '\u0000']) expect((await enter(body({ name }))).code).toBe('input.invalid')
    for (const name of [' ', '']) expect((await enter(body({ name }))).code).toBe('input.invalid')
    for (const name of ['Šárka Ņemiro', '山田太郎', "O'Brien; drop table person --", 'Maija 👩‍👧', 'x'.repeat(200)]) {
      const { id } = await enteredRequest({}, { name })
      expect((await read(id)).requester?.name).toBe(name)
    }
  })

  test('must have been received in the past, within a year', async () => {
    const receivedBefore = now().toZonedDateTimeISO('Europe/Helsinki').subtract({ months: 12, days: 1 }).toInstant()
    for (const receivedAt of [now().add({ minutes: 5 }), receivedBefore]) {
      const { status, code } = await enter({ ...body(), receivedAt: receivedAt.toString() })
      expect({ status, code }).toEqual({ status: 400, code: 'request.received-wrong' })
    }
  })

  test('can have only kinds that the description in force offers, and no mix of different rights', async () => {
    for (const [party, kind] of [
      ['CALLER', 'COPY'],
      ['CALLER', 'RECTIFY'],
      ['CALLER', 'OPENNESS'],
      ['OUTSIDER', 'OPENNESS'],
      ['MENTIONED', 'MENTIONED'],
      ['CALLER', 'MENTIONED'],
    ]) {
      expect((await enter({ ...body(), party, kinds: [kind] })).code).toBe('request.not-offered')
    }
    const { id } = await enteredRequest()
    const changed = await act('PUT', id, '', { kinds: ['KNOW', 'COPY'], language: 'fi', requester: { name: 'X Y' } })
    expect(changed.code).toBe('request.not-offered')
    expect(await list()).toMatchObject({
      mayAsk: ['KNOW', 'LISTEN', 'HISTORY', 'PROHIBIT'],
      parties: ['CALLER', 'OFFICIAL'],
    })
  })

  test('of an official names the official by user id', async () => {
    const official = { ...body(), party: 'OFFICIAL' }
    expect((await enter({ ...official, officialUserId: 'ei.ketaan' })).code).toBe('request.official-unknown')
    expect((await enter(official)).code).toBe('request.official-unknown')
    const { id } = await enteredRequest({ party: 'OFFICIAL', officialUserId: people.aino.userId.toUpperCase() })
    expect((await read(id)).official).toMatchObject({ id: people.aino.id })
  })
})

describe('a personal identity code', () => {
  test('is refused in every field, in any spelling', async () => {
    for (const separator of ['-', '+', 'A', 'b', 'Y', 'u', '–', ' - ', ' ', '']) {
      const written = identityCode(separator)
      expect((await enter(body({ name: `Maija ${written}` }))).body, written).toMatchObject({
        error: { code: 'input.identity-code', field: 'requester.name' },
      })
    }
    const written = identityCode('-')
    for (const field of ['address', 'email', 'phone']) {
      const value = field === 'email' ? `${written}@example.fi` : `c/o ${written}, Oulu`
      expect((await enter(body({ [field]: value }))).body, field).toMatchObject({
        error: { code: 'input.identity-code', field: `requester.${field}` },
      })
    }
    const { id } = await enteredRequest()
    const requester = { name: 'Maija', address: written }
    const change = await act('PUT', id, '', { kinds: ['KNOW'], language: 'fi', requester })
    expect(change.code).toBe('input.identity-code')
    const { rows } = await database.as().pool.query(`select from subject_requester where holds_identity_code(address)`)
    expect(rows).toEqual([])
  })

  test('is distinguished from telephone numbers, post codes and days', async () => {
    const plain = ['040 123 4567', '+358 40 123 4567', '029 497 000', '00100 Helsinki', '26.11.2026', '311299-998']
    for (const address of [...plain, 'Katu 1 A 2, 131052-999', 'P-2026-17', '320152-308T'])
      expect((await enter(body({ address, name: `Osoite ${address}` }))).status, address).toBe(201)
  })
})

describe('the requester', () => {
  test('is identified with means, time and clerk; only an official can be identified by the personnel register', async () => {
    const { id } = await enteredRequest()
    expect(await read(id)).toMatchObject({ state: 'RECEIVED', next: ['identify'] })
    expect((await act('POST', id, '/identification', { how: 'PERSONNEL' })).code).toBe('request.identified-wrong')
    expect((await act('POST', id, '/identification', { how: 'PASSPORT' })).status).toBe(204)
    const { identified, state, next } = await read(id)
    expect(identified).toMatchObject({ how: 'PASSPORT', by: { id: people.paula.id } })
    expect({ state, next }).toEqual({ state: 'IDENTIFIED', next: ['name-call'] })
  })

  test('counts as another person after a change of name, until they are identified again', async () => {
    const { id } = await enteredRequest()
    await act('POST', id, '/identification', { how: 'ID_CARD' })
    const change = (name: string, address?: string) =>
      act('PUT', id, '', {
        kinds: ['KNOW', 'LISTEN'],
        language: 'sv',
        requester: { name, ...(address && { address }) },
      })
    expect((await change('Maija Meikäläinen', 'Katu 1, Oulu')).status).toBe(204)
    expect(await read(id)).toMatchObject({
      state: 'IDENTIFIED',
      language: 'sv',
      requester: { address: 'Katu 1, Oulu' },
    })
    expect((await change('Aivan Toinen')).status).toBe(204)
    const renamed = await read(id)
    expect(renamed).toMatchObject({ state: 'RECEIVED', next: ['identify'], requester: { name: 'Aivan Toinen' } })
    expect(renamed.identified).toBeUndefined()
  })
})

describe('the deadline', () => {
  test('is extended once, before it has passed, by a month or two', async () => {
    const { id } = await enteredRequest()
    const { receivedAt } = await read(id)
    expect((await act('POST', id, '/extension', { months: 2, reason: 'COMPLEX' })).status).toBe(204)
    const { dueAt, extension } = await read(id)
    expect(finnishTime(dueAt).toPlainDateTime()).toEqual(finnishTime(receivedAt).add({ months: 3 }).toPlainDateTime())
    expect(extension).toMatchObject({ until: dueAt, reason: 'COMPLEX', by: { id: people.paula.id } })
    expect((await act('POST', id, '/extension', { months: 1, reason: 'MANY' })).code).toBe('request.extended')
    const late = await enteredRequest({
      receivedAt: now()
        .subtract({ hours: 24 * 40 })
        .toString(),
    })
    expect((await act('POST', late.id, '/extension', { months: 1, reason: 'MANY' })).code).toBe('request.overdue')
    expect((await act('POST', late.id, '/extension', { months: 3, reason: 'MANY' })).code).toBe('input.invalid')
  })
})

test('of two clerks who take a request at the same time one gets it, and the other gets an error', async () => {
  const { id } = await enteredRequest()
  const takes = await Promise.all(
    (['paula', 'pekka'] as const).map((user) =>
      act('POST', id, '/assignment', { personId: people[user].id, seen: null }, user),
    ),
  )
  expect(takes.map(({ status }) => status).sort()).toEqual([204, 409])
  expect(takes.find(({ status }) => status === 409)?.code).toBe('request.taken')
  const { assignedTo } = await read(id)
  expect((await act('POST', id, '/assignment', { personId: null, seen: assignedTo!.id })).status).toBe(204)
})

describe('closing a request', () => {
  test('reports what is unfinished, and needs a sent letter', async () => {
    const { id } = await enteredRequest()
    const close = (outcome: string) => act('POST', id, '/close', { outcome })
    expect((await close('ANSWERED')).body).toMatchObject({
      error: { code: 'request.unfinished', field: 'call,letter', message: 'Unfinished: call, letter.' },
    })
    expect((await close('REFUSED')).body).toMatchObject({ error: { field: 'letter' } })
    expect((await read(id)).unfinished).toEqual(['call', 'letter'])
    await deliverAnswer(id, 'received')
    expect((await close('REFUSED')).body).toMatchObject({ error: { field: 'letter' } })
    await deliverAnswer(id, 'refusal')
    expect((await close('REFUSED')).status).toBe(204)
    expect(await read(id)).toMatchObject({
      state: 'CLOSED',
      next: [],
      closed: { outcome: 'REFUSED', by: { id: people.paula.id } },
    })
  })

  test('happens once: of two clerks who close it one gets an error, and nothing changes afterwards', async () => {
    const { id } = await enteredRequest()
    const closes = await Promise.all(
      (['paula', 'pekka'] as const).map((user) => act('POST', id, '/close', { outcome: 'WITHDRAWN' }, user)),
    )
    expect(closes.map(({ status }) => status).sort()).toEqual([204, 409])
    expect(closes.find(({ status }) => status === 409)?.code).toBe('request.closed')
    const after = [
      act('PUT', id, '', { kinds: ['KNOW'], language: 'fi', requester: { name: 'X' } }),
      act('POST', id, '/identification', { how: 'PASSPORT' }),
      act('POST', id, '/assignment', { personId: people.paula.id }),
      act('POST', id, '/extension', { months: 1, reason: 'MANY' }),
    ]
    for (const { code } of await Promise.all(after)) expect(code).toBe('request.closed')
  })
})

describe('the queue', () => {
  test('has requests with assigned clerks and counts, is searchable by number and name, and begins with the most urgent', async () => {
    const soon = await enteredRequest(
      {
        receivedAt: now()
          .subtract({ hours: 24 * 27 })
          .toString(),
      },
      { name: 'Kiireinen Kaisa' },
    )
    const later = await enteredRequest({}, { name: 'Rauhallinen Risto' })
    expect((await act('POST', later.id, '/assignment', { personId: people.aino.id })).code).toBe(
      'request.assignee-wrong',
    )
    expect((await act('POST', later.id, '/assignment', { personId: people.pekka.id })).status).toBe(204)
    const all = await list()
    const indexOf = (id: string) => all.items.findIndex((one) => one.id === id)
    expect(indexOf(soon.id)).toBeLessThan(indexOf(later.id))
    expect(all.items[indexOf(soon.id)]).toMatchObject({
      isUrgent: true,
      isOverdue: false,
      requester: { name: 'Kiireinen Kaisa' },
    })
    expect(all.items[indexOf(later.id)]).toMatchObject({ isUrgent: false, assignedTo: { id: people.pekka.id } })
    expect(all.counts.open).toBe(all.items.length)
    expect(all.clerks.map(({ id }) => id).sort()).toEqual([people.paula.id, people.pekka.id].sort())
    const pekkasRequests = await list('whose=mine', 'pekka')
    expect(pekkasRequests.items.map(({ id }) => id)).toEqual([later.id])
    expect(pekkasRequests.counts.mine).toBe(1)
    const findIds = async (find: string, state = 'open') =>
      (await list(`state=${state}&find=${encodeURIComponent(find)}`)).items.map(({ id }) => id)
    expect(await findIds('kaisa')).toEqual([soon.id])
    expect(await findIds(later.number.toLowerCase())).toEqual([later.id])
    expect(await findIds('100%')).toEqual([])
    await act('POST', soon.id, '/close', { outcome: 'WITHDRAWN' })
    expect(await findIds('kaisa')).toEqual([])
    expect(await findIds('kaisa', 'closed')).toEqual([soon.id])
    expect(await findIds('%', 'closed')).toEqual([])
  })

  test('logs every view by the request’s number and without a name, and shows nothing if it cannot log', async () => {
    const { id, number } = await enteredRequest({}, { name: 'Jälki Jalmari' })
    await read(id)
    await list('find=jalmari')
    const entries = await admin.selectFrom('audit_entry').selectAll().where('person_id', '=', people.paula.id).execute()
    const entriesOf = (action: string) => entries.filter((one) => one.action === action)
    expect(entriesOf('request.read').at(-1)).toMatchObject({ reference: number, purpose: 'INSPECTION', object_id: id })
    expect(entriesOf('requests.read').at(-1)).toMatchObject({ detail: { isSearch: true } })
    expect(JSON.stringify(entries)).not.toMatch(/jalmari/i)
    await database.as().pool.query('alter table audit_entry add constraint broken check (false) not valid')
    const views = await Promise.all(
      [`/api/requests/${id}`, '/api/requests', '/api/request-statistics?from=2026-01-01&to=2027-01-01'].map((path) =>
        act('GET', '', path),
      ),
    )
    await database.as().pool.query('alter table audit_entry drop constraint broken')
    expect(views.map(({ status }) => status)).toEqual([503, 503, 503])
    expect(JSON.stringify(views)).not.toMatch(/jalmari/i)
  })
})
