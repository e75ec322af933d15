import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createTestDatabase } from '#test/database/create-test-database.ts'
import { migrate, planMigration } from './migrate.ts'

const database = await createTestDatabase()
const { pool } = database.as()
let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'schema-'))
  await mkdir(join(folder, 'migrations'))
  await mkdir(join(folder, 'functions', 'access'), { recursive: true })
  await writeFile(join(folder, 'server-rights.sql'), '')
  await pool.query('drop table if exists migration, applied_functions, first, second')
})
afterEach(() => rm(folder, { recursive: true }))

async function write(name: string, statements: string): Promise<void> {
  await writeFile(join(folder, 'migrations', name), statements)
}

test('migrations are applied once, in order', async () => {
  await write('0002-second.sql', 'create table second (id integer references first);')
  await write('0001-first.sql', 'create table first (id integer primary key); insert into first values (1);')
  expect(await migrate(database.url(), { folder })).toEqual(['0001-first.sql', '0002-second.sql', 'functions'])
  expect(await migrate(database.url(), { folder })).toEqual([])
})

test('the plan of a migration names what would be applied, and changes nothing', async () => {
  await write('0001-first.sql', 'create table first (id integer);')
  const first = { at: undefined, waiting: ['0001-first.sql'], areFunctionsNew: true }
  expect(await planMigration(database.url(), folder)).toEqual(first)
  expect(await planMigration(database.url(), folder)).toEqual(first)
  await migrate(database.url(), { folder })
  const current = { at: '0001-first.sql', waiting: [], areFunctionsNew: false }
  expect(await planMigration(database.url(), folder)).toEqual(current)
  await write('0002-second.sql', 'create table second (id integer);')
  await writeFile(join(folder, 'functions', 'access', 'one.sql'), 'select;')
  expect(await planMigration(database.url(), folder)).toEqual({
    ...current,
    waiting: ['0002-second.sql'],
    areFunctionsNew: true,
  })
  await write('0001-first.sql', 'create table first (id bigint);')
  await expect(planMigration(database.url(), folder)).rejects.toMatchObject({ code: 'migration-changed' })
})

test('two processes that start together apply each migration once', async () => {
  await write('0001-first.sql', 'select pg_sleep(0.2); create table first (id integer);')
  const applied = await Promise.all([migrate(database.url(), { folder }), migrate(database.url(), { folder })])
  expect(applied.flat()).toEqual(['0001-first.sql', 'functions'])
})

test('an applied migration that was edited stops the start', async () => {
  await write('0001-first.sql', 'create table first (id integer);')
  await migrate(database.url(), { folder })
  await write('0001-first.sql', 'create table first (id bigint);')
  await expect(migrate(database.url(), { folder })).rejects.toMatchObject({ code: 'migration-changed' })
})

test('other line ends are not an edit', async () => {
  await write('0001-first.sql', 'create table first\n(id integer);\n')
  await migrate(database.url(), { folder })
  await write('0001-first.sql', 'create table first\r\n(id integer);\r\n')
  expect(await migrate(database.url(), { folder })).toEqual([])
})

test('a database newer than the program stops the start', async () => {
  await write('0001-first.sql', 'create table first (id integer);')
  await migrate(database.url(), { folder })
  await rm(join(folder, 'migrations', '0001-first.sql'))
  await expect(migrate(database.url(), { folder })).rejects.toMatchObject({ code: 'migration-unknown' })
})

test('a migration that fails is rolled back and reports where it failed', async () => {
  await write('0001-first.sql', 'create table first (id integer);\n\ncreate tabel second;')
  await expect(migrate(database.url(), { folder })).rejects.toMatchObject({
    code: 'migration-failed',
    message: expect.stringContaining(
      '0001-first.sql was rolled back: syntax error at or near "tabel" (line 3)',
    ) as string,
  })
  await expect(pool.query('select * from first')).rejects.toThrow('does not exist')
})

describe('functions', () => {
  const put = (name: string, statements: string) => writeFile(join(folder, 'functions', 'access', name), statements)
  const answer = async () => (await pool.query<{ two: number }>('select two()')).rows[0]?.two

  test('are installed when a file changes, and removed with it', async () => {
    await write('0001-first.sql', 'create table first (id integer primary key);')
    await put('two.sql', 'create or replace function two() returns integer language sql as $$ select 2 $$;')
    await put(
      'access.sql',
      'alter table first enable row level security;\ncreate policy nobody on first using (false);',
    )
    expect(await migrate(database.url(), { folder })).toEqual(['0001-first.sql', 'functions'])
    expect(await migrate(database.url(), { folder })).toEqual([])
    expect(await answer()).toBe(2)
    await put('two.sql', "create or replace function two() returns text language sql as $$ select 'two' $$;")
    await put('access.sql', '')
    expect(await migrate(database.url(), { folder })).toEqual(['functions'])
    expect(await answer()).toBe('two')
    const { rows } = await pool.query(
      `select relrowsecurity, exists (select from pg_policy where polrelid = c.oid) as policy from pg_class c where relname = 'first'`,
    )
    expect(rows).toEqual([{ relrowsecurity: false, policy: false }])
    await rm(join(folder, 'functions/access/two.sql'))
    await migrate(database.url(), { folder })
    await expect(answer()).rejects.toThrow('does not exist')
  })

  test('that fail leave the previous ones, and report where', async () => {
    await put('two.sql', 'create or replace function two() returns integer language sql as $$ select 2 $$;')
    await migrate(database.url(), { folder })
    await put('wrong.sql', '-- No function.\ncreate fonction three;')
    await expect(migrate(database.url(), { folder })).rejects.toMatchObject({
      code: 'functions-failed',
      message: expect.stringContaining('access/wrong.sql: syntax error at or near "fonction" (line 2)') as string,
    })
    expect(await answer()).toBe(2)
  })

  test('cannot be executed by roles that they do not name', async () => {
    await put('two.sql', 'create or replace function two() returns integer language sql as $$ select 2 $$;')
    await migrate(database.url(), { folder })
    const { rows } = await pool.query("select has_function_privilege('seloste_desk', 'two()', 'execute') as may")
    expect(rows).toEqual([{ may: false }])
  })
})

test('a migration with a duplicate number or a malformed name stops the start', async () => {
  await write('0002-second.sql', 'select 1')
  await write('0002-third.sql', 'select 1')
  await expect(migrate(database.url(), { folder })).rejects.toMatchObject({ code: 'migration-misnamed' })
  await rm(join(folder, 'migrations', '0002-second.sql'))
  await rm(join(folder, 'migrations', '0002-third.sql'))
  await write('1-first.sql', 'select 1')
  await expect(migrate(database.url(), { folder })).rejects.toMatchObject({ code: 'migration-misnamed' })
})
