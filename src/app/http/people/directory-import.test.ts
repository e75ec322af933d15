import { randomUUID } from 'node:crypto'
import { beforeAll, describe, expect, test } from 'vitest'
import { createTestDatabase } from '#test/database/create-test-database.ts'
import { enterTestPerson } from '#test/database/people.ts'
import { makeTestRegister } from '#test/register/make-register.ts'
import { answer, openTestDesk, type Browser } from '#test/register/open-desk.ts'
import { confirmChanges } from '#test/sign-in/confirm-changes.ts'
import type { RegisterTables } from '#register/tables.ts'
import type { Person, PersonDetail } from '../contract/directory.ts'

const database = await createTestDatabase<RegisterTables>()
const desk = await openTestDesk(database, await makeTestRegister(database))
const anssi = await enterTestPerson(database.as().db, database.as('seloste_desk').db, {
  name: 'Anssi',
  right: { role: 'ADMINISTRATOR', purposes: [], scope: { kind: 'none', units: [], numbers: [] } },
})

const paula = await enterTestPerson(database.as().db, database.as('seloste_desk').db, {
  name: 'Paula',
  right: { role: 'ACCESS_APPROVER', purposes: [], scope: { kind: 'none', units: [], numbers: [] } },
})

let editor: Browser
let confirmer: Browser
beforeAll(async () => {
  editor = await desk.signIn(anssi)
  confirmer = await desk.signIn(paula)
})

interface Row {
  row: number
  column?: string
  code: string
  message: { fi: string; sv: string; en: string }
}
interface Result {
  status: number
  code?: string
  rows: Row[]
  body: Record<string, unknown>
}

const newId = () => `p${randomUUID().slice(0, 8)}`
const heading = 'user_id;name;unit;supervisor;phone;employed_from;employed_to'
let lastPhone = 6000
const nextPhone = () => `029 512 ${++lastPhone}`

async function send(content: Buffer | string, tryOnly = false): Promise<Result> {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content
  const response = await answer(
    editor.fetch('/api/people/import', { json: { content: bytes.toString('base64'), tryOnly } }),
  )
  const error = response.body.error as { rows?: Row[] } | undefined
  return {
    status: response.status,
    ...(response.code && { code: response.code }),
    rows: error?.rows ?? [],
    body: response.body,
  }
}
const file = (...rows: string[]) => [heading, ...rows].join('\n')
const problems = ({ rows }: Result) => rows.map(({ row, column, code }) => ({ row, column, code }))

async function find(userId: string): Promise<PersonDetail | undefined> {
  const { body } = await answer(editor.fetch(`/api/people?q=${encodeURIComponent(userId)}&employed=any`))
  const found = (body['items'] as Person[]).find((person) => person.userId === userId)
  return found && ((await answer(editor.fetch(`/api/people/${found.id}`))).body as unknown as PersonDetail)
}

/** Returns everything in the directory. */
async function everything(): Promise<string> {
  const tables = ['unit', 'person', 'person_name', 'person_phone', 'person_placement', 'person_recording_consent']
  const rows = await Promise.all(
    tables.map((table) => database.as().pool.query(`select to_jsonb(t)::text as row from ${table} t order by 1`)),
  )
  return JSON.stringify(rows.map((result) => result.rows as unknown))
}

/** Sends a file that must be refused and change nothing. */
async function sendRefused(content: Buffer | string): Promise<Result> {
  const before = await everything()
  const result = await send(content)
  expect(result).toMatchObject({ status: 422, code: 'import.refused' })
  expect(await everything()).toBe(before)
  for (const { message } of result.rows) {
    expect(new Set([message.fi, message.sv, message.en]).size).toBe(3)
    expect(JSON.stringify(message)).not.toMatch(/[{]\w+[}]|undefined/)
  }
  return result
}

describe('a file of people', () => {
  test('enters new people, changes known ones from today on, and changes nothing when repeated', async () => {
    const [chief, member, other] = [newId(), newId(), newId()]
    const [first, second] = [nextPhone(), nextPhone()]
    const rows = [
      `${member};Maija Meri;Neuvonta;${chief};${first} | ${second};1.3.2025;`,
      `${chief};Pekka Päällikkö;Neuvonta;;;2025-01-01;`,
      `${other};"Kai; Välilyönti";;;;2025-01-01;31.12.2025`,
    ]
    expect((await send(file(...rows), true)).body).toEqual({
      rows: 3,
      entered: 3,
      changed: 0,
      unchanged: 0,
      waiting: 0,
      done: false,
    })
    expect(await find(member)).toBeUndefined()
    expect((await send(file(...rows))).body).toMatchObject({ entered: 3, unchanged: 0, done: true })
    expect(await find(member)).toMatchObject({
      name: 'Maija Meri',
      unit: 'Neuvonta',
      supervisor: { name: 'Pekka Päällikkö' },
      phones: [first, second],
      employedFrom: '2025-02-28T22:00:00Z',
      source: 'csv',
    })
    expect(await find(other)).toMatchObject({ name: 'Kai; Välilyönti', employedTo: '2025-12-31T22:00:00Z' })

    const before = await everything()
    expect((await send(file(...rows))).body).toMatchObject({ entered: 0, changed: 0, unchanged: 3 })
    expect(await everything()).toBe(before)

    rows[0] = `${member};Maija Niemi;Perintä;${chief};${second};1.3.2025;`
    expect((await send(file(...rows))).body).toMatchObject({ entered: 0, changed: 1, unchanged: 2, waiting: 1 })
    expect(await find(member)).toMatchObject({ name: 'Maija Niemi', unit: 'Neuvonta' })
    await confirmChanges(confirmer)
    const today = Temporal.Now.zonedDateTimeISO('Europe/Helsinki').startOfDay().toInstant().toString()
    expect(await find(member)).toMatchObject({
      name: 'Maija Niemi',
      names: [
        { name: 'Maija Meri', to: today },
        { name: 'Maija Niemi', from: today },
      ],
      placements: [
        { unit: 'Neuvonta', to: today },
        { unit: 'Perintä', from: today },
      ],
      phones: [second],
    })
  })

  test('does not change columns and people that it omits', async () => {
    const [userId, absent] = [newId(), newId()]
    const phone = nextPhone()
    await send(file(`${userId};Maija;Neuvonta;;${phone};2025-01-01;`, `${absent};Poissa;;;;2025-01-01;`))
    const before = await find(absent)
    expect((await send(`user_id,name\n${userId},Maija Uusi`)).body).toMatchObject({ changed: 1 })
    expect(await find(userId)).toMatchObject({ name: 'Maija Uusi', unit: 'Neuvonta', phones: [phone] })
    expect(await find(absent)).toEqual(before)
  })

  test('recognises a number in every form', async () => {
    const phone = nextPhone()
    const digits = phone.replaceAll(' ', '')
    const abroad = digits.slice(1)
    const userId = newId()
    await send(file(`${userId};A;;;${phone};2025-01-01;`))
    for (const written of [
      digits,
      `+358 ${abroad}`,
      `00358${abroad}`,
      `358${abroad}`,
      `tel:+358-${abroad}`,
      `puh. ${phone}`,
      `+358 (0)${abroad}`,
      digits.replaceAll(/\d/g, (digit) => String.fromCodePoint(0xff10 + Number(digit))),
    ])
      expect((await send(file(`${userId};A;;;${written};2025-01-01;`))).body, written).toMatchObject({ unchanged: 1 })
    await send(file(`${userId};A;;;${phone} | 4711;2025-01-01;`))
    expect(await find(userId)).toMatchObject({ phones: [phone, '4711'] })
  })

  test('moves a number from one person to another at once', async () => {
    const [userId, other] = [newId(), newId()]
    const [first, second] = [nextPhone(), nextPhone()]
    await send(file(`${userId};A;;;${first};2025-01-01;`, `${other};B;;;${second};2025-01-01;`))
    const swapped = file(`${userId};A;;;${second};2025-01-01;`, `${other};B;;;${first};2025-01-01;`)
    expect((await send(swapped)).body).toMatchObject({ changed: 0, waiting: 2 })
    expect(await find(userId)).toMatchObject({ phones: [first] })
    expect(await confirmChanges(confirmer)).toBe(2)
    expect((await send(swapped)).body).toMatchObject({ changed: 0, waiting: 0 })
    expect(await find(userId)).toMatchObject({ phones: [second] })
    expect(await find(other)).toMatchObject({ phones: [first] })
  })

  test('ends an employment, and begins another with the same user id', async () => {
    const userId = newId()
    const phone = nextPhone()
    await send(file(`${userId};Maija;Neuvonta;;${phone};2025-01-01;`))
    await send(file(`${userId};Maija;Neuvonta;;${phone};2025-01-01;2025-06-30`))
    expect(await find(userId)).toMatchObject({ employedTo: '2025-06-30T21:00:00Z' })
    expect((await send(file(`${userId};Maija;Perintä;;${phone};2025-09-01;`))).body).toMatchObject({ changed: 1 })
    await confirmChanges(confirmer)
    expect(await find(userId)).toMatchObject({
      unit: 'Perintä',
      placements: [{ to: '2025-06-30T21:00:00Z' }, { from: '2025-08-31T21:00:00Z' }],
    })
  })
})

describe('a wrong file changes nothing and lists its rows:', () => {
  test('another encoding, with the text read in the likely encoding', async () => {
    const result = await sendRefused(Buffer.from(file('maija;Maija Mäkelä;;;;2025-01-01;'), 'latin1'))
    expect(problems(result)).toMatchObject([{ row: 2, code: 'csv.encoding' }])
    expect(result.rows[0]?.message.fi).toMatch(/Windows-1252.*Mäkelä/)
    const utf16 = await sendRefused(Buffer.from(`\ufeff${file('maija;Maija;;;;2025-01-01;')}`, 'utf16le'))
    expect(problems(utf16)).toMatchObject([{ code: 'csv.encoding-utf-16' }])
  })

  test('one user id on two rows', async () => {
    const userId = newId()
    const result = await sendRefused(file(`${userId};A;;;;2025-01-01;`, `${userId.toUpperCase()};B;;;;2025-01-01;`))
    expect(problems(result)).toEqual([{ row: 3, column: 'user_id', code: 'person.twice' }])
  })

  test('one number for two people at a time, in the file or in the directory', async () => {
    const [userId, other] = [newId(), newId()]
    const phone = nextPhone()
    const both = (until: string) =>
      file(`${userId};A;;;${phone};2025-01-01;${until}`, `${other};B;;;${phone.replaceAll(' ', '')};2025-06-30;`)
    const result = await sendRefused(both('2025-06-30'))
    expect(problems(result)).toEqual([{ row: 3, column: 'phone', code: 'person.phone-twice-in-file' }])
    expect((await send(both('2025-06-29'))).status).toBe(200)
    await confirmChanges(confirmer)
    const third = await sendRefused(file(`${newId()};C;;;${phone};2025-12-01;`))
    expect(third.rows).toMatchObject([{ row: 2, column: 'phone', code: 'person.phone-taken' }])
    expect(third.rows[0]?.message.sv).toBe(`Numret ${phone} hör till B (${other}) tills vidare.`)
  })

  test('every wrong row, all at once', async () => {
    const result = await sendRefused(
      file(
        `;Nimi;;;;2025-01-01;`,
        `${newId()};;;;;2025-01-01;`,
        `${newId()};A;;;;31.2.2025;`,
        `${newId()};A;;;112;2025-01-01;`,
        `${newId()};A;;nobody;;2025-01-01;`,
        `${newId()};A;;;;2025-02-01;2025-01-01`,
        `${newId()};A;;;;;`,
        `two words;A;;;;2025-01-01;`,
        `${newId()};${'x'.repeat(201)};;;;2025-01-01;`,
      ),
    )
    expect(problems(result)).toEqual([
      { row: 2, column: 'user_id', code: 'person.user-id-missing' },
      { row: 3, column: 'name', code: 'person.name-missing' },
      { row: 4, column: 'employed_from', code: 'person.not-a-day' },
      { row: 5, column: 'phone', code: 'person.not-a-number' },
      { row: 6, column: 'supervisor', code: 'person.unknown-supervisor' },
      { row: 7, column: 'employed_to', code: 'person.ends-before-it-begins' },
      { row: 8, column: 'employed_from', code: 'person.employed-from-missing' },
      { row: 9, column: 'user_id', code: 'person.user-id-wrong' },
      { row: 10, column: 'name', code: 'person.text-too-long' },
    ])
  })

  test('a cycle of supervisors', async () => {
    const [a, b] = [newId(), newId()]
    const result = await sendRefused(file(`${a};A;;${b};;2025-01-01;`, `${b};B;;${a};;2025-01-01;`))
    expect(problems(result)).toEqual([2, 3].map((row) => ({ row, column: 'supervisor', code: 'person.circle' })))
    expect(result.rows[0]?.message.en).toContain(`${a} → ${b} → ${a}`)
  })

  test('missing or unknown columns', async () => {
    expect(problems(await sendRefused('user_id;email\nx;y'))).toEqual([
      { row: 1, column: 'name', code: 'csv.column-missing' },
      { row: 1, column: 'email', code: 'csv.column-unknown' },
    ])
    expect(problems(await sendRefused(heading))).toMatchObject([{ code: 'csv.empty' }])
    expect(problems(await sendRefused(''))).toMatchObject([{ code: 'csv.empty' }])
  })
})

test('ten thousand rows are checked at once, and many people are entered', { timeout: 60_000 }, async () => {
  const rows = Array.from(
    { length: 10_000 },
    (_, index) => `big${index};Nimi ${index};Yksikkö ${index % 50};;02${String(index).padStart(7, '0')};2025-01-01;`,
  )
  const result = await send(file(...rows, rows[0]!))
  expect(problems(result)).toContainEqual({ row: 10_002, column: 'user_id', code: 'person.twice' })
  // Every row takes equally long, so only the long run enters all of them.
  const entered = process.env['SELOSTE_LONG'] === '1' ? rows : rows.slice(0, 1_000)
  expect((await send(file(...entered))).body).toMatchObject({ entered: entered.length, done: true })
})
