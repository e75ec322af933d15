import { Kysely, PostgresDialect, sql } from 'kysely'
import { Pool } from 'pg'
import { expect, test } from 'vitest'
import {
  expectedProtections,
  findProtectionProblems,
  readProtections,
  type ExpectedProtections,
  type ProtectionProblem,
} from '#platform/database/protections.ts'
import { createTestDatabase } from '#test/database/create-test-database.ts'

const database = await createTestDatabase<never>()
const roles = ['seloste_custodian', 'seloste_capture', 'seloste_desk']
const expected = await expectedProtections()
const custodian = database.as('seloste_custodian').db

class RolledBack extends Error {}

/** Returns the findings while the owner’s statements are in force; they are rolled back. */
async function problemsAfter(...statements: string[]): Promise<string[]> {
  return differences(expected, ...statements)
}

async function differences(from: ExpectedProtections, ...statements: string[]): Promise<string[]> {
  let problems: ProtectionProblem[] = []
  await database
    .as()
    .db.transaction()
    .execute(async (tx: Kysely<never>) => {
      for (const statement of statements) await sql.raw(statement).execute(tx)
      problems = await findProtectionProblems(tx, roles, from)
      throw new RolledBack()
    })
    .catch((error: unknown) => {
      if (!(error instanceof RolledBack)) throw error
    })
  return problems.map(({ kind, name }) => `${kind} ${name}`)
}

test('database/protections.json is current: if not, run "npm run generate"', async () => {
  expect(await findProtectionProblems(custodian, roles, expected)).toEqual([])
  const now = await readProtections(custodian, roles)
  if (now.postgres === expected.postgres) expect(now).toEqual(expected)
})

test('a month of the history that is dropped while the protections are read is no finding', async () => {
  const owner = database.as().db
  await sql`select ensure_partitions(date '2001-01-01', date '2001-01-31')`.execute(owner)
  const problems = await owner
    .transaction()
    .setIsolationLevel('repeatable read')
    .execute(async (tx) => {
      // The transaction sees the catalog as it is now.
      await sql`select from pg_class limit 1`.execute(tx)
      await sql`drop table call_identity_2001_01, segment_2001_01, contact_2001_01`.execute(owner)
      return findProtectionProblems(tx, roles, expected)
    })
  expect(problems).toEqual([])
})

test.each([
  ['a trigger that is dropped', 'drop trigger pending on audit_entry', 'missing trigger audit_entry pending'],
  [
    'a trigger that is disabled',
    'alter table audit_entry disable trigger append_only',
    'disabled trigger audit_entry append_only',
  ],
  [
    'a trigger that fires for replication alone',
    'alter table audit_leaf enable replica trigger append_only',
    'disabled trigger audit_leaf append_only',
  ],
  ['a policy that is dropped', 'drop policy closed_list on audit_entry', 'missing policy audit_entry closed_list'],
  [
    'a policy that is widened',
    'alter policy capture_appends on audit_entry with check (true)',
    'changed policy audit_entry capture_appends',
  ],
  [
    'a policy that is added',
    'create policy all_of_it on contact for select to seloste_desk using (true)',
    'unknown policy contact all_of_it',
  ],
  [
    'row-level security that is switched off',
    'alter table recording disable row level security',
    'disabled row-level security recording',
  ],
  [
    'a function that is replaced',
    `create or replace function log_is_whole() returns boolean
     language sql stable security definer set search_path = pg_catalog, public, pg_temp as 'select true'`,
    'changed function log_is_whole()',
  ],
  ['a function that PUBLIC may execute', 'grant execute on function viewer() to public', 'changed function viewer()'],
  [
    'a function that is added',
    `create function look() returns setof contact language sql security definer as 'select * from contact'`,
    'unknown function look()',
  ],
  [
    'a constraint that is dropped',
    'alter table audit_break drop constraint audit_break_check',
    'missing constraint audit_break audit_break_check',
  ],
  ['a unique index that is dropped', 'drop index audit_break_open', 'missing unique index audit_break_open'],
  ['a grant that is added', 'grant select on audit_entry to seloste_desk', 'changed grants on audit_entry'],
  [
    'a grant on a table that no role may read',
    'grant select on audit_pending to seloste_capture',
    'changed grants on audit_pending',
  ],
  ['a grant that is revoked', 'revoke insert on audit_entry from seloste_desk', 'changed grants on audit_entry'],
  [
    'a default that is changed',
    `alter table audit_entry alter column at set default now() - interval '1 day'`,
    'changed defaults of audit_entry',
  ],
  ['a table that another role owns', 'alter table proof owner to seloste_custodian', 'changed table proof'],
  ['a table that a crash empties', 'alter table proof set unlogged', 'changed table proof'],
  [
    'a rule',
    'create rule nothing as on insert to proof_change do instead nothing',
    'unknown rule proof_change nothing',
  ],
  ['a role that bypasses row-level security', 'alter role seloste_desk bypassrls', 'changed role seloste_desk'],
  ['a role with the rights of another', 'grant seloste_custodian to seloste_desk', 'changed role seloste_desk'],
  [
    'a role for which triggers do not fire',
    'alter role seloste_desk set session_replication_role = replica',
    'unknown setting session_replication_role of seloste_desk',
  ],
  [
    'a function that is made a part of an extension',
    `create function peek() returns setof contact language sql security definer as 'select * from contact';
     alter extension plpgsql add function peek()`,
    'unknown function peek()',
  ],
  [
    'a trigger of all statements whose function is made a part of an extension',
    `create function sink() returns event_trigger language plpgsql as 'begin end';
     create event trigger sink on ddl_command_end execute function sink();
     alter extension plpgsql add function sink(); alter extension plpgsql add event trigger sink`,
    'unknown event trigger sink',
  ],
  [
    'a function in the schema of PostgreSQL’s own',
    `create function pg_catalog.peek() returns text language sql as 'select null::text'`,
    'unknown function peek()',
  ],
  [
    'an instant that PostgreSQL reports wrongly',
    `create or replace function pg_catalog.now() returns timestamptz language sql stable as $$ select '2020-01-01'::timestamptz $$`,
    'changed built-in functions',
  ],
  [
    'an operator',
    'create operator public.= (leftarg = jsonb, rightarg = text, function = jsonb_exists)',
    'unknown operator =(jsonb,text)',
  ],
  ['a cast', 'create cast (text as uuid) with inout as implicit', 'unknown cast text as uuid'],
  [
    'a role whose commits are not durable when acknowledged',
    'alter role seloste_desk set synchronous_commit = off',
    'unknown setting synchronous_commit of seloste_desk',
  ],
  ['a grant to PUBLIC to create tables', 'grant create on schema public to public', 'changed grants on schema public'],
  [
    'a table whose triggers PostgreSQL ignores',
    `set local allow_system_table_mods = on; update pg_class set relhastriggers = false where oid = 'audit_entry'::regclass`,
    'disabled triggers of audit_entry',
  ],
  [
    'a table whose foreign keys PostgreSQL ignores',
    `set local allow_system_table_mods = on; update pg_class set relhastriggers = false where oid = 'audit_cosignature'::regclass`,
    'disabled triggers of audit_cosignature',
  ],
  [
    'a table whose check constraints PostgreSQL ignores',
    `set local allow_system_table_mods = on; update pg_class set relchecks = 0 where oid = 'evaluation'::regclass`,
    'disabled check constraints of evaluation',
  ],
  [
    'a table whose indexes PostgreSQL does not update',
    `set local allow_system_table_mods = on; update pg_class set relhasindex = false where oid = 'session'::regclass`,
    'disabled indexes of session',
  ],
  [
    'a unique index that accepts a second row',
    `set local allow_system_table_mods = on; update pg_index set indisunique = false where indexrelid = 'session_pkey'::regclass`,
    'disabled constraint session session_pkey',
  ],
  [
    'row-level security that the catalogue reports as off',
    `set local allow_system_table_mods = on; update pg_class set relrowsecurity = false where oid = 'contact'::regclass`,
    'disabled row-level security contact',
  ],
  [
    'a foreign key without its triggers',
    `set local allow_system_table_mods = on; delete from pg_trigger where tgisinternal and tgrelid = 'audit_cosignature'::regclass`,
    'changed constraint audit_cosignature audit_cosignature_size_fkey',
  ],
  [
    'a trigger that calls a function of the same name in another schema',
    `create function information_schema.audit_entry_guard() returns trigger language plpgsql as 'begin return coalesce(new, old); end';
     drop trigger append_only on audit_entry;
     create trigger append_only before update or delete or truncate on audit_entry for each statement
       execute function information_schema.audit_entry_guard()`,
    'changed trigger audit_entry append_only',
  ],
  [
    'a trigger that the catalogue calls PostgreSQL’s own',
    `create function information_schema.keep() returns trigger language plpgsql as 'begin return null; end';
     create trigger keep after insert on audit_entry for each statement execute function information_schema.keep();
     set local allow_system_table_mods = on; update pg_trigger set tgisinternal = true where tgname = 'keep'`,
    'unknown trigger audit_entry keep',
  ],
  [
    'a trigger that the catalogue calls inherited',
    `create function information_schema.keep() returns trigger language plpgsql as 'begin return null; end';
     create trigger keep after insert on audit_entry for each statement execute function information_schema.keep();
     set local allow_system_table_mods = on; update pg_trigger set tgparentid = 1 where tgname = 'keep'`,
    'unknown trigger audit_entry keep',
  ],
  [
    'a role whose statements the server logs',
    `alter role seloste_desk set log_statement = 'all'`,
    'unknown setting log_statement of seloste_desk',
  ],
  [
    'a role the values of whose statements the server logs',
    'alter role seloste_desk set log_parameter_max_length = -1',
    'unknown setting log_parameter_max_length of seloste_desk',
  ],
  [
    'a database the values of whose statements the server logs',
    `do $$ begin
       execute format('alter database %I set log_statement = %L', current_database(), 'all');
       execute format('alter database %I set log_parameter_max_length = -1', current_database());
     end $$`,
    'unknown setting log_parameter_max_length of the server',
  ],
  [
    'all roles the values of whose failed statements the server logs',
    'alter role all set log_parameter_max_length_on_error = -1',
    'unknown setting log_parameter_max_length_on_error of the server',
  ],
  [
    'all roles the plans of whose statements the server logs',
    'alter role all set debug_print_plan = on',
    'unknown setting debug_print_plan of the server',
  ],
])('%s is reported', async (_what, statement, problem) => {
  expect(await problemsAfter(statement)).toContain(problem)
})

test('a disabled trigger or a grant of a single month is reported', async () => {
  const { rows } = await sql<{ month: string; trigger: string }>`
    select t.tgrelid::regclass::text as month, t.tgname as trigger from pg_trigger t
    join pg_inherits i on i.inhrelid = t.tgrelid
    where t.tgparentid <> 0 and not t.tgisinternal and t.tgrelid::regclass::text like 'contact%' order by 1, 2 limit 1`.execute(
    database.as().db,
  )
  const { month, trigger } = rows[0]!
  expect(await problemsAfter(`alter table ${month} disable trigger ${trigger}`)).toEqual([
    `disabled trigger ${month} ${trigger}`,
  ])
  expect(await problemsAfter(`grant select on ${month} to seloste_desk`)).toEqual([`unknown grants on ${month}`])
})

/** Finds a trigger, of those with the given condition, that a monthly partition of contacts or segments inherits. */
async function findInheritedTrigger(where: string): Promise<{ month: string; trigger: string }> {
  const { rows } = await sql<{ month: string; trigger: string }>`
    select t.tgrelid::regclass::text as month, t.tgname as trigger from pg_trigger t
    where t.tgparentid <> 0 and t.tgrelid::regclass::text ~ '^(contact|segment)_\\d' and ${sql.raw(where)} order by 1, 2 limit 1`.execute(
    database.as().db,
  )
  return rows[0]!
}

test.each([
  ['is missing', 'delete from pg_trigger', 'disabled'],
  [
    'calls another function',
    'update pg_trigger set tgfoid = $$suppress_redundant_updates_trigger$$::regproc',
    'unknown',
  ],
  ['fires on other statements', 'update pg_trigger set tgtype = tgtype # 16', 'unknown'],
  ['fires on another condition', 'update pg_trigger set tgqual = null', 'unknown', 'tgqual is not null'],
])('a trigger that %s in a single month is reported', async (_what, change, kind, condition = 'true') => {
  const { month, trigger } = await findInheritedTrigger(condition)
  expect(
    await problemsAfter(
      'set local allow_system_table_mods = on',
      `${change} where tgrelid = '${month}'::regclass and tgname = '${trigger}'`,
    ),
  ).toContain(`${kind} trigger ${month} ${trigger}`)
})

test.each([
  [
    'accepts nothing where a value is required',
    (month: string) =>
      `update pg_attribute set attnotnull = false where attrelid = '${month}'::regclass and attname = 'started_at'`,
    'disabled defaults of MONTH',
  ],
  [
    'lacks a check',
    (month: string) =>
      `delete from pg_constraint where conrelid = '${month}'::regclass and conname = 'contact_check';
       update pg_class set relchecks = relchecks - 1 where oid = '${month}'::regclass`,
    'disabled constraint MONTH contact_check',
  ],
  [
    'accepts a second row of the same key',
    (month: string) => `update pg_index set indisunique = false where indexrelid = '${month}_pkey'::regclass`,
    'disabled unique index MONTH contact_pkey',
  ],
])('a single month that %s is reported', async (_what, change, problem) => {
  const { rows } = await sql<{ month: string }>`
    select inhrelid::regclass::text as month from pg_inherits
    where inhparent = 'contact'::regclass and inhrelid::regclass::text ~ '\\d$' order by 1 limit 1`.execute(
    database.as().db,
  )
  const { month } = rows[0]!
  expect(await problemsAfter('set local allow_system_table_mods = on', change(month))).toContain(
    problem.replace('MONTH', month),
  )
})

test('on another version of PostgreSQL a policy that calls a function of the same name in another schema is reported', async () => {
  const other = { ...(await readProtections(custodian, roles)), postgres: 1 }
  expect(await findProtectionProblems(custodian, roles, other)).toEqual([])
  const { rows } = await sql<{ condition: string }>`
    select pg_get_expr(polqual, polrelid) as condition from pg_policy where polname = 'desk_reads' and polrelid = 'contact'::regclass`.execute(
    database.as().db,
  )
  const replaced = rows[0]!.condition.replace('sees_all()', 'information_schema.sees_all()')
  expect(replaced).not.toBe(rows[0]!.condition)
  expect(
    await differences(
      other,
      `create function information_schema.sees_all() returns boolean language sql as 'select true'`,
      `alter policy desk_reads on contact using (${replaced})`,
    ),
  ).toContain('changed policy contact desk_reads')
})

test('on another version of PostgreSQL a policy whose conditions are grouped otherwise is reported', async () => {
  let problems: ProtectionProblem[] = []
  await database
    .as()
    .db.transaction()
    .execute(async (tx: Kysely<never>) => {
      await sql`create policy grouped on contact using ((viewer() is null and ended_at is null) or started_at is null)`.execute(
        tx,
      )
      const other = { ...(await readProtections(tx, roles)), postgres: 1 }
      await sql`alter policy grouped on contact using (viewer() is null and (ended_at is null or started_at is null))`.execute(
        tx,
      )
      problems = await findProtectionProblems(tx, roles, other)
      throw new RolledBack()
    })
    .catch((error: unknown) => {
      if (!(error instanceof RolledBack)) throw error
    })
  expect(problems).toEqual([{ kind: 'changed', name: 'policy contact grouped' }])
})

test('foreign keys that are not enforced are reported', async () => {
  expect(await problemsAfter('alter table audit_cosignature disable trigger all')).toContain(
    'disabled constraint audit_cosignature audit_cosignature_size_fkey',
  )
})

test.each([
  ['session_replication_role', 'replica'],
  ['row_security', 'off'],
  ['synchronous_commit', 'off'],
  ['debug_print_plan', 'on'],
  ['log_parameter_max_length_on_error', '-1'],
])('%s set to %s for the whole server, as in its settings file, is reported', async (name, value) => {
  const pool = new Pool({ connectionString: database.url(), options: `-c ${name}=${value}`, max: 1 })
  const db = new Kysely<never>({ dialect: new PostgresDialect({ pool }) })
  try {
    const problems = await findProtectionProblems(db, roles, expected)
    expect(problems).toEqual([{ kind: 'unknown', name: `setting ${name} of the server` }])
  } finally {
    await db.destroy()
  }
})

test('extensions that measure the server are accepted', async () => {
  expect(await problemsAfter('create extension pg_buffercache', 'create extension pgstattuple')).toEqual([])
})
