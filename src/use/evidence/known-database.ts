/**
 * Compares the database with what this version of the program makes (R7-R12): PostgreSQL's catalogue against the committed list
 * of tables, columns and closed lists of members (`npm run generate`). Triggers, policies and function texts are compared by
 * the audit log's verifier.
 */
import { readFileSync } from 'node:fs'
import { isMonitoringView, monitoringExtensions } from '#platform/database/extensions.ts'
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

let read: KnownDatabase | undefined
const known = () => (read ??= JSON.parse(readFileSync(knownDatabaseFile, 'utf8')) as KnownDatabase)

/**
 * Returns unknown tables, columns, members, grants, schemas and ways of copying data out of the database, each with its
 * kind.
 */
export async function findUnknown(db: QueryExecutorProvider): Promise<string[]> {
  const { tables, members, roles } = known()
  const found = await readDatabase(db)
  const columns = Object.entries(found.tables).flatMap(([table, names]) => {
    const expected = tables[table]
    if (expected) return names.filter((name) => !expected.includes(name)).map((name) => `column ${table}.${name}`)
    return uncopiedTables.some((mark) => mark === table) ? [] : [`table ${table}`]
  })
  const open = Object.entries(members).filter(([name, text]) => found.members[name] !== text)
  return [...columns, ...open.map(([name]) => `members ${name}`), ...(await findUnknownAccess(db, roles))]
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

/**
 * Returns unknown schemas, grants and ways of copying data out of the database. A server's own administrators are the site's
 * responsibility (R19).
 */
async function findUnknownAccess(db: QueryExecutorProvider, roles: readonly string[]): Promise<string[]> {
  const { rows } = await sql<{ what: string }>`
    with known as (
      select oid from pg_roles
      where rolname = any(${roles}::text[]) or oid < 16384
        or oid = (select datdba from pg_database where datname = current_database())
        or oid = (select relowner from pg_class where oid = 'public.audit_entry'::regclass)
    ), own as (
      select c.* from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v', 'm', 'f', 'S')
        and not ${isMonitoringView('c')}
    )
    select 'schema ' || n.nspname as what from pg_namespace n
      where n.oid >= 16384 and n.nspname !~ '^pg_(temp|toast_temp)_'
    union all
    select 'extension ' || extname from pg_extension where extname <> all (${[...monitoringExtensions]}::name[])
    union all
    select 'grant of ' || c.relname || ' to ' || case x.grantee when 0 then 'public' else pg_get_userbyid(x.grantee)::text end
      from own c cross join lateral aclexplode(c.relacl) x
      where x.grantee not in (select oid from known) and not (x.grantee = 0 and c.relname = any(${uncopiedTables}::text[]))
    union all
    select 'grant of ' || c.relname || '.' || a.attname || ' to ' || case x.grantee when 0 then 'public' else pg_get_userbyid(x.grantee)::text end
      from own c join pg_attribute a on a.attrelid = c.oid and a.attacl is not null cross join lateral aclexplode(a.attacl) x
      where x.grantee not in (select oid from known)
    union all
    select 'grant of ' || p.oid::regprocedure || ' to ' || pg_get_userbyid(x.grantee)
      from pg_proc p cross join lateral aclexplode(p.proacl) x
      where p.pronamespace = 'public'::regnamespace and x.grantee <> 0 and x.grantee not in (select oid from known)
    union all
    select 'owner of ' || c.relname || ': ' || pg_get_userbyid(c.relowner) from own c where c.relowner not in (select oid from known)
    union all
    select 'member of ' || r.rolname || ': ' || pg_get_userbyid(m.member)
      from pg_auth_members m join pg_roles r on r.oid = m.roleid
      where (
          r.rolname = any(${roles}::text[]) or r.rolname in ('pg_read_all_data', 'pg_write_all_data')
          or r.oid in (select oid from known where oid >= 16384)
          or r.oid = (select relowner from pg_class where oid = 'public.audit_entry'::regclass)
        )
        and m.member not in (select oid from known) and not (select rolsuper from pg_roles where oid = m.member)
        -- From PostgreSQL 16 on a role's creator may grant it, and need not be able to become it.
        and (to_jsonb(m) ->> 'inherit_option' is distinct from 'false' or to_jsonb(m) ->> 'set_option' is distinct from 'false')
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
