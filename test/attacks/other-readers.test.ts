/**
 * The owner cannot let another role read all tables, keep a copy beside them, or replace what guards call, unless a
 * promise reports it (SECURITY.md). All changes are rolled back, as roles belong to the whole server.
 */
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { expectedProtections, findProtectionProblems } from '#platform/database/protections.ts'
import type { RegisterTables } from '#register/tables.ts'
import { processRoles } from '#safeguards/audit/appenders.ts'
import { findUnknown } from '#use/evidence/known-database.ts'
import { createTestDatabase } from '../database/create-test-database.ts'

const database = await createTestDatabase<RegisterTables>()
const expected = await expectedProtections()

/** Returns what history.fields and log.whole name while the owner's statements are in force. */
async function namesReported(acts: string, administrators: readonly string[] = []): Promise<string[]> {
  const undo = new Error('undo')
  let named: string[] = []
  await expect(
    database
      .as()
      .db.transaction()
      .execute(async (tx) => {
        await sql.raw(acts).execute(tx)
        const problems = await findProtectionProblems(tx, processRoles, expected)
        named = [...(await findUnknown(tx, administrators)), ...problems.map(({ kind, name }) => `${kind} ${name}`)]
        throw undo
      }),
  ).rejects.toBe(undo)
  return named
}

test.each([
  [
    'a role that reads all tables as a member of a predefined role',
    'create role spy login bypassrls; grant pg_read_all_data to pg_monitor; grant pg_monitor to spy',
    'member of pg_read_all_data: spy',
  ],
  [
    'grants to a predefined role',
    'grant select on all tables in schema public to pg_monitor',
    'grant of contact to pg_monitor',
  ],
  [
    'a role that may give itself the right to read all tables',
    `create role spy login; grant pg_read_all_data to spy with admin option;
     do $$ begin if current_setting('server_version_num')::integer >= 160000 then
       execute 'grant pg_read_all_data to spy with inherit false, set false'; end if; end $$`,
    'member of pg_read_all_data: spy',
  ],
  [
    'a member of a member of the desk’s role',
    'create role middle in role seloste_desk; create role spy in role middle',
    'member of seloste_desk: spy',
  ],
  [
    'a member of the first superuser',
    `create role spy; do $$ begin execute format('grant %s to spy', 10::oid::regrole); end $$`,
    'member of FIRST: spy',
  ],
  ['a new superuser', 'create role spy login superuser', 'superuser spy'],
  ['a role that copies the server', 'create role spy login replication', 'role for replication spy'],
  [
    'a role that reads the server’s files',
    'create role spy in role pg_read_server_files',
    'member of pg_read_server_files: spy',
  ],
  [
    'a role that runs programs on the server',
    'create role spy in role pg_execute_server_program',
    'member of pg_execute_server_program: spy',
  ],
  [
    'a role that reads files by a function',
    'create role spy; grant execute on function pg_read_binary_file(text) to spy',
    'grant of pg_read_binary_file(text) to spy',
  ],
  [
    'a role that reads the planner’s samples',
    'create role spy; grant select on pg_statistic to spy',
    'grant of pg_statistic to spy',
  ],
  [
    'a table in information_schema',
    'create table information_schema.contact_note (contact uuid, note text)',
    'table information_schema.contact_note',
  ],
  [
    'a table in pg_catalog',
    'set local allow_system_table_mods = on; create table pg_catalog.contact_note (note text)',
    'table pg_catalog.contact_note',
  ],
  [
    'a table in the schema of TOAST tables',
    'set local allow_system_table_mods = on; create table pg_toast.contact_note (note text)',
    'table pg_toast.contact_note',
  ],
  [
    'a view in information_schema that everybody may read',
    'create view information_schema.calls as select * from public.contact; grant select on information_schema.calls to public',
    'table information_schema.calls',
  ],
  [
    'a view of PostgreSQL’s own that shows calls',
    'create or replace view information_schema.information_schema_catalog_name as select (select min(caller_key) from public.contact)::information_schema.sql_identifier as catalog_name',
    'view information_schema.information_schema_catalog_name of contact',
  ],
  [
    'a column of a table of PostgreSQL’s own',
    'set local allow_system_table_mods = on; alter table information_schema.sql_parts add column caller text',
    'changed built-in functions',
  ],
  [
    'a definer’s function in information_schema',
    `create function information_schema.calls() returns setof public.contact language sql security definer as 'select * from public.contact'`,
    'unknown function information_schema.calls()',
  ],
  [
    'a column of a table about this very database',
    'alter table applied_functions add column caller text',
    'column applied_functions.caller',
  ],
  [
    'a view under the name of the table that marks a moved register',
    'create view register_moved as select caller_key as moved_to, started_at as at from contact; grant select on register_moved to public',
    'column register_moved.moved_to',
  ],
  [
    'a built-in function replaced by another',
    `create or replace function pg_catalog.arraycontained(anyarray, anyarray) returns boolean language internal immutable strict parallel safe as 'arrayoverlap'`,
    'changed built-in functions',
  ],
  [
    'a setting that is planned as if it never changed',
    'alter function pg_catalog.current_setting(text, boolean) immutable',
    'changed built-in functions',
  ],
  [
    'a built-in function that is evaluated before row-level security',
    'alter function pg_catalog.int4div(integer, integer) leakproof',
    'changed built-in functions',
  ],
  [
    'a language whose functions do nothing',
    `update pg_language set lanplcallfoid = 'pg_catalog.language_handler_out'::regproc where lanname = 'sql'`,
    'changed built-in functions',
  ],
  [
    'a built-in operator that calls another function',
    `set local allow_system_table_mods = on; update pg_operator set oprcode = 'pg_catalog.arrayoverlap'::regproc where oid = '<@(anyarray,anyarray)'::regoperator`,
    'changed built-in functions',
  ],
  [
    'an index that compares otherwise',
    'create operator class other for type text using hash as operator 1 =, function 1 hashtext(text)',
    'unknown index class other of text',
  ],
  [
    'a process that may set session_replication_role',
    'grant set on parameter session_replication_role to seloste_desk',
    'unknown grant of parameter session_replication_role to seloste_desk',
  ],
  [
    'a right to switch triggers off, left behind by a restore',
    'create role keeper; grant set on parameter session_replication_role to keeper',
    'unknown grant of parameter session_replication_role to keeper',
  ],
])('%s is reported', async (_, acts, named) => {
  const { rows } = await database
    .as()
    .pool.query<{ name: string }>('select rolname as name from pg_roles where oid = 10')
  expect(await namesReported(acts)).toContain(named.replace('FIRST', rows[0]!.name))
})

test('roles that the settings name as the site’s administrators may read everything', async () => {
  const acts =
    'create role second_dba login superuser; create role standby login replication; create role dump in role pg_read_all_data'
  expect(await namesReported(acts, ['second_dba', 'standby', 'dump'])).toEqual([])
  expect(await namesReported(acts, ['standby'])).toEqual(['member of pg_read_all_data: dump', 'superuser second_dba'])
})

test('ordinary roles and grants of a server are accepted', async () => {
  expect(
    await namesReported(`create role meter login in role pg_monitor; create role other_program login createdb;
      revoke execute on function pg_catalog.pg_ls_dir(text) from public; grant execute on function pg_catalog.pg_switch_wal() to meter;
      grant select on pg_catalog.pg_database to meter; grant set on parameter log_min_duration_statement to meter;
      comment on operator = (text, text) is 'equal'`),
  ).toEqual([])
})
