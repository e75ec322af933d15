/**
 * Lists schema and privileges, one line for each column, constraint, index, function, trigger, policy and privilege of a
 * role of Seloste, for comparison with another. Owners, whose names may differ, and partitions are left out.
 */
import type { DedicatedConnection } from '#platform/database/copy.ts'

/** Excludes privileges that another major version lacks. */
const everywhere = `privilege_type <> 'MAINTAIN'`

const queries = [
  `select format('column %s.%s %s%s%s', c.relname, a.attname, format_type(a.atttypid, a.atttypmod),
     case when a.attnotnull then ' not null' end, ' ' || a.attidentity::text || a.attgenerated::text) as line
   from pg_attribute a join pg_class c on c.oid = a.attrelid
   where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v') and not c.relispartition
     and a.attnum > 0 and not a.attisdropped`,
  `select format('constraint %s %s %s', conrelid::regclass, conname, contype) as line
   from pg_constraint join pg_class c on c.oid = conrelid
   where connamespace = 'public'::regnamespace and contype in ('c', 'f', 'p', 'u', 'x') and not c.relispartition`,
  `select format('index %s on %s%s', i.relname, t.relname, case when x.indisvalid then '' else ' invalid' end) as line
   from pg_index x join pg_class i on i.oid = x.indexrelid join pg_class t on t.oid = x.indrelid
   where t.relnamespace = 'public'::regnamespace and not t.relispartition`,
  `select format('function %s %s %s %s', p.oid::regprocedure, p.prosecdef, p.provolatile,
     encode(sha256(convert_to(p.prosrc || coalesce(p.proconfig::text, ''), 'UTF8')), 'hex')) as line
   from pg_proc p where p.pronamespace = 'public'::regnamespace`,
  `select format('trigger %s on %s %s', tgname, tgrelid::regclass, tgenabled) as line
   from pg_trigger join pg_class c on c.oid = tgrelid
   where not tgisinternal and c.relnamespace = 'public'::regnamespace and not c.relispartition`,
  `select format('policy %s on %s %s %s %s %s %s', policyname, tablename, permissive, roles, cmd, md.qual, md.checked) as line
   from pg_policies cross join lateral (select encode(sha256(convert_to(coalesce(qual, ''), 'UTF8')), 'hex') as qual,
     encode(sha256(convert_to(coalesce(with_check, ''), 'UTF8')), 'hex') as checked) md
   where schemaname = 'public'`,
  `select format('row security %s %s %s', relname, relrowsecurity, relforcerowsecurity) as line
   from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relispartition`,
  `select format('grant %s on %s to %s', x.privilege_type, c.relname, grantee.name) as line
   from pg_class c cross join lateral aclexplode(c.relacl) x
   cross join lateral (select case when x.grantee = 0 then 'public' else pg_get_userbyid(x.grantee) end as name) grantee
   where c.relnamespace = 'public'::regnamespace and not c.relispartition and c.relkind in ('r', 'p', 'v', 'S')
     and x.grantee <> c.relowner and ${everywhere}`,
  `select format('grant %s (%s) on %s to %s', x.privilege_type, a.attname, c.relname,
     case when x.grantee = 0 then 'public' else pg_get_userbyid(x.grantee) end) as line
   from pg_attribute a join pg_class c on c.oid = a.attrelid cross join lateral aclexplode(a.attacl) x
   where c.relnamespace = 'public'::regnamespace and not c.relispartition and x.grantee <> c.relowner
     and not a.attisdropped`,
  `select format('grant %s on %s to %s', x.privilege_type, p.oid::regprocedure,
     case when x.grantee = 0 then 'public' else pg_get_userbyid(x.grantee) end) as line
   from pg_proc p cross join lateral aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) x
   where p.pronamespace = 'public'::regnamespace and x.grantee <> p.proowner`,
  `select format('role %s %s%s%s%s%s%s%s member of %s', rolname, rolsuper, rolinherit, rolcreaterole, rolcreatedb, rolcanlogin,
     rolreplication, rolbypassrls, array(select pg_get_userbyid(m.roleid) from pg_auth_members m where m.member = r.oid order by 1)) as line
   from pg_roles r where rolname like 'seloste\\_%'`,
]

/** Marks that belong to one database, and their constraints: not compared. */
const markTables = /\b(restore_quarantine|register_moved)(_pkey|_only_one_check)?\b/

/** Returns the lines, sorted. */
export async function readCatalog(connection: DedicatedConnection): Promise<string[]> {
  const lines: string[] = []
  for (const query of queries) {
    for (const { line } of await connection.query<{ line: string }>(query)) if (!markTables.test(line)) lines.push(line)
  }
  return lines.sort()
}

/** Returns the lines that only one of the two has, with `-` (the first) or `+` in front. */
export function differences(one: readonly string[], other: readonly string[]): string[] {
  const [first, second] = [new Set(one), new Set(other)]
  return [
    ...one.filter((line) => !second.has(line)).map((line) => `- ${line}`),
    ...other.filter((line) => !first.has(line)).map((line) => `+ ${line}`),
  ]
}
