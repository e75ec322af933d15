import { createHash, randomUUID } from 'node:crypto'
import { beforeAll, describe, expect, test } from 'vitest'
import { createTestDatabase } from '#test/database/create-test-database.ts'
import { callFacts, enterTestPerson, phone } from '#test/database/people.ts'
import { inSession } from '#platform/database/connect.ts'
import { admit } from '#register/admit.ts'
import type { RegisterTables } from '#register/tables.ts'
import { sql, type RawBuilder } from 'kysely'

const database = await createTestDatabase<RegisterTables>()
const admin = database.as().db
const desk = database.as('seloste_desk').db
const nothing = { kind: 'none' as const, units: [], numbers: [] }
const anssi = await enterTestPerson(admin, desk, {
  name: 'Anssi',
  right: { role: 'ADMINISTRATOR', purposes: [], scope: nothing },
})
const sari = await enterTestPerson(admin, desk, {
  name: 'Sari',
  right: { role: 'SUPERVISOR', purposes: ['DEVELOPMENT'], scope: 'their unit' },
})
const former = await enterTestPerson(admin, desk, {
  name: 'Entinen',
  right: {
    role: 'ADMINISTRATOR',
    purposes: [],
    scope: nothing,
    until: Temporal.Instant.from('2026-01-01T00:00:00Z'),
  },
})
const person = await enterTestPerson(admin, desk, { name: 'Maija Meri', phone: '029 512 1001' })

const token = (name: string) => ({ name, secret: `token of ${name}` })
const [valid, revoked] = [token('Entra'), token('Okta')]

type Settings = Record<string, string>
let editors: Settings[]
let others: Settings[]
beforeAll(async () => {
  for (const { name, secret } of [valid, revoked]) {
    await admin
      .insertInto('scim_token')
      .values({
        name,
        hash: createHash('sha256').update(secret).digest(),
        revoked_at: name === revoked.name ? Temporal.Now.instant() : null,
      })
      .execute()
  }
  editors = [{ 'seloste.session': (await anssi.signIn()).token }, { 'seloste.scim': valid.secret }]
  others = [
    {},
    { 'seloste.session': (await sari.signIn()).token },
    { 'seloste.session': (await former.signIn()).token },
    { 'seloste.session': 'made up' },
    { 'seloste.scim': revoked.secret },
    { 'seloste.scim': '' },
    { 'seloste.scim': valid.name },
  ]
})

const run = (settings: Settings, statement: RawBuilder<unknown>) =>
  inSession(desk, settings, (tx) => statement.execute(tx)).then(
    ({ numAffectedRows }) => Number(numAffectedRows ?? 0n),
    (error: { code?: string }) => error.code,
  )

/** Statements that the directory's keeper may run. */
const writes = {
  'a unit': () => sql`insert into unit (id, name) values (${randomUUID()}, ${randomUUID()})`,
  'a person': () =>
    sql`insert into person (id, user_id, employed_from) values (${randomUUID()}, ${randomUUID()}, now())`,
  'a name': () => sql`update person_name set name = ${randomUUID()} where person_id = ${person.id}`,
  'a placement': () =>
    sql`update person_placement set valid_to = now() + interval '1 year' where person_id = ${person.id}`,
  'a number': () =>
    sql`insert into person_phone (person_id, phone_key, valid_from) values (${person.id}, ${randomUUID()}, now())`,
  consent: () =>
    sql`insert into person_recording_consent (person_id, valid_from) values (${person.id}, clock_timestamp())`,
  'an end of employment': () => sql`update person set employed_to = now() + interval '1 year' where id = ${person.id}`,
}

describe('the database lets the desk write', () => {
  test.each(Object.entries(writes))(
    '%s for an administrator and for an identity system, and for nobody else',
    async (item, statement) => {
      for (const settings of others) {
        const done = await run(settings, statement())
        // An update of rows that the role cannot change affects none.
        expect([0, '42501'], JSON.stringify(settings)).toContain(done)
      }
      for (const settings of editors) {
        expect(await run(settings, statement()), JSON.stringify(settings)).toBe(1)
        if (item === 'consent') await admin.deleteFrom('person_recording_consent').execute()
      }
    },
  )

  test('no user id and no password, and delete no person, whoever is signed in', async () => {
    for (const settings of [...editors, ...others]) {
      for (const statement of [
        sql`update person set user_id = ${randomUUID()} where id = ${person.id}`,
        sql`delete from person where id = ${person.id}`,
        sql`update person set password_salt = '', password_check = '' where id = ${person.id}`,
        sql`insert into person (id, user_id, employed_from, password_salt, password_check) values (${randomUUID()}, ${randomUUID()}, now(), '', '')`,
      ])
        expect(await run(settings, statement)).toBe('42501')
    }
  })
})

describe('an identity system', () => {
  const scim = { 'seloste.scim': valid.secret }

  test('can change the directory, and no call, recording, draft or token', async () => {
    for (const table of ['contact', 'segment', 'recording', 'listening', 'description_draft']) {
      const rows = await inSession(desk, scim, (tx) => sql`select * from ${sql.table(table)}`.execute(tx)).then(
        (found) => found.rows.length,
        (error: { code?: string }) => error.code,
      )
      expect([0, '42501'], table).toContain(rows)
    }
    expect(await run(scim, sql`select * from scim_token`)).toBe('42501')
    expect(
      await run(
        scim,
        sql`insert into access_right (id, person_id, role, purposes, scope_kind, valid_from, requested_by, approved_by)
          values (${randomUUID()}, ${person.id}, 'MAINTENANCE', '{MAINTENANCE}', 'all', now(), ${person.id}, ${sari.id})`,
      ),
    ).toBe('42501')
    expect(await run(scim, sql`select open_session(${person.userId}, '', '', null, '', null, now())`)).toBe(0)
  })
})

describe('rights of a person who left (R36)', () => {
  const waysToReturn = {
    'the end of the employment is removed': sql`update person set employed_to = null`,
    'it ends later': sql`update person set employed_to = now() + interval '1 year'`,
    'another begins': sql`update person set employed_from = now(), employed_to = null`,
    'another will begin': sql`update person set employed_from = now() + interval '1 day', employed_to = null`,
  }

  test.each(Object.entries(waysToReturn))('stay ended when the person returns: %s', async (_, statement) => {
    for (const settings of editors) {
      const leaver = await enterTestPerson(admin, desk, {
        name: 'Entinen',
        right: { role: 'DECISION_MAKER', purposes: [], scope: nothing },
      })
      const rights = async () => {
        const { rows } = await database
          .as()
          .pool.query('select id from access_right where person_id = $1 and revoked_at is null', [leaver.id])
        return rows.length
      }
      const end = sql`update person set employed_to = now() - interval '1 minute' where id = ${leaver.id}`
      expect(await run(settings, end)).toBe(1)
      expect(await rights()).toBe(1)
      expect(await run(settings, sql`${statement} where id = ${leaver.id}`)).toBe(1)
      expect(await rights()).toBe(0)
    }
  })

  test('continue if the end of the employment is postponed before it is reached', async () => {
    const [editor] = editors
    const stays = await enterTestPerson(admin, desk, {
      name: 'Jatkava',
      right: { role: 'DECISION_MAKER', purposes: [], scope: nothing },
    })
    for (const end of [sql`now() + interval '1 day'`, sql`null`]) {
      expect(await run(editor!, sql`update person set employed_to = ${end} where id = ${stays.id}`)).toBe(1)
    }
    const { rows } = await database
      .as()
      .pool.query('select id from access_right where person_id = $1 and revoked_at is null', [stays.id])
    expect(rows).toHaveLength(1)
  })
})

describe('a user id (R20)', () => {
  const query = (text: string, values: unknown[]) =>
    database
      .as()
      .pool.query(text, values)
      .then(
        () => 'done',
        (error: { code?: string; constraint?: string }) => `${error.code} ${error.constraint}`,
      )

  test('cannot be changed, even by the database’s owner', async () => {
    const somebody = await enterTestPerson(admin, desk, { name: 'Joku' })
    expect(await query('update person set user_id = $2 where id = $1', [somebody.id, randomUUID()])).toBe(
      'SE002 person_user_id_kept',
    )
  })

  test('is kept while the history names its person, and never reassigned', async () => {
    const somebody = await enterTestPerson(admin, desk, { name: 'Joku' })
    const official = { personId: somebody.id, unitId: somebody.unitId, name: 'Joku', phone: phone('029 512 1003') }
    const { contactId } = await admit(database.as('seloste_capture').db, callFacts({ official }))
    for (const table of ['person_name', 'person_placement'])
      await query(`delete from ${table} where person_id = $1`, [somebody.id])
    const remove = () => query('delete from person where id = $1', [somebody.id])
    expect(await remove()).toBe('SE002 person_in_history')
    await query('delete from segment where contact_id = $1', [contactId])
    expect(await remove()).toBe('done')
    const again = 'insert into person (id, user_id, employed_from) values ($1, $2, now())'
    expect(await query(again, [randomUUID(), somebody.userId])).toBe('23505 person_user_id_key')
    expect(await query('delete from spent_user_id', [])).not.toBe('done')
  })
})

describe('intervals', () => {
  const insert = (table: string, values: Record<string, unknown>) => {
    const columns = Object.keys(values)
    return admin
      .insertInto(table as 'person_name')
      .values(values as never)
      .execute()
      .then(
        () => 'written',
        (error: { code?: string; constraint?: string }) => `${error.code} ${error.constraint ?? columns.join()}`,
      )
  }
  const day = (text: string) => Temporal.Instant.from(`${text}T00:00:00Z`)

  test.each([
    ['person_name', { name: 'Toinen' }],
    ['person_placement', { unit_id: person.unitId }],
    ['person_recording_consent', {}],
  ])('of %s do not overlap, whoever writes them', async (table, values) => {
    const somebody = await enterTestPerson(admin, desk, { name: 'Joku' })
    await admin
      .deleteFrom(table as 'person_name')
      .where('person_id', '=', somebody.id)
      .execute()
    const entry = (from: string, to?: string) =>
      insert(table, { person_id: somebody.id, ...values, valid_from: day(from), valid_to: to ? day(to) : null })
    expect(await entry('2025-01-01', '2025-06-01')).toBe('written')
    const overlapping = `SE002 ${table}_apart`
    expect(await entry('2025-03-01')).toBe(overlapping)
    expect(await entry('2024-01-01')).toBe(overlapping)
    expect(await entry('2025-02-01', '2025-03-01')).toBe(overlapping)
    expect(await entry('2025-06-01', '2025-06-01')).toContain('23514')
    expect(await entry('2025-06-01')).toBe('written')
    expect(await entry('2024-01-01', '2025-01-01')).toBe('written')
  })

  test('of one number do not overlap, even for two people', async () => {
    const entry = (personId: string, from: string) =>
      insert('person_phone', { person_id: personId, phone_key: '+358295129999', valid_from: day(from), valid_to: null })
    expect(await entry(person.id, '2025-01-01')).toBe('written')
    expect(await entry(sari.id, '2025-03-01')).toMatch(/^(SE002 person_phone_apart|23505 person_phone_current)$/)
  })

  test('written at the same time do not overlap', async () => {
    const results = await Promise.all(
      ['2025-01-01', '2025-02-01', '2025-03-01', '2025-04-01'].map((from, index) =>
        insert('person_phone', {
          person_id: [person.id, sari.id][index % 2],
          phone_key: '+358295128888',
          valid_from: day(from),
          valid_to: null,
        }),
      ),
    )
    expect(results.filter((result) => result === 'written')).toHaveLength(1)
  })
})
