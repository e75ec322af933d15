import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { createTestDatabase } from '#test/database/create-test-database.ts'
import { appenders, type Appender } from '#safeguards/audit/appenders.ts'

const database = await createTestDatabase()
const somebody = randomUUID()

/** Appends an entry directly; whether it is accepted depends on role, action, person and result. */
const append = (role: string, action: string, { person = false, result = 'ok' } = {}) =>
  database
    .as(role)
    .pool.query(`insert into audit_entry (person_id, action, result) values ($1, $2, $3)`, [
      person ? somebody : null,
      action,
      result,
    ])

test.each(['listening.started', 'right.granted', 'session.started', 'recording.kept', 'log.verified', 'made.up'])(
  'capture cannot append %s, with or without a person',
  async (action) => {
    for (const person of [false, true]) {
      for (const result of ['ok', 'refused:deny.role']) {
        await expect(append('seloste_capture', action, { person, result })).rejects.toThrow('row-level security')
      }
    }
  },
)

test('capture can append that a call was admitted, without a person or other details', async () => {
  await append('seloste_capture', 'call.admitted')
  await expect(append('seloste_capture', 'call.admitted', { person: true })).rejects.toThrow('row-level security')
  for (const more of [`role`, `purpose`, `reference`]) {
    await expect(
      database
        .as('seloste_capture')
        .pool.query(`insert into audit_entry (action, result, ${more}) values ('call.admitted', 'ok', 'x')`),
    ).rejects.toThrow('row-level security')
  }
  await expect(
    database
      .as('seloste_capture')
      .pool.query(`insert into audit_entry (action, result, detail) values ('call.admitted', 'ok', '{"hidden": "x"}')`),
  ).rejects.toThrow('row-level security')
})

test.each(['listening.started', 'contact.read', 'contacts.listed', 'right.granted', 'description.approved'])(
  'the custodian cannot append %s',
  async (action) => {
    for (const person of [false, true]) {
      await expect(append('seloste_custodian', action, { person })).rejects.toThrow('row-level security')
    }
  },
)

test('the custodian names no person in an automatic action', async () => {
  await append('seloste_custodian', 'recording.destroyed')
  await expect(append('seloste_custodian', 'recording.destroyed', { person: true })).rejects.toThrow(
    'row-level security',
  )
})

test.each(['recording.kept', 'log.exported', 'backup.made', 'clock.stopped', 'capture.stopped', 'made.up'])(
  'the desk cannot append %s, done or refused',
  async (action) => {
    for (const result of ['ok', 'refused:deny.role']) {
      await expect(append('seloste_desk', action, { result })).rejects.toThrow('row-level security')
    }
  },
)

test('no process can change who may append what', async () => {
  for (const role of ['seloste_desk', 'seloste_capture', 'seloste_custodian']) {
    for (const statement of [
      `insert into audit_appender values ('${role}', 'right.granted', true, false)`,
      `update audit_appender set person = true`,
      `delete from audit_appender`,
    ]) {
      await expect(database.as(role).pool.query(statement), statement).rejects.toThrow('permission denied')
    }
  }
})

const rows: Record<Appender, [role: string, person: boolean, refusalsOnly: boolean]> = {
  desk: ['seloste_desk', true, false],
  'desk, refusals': ['seloste_desk', true, true],
  capture: ['seloste_capture', false, false],
  custodian: ['seloste_custodian', false, false],
  'custodian, for a person': ['seloste_custodian', true, false],
}

test('the database’s lists of appenders match the program’s actions', async () => {
  const { rows: listed } = await database
    .as()
    .pool.query<{ line: string }>(
      `select concat_ws(' ', role, action, person, refusals_only) as line from audit_appender`,
    )
  const expected = Object.entries(appenders).flatMap(([action, by]) =>
    by.map((appender) => {
      const [role, person, refusalsOnly] = rows[appender]
      return `${role} ${action} ${person ? 't' : 'f'} ${refusalsOnly ? 't' : 'f'}`
    }),
  )
  expect(listed.map(({ line }) => line).toSorted()).toEqual(expected.toSorted())
})

test.each(['seloste_desk', 'seloste_capture', 'seloste_custodian'])(
  '%s stores nothing outside the tables: no large object, temporary table, schema or message in the write-ahead log',
  async (role) => {
    for (const statement of [
      `create temporary table hidden (x text)`,
      `select 1 into temporary hidden`,
      `create function pg_temp.viewer() returns uuid language sql as 'select null::uuid'`,
      `create table hidden (x text)`,
      `create schema hidden`,
      `select lo_create(0)`,
      `select lo_creat(-1)`,
      `select lo_from_bytea(0, 'hidden')`,
      `select lo_put(1, 0, 'hidden')`,
      `select lo_get(1)`,
      `select lo_open(1, 131072)`,
      `select lowrite(0, 'hidden')`,
      `select loread(0, 1)`,
      `select lo_unlink(1)`,
      `select lo_import('/etc/passwd')`,
      `select lo_export(1, '/tmp/hidden')`,
      `select pg_logical_emit_message(false, 'hidden', 'x')`,
      `select pg_logical_emit_message(true, 'hidden', 'x'::bytea)`,
      `copy (select 'hidden') to '/tmp/hidden'`,
      `set temp_file_limit = -1`,
    ]) {
      await expect(database.as(role).pool.query(statement), statement).rejects.toThrow(
        /permission denied|must be superuser/,
      )
    }
    const { rows: found } = await database
      .as(role)
      .pool.query<{ kilobytes: number }>(
        `select setting::bigint as kilobytes from pg_settings where name = 'temp_file_limit'`,
      )
    expect(found[0]?.kilobytes).toBeGreaterThan(0)
  },
)
