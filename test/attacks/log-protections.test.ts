import { Kysely, PostgresDialect, sql } from 'kysely'
import { Pool } from 'pg'
import { expect, test } from 'vitest'
import {
  expectedProtections,
  findProtectionProblems,
  readProtections,
  type ProtectionProblem,
} from '#platform/database/protections.ts'
import { createTestDatabase } from '#test/database/create-test-database.ts'

const database = await createTestDatabase<never>()
const roles = ['seloste_custodian', 'seloste_capture', 'seloste_desk']
const expected = await expectedProtections()
const custodian = database.as('seloste_custodian').db

class RolledBack extends Error {}

/** Returns the findings while the owner’s statements are in force; they are rolled back. */
async function found(...statements: string[]): Promise<string[]> {
  let problems: ProtectionProblem[] = []
  await database
    .as()
    .db.transaction()
    .execute(async (tx: Kysely<never>) => {
      for (const statement of statements) await sql.raw(statement).execute(tx)
      problems = await findProtectionProblems(tx, roles, expected)
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
    'a role with entries not durable when acknowledged',
    'alter role seloste_desk set synchronous_commit = off',
    'unknown setting synchronous_commit of seloste_desk',
  ],
  ['a grant to PUBLIC to create tables', 'grant create on schema public to public', 'changed grants on schema public'],
])('%s is reported', async (_what, statement, problem) => {
  expect(await found(statement)).toContain(problem)
})

test('a disabled trigger or a grant of a single month is reported', async () => {
  const { rows } = await sql<{ month: string; trigger: string }>`
    select t.tgrelid::regclass::text as month, t.tgname as trigger from pg_trigger t
    join pg_inherits i on i.inhrelid = t.tgrelid
    where t.tgparentid <> 0 and not t.tgisinternal and t.tgrelid::regclass::text like 'contact%' order by 1, 2 limit 1`.execute(
    database.as().db,
  )
  const { month, trigger } = rows[0]!
  expect(await found(`alter table ${month} disable trigger ${trigger}`)).toEqual([
    `disabled trigger ${month} ${trigger}`,
  ])
  expect(await found(`grant select on ${month} to seloste_desk`)).toEqual([`unknown grants on ${month}`])
})

test('foreign keys that are not enforced are reported', async () => {
  expect(await found('alter table audit_cosignature disable trigger all')).toContain(
    'disabled constraint audit_cosignature audit_cosignature_size_fkey',
  )
})

test.each([
  ['session_replication_role', 'replica'],
  ['row_security', 'off'],
  ['synchronous_commit', 'off'],
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
  expect(await found('create extension pg_buffercache', 'create extension pgstattuple')).toEqual([])
})
