import { randomUUID } from 'node:crypto'
import { beforeAll, describe, expect, test } from 'vitest'
import { createTestDatabase } from '#test/database/create-test-database.ts'
import { enterTestPerson } from '#test/database/people.ts'
import { makeTestRegister } from '#test/register/make-register.ts'
import { answer, openTestDesk, type Browser } from '#test/register/open-desk.ts'
import { confirmChanges } from '#test/sign-in/confirm-changes.ts'
import type { RegisterTables } from '#register/tables.ts'
import { readDirectory } from '#safeguards/people/people.ts'
import type { Person, PersonDetail } from '../contract/directory.ts'

const database = await createTestDatabase<RegisterTables>()
const desk = await openTestDesk(database, await makeTestRegister(database))
const admin = database.as().db
const nothing = { kind: 'none' as const, units: [], numbers: [] }
const enterTester = (name: string, right?: Parameters<typeof enterTestPerson>[2]['right']) =>
  enterTestPerson(admin, database.as('seloste_desk').db, { name, unit: 'Testaajat', ...(right && { right }) })
const anssi = await enterTester('Anssi', { role: 'ADMINISTRATOR', purposes: [], scope: nothing })
const paula = await enterTestPerson(admin, database.as('seloste_desk').db, {
  name: 'Paula',
  right: { role: 'ACCESS_APPROVER', purposes: [], scope: nothing },
})
const sari = await enterTester('Sari', { role: 'SUPERVISOR', purposes: ['DEVELOPMENT'], scope: 'their unit' })
const aino = await enterTester('Aino', {
  role: 'OFFICIAL',
  purposes: ['DEVELOPMENT'],
  scope: { kind: 'own', units: [], numbers: [] },
})

let editor: Browser
let approver: Browser
beforeAll(async () => {
  editor = await desk.signIn(anssi)
  approver = await desk.signIn(paula)
})

const newUserId = () => `p${randomUUID().slice(0, 8)}`
let lastPhone = 5000
const nextPhone = () => `029 512 ${++lastPhone}`
const person = (response: Promise<Response>) =>
  answer(response) as unknown as Promise<{ status: number; code?: string; body: PersonDetail }>
const enter = (fields: object, by = editor) =>
  person(
    by.fetch('/api/people', {
      json: { userId: newUserId(), name: 'Maija Meri', employedFrom: '2025-01-01', ...fields },
    }),
  )
const change = (id: string, json: object, by = editor) => person(by.fetch(`/api/people/${id}/changes`, { json }))
const read = (id: string, by = editor) => person(by.fetch(`/api/people/${id}`))
const list = async (query: string, by = editor) =>
  (await answer(by.fetch(`/api/people?${query}`))).body as unknown as {
    items: Person[]
    total: number
    next?: string
    mayChange: boolean
  }
const messageOf = (response: { body: unknown }) => (response.body as { error?: { message: string } }).error?.message

describe('entering a person', () => {
  test('begins name, placement and number on the first day, by days in Helsinki', async () => {
    const phone = nextPhone()
    const chief = await enter({})
    const response = await enter({ unit: 'Neuvonta', supervisor: chief.body.userId, phone, employedFrom: '2025-07-01' })
    expect(response.status).toBe(201)
    const from = '2025-06-30T21:00:00Z'
    expect(response.body).toMatchObject({
      name: 'Maija Meri',
      unit: 'Neuvonta',
      supervisor: { id: chief.body.id, name: 'Maija Meri' },
      phones: [phone],
      employedFrom: from,
      source: 'manual',
      names: [{ name: 'Maija Meri', from }],
      placements: [{ unit: 'Neuvonta', from }],
      phoneHistory: [{ phone, from }],
    })
    expect((await read(chief.body.id)).body.subordinates).toEqual([{ id: response.body.id, name: 'Maija Meri' }])
  })

  test.each([
    ['a used user id in another case', { userId: 'ANSSI' }, 409, 'person.user-id-taken'],
    ['no name', { name: '   ' }, 400, 'person.name-missing'],
    ['an invalid number', { phone: 'puhelin' }, 400, 'person.not-a-number'],
    ['a short code, at which no official answers', { phone: '116117' }, 400, 'person.not-a-number'],
    ['an unknown supervisor', { supervisor: 'nobody' }, 400, 'person.unknown-supervisor'],
    ['an end before the beginning', { employedTo: '2024-12-31' }, 400, 'person.ends-before-it-begins'],
    ['an invalid date', { employedFrom: '2025-02-30' }, 400, 'input.invalid'],
  ])('is refused with %s, and stores nothing', async (_, fields, status, code) => {
    const before = await list('employed=any')
    const userId = 'userId' in fields ? anssi.userId.toUpperCase() : newUserId()
    expect(await enter({ ...fields, userId })).toMatchObject({ status, code })
    expect((await list('employed=any')).total).toBe(before.total)
  })

  test('is refused if the number is another’s, naming that person and the end of their use', async () => {
    const phone = nextPhone()
    await enter({ name: 'Edeltäjä', phone, employedTo: '2025-06-30' })
    const response = await enter({ phone: phone.replaceAll(' ', ''), employedFrom: '2025-06-30' })
    expect(response).toMatchObject({ status: 409, code: 'person.phone-taken', field: 'phone' })
    expect(messageOf(response)).toBe(`${phone} is the number of Edeltäjä from 2025-01-01 until 2025-06-30.`)
    // From the day after, the number is free, and another person gets it once a second person confirms the change.
    const next = await enter({ phone, employedFrom: '2025-07-01' })
    expect(next).toMatchObject({ status: 202, body: { phones: [] } })
    expect(await confirmChanges(approver)).toBe(1)
    expect((await read(next.body.id)).body).toMatchObject({ phones: [phone] })
  })
})

describe('a change', () => {
  test('is in force from its day on and leaves earlier facts unchanged', async () => {
    const [old, next] = [nextPhone(), nextPhone()]
    const { body } = await enter({ unit: 'Neuvonta', phone: old })
    await change(body.id, { from: '2025-03-01', name: 'Maija Niemi' })
    expect(await change(body.id, { from: '2025-04-01', unit: 'Perintä' })).toMatchObject({
      status: 202,
      body: { unit: 'Neuvonta' },
    })
    await confirmChanges(approver)
    const response = await change(body.id, { from: '2025-05-01', addPhone: next, endPhone: old })
    expect(response.body).toMatchObject({
      name: 'Maija Niemi',
      unit: 'Perintä',
      phones: [next],
      names: [
        { name: 'Maija Meri', from: '2024-12-31T22:00:00Z', to: '2025-02-28T22:00:00Z' },
        { name: 'Maija Niemi', from: '2025-02-28T22:00:00Z' },
      ],
      placements: [
        { unit: 'Neuvonta', to: '2025-03-31T21:00:00Z' },
        { unit: 'Perintä', from: '2025-03-31T21:00:00Z' },
      ],
      phoneHistory: [
        { phone: old, to: '2025-04-30T21:00:00Z' },
        { phone: next, from: '2025-04-30T21:00:00Z' },
      ],
    })
    expect(response.body.names[1]).not.toHaveProperty('to')
  })

  test('entered late for an earlier day is in force until the next one already entered', async () => {
    const { body } = await enter({ unit: 'Ensin' })
    await change(body.id, { from: '2025-06-01', unit: 'Viimein' })
    const response = await change(body.id, { from: '2025-03-01', unit: 'Välissä' })
    expect(response.body.placements.map(({ unit }) => unit)).toEqual(['Ensin', 'Välissä', 'Viimein'])
    expect(response.body.placements[1]?.to).toBe(response.body.placements[2]?.from)
  })

  test('for the same day replaces the earlier change: the wrong name is not kept', async () => {
    const { body } = await enter({ name: 'Maja Meri' })
    const response = await change(body.id, { from: '2025-01-01', name: 'Maija Meri' })
    expect(response.body.names).toEqual([{ name: 'Maija Meri', from: body.employedFrom }])
  })

  test('of the supervisor keeps the unit, and vice versa', async () => {
    const { body } = await enter({ unit: 'Neuvonta' })
    const response = await change(body.id, { from: '2025-03-01', supervisor: sari.userId })
    expect(response.body).toMatchObject({ unit: 'Neuvonta', supervisor: { id: sari.id } })
    expect((await change(body.id, { from: '2025-04-01', unit: '' })).body).not.toHaveProperty('unit')
    expect((await read(body.id)).body.supervisor?.id).toBe(sari.id)
  })

  test('of consent and of information given to the official is stored with its time (L16)', async () => {
    const { body } = await enter({ phone: nextPhone() })
    const from = '2025-03-01'
    const response = await change(body.id, { from, informed: true, consents: true })
    const at = '2025-02-28T22:00:00Z'
    expect(response.body.recording).toEqual({ informedAt: at, consentedAt: at })
    await change(body.id, { from: '2025-05-01', consents: false })
    const entries = (await readDirectory(admin)).filter(({ personId }) => personId === body.id)
    expect(entries.map(({ consentedFrom }) => consentedFrom?.toString() ?? null)).toEqual([null, at, null])
    expect((await read(body.id)).body.recording).toEqual({ informedAt: at })
  })

  test.each([
    ['before the first day', { from: '2024-12-31', name: 'X' }, 'person.not-employed', 'from'],
    [
      'of a number that is not theirs',
      { from: '2025-03-01', endPhone: '029 512 4999' },
      'person.phone-not-theirs',
      'endPhone',
    ],
    ['to an invalid number', { from: '2025-03-01', addPhone: '--' }, 'person.not-a-number', 'addPhone'],
    [
      'of the last day to one before the first',
      { from: '2025-03-01', employedTo: '2024-11-30' },
      'person.ends-before-it-begins',
      'employedTo',
    ],
    ['to an invalid last day', { from: '2025-03-01', employedTo: 'soon' }, 'person.not-a-day', 'employedTo'],
  ])('%s is refused, and stores nothing', async (_, wanted, code, field) => {
    const { body } = await enter({})
    expect(await change(body.id, { ...wanted, unit: 'Ei koskaan' })).toMatchObject({ status: 400, code, field })
    expect((await read(body.id)).body).toEqual(body)
    const { body: units } = await answer(editor.fetch('/api/units'))
    expect(JSON.stringify(units)).not.toContain('Ei koskaan')
  })

  test('that would make somebody their own supervisor, through others, is refused', async () => {
    const [a, b, c] = await Promise.all([enter({}), enter({}), enter({})])
    await change(b.body.id, { from: '2025-02-01', supervisor: a.body.userId })
    await change(c.body.id, { from: '2025-02-01', supervisor: b.body.userId })
    const circle = { status: 409, code: 'person.circle', field: 'supervisor' }
    expect(await change(a.body.id, { from: '2025-06-01', supervisor: c.body.userId })).toMatchObject(circle)
    expect(await change(a.body.id, { from: '2025-06-01', supervisor: a.body.userId })).toMatchObject(circle)
    // Not at the same time: no cycle.
    await change(b.body.id, { from: '2025-04-01', supervisor: '' })
    expect(await change(a.body.id, { from: '2025-06-01', supervisor: c.body.userId })).toMatchObject({ status: 200 })
  })
})

describe('a person who leaves', () => {
  test('has placement and number until the end of the last day, and the number is free on the next', async () => {
    const phone = nextPhone()
    const { body } = await enter({ unit: 'Neuvonta', phone })
    const response = await change(body.id, { from: '2025-05-01', employedTo: '2025-05-31' })
    const ends = '2025-05-31T21:00:00Z'
    expect(response.body).toMatchObject({
      employedTo: ends,
      // The last unit and number are still shown.
      unit: 'Neuvonta',
      phones: [phone],
      placements: [{ to: ends }],
      phoneHistory: [{ to: ends }],
    })
    expect(await enter({ phone, employedFrom: '2025-06-01' })).toMatchObject({ status: 202 })
    await confirmChanges(approver)
    expect((await list(`q=${body.userId}`)).items).toEqual([])
    expect((await list(`q=${body.userId}&employed=past`)).items).toMatchObject([{ id: body.id, unit: 'Neuvonta' }])
  })

  test('gets placement and number back by staying after all, except a number given to another person', async () => {
    const [kept, reassigned] = [nextPhone(), nextPhone()]
    const { body } = await enter({ unit: 'Neuvonta', phone: kept })
    await change(body.id, { from: '2025-01-01', addPhone: reassigned })
    await change(body.id, { from: '2025-05-01', employedTo: '2025-05-31' })
    await enter({ phone: reassigned, employedFrom: '2025-06-01' })
    await confirmChanges(approver)
    const after = await change(body.id, { from: '2025-05-01', employedTo: '' })
    expect(after).toMatchObject({ status: 200, body: { unit: 'Neuvonta', phones: [kept] } })
    expect(after.body).not.toHaveProperty('employedTo')
  })

  test('keeps the user id for ever: nobody else can be entered with it', async () => {
    const { body } = await enter({ employedTo: '2025-02-01' })
    expect(await enter({ userId: body.userId })).toMatchObject({ status: 409, code: 'person.user-id-taken' })
    await expect(database.as('seloste_desk').pool.query('delete from person')).rejects.toMatchObject({ code: '42501' })
  })
})

describe('rights to the directory', () => {
  test('an administrator may change the directory, and nobody else may', async () => {
    const { body } = await enter({})
    for (const tester of [sari, aino]) {
      const browser = await desk.signIn(tester)
      const refused = { status: 403, code: 'deny.role' }
      expect(await enter({}, browser)).toMatchObject(refused)
      expect(await change(body.id, { from: '2025-03-01', name: 'Toinen' }, browser)).toMatchObject(refused)
      const file = { content: Buffer.from('user_id;name\nx;y').toString('base64'), tryOnly: true }
      expect(await answer(browser.fetch('/api/people/import', { json: file }))).toMatchObject(refused)
    }
    expect((await read(body.id)).body).toEqual(body)
    const { rows } = await database
      .as()
      .pool.query("select distinct result from audit_entry where action like 'directory.%' and person_id = $1", [
        aino.id,
      ])
    expect(rows).toEqual([{ result: 'refused:deny.role' }])
  })

  test('a supervisor sees the unit’s people, and an official themself', async () => {
    const outside = await enter({ unit: 'Muualla' })
    const supervisor = await desk.signIn(sari)
    const found = await list('employed=any', supervisor)
    expect(found.items.map(({ id }) => id).sort()).toEqual([anssi.id, sari.id, aino.id].sort())
    expect(found).toMatchObject({ total: 3, mayChange: false })
    expect(await read(outside.body.id, supervisor)).toMatchObject({ status: 404, code: 'not-found' })
    const official = await desk.signIn(aino)
    expect(await read(aino.id, official)).toMatchObject({ status: 200, body: { userId: aino.userId } })
    for (const other of [outside.body.id, sari.id, randomUUID()])
      expect(await read(other, official)).toMatchObject({ status: 403, code: 'deny.role' })
    expect(await answer(official.fetch('/api/people'))).toMatchObject({ status: 403, code: 'deny.role' })
  })
})

describe('finding people', () => {
  test('searches by a part of the name, by the user id and by a number in any form', async () => {
    const phone = nextPhone()
    const { body } = await enter({ name: 'Åke Öhman', phone })
    for (const q of ['öhm', body.userId.toUpperCase(), phone, phone.replaceAll(' ', ''), `+358 ${phone.slice(1)}`])
      expect((await list(`q=${encodeURIComponent(q)}`)).items, q).toMatchObject([{ id: body.id, phones: [phone] }])
    expect((await list('q=%25')).items).toEqual([])
  })

  test('returns every person once, across pages', async () => {
    await Promise.all(Array.from({ length: 7 }, () => enter({ name: 'Sama Nimi', unit: 'Sivut' })))
    const seen: string[] = []
    let cursor: string | undefined
    do {
      const page = await list(`unit=Sivut&limit=3${cursor ? `&cursor=${cursor}` : ''}`)
      expect(page.total).toBe(7)
      seen.push(...page.items.map(({ id }) => id))
      cursor = page.next
    } while (cursor)
    expect(new Set(seen).size).toBe(7)
    expect(seen).toHaveLength(7)
    expect(await answer(editor.fetch('/api/people?cursor=made-up'))).toMatchObject({ status: 400, field: 'cursor' })
  })
})
