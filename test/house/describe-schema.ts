// Describes the whole database as text for readers: database/schema.sql. Lists each table with its columns, constraints,
// indexes, triggers, policies and grants, then views and functions by name. The text is never run; migrations/ and functions/
// make the database.
import { sql, type QueryExecutorProvider } from 'kysely'
import { uncopiedTables } from '#platform/database/quarantine.ts'

export async function describeSchema(db: QueryExecutorProvider): Promise<string> {
  const [tables, types, views, functions, ofPostgres] = [
    await tablesOf(db),
    await typesOf(db),
    await linesOf(db, viewLines),
    await linesOf(db, functionLines),
    await linesOf(db, ofPostgresLines),
  ]
  const head =
    '-- Made by "npm run generate" from a new database, for reading only. The schema is defined by migrations/ (tables) and functions/.'
  return [
    head,
    ...types,
    ...tables,
    `-- Views\n${views.join('\n')}`,
    `-- Functions, and who may call them\n${functions.join('\n')}`,
    `-- PostgreSQL's own functions that not everybody may call here\n${ofPostgres.join('\n')}`,
  ]
    .join('\n\n')
    .concat('\n')
}

interface Table {
  name: string
  partition: string | null
  lines: string[]
  below: string[]
}

async function tablesOf(db: QueryExecutorProvider): Promise<string[]> {
  const { rows } = await sql<Table>`
    with relation as (
      select oid, relname, relacl, relowner, pg_get_partkeydef(oid) as partition, relrowsecurity from pg_class
      where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relispartition
        and relname <> all (${[...uncopiedTables]}::name[])
    )
    select r.relname::text as name, r.partition,
      (
        select array_agg(concat_ws(' ', a.attname, format_type(a.atttypid, a.atttypmod),
          case when a.attidentity <> '' then 'generated as identity'
            when a.attgenerated <> '' then 'generated always as (' || pg_get_expr(d.adbin, d.adrelid) || ') stored' end,
          case when a.attnotnull then 'not null' end,
          case when a.attgenerated = '' then 'default ' || pg_get_expr(d.adbin, d.adrelid) end) order by a.attnum)
        from pg_attribute a left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
        where a.attrelid = r.oid and a.attnum > 0 and not a.attisdropped
      ) || coalesce((
        select array_agg('constraint ' || c.conname || ' ' || pg_get_constraintdef(c.oid) order by c.contype = 'p' desc, c.conname)
        from pg_constraint c where c.conrelid = r.oid and c.contype in ('p', 'u', 'c', 'f', 'x')
      ), '{}') as lines,
      coalesce((
        select array_agg(pg_get_indexdef(i.indexrelid) || ';' order by i.indexrelid::regclass::text collate "C") from pg_index i
        where i.indrelid = r.oid and not exists (select from pg_constraint c where c.conindid = i.indexrelid)
      ), '{}') || coalesce((
        select array_agg(pg_get_triggerdef(t.oid, true) || ';' order by t.tgname) from pg_trigger t
        where t.tgrelid = r.oid and not t.tgisinternal
      ), '{}') || case when r.relrowsecurity then array['alter table ' || r.relname || ' enable row level security;'] else '{}' end
      || coalesce((
        select array_agg(concat_ws(' ', 'create policy', p.polname, 'on', r.relname, case p.polcmd when 'r' then 'for select'
          when 'a' then 'for insert' when 'w' then 'for update' when 'd' then 'for delete' end,
          'to', (select string_agg(o::regrole::text, ', ' order by o::regrole::text collate "C") from unnest(p.polroles) o),
          'using (' || pg_get_expr(p.polqual, p.polrelid) || ')', 'with check (' || pg_get_expr(p.polwithcheck, p.polrelid) || ')') || ';'
          order by p.polname)
        from pg_policy p where p.polrelid = r.oid
      ), '{}') || coalesce((
        select array_agg('grant ' || privileges || ' on ' || r.relname || ' to ' || grantee || ';' order by grantee collate "C") from (
          select g.grantee::regrole::text as grantee,
            string_agg(lower(g.privilege_type) || coalesce(' (' || g.columns || ')', ''), ', ' order by g.privilege_type collate "C") as privileges
          from (
            select grantee, privilege_type, null as columns from aclexplode(r.relacl)
            union all
            select g.grantee, g.privilege_type, string_agg(a.attname, ', ' order by a.attnum) from pg_attribute a, aclexplode(a.attacl) g
            where a.attrelid = r.oid and not a.attisdropped group by 1, 2
          ) g where g.grantee <> r.relowner group by 1
        ) g
      ), '{}') as below
    from relation r order by r.relname collate "C"`.execute(db)
  return rows.map(({ name, partition, lines, below }) => {
    const columns = lines.map((line) => `  ${line}`).join(',\n')
    const by = partition === null ? '' : ` partition by ${partition}`
    return [`create table ${name} (\n${columns}\n)${by};`, ...below].join('\n')
  })
}

async function typesOf(db: QueryExecutorProvider): Promise<string[]> {
  const { rows } = await sql<{ line: string }>`
    select 'create type ' || c.relname || ' as (' || string_agg(a.attname || ' ' || format_type(a.atttypid, a.atttypmod), ', '
      order by a.attnum) || ');' as line
    from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    where c.relnamespace = 'public'::regnamespace and c.relkind = 'c' group by c.relname order by c.relname collate "C"`.execute(
    db,
  )
  return rows.map(({ line }) => line)
}

const viewLines = sql<{ line: string }>`
  select 'create view ' || relname || ' as' || chr(10) || pg_get_viewdef(oid, true) as line from pg_class
  where relnamespace = 'public'::regnamespace and relkind = 'v' order by relname collate "C"`

const functionLines = sql<{ line: string }>`
  select p.proname || '(' || pg_get_function_arguments(p.oid) || ') returns ' || pg_get_function_result(p.oid)
    || coalesce(' to ' || (
      select string_agg(g.grantee::regrole::text, ', ' order by g.grantee::regrole::text collate "C")
      from aclexplode(p.proacl) g where g.grantee <> p.proowner
    ), '') as line
  from pg_proc p
  where p.pronamespace = 'public'::regnamespace and p.prokind = 'f'
    and not exists (select from pg_depend d where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e')
  order by p.oid::regprocedure::text collate "C"`

const ofPostgresLines = sql<{ line: string }>`
  select p.oid::regprocedure::text || coalesce(' to ' || (
      select string_agg(g.grantee::regrole::text, ', ' order by g.grantee::regrole::text collate "C")
      from aclexplode(p.proacl) g where g.grantee <> p.proowner
    ), '') as line
  from pg_proc p
  where p.pronamespace = 'pg_catalog'::regnamespace and p.proacl is not null
    and not exists (select from pg_init_privs i where i.classoid = 'pg_proc'::regclass and i.objoid = p.oid)
  order by p.oid::regprocedure::text collate "C"`

async function linesOf(db: QueryExecutorProvider, lines: typeof viewLines): Promise<string[]> {
  return (await lines.execute(db)).rows.map(({ line }) => line)
}
