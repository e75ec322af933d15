import { readFile } from 'node:fs/promises'
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import type { RegisterTables } from '#register/tables.ts'
import { createTestDatabase } from '#test/database/create-test-database.ts'
import { describeDatabase } from '#test/house/known-database.ts'
import { findUnknown, knownDatabaseFile } from './known-database.ts'

const database = await createTestDatabase<RegisterTables>()
const admin = database.as()
const custodian = database.as('seloste_custodian').db

test('the list of known tables equals the result of the migrations (if not, run "npm run generate")', async () => {
  expect(await describeDatabase(admin.db)).toEqual(JSON.parse(await readFile(knownDatabaseFile, 'utf8')))
  expect(await findUnknown(custodian)).toEqual([])
})

test('every jsonb column of a call has a closed list of members, enforced by PostgreSQL', async () => {
  const { rows } = await admin.pool.query<{ name: string }>(`
    select c.relname || '.' || a.attname as name from pg_attribute a join pg_class c on c.oid = a.attrelid
    where c.relname in ('contact', 'segment', 'recording', 'request_call') and a.atttypid = 'jsonb'::regtype
      and not exists (select from pg_constraint k where k.conrelid = c.oid and k.conname = c.relname || '_' || a.attname || '_members')`)
  expect(rows).toEqual([])
})

test.each([
  ['a table', 'create table contact_note (contact_id uuid, caller_name text)', 'table contact_note'],
  ['a view', 'create view callers as select caller_key from contact', 'table callers'],
  ['a column', 'alter table person add column diagnosis text', 'column person.diagnosis'],
  [
    'a partition of the history under another name',
    `create table hidden partition of contact for values from ('1990-01-01') to ('1990-02-01')`,
    'table hidden',
  ],
  ['a schema', 'create schema side', 'schema side'],
  ['a publication', 'create publication out for table contact', 'publication out'],
  ['a large object', `select lo_from_bytea(4711, 'x')`, 'large object 4711'],
  [
    'a role that reads',
    'create role reader_of_calls; grant select on contact to reader_of_calls',
    'grant of contact to reader_of_calls',
  ],
  [
    'a role that reads a column',
    'create role reader_of_names; grant select (name) on person_name to reader_of_names',
    'grant of person_name.name to reader_of_names',
  ],
  [
    'a member of the desk’s role',
    'create role second_desk in role seloste_desk',
    'member of seloste_desk: second_desk',
  ],
  ['everybody', 'grant select on contact to public', 'grant of contact to public'],
  [
    'a role that reads every table',
    'create role reader_of_all in role pg_read_all_data',
    'member of pg_read_all_data: reader_of_all',
  ],
  ['an extension that leads to other databases', 'create extension dblink', 'extension dblink'],
  [
    'a subscription to another server',
    `create subscription inflow connection 'host=elsewhere' publication calls with (connect = false, slot_name = none)`,
    'subscription inflow',
  ],
  [
    'a table that is made a part of an extension',
    'create table contact_note (contact_id uuid, caller_name text); alter extension plpgsql add table contact_note',
    'table contact_note',
  ],
  [
    'a view that is made a part of an extension',
    'create view callers as select caller_key from contact; alter extension plpgsql add view callers',
    'table callers',
  ],
  [
    'a schema that is made a part of an extension',
    'create schema side; alter extension plpgsql add schema side',
    'schema side',
  ],
  [
    'a jsonb column without its closed list of members',
    'alter table contact drop constraint contact_number_name_members',
    'members contact_number_name_members',
  ],
])('unknown to the program and reported: %s', async (_, statement, expected) => {
  let found: string[] = []
  const undo = new Error('undo')
  await expect(
    admin.db.transaction().execute(async (tx) => {
      await sql.raw(statement).execute(tx)
      found = await findUnknown(tx)
      throw undo
    }),
  ).rejects.toBe(undo)
  expect(found).toEqual([expected])
})

test('roles that may become the database owner are reported', async () => {
  const undo = new Error('undo')
  let found: string[] = []
  await expect(
    admin.db.transaction().execute(async (tx) => {
      await sql.raw('create role heir; create role owner_of_all; grant owner_of_all to heir').execute(tx)
      await sql.raw('alter table audit_entry owner to owner_of_all').execute(tx)
      found = await findUnknown(tx)
      throw undo
    }),
  ).rejects.toBe(undo)
  expect(found).toContain('member of owner_of_all: heir')
})

test('a monitoring extension is accepted', async () => {
  const undo = new Error('undo')
  let found: string[] | undefined
  await expect(
    admin.db.transaction().execute(async (tx) => {
      await sql.raw('create extension pg_buffercache; create extension pgstattuple').execute(tx)
      found = await findUnknown(tx)
      throw undo
    }),
  ).rejects.toBe(undo)
  expect(found).toEqual([])
})
