/**
 * Compares the database's protections with those of the program's version: triggers, row-level security, policies, functions,
 * operators, casts, constraints, unique indexes, defaults, grants, owners, rules, settings and roles that are missing,
 * disabled, changed or not the program's. `npm run generate` writes `database/protections.json` from a fresh database. Never
 * repairs anything.
 */
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { sql, type QueryExecutorProvider } from 'kysely'
import { isMonitoringFunction, isMonitoringPart, isMonitoringView } from './extensions.ts'
import { schemaFolder } from './schema-folder.ts'

/** Expected protections, by name: `trigger audit_entry append_only`. */
export interface ExpectedProtections {
  /** Newest migration of the database they were read from. */
  migration: number
  /** PostgreSQL's major version of that database. */
  postgres: number
  /**
   * SHA-256 of the definition, base64url, 16 characters. Where PostgreSQL prints an expression, a second hash follows after a
   * space: of the text without white space, parentheses and names of tables before columns, in which major versions differ.
   */
  protections: Readonly<Record<string, string>>
}

export interface ProtectionProblem {
  kind: 'missing' | 'disabled' | 'changed' | 'unknown'
  /** `trigger audit_entry append_only` */
  name: string
}

interface Protection {
  name: string
  /** Definition, the same in every version of PostgreSQL. */
  definition: string
  /** Its expressions as PostgreSQL prints them. */
  expressions: string | null
  disabled: boolean
}

const file = join(schemaFolder, 'protections.json')
let read: Promise<ExpectedProtections> | undefined

/** Returns the protections of this version of the program. */
export function expectedProtections(): Promise<ExpectedProtections> {
  return (read ??= readFile(file, 'utf8').then((text) => JSON.parse(text) as ExpectedProtections))
}

/** Reads the present protections, in the form of `database/protections.json`. */
export async function readProtections(
  db: QueryExecutorProvider,
  roles: readonly string[],
): Promise<ExpectedProtections> {
  const { found, schemas, migration, postgres } = await readCatalog(db, roles)
  const protections = Object.fromEntries(
    found
      .filter(({ name }) => name !== builtIn)
      .map((one) => [one.name, [exactHash(one), ...looseHash(one, schemas)].join(' ')]),
  )
  return { migration, postgres, protections }
}

/**
 * Compares the present protections with the program's.
 * @param db any role: only PostgreSQL's catalogs are read
 * @param roles the processes' database roles
 */
export async function findProtectionProblems(
  db: QueryExecutorProvider,
  roles: readonly string[],
  expected: ExpectedProtections,
): Promise<ProtectionProblem[]> {
  const { found, schemas, migration, postgres } = await readCatalog(db, roles)
  if (migration !== expected.migration) {
    return [{ kind: migration < expected.migration ? 'missing' : 'unknown', name: `migration ${migration}` }]
  }
  const problems: ProtectionProblem[] = []
  const present = new Set<string>()
  for (const one of found) {
    present.add(one.name)
    if (one.name === builtIn) {
      const known = builtInByMajor[postgres]
      if (known !== undefined && exactHash(one) !== known) problems.push({ kind: 'changed', name: one.name })
      continue
    }
    const [exact, loose] = expected.protections[one.name]?.split(' ') ?? []
    if (one.disabled) problems.push({ kind: 'disabled', name: one.name })
    else if (exact === undefined) {
      if (!harmlessAdditions.test(one.name)) problems.push({ kind: 'unknown', name: one.name })
    } else if (
      exactHash(one) !== exact &&
      (postgres === expected.postgres ||
        (postgres <= newestKnown && !one.name.startsWith('view ')) ||
        loose === undefined ||
        looseHash(one, schemas)[0] !== loose)
    )
      problems.push({ kind: 'changed', name: one.name })
  }
  for (const name of Object.keys(expected.protections)) if (!present.has(name)) problems.push({ kind: 'missing', name })
  return problems.toSorted((one, other) => (one.name < other.name ? -1 : 1))
}

/** Newest major version known to print all expressions but those of views as version 15 does. */
const newestKnown = 18

/**
 * PostgreSQL's own functions, operators, casts and index methods: the same in every minor version and build of a major one, but for
 * `ofLaterMinors`. Unknown for later versions.
 */
const builtIn = 'built-in functions'
/** A function of pg_upgrade that minor versions added (17.12 has it, 17.10 does not); it refuses to run in a server in use. */
const ofLaterMinors = 'binary_upgrade_set_next_attribute_versions'
const builtInByMajor: Readonly<Record<number, string>> = {
  15: 'si4PV-SX9OkyUbug',
  16: 'tYvR6c9eDULuh-_K',
  17: 'kjvnFlW03MGRZDk9',
  18: 'SkYEBPkMLZNhH7aA',
}

/** Kinds of which an additional object removes no protection; use/evidence reports unknown tables and columns. */
const harmlessAdditions = /^(table|defaults of|constraint|unique index) /

function exactHash({ definition, expressions }: Protection): string {
  return hash(`${definition}\n${expressions ?? ''}`)
}

/** Returns the second hash, if there is one. A schema's name stays: a function of another schema is another one. */
function looseHash({ definition, expressions }: Protection, schemas: ReadonlySet<string>): string[] {
  if (expressions === null) return []
  const bare = expressions.replace(/\s|[()]|\b(\w+)\./g, (part, qualifier?: string) =>
    qualifier !== undefined && schemas.has(qualifier) ? part : '',
  )
  return [hash(`${definition}\n${bare}`)]
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, 16)
}

async function readCatalog(
  db: QueryExecutorProvider,
  roles: readonly string[],
): Promise<{ found: Protection[]; schemas: ReadonlySet<string>; migration: number; postgres: number }> {
  const { rows } = await sql<{ schemas: string[]; migration: number; postgres: number }>`
    select array(select nspname::text from pg_namespace) as schemas,
      coalesce(max(number), 0)::integer as migration, current_setting('server_version_num')::integer / 10000 as postgres
    from public.migration`.execute(db)
  const { rows: found } = await protectionsOf(roles).execute(db)
  // Sorted by JavaScript's order: databases differ.
  return {
    ...rows[0]!,
    found: found.toSorted((one, other) => (one.name < other.name ? -1 : 1)),
    schemas: new Set(rows[0]!.schemas),
  }
}

/** Returns SQL for the names of the columns on whose change a trigger fires. */
function triggerColumns(trigger: string) {
  return sql`(select string_agg(a.attname, ',' order by a.attname) from pg_attribute a
    where a.attrelid = ${sql.ref(`${trigger}.tgrelid`)} and a.attnum = any (${sql.ref(`${trigger}.tgattr`)}::int2[]))`
}

/** Returns SQL for the condition of a trigger as PostgreSQL prints it, without the table. */
function triggerCondition(trigger: string) {
  return sql`substring(pg_get_triggerdef(${sql.ref(`${trigger}.oid`)}, true) from ' FOR EACH ROW .*')`
}

/** Returns SQL that is true for an index that refuses a second row of the same values. */
function isEnforced(index: string) {
  const flag = (name: string) => sql.ref(`${index}.${name}`)
  return sql<boolean>`(${flag('indisvalid')} and ${flag('indisready')} and ${flag('indislive')} and ${flag('indimmediate')})`
}

/**
 * Selects everything in schema public, and functions in any other, without what belongs to monitoring extensions
 * (extensions.ts). Of partitions only differences from their parents are listed.
 * Grants to the owner, and to roles other than a process's or public, are left out.
 */
function protectionsOf(roles: readonly string[]) {
  const known = sql`array(select oid from pg_roles where rolname = any (${[...roles]}::name[])) || 0::oid`
  return sql<Protection>`
    with
    owner as (select relowner as oid from pg_class where oid = 'public.migration'::regclass),
    relation as (
      select c.oid, c.relname, c.relkind, c.relrowsecurity, c.relforcerowsecurity, c.relpersistence, c.relowner, c.relacl, c.relispartition
      from pg_class c
      where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v', 'm', 'S', 'f') and not ${isMonitoringView('c')}
    ),
    granted as (
      select oid, string_agg(concat_ws(' ', case grantee when 0 then 'everybody' else pg_get_userbyid(grantee) end, privilege,
        case when is_grantable then 'grantable' end, on_column), ', '
        order by case grantee when 0 then 'everybody' else pg_get_userbyid(grantee) end collate "C", privilege collate "C", on_column) as grants
      from (
        select r.oid, g.grantee, g.privilege_type as privilege, g.is_grantable, null as on_column
        from relation r, aclexplode(r.relacl) g where g.grantee <> r.relowner
        union all
        select r.oid, g.grantee, g.privilege_type, g.is_grantable, a.attname
        from relation r join pg_attribute a on a.attrelid = r.oid and not a.attisdropped, aclexplode(a.attacl) g where g.grantee <> r.relowner
      ) g
      where grantee = any (${known})
      group by oid
    ),
    -- Settings of the log for a new session of a process: of this database, else of all, else of the server.
    given as (
      select distinct on (name) name, value from (
        select split_part(setting, '=', 1) as name, substr(setting, strpos(setting, '=') + 1) as value, s.setdatabase
        from pg_db_role_setting s, unnest(s.setconfig) setting
        where s.setrole = 0 and s.setdatabase in (0, (select oid from pg_database where datname = current_database()))
      ) s order by name, setdatabase desc
    ),
    logging as (
      select coalesce(p.name, given.name) as name,
        coalesce(given.value, case when p.source in ('global', 'database', 'user', 'database user') then p.boot_val else p.reset_val end) as value
      from pg_settings p full join given using (name)
    )
    -- Relations: kind, persistence, owner; then row-level security.
    select 'table ' || relname as name,
      concat_ws(' ', relkind, relpersistence, case when relowner = (select oid from owner) then 'owner' else pg_get_userbyid(relowner) end) as definition,
      null as expressions, false as disabled
    from relation where not relispartition or relpersistence <> 'p' or relowner <> (select oid from owner)
    union all
    select 'row-level security ' || relname, case when relforcerowsecurity then 'forced' else 'on' end, null, not relrowsecurity
    from relation
    where not relispartition and (relrowsecurity or relforcerowsecurity or exists (select from pg_policy where polrelid = relation.oid))
    union all
    select 'grants on ' || relname, grants, null, false from relation join granted using (oid)
    union all
    select 'defaults of ' || r.relname, string_agg(concat_ws(' ', a.attname, case when a.attnotnull then 'not null' end, a.attidentity, a.attgenerated), ', ' order by a.attname),
      string_agg(a.attname || ' ' || pg_get_expr(d.adbin, d.adrelid), ', ' order by a.attname), false
    from relation r join pg_attribute a on a.attrelid = r.oid and a.attnum > 0 and not a.attisdropped
    left join pg_attrdef d on d.adrelid = r.oid and d.adnum = a.attnum
    where not r.relispartition and r.relkind in ('r', 'p') and (a.attnotnull or a.attidentity <> '' or d.adbin is not null)
    group by r.relname
    union all
    select 'view ' || relname, '', pg_get_viewdef(oid), false from relation where relkind in ('v', 'm')
    union all
    select 'rule ' || r.relname || ' ' || w.rulename, '', pg_get_ruledef(w.oid), w.ev_enabled <> 'O'
    from relation r join pg_rewrite w on w.ev_class = r.oid where w.rulename <> '_RETURN'
    -- Triggers, except those by which PostgreSQL enforces foreign keys ("constraint" lists them), and those that a partition inherits as
    -- its parent has them.
    union all
    select 'trigger ' || r.relname || ' ' || t.tgname,
      concat_ws(' ', t.tgtype, p.pronamespace::regnamespace || '.' || p.proname, t.tgdeferrable, t.tginitdeferred, t.tgnargs,
        encode(t.tgargs, 'escape'), t.tgoldtable, t.tgnewtable, ${triggerColumns('t')}),
      case when t.tgqual is not null then pg_get_triggerdef(t.oid, true) end, t.tgenabled <> 'O'
    from relation r join pg_trigger t on t.tgrelid = r.oid join pg_proc p on p.oid = t.tgfoid
    where not (t.tgisinternal and t.tgconstraint <> 0 and p.pronamespace = 'pg_catalog'::regnamespace and p.proname ~ '^RI_FKey_')
      and not exists (select from pg_trigger o join pg_inherits i on i.inhrelid = t.tgrelid and i.inhparent = o.tgrelid
        where o.oid = t.tgparentid and o.tgname = t.tgname and t.tgenabled = 'O' and not t.tgisinternal
          and (o.tgtype, o.tgfoid, o.tgdeferrable, o.tginitdeferred, o.tgnargs, o.tgargs) = (t.tgtype, t.tgfoid, t.tgdeferrable, t.tginitdeferred, t.tgnargs, t.tgargs)
          and (o.tgattr::text || t.tgattr::text = '' or ${triggerColumns('o')} = ${triggerColumns('t')})
          and (coalesce(o.tgqual::text, '') = coalesce(t.tgqual::text, '')
            or o.tgqual is not null and t.tgqual is not null and ${triggerCondition('o')} = ${triggerCondition('t')}))
    union all
    select 'trigger ' || r.relname || ' ' || o.tgname, '', null, true
    from pg_inherits i join pg_class r on r.oid = i.inhrelid and r.relnamespace = 'public'::regnamespace
    join pg_trigger o on o.tgrelid = i.inhparent and o.tgtype & 1 = 1 and not o.tgisinternal
    where not exists (select from pg_trigger t where t.tgrelid = i.inhrelid and t.tgname = o.tgname and not t.tgisinternal)
    -- PostgreSQL acts by these flags: without them it looks for no trigger, rule, index, check or part of the table.
    union all
    select flag.what || ' of ' || r.relname, '', null, true
    from relation r join pg_class c using (oid), lateral (values
      ('triggers', not c.relhastriggers and exists (select from pg_trigger where tgrelid = c.oid)),
      ('rules', not c.relhasrules and exists (select from pg_rewrite where ev_class = c.oid)),
      ('indexes', not c.relhasindex and exists (select from pg_index where indrelid = c.oid)),
      ('partitions', not c.relhassubclass and exists (select from pg_inherits where inhparent = c.oid)),
      ('check constraints', c.relchecks <> (select count(*) from pg_constraint where conrelid = c.oid and contype = 'c')),
      ('defaults', exists (select from pg_attribute a left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
        where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.atthasdef <> (d.oid is not null)))
    ) flag (what, missing) where flag.missing
    -- Constraints, defaults and unique indexes that a partition must enforce like its parent.
    union all
    select 'constraint ' || r.relname || ' ' || k.conname, '', null, true
    from pg_inherits i join pg_class r on r.oid = i.inhrelid and r.relnamespace = 'public'::regnamespace
    join pg_constraint k on k.conrelid = i.inhparent and k.contype = 'c'
    where not exists (select from pg_constraint o where o.conrelid = r.oid and o.conname = k.conname and o.contype = 'c' and o.convalidated
      and (o.conbin::text = k.conbin::text or pg_get_constraintdef(o.oid) = pg_get_constraintdef(k.oid)))
    union all
    select 'defaults of ' || r.relname, '', null, true
    from pg_inherits i join pg_class r on r.oid = i.inhrelid and r.relnamespace = 'public'::regnamespace
    where exists (select from pg_attribute p join pg_attribute a on a.attrelid = r.oid and a.attname = p.attname
      where p.attrelid = i.inhparent and p.attnum > 0 and p.attnotnull and not a.attnotnull)
    union all
    select 'unique index ' || r.relname || ' ' || n.relname, '', null, true
    from pg_inherits i join pg_class r on r.oid = i.inhrelid and r.relnamespace = 'public'::regnamespace
    join pg_index p on p.indrelid = i.inhparent and p.indisunique join pg_class n on n.oid = p.indexrelid
    -- A partition that is dropped meanwhile is still listed, but its indexes have no definition: whether it exists is checked last.
    where case when exists (select from pg_index x join pg_inherits xi on xi.inhrelid = x.indexrelid and xi.inhparent = p.indexrelid
      where x.indrelid = r.oid and x.indisunique and ${isEnforced('x')} and x.indclass = p.indclass
        and (select array_agg(pg_get_indexdef(x.indexrelid, k, true) order by k) from generate_series(1, x.indnkeyatts) k)
          = (select array_agg(pg_get_indexdef(p.indexrelid, k, true) order by k) from generate_series(1, p.indnkeyatts) k)
        and pg_get_expr(x.indpred, x.indrelid, true) is not distinct from pg_get_expr(p.indpred, p.indrelid, true))
      then false else pg_table_is_visible(r.oid) is not null end
    -- Foreign keys are enforced by internal triggers of PostgreSQL.
    union all
    select distinct 'constraint ' || r.relname || ' ' || coalesce(c.conname, t.tgname), '', null, true
    from relation r join pg_trigger t on t.tgrelid = r.oid left join pg_constraint c on c.oid = t.tgconstraint
    where t.tgisinternal and t.tgparentid = 0 and t.tgenabled <> 'O'
    union all
    select 'constraint ' || r.relname || ' ' || c.conname,
      concat_ws(' ', c.contype, c.convalidated, c.condeferrable, c.condeferred, nullif(c.conpfeqop::regoperator[]::text, '{}'),
        (select string_agg(concat_ws(' ', t.tgtype, p.proname), ',' order by t.tgtype, p.proname) from pg_trigger t join pg_proc p on p.oid = t.tgfoid
          where t.tgconstraint = c.oid and t.tgisinternal)),
      pg_get_constraintdef(c.oid),
      c.contype in ('p', 'u', 'x') and not exists (select from pg_index x where x.indexrelid = c.conindid and x.indrelid = c.conrelid
        and (x.indisunique or c.contype = 'x') and x.indisvalid and x.indisready and x.indislive and (x.indimmediate or c.condeferrable))
    from relation r join pg_constraint c on c.conrelid = r.oid
    where c.contype <> 'n' and c.contype <> 't' and c.conparentid = 0 and c.coninhcount = 0 and not r.relispartition
      and not exists (select from pg_trigger t where t.tgconstraint = c.oid and t.tgisinternal and t.tgparentid = 0 and t.tgenabled <> 'O')
    union all
    select 'unique index ' || i.relname, concat_ws(' ', x.indisvalid, x.indnullsnotdistinct), pg_get_indexdef(i.oid), not ${isEnforced('x')}
    from relation r join pg_index x on x.indrelid = r.oid join pg_class i on i.oid = x.indexrelid
    where x.indisunique and not r.relispartition and not exists (select from pg_constraint c where c.conindid = i.oid and c.contype in ('p', 'u', 'x'))
    union all
    select 'policy ' || r.relname || ' ' || p.polname,
      concat_ws(' ', p.polpermissive, p.polcmd, (select string_agg(name, ',' order by name collate "C")
        from (select case o when 0 then 'everybody' else pg_get_userbyid(o) end as name, o from unnest(p.polroles) o) o)),
      concat_ws(' with check ', pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid)), false
    from relation r join pg_policy p on p.polrelid = r.oid
    union all
    select 'function ' || p.oid::regprocedure::text,
      concat_ws(' ', p.prokind, l.lanname, p.prosecdef, p.proleakproof, p.proisstrict, p.provolatile, p.proparallel, p.proretset,
        format_type(p.prorettype, null), p.proconfig, case when p.proowner = (select oid from owner) then 'owner' else pg_get_userbyid(p.proowner) end,
        (select string_agg(name || case when is_grantable then ' grantable' else '' end, ',' order by name collate "C") from (
          select case g.grantee when 0 then 'everybody' else pg_get_userbyid(g.grantee) end as name, g.is_grantable
          from aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) g
          where g.grantee <> p.proowner and g.grantee = any (${known})) g), md5(p.prosrc)),
      pg_get_function_sqlbody(p.oid), false
    from pg_proc p join pg_language l on l.oid = p.prolang
    where (p.pronamespace = 'public'::regnamespace or p.oid >= 16384) and not ${isMonitoringFunction('p.oid')}
    -- A superuser can replace PostgreSQL's own functions, even now(), and what its operators call. Volatility is compared for what
    -- guards read, as minor versions correct it elsewhere. plpgsql may have been created again, under other ids.
    union all
    select ${builtIn}, md5(string_agg(part, ',' order by part collate "C")), null, false from (
      select concat_ws(' ', case when p.oid < 10000 then p.oid end, p.proname, p.proargtypes, l.lanname, p.prokind, p.prosecdef, p.proleakproof,
          p.proisstrict, p.proretset, p.prorettype, p.prosupport::oid, p.proconfig, p.probin, md5(p.prosrc),
          case when p.proname in ('now', 'clock_timestamp', 'current_setting', 'session_user') then p.provolatile end,
          case when p.prosqlbody is not null then md5(pg_get_function_sqlbody(p.oid)) end) as part
        from pg_proc p join pg_language l on l.oid = p.prolang
        where (p.oid < 16384 or p.pronamespace = 'pg_catalog'::regnamespace and p.proname like 'plpgsql\\_%' and ${isMonitoringFunction('p.oid')})
          and p.proname <> ${ofLaterMinors}
      union all
      select concat_ws(' ', 'language', lanname, lanispl, lanpltrusted, lanplcallfoid::regproc, laninline::regproc, lanvalidator::regproc)
        from pg_language where oid < 16384 or lanname = 'plpgsql'
      union all
      select concat_ws(' ', 'operator', oid, oprname, oprkind, oprleft, oprright, oprresult, oprcode::oid, oprcom, oprnegate, oprcanmerge, oprcanhash)
        from pg_operator where oid < 16384
      union all
      select concat_ws(' ', 'cast', castsource, casttarget, castfunc, castcontext, castmethod) from pg_cast where oid < 16384
      union all
      select concat_ws(' ', 'aggregate', aggfnoid::oid, aggkind, aggtransfn::oid, aggfinalfn::oid, aggcombinefn::oid, aggmtransfn::oid,
          aggminvtransfn::oid, aggmfinalfn::oid, aggtranstype, agginitval)
        from pg_aggregate where aggfnoid < 16384
      union all
      select concat_ws(' ', 'index operator', amopmethod, f.opfname, amoplefttype, amoprighttype, amopstrategy, amoppurpose, amopopr)
        from pg_amop a join pg_opfamily f on f.oid = a.amopfamily where a.oid < 16384
      union all
      select concat_ws(' ', 'index function', f.opfmethod, f.opfname, amproclefttype, amprocrighttype, amprocnum, amproc::oid) from pg_amproc a join pg_opfamily f on f.oid = a.amprocfamily where a.oid < 16384
      union all
      select concat_ws(' ', 'index class', opcmethod, opcname, opcintype, opcdefault, opckeytype, f.opfname)
        from pg_opclass c join pg_opfamily f on f.oid = c.opcfamily where c.oid < 16384
      union all
      select concat_ws(' ', 'index method', amname, amhandler::oid) from pg_am where oid < 16384
      union all
      select concat_ws(' ', 'type', typname, typlen, typinput, typoutput, typreceive, typsend, typsubscript) from pg_type where oid < 10000
      union all
      select concat_ws(' ', 'column', c.relname, c.relkind, a.attname) from pg_class c join pg_attribute a on a.attrelid = c.oid
        where c.oid < 16384 and c.relkind in ('r', 'v') and a.attnum > 0 and not a.attisdropped) built_in
    -- A process that may set these could switch off its triggers; any other role needs it for a restore alone.
    union all
    select 'grant of parameter ' || parname || ' to ' || case g.grantee when 0 then 'everybody' else pg_get_userbyid(g.grantee) end,
      string_agg(g.privilege_type, ',' order by g.privilege_type), null, false
    from pg_parameter_acl, aclexplode(paracl) g
    where g.grantee <> 10 and (g.grantee = any (${known}) or parname in ('session_replication_role', 'allow_system_table_mods'))
    group by parname, g.grantee
    -- Operators, such as "=" for types for which PostgreSQL has none, and casts.
    union all
    select 'index class ' || opcname || ' of ' || opcintype::regtype, opcmethod::text, null, false from pg_opclass o
    where o.oid >= 16384 and not ${isMonitoringPart('pg_opclass', 'o.oid')}
    union all
    select distinct 'index family ' || f.opfname, '', null, false
    from pg_opfamily f where not ${isMonitoringPart('pg_opfamily', 'f.oid')}
      and (f.oid >= 16384 or exists (select from pg_amop a where a.amopfamily = f.oid and a.oid >= 16384)
        or exists (select from pg_amproc a where a.amprocfamily = f.oid and a.oid >= 16384))
    union all
    select 'operator ' || o.oid::regoperator, o.oprcode::regprocedure::text, null, false from pg_operator o
    where o.oid >= 16384 and not ${isMonitoringPart('pg_operator', 'o.oid')}
    union all
    select 'cast ' || format_type(k.castsource, null) || ' as ' || format_type(k.casttarget, null),
      concat_ws(' ', k.castcontext, k.castmethod, nullif(k.castfunc, 0)::regprocedure), null, false from pg_cast k
    where k.oid >= 16384 and not ${isMonitoringPart('pg_cast', 'k.oid')}
    union all
    select 'event trigger ' || evtname, evtfoid::regproc::text, null, evtenabled <> 'O' from pg_event_trigger
    where not ${isMonitoringFunction('evtfoid')}
    -- Attributes and memberships of the processes' roles.
    union all
    select 'role ' || rolname, concat_ws(' ', rolsuper, rolinherit, rolcreaterole, rolcreatedb, rolreplication, rolbypassrls,
        (select string_agg(pg_get_userbyid(m.roleid), ',' order by pg_get_userbyid(m.roleid)) from pg_auth_members m where m.member = r.oid)),
      null, false
    from pg_roles r where rolname = any (${[...roles]}::name[])
    union all
    select 'setting ' || split_part(setting, '=', 1) || coalesce(' of ' || pg_get_userbyid(nullif(s.setrole, 0)), ''), setting, null, false
    from pg_db_role_setting s, unnest(s.setconfig) setting
    where s.setdatabase in (0, (select oid from pg_database where datname = current_database()))
      and (s.setrole = 0 or s.setrole = any (${known}))
      and (split_part(setting, '=', 1) in ('session_replication_role', 'row_security', 'search_path', 'role', 'synchronous_commit')
        -- A process can set any default of its own role, such as a read-only one. Of the log's settings those stay that write no
        -- statement and no value.
        or s.setrole <> 0 and split_part(setting, '=', 1)
          !~ '^(temp_file_limit|work_mem|log_(connections|disconnections|duration|lock_waits|recovery_conflict_waits|temp_files))$')
      and setting not in ('synchronous_commit=on', 'synchronous_commit=remote_apply')
    -- The same settings for all roles, in the server's configuration.
    union all
    select 'setting ' || name || ' of the server', reset_val, null, false from pg_settings
    where name = 'session_replication_role' and reset_val <> 'origin' or name = 'row_security' and reset_val <> 'on'
      or name = 'synchronous_commit' and reset_val not in ('on', 'remote_apply')
    -- With them the server's log has the values of statements, session tokens among them (docs/operate/database-and-store.md, "Its log").
    union all
    select 'setting ' || name || ' of the server', value, null, false from logging
    where name = 'log_parameter_max_length' and value <> '0' and exists (select from logging
        where name in ('log_statement', 'log_min_duration_statement', 'log_min_duration_sample', 'log_transaction_sample_rate')
          and value not in ('none', 'ddl', '-1', '0') or name like 'log_min_duration_%' and value = '0')
      or name = 'log_parameter_max_length_on_error' and value <> '0'
      or name ~ '^debug_print_(parse|rewritten|plan|raw_parse)$' and value <> 'off'
      or name = 'pgaudit.log_parameter' and value <> 'off'
      or name = 'auto_explain.log_min_duration' and value <> '-1'
      or name in ('session_preload_libraries', 'local_preload_libraries') and value <> ''
    union all
    select 'grants on schema public', coalesce((select string_agg(name, ', ' order by name collate "C") from (
        select concat_ws(' ', case g.grantee when 0 then 'everybody' else pg_get_userbyid(g.grantee) end, g.privilege_type) as name
        from aclexplode(n.nspacl) g where g.grantee = any (${known})) g), ''), null, false
    from pg_namespace n where n.nspname = 'public'
    union all
    select 'grants on the database', coalesce((select string_agg(name, ', ' order by name collate "C") from (
        select concat_ws(' ', case g.grantee when 0 then 'everybody' else pg_get_userbyid(g.grantee) end, g.privilege_type) as name
        from aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) g
        where g.grantee = any (${known}) and g.privilege_type <> 'CONNECT') g), ''), null, false
    from pg_database d where d.datname = current_database()`
}
