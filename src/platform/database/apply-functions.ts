/**
 * Installs the functions, views, triggers, policies and grants of functions/<domain>/*.sql into the database, which then has
 * these and no others. Changes no table and no row.
 *
 * When a file differs from the last installation, all of them are dropped and created again, in one transaction. Functions used
 * by a table's constraints or defaults cannot be dropped: they are replaced. Order: functions, then views, then access.sql
 * (row-level security, policies, triggers, grants), which name them.
 */
import { createHash } from 'node:crypto'
import { readFile, readdir } from 'node:fs/promises'
import { join, sep } from 'node:path'
import type { Client } from 'pg'
import { DatabaseFault, describeStatementError } from './faults.ts'

interface FunctionFile {
  /** `requests/letters.sql` */
  name: string
  statements: string
}

/**
 * @returns true if the functions had to be installed
 * @throws DatabaseFault `functions-failed`
 */
export async function applyFunctions(client: Client, directory: string): Promise<boolean> {
  const files = await readFunctions(directory)
  const checksum = checksumOf(files)
  await client.query(`
    create table if not exists applied_functions (
      checksum text not null,
      applied_at timestamptz not null default clock_timestamp()
    )`)
  const { rows } = await client.query<{ checksum: string }>('select checksum from applied_functions')
  if (rows[0]?.checksum === checksum) return false
  let name = ''
  let statements = dropStatements
  try {
    await client.query('begin')
    // Function bodies may refer to functions that are created later.
    await client.query('set local check_function_bodies = off')
    await client.query(dropStatements)
    for (const file of files) {
      ;({ name, statements } = file)
      await client.query(statements)
    }
    await client.query('revoke execute on all functions in schema public from public')
    await client.query('delete from applied_functions')
    await client.query('insert into applied_functions (checksum) values ($1)', [checksum])
    await client.query('commit')
    return true
  } catch (cause) {
    await client.query('rollback')
    throw new DatabaseFault(
      'functions-failed',
      `The functions were rolled back at ${name}: ${describeStatementError(cause, statements)}`,
      cause,
    )
  }
}

/** Returns true if the database has the functions of these files. */
export async function areFunctionsCurrent(client: Client, directory: string): Promise<boolean> {
  const table = await client.query<{ exists: boolean }>(`select to_regclass('applied_functions') is not null as exists`)
  if (!table.rows[0]?.exists) return false
  const { rows } = await client.query<{ checksum: string }>('select checksum from applied_functions')
  return rows[0]?.checksum === checksumOf(await readFunctions(directory))
}

/**
 * Drops everything that functions/ may define, in schema public and owned by this database's owner. Grants are those to other
 * roles.
 */
const dropStatements = `
do $$
declare
  one record;
begin
  for one in select polname, polrelid::regclass as name from pg_policy p join pg_class c on c.oid = polrelid
    where c.relnamespace = 'public'::regnamespace loop
    execute format('drop policy %I on %s', one.polname, one.name);
  end loop;
  for one in select c.oid::regclass as name from pg_class c where c.relnamespace = 'public'::regnamespace and c.relrowsecurity loop
    execute format('alter table %s disable row level security', one.name);
  end loop;
  for one in select tgname, tgrelid::regclass as name from pg_trigger t join pg_class c on c.oid = tgrelid
    where c.relnamespace = 'public'::regnamespace and not tgisinternal and tgparentid = 0 loop
    execute format('drop trigger %I on %s', one.tgname, one.name);
  end loop;
  for one in select string_agg(c.oid::regclass::text, ', ') as names from pg_class c
    where c.relnamespace = 'public'::regnamespace and c.relkind = 'v' having count(*) > 0 loop
    execute format('drop view %s', one.names);
  end loop;
  for one in select p.oid::regprocedure as name from pg_proc p
    where p.pronamespace = 'public'::regnamespace and p.prokind = 'f'
      and not exists (select from pg_depend d where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e')
      and not exists (select from pg_depend d where d.refclassid = 'pg_proc'::regclass and d.refobjid = p.oid) loop
    execute format('drop function %s', one.name);
  end loop;
  for one in select distinct c.oid::regclass as name, g.grantee::regrole as role from pg_class c
    cross join lateral (
      select grantee from aclexplode(c.relacl)
      union select g.grantee from pg_attribute a, aclexplode(a.attacl) g where a.attrelid = c.oid and a.attacl is not null
    ) g
    where c.relnamespace = 'public'::regnamespace and g.grantee <> c.relowner and g.grantee <> 0 loop
    execute format('revoke all on %s from %s', one.name, one.role);
  end loop;
end $$`

/** Returns the files in the order of application: functions, views, access. */
async function readFunctions(directory: string): Promise<FunctionFile[]> {
  const names = (await readdir(directory, { recursive: true })).filter((name) => name.endsWith('.sql'))
  const inOrder = names
    .map((name) => name.split(sep).join('/'))
    .sort()
    .toSorted((one, other) => applicationOrder(one) - applicationOrder(other))
  return Promise.all(
    inOrder.map(async (name) => ({
      name,
      // A checkout with other line endings has the same hash.
      statements: (await readFile(join(directory, name), 'utf8')).replaceAll('\r\n', '\n'),
    })),
  )
}

function applicationOrder(name: string): number {
  if (name.endsWith('/access.sql')) return 2
  return name.endsWith('/views.sql') ? 1 : 0
}

function checksumOf(files: readonly FunctionFile[]): string {
  const hash = createHash('sha256')
  for (const { name, statements } of files) hash.update(`${name}\n${statements}\n`)
  return hash.digest('hex')
}
