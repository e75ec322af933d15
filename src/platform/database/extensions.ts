// SQL conditions for extensions that may stay installed: monitoring extensions that hold no register data and open no way out.
// Seloste itself needs none.
import { sql, type RawBuilder } from 'kysely'

export const monitoringExtensions: readonly string[] = [
  ...['amcheck', 'pg_buffercache', 'pg_freespacemap', 'pg_prewarm', 'pg_stat_kcache', 'pg_stat_monitor'],
  ...['pg_stat_statements', 'pg_visibility', 'pg_wait_sampling', 'pgaudit', 'pgstattuple', 'plpgsql'],
]

/** The extension of every database. It has functions and no view. */
const language = 'plpgsql'

const belongsToExtension = (catalogue: string, oid: RawBuilder<unknown>, among = monitoringExtensions) => sql`exists (
  select from pg_depend d join pg_extension e on e.oid = d.refobjid and d.refclassid = 'pg_extension'::regclass
  where d.classid = ${sql.lit(catalogue)}::regclass and d.objid = ${oid} and d.deptype = 'e' and e.extname = any (${[...among]}::name[]))`

/**
 * Returns a condition that is true for a view of such an extension that reads only its functions, other such views, and the names of databases and roles. An
 * extension's owner can make anything part of it, and PostgreSQL's own tables contain samples of the register's.
 */
export function isMonitoringView(table: string): RawBuilder<boolean> {
  const column = (name: string) => sql.ref(`${table}.${name}`)
  const isOfExtension = (oid: RawBuilder<unknown>) =>
    belongsToExtension(
      'pg_class',
      oid,
      monitoringExtensions.filter((name) => name !== language),
    )
  return sql<boolean>`(${column('relkind')} = 'v' and ${isOfExtension(column('oid'))} and not exists (
    select from pg_rewrite w
    join pg_depend u on u.classid = 'pg_rewrite'::regclass and u.objid = w.oid and u.refclassid = 'pg_class'::regclass
    join pg_class o on o.oid = u.refobjid and o.oid <> w.ev_class
    where w.ev_class = ${column('oid')} and o.oid not in ('pg_database'::regclass, 'pg_roles'::regclass)
      and not (o.relkind = 'v' and ${isOfExtension(sql.ref('o.oid'))})))`
}

/** Returns a condition that is true for a function of such an extension: written in C, with its caller's rights. */
export function isMonitoringFunction(oid: string): RawBuilder<boolean> {
  return sql<boolean>`(${belongsToExtension('pg_proc', sql.ref(oid))} and exists (
    select from pg_proc c join pg_language l on l.oid = c.prolang
    where c.oid = ${sql.ref(oid)} and l.lanname = 'c' and not c.prosecdef))`
}

/** Returns a condition that is true for a cast, an operator or an index class of such an extension. */
export function isMonitoringPart(
  catalogue: 'pg_cast' | 'pg_operator' | 'pg_opclass' | 'pg_opfamily',
  oid: string,
): RawBuilder<boolean> {
  return sql<boolean>`${belongsToExtension(catalogue, sql.ref(oid))}`
}
