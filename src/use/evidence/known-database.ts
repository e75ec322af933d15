/**
 * Compares the database with what this version of the program makes (R7-R12): PostgreSQL's catalogue against the committed list
 * of tables, columns and closed lists of members (`npm run generate`). Triggers, policies and function texts are compared by
 * the audit log's verifier.
 */
import { readFileSync } from 'node:fs'
import { isMonitoringFunction, isMonitoringView, monitoringExtensions } from '#platform/database/extensions.ts'
import { uncopiedTables } from '#platform/database/quarantine.ts'
import { sql, type QueryExecutorProvider } from 'kysely'

export interface KnownDatabase {
  /** Columns of each table and view of schema `public`. */
  tables: Record<string, string[]>
  /** Constraints that limit a jsonb column to a closed list of members, as PostgreSQL formats them. */
  members: Record<string, string>
  roles: string[]
}

export const knownDatabaseFile = new URL('./known-database.json', import.meta.url)

let cached: KnownDatabase | undefined
const known = () => (cached ??= JSON.parse(readFileSync(knownDatabaseFile, 'utf8')) as KnownDatabase)

/** Columns of the tables about the database itself; two of them exist only while it is closed. */
const uncopiedColumns: Record<(typeof uncopiedTables)[number], readonly string[]> = {
  migration: ['number', 'name', 'checksum', 'applied_at'],
  applied_functions: ['checksum', 'applied_at'],
  restore_quarantine: ['only_one', 'backup', 'began_at'],
  register_moved: ['only_one', 'id', 'moved_to', 'at'],
}

/**
 * Returns unknown tables, columns, members, grants, schemas, readers and ways of copying data out of the database, each with
 * its kind.
 * @param administrators roles that the site's own administrators use, besides the first superuser and the owner
 */
export async function findUnknown(
  db: QueryExecutorProvider,
  administrators: readonly string[] = [],
): Promise<string[]> {
  const { tables, members, roles } = known()
  const found = await readDatabase(db)
  const expectedColumns: Readonly<Record<string, readonly string[]>> = { ...tables, ...uncopiedColumns }
  const columns = Object.entries(found.tables).flatMap(([table, names]) => {
    const expected = expectedColumns[table]
    if (!expected) return [`table ${table}`]
    return names.filter((name) => !expected.includes(name)).map((name) => `column ${table}.${name}`)
  })
  const changed = Object.entries(members).filter(([name, text]) => found.members[name] !== text)
  return [
    ...columns,
    ...changed.map(([name]) => `members ${name}`),
    ...(await findUnknownAccess(db, roles, administrators)),
  ]
}

export async function readDatabase(db: QueryExecutorProvider): Promise<Omit<KnownDatabase, 'roles'>> {
  const { rows: columns } = await sql<{ table: string; names: string[] }>`
    select c.relname::text as "table", array(
      select a.attname::text from pg_attribute a
      where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped order by a.attname)::text[] as names
    from pg_class c
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v', 'm', 'f')
      and not ${isMonitoringView('c')}
      -- A month's partition is listed under its parent; any other partition as a table.
      and not (c.relispartition and exists (
        select from pg_inherits i join pg_class p on p.oid = i.inhparent
        where i.inhrelid = c.oid and c.relname ~ ('^' || p.relname || '_(\\d{4}_\\d{2}|default)$')))
    order by 1`.execute(db)
  const { rows: constraints } = await sql<{ name: string; text: string }>`
    select k.conname::text as name, pg_get_constraintdef(k.oid) as text
    from pg_constraint k join pg_class c on c.oid = k.conrelid
    where k.contype = 'c' and k.conname ~ '_members$' and c.relnamespace = 'public'::regnamespace and not c.relispartition
    order by 1`.execute(db)
  return {
    tables: Object.fromEntries(columns.map(({ table, names }) => [table, names])),
    members: Object.fromEntries(constraints.map(({ name, text }) => [name, text])),
  }
}

/** Predefined roles whose members read every table, or the server's files. */
const readers = [
  ...['pg_read_all_data', 'pg_write_all_data'],
  ...['pg_read_server_files', 'pg_write_server_files', 'pg_execute_server_program'],
]

/**
 * Returns unknown schemas, grants, readers and ways of copying data out of the database. Administrators are the server's first
 * superuser, the owner, and the roles that the site's settings name: nobody else may read the whole register (R19).
 */
async function findUnknownAccess(
  db: QueryExecutorProvider,
  roles: readonly string[],
  administrators: readonly string[],
): Promise<string[]> {
  const { rows } = await sql<{ what: string }>`
    with recursive administrator as (
      -- 10 is the superuser that initdb makes.
      select oid from pg_roles
      where oid = 10 or rolname = any(${[...administrators]}::text[])
        or oid = (select datdba from pg_database where datname = current_database())
        or oid = (select relowner from pg_class where oid = 'public.audit_entry'::regclass)
    ), known as (
      select oid from administrator union select oid from pg_roles where rolname = any(${roles}::text[])
    ), member as (
      -- Whoever may grant a role to others may grant it to themselves.
      select r.oid as of, m.member from pg_roles r join pg_auth_members m on m.roleid = r.oid
        where r.oid in (select oid from known) or r.rolname = any(${readers}::text[])
      union
      select member.of, m.member from member join pg_auth_members m on m.roleid = member.member
        where member.member not in (select oid from known)
    ), own as (
      select c.* from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v', 'm', 'f', 'S')
        and not ${isMonitoringView('c')}
      -- The planner's samples contain callers' numbers.
      union all
      select c.* from pg_class c where c.oid in ('pg_statistic'::regclass, 'pg_statistic_ext_data'::regclass)
    )
    select 'schema ' || n.nspname as what from pg_namespace n
      where n.oid >= 16384 and n.nspname !~ '^pg_(temp|toast_temp)_'
    union all
    select 'extension ' || extname from pg_extension where extname <> all (${[...monitoringExtensions]}::name[])
    union all
    -- In PostgreSQL's own schemas; the first 16,384 object ids are its own.
    select case c.relkind when 'S' then 'sequence ' else 'table ' end || n.nspname || '.' || c.relname
      from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where n.nspname <> 'public' and c.oid >= 16384 and c.relkind in ('r', 'p', 'v', 'm', 'f', 'S') and not ${isMonitoringView('c')}
        and (c.relpersistence <> 't' or n.nspname !~ '^pg_temp_')
    union all
    select distinct 'view ' || w.ev_class::regclass || ' of ' || u.refobjid::regclass
      from pg_rewrite w join pg_depend u on u.classid = 'pg_rewrite'::regclass and u.objid = w.oid
        and u.refclassid = 'pg_class'::regclass and u.refobjid >= 16384
      where w.ev_class < 16384
    union all
    select 'column ' || c.oid::regclass || '.' || a.attname from pg_class c join pg_attribute a on a.attrelid = c.oid
      where c.relname = any(${uncopiedTables}::text[]) and c.relnamespace = 'public'::regnamespace and c.relkind <> 'r'
    union all
    select 'grant of ' || c.relname || ' to ' || case x.grantee when 0 then 'public' else pg_get_userbyid(x.grantee)::text end
      from own c cross join lateral aclexplode(c.relacl) x
      where x.grantee not in (select oid from known)
        and not (x.grantee = 0 and c.relname = any(${uncopiedTables}::text[]) and x.privilege_type = 'SELECT')
    union all
    select 'grant of ' || c.relname || '.' || a.attname || ' to ' || case x.grantee when 0 then 'public' else pg_get_userbyid(x.grantee)::text end
      from own c join pg_attribute a on a.attrelid = c.oid and a.attacl is not null cross join lateral aclexplode(a.attacl) x
      where x.grantee not in (select oid from known)
    union all
    select 'grant of ' || p.oid::regprocedure || ' to ' || case x.grantee when 0 then 'public' else pg_get_userbyid(x.grantee)::text end
      from pg_proc p cross join lateral aclexplode(p.proacl) x
      where x.grantee not in (select oid from known) and not ${isMonitoringFunction('p.oid')}
        and (p.pronamespace = 'public'::regnamespace and x.grantee <> 0
          or p.pronamespace = 'pg_catalog'::regnamespace and p.proname in ('pg_read_file', 'pg_read_binary_file', 'lo_import', 'lo_export'))
    union all
    select 'owner of ' || c.relname || ': ' || pg_get_userbyid(c.relowner) from own c where c.relowner not in (select oid from known)
    union all
    select 'member of ' || pg_get_userbyid(of) || ': ' || pg_get_userbyid(member) from member
      where member not in (select oid from known)
    union all
    select 'superuser ' || rolname from pg_roles where rolsuper and oid not in (select oid from administrator)
    union all
    -- It copies the server's files.
    select 'role for replication ' || rolname from pg_roles where rolreplication and not rolsuper and oid not in (select oid from administrator)
    union all
    select 'default grant to ' || case x.grantee when 0 then 'public' else pg_get_userbyid(x.grantee)::text end
      from pg_default_acl d cross join lateral aclexplode(d.defaclacl) x where x.grantee not in (select oid from known)
    union all select 'publication ' || pubname from pg_publication
    union all
    select 'subscription ' || subname from pg_subscription where subdbid = (select oid from pg_database where datname = current_database())
    union all select 'replication slot ' || slot_name from pg_replication_slots where slot_type = 'logical' and database = current_database()
    union all select 'foreign server ' || srvname from pg_foreign_server
    union all select 'event trigger ' || evtname from pg_event_trigger
    union all select 'large object ' || oid from (select oid from pg_largeobject_metadata order by oid limit 5) o`.execute(
    db,
  )
  return rows.map(({ what }) => what).sort()
}
