/**
 * Empties a database that a move began to fill. Roles, which belong to the server, stay. Refuses any other database, and one
 * that a register has moved to.
 */
import type { DedicatedConnection } from '#platform/database/copy.ts'
import { quarantineOfMove, readQuarantine } from '#platform/database/quarantine.ts'

/** Tables first: a column's sequence is dropped with its table and cannot be dropped before. */
const everything = `
  select 1 as step, format('drop table if exists %s cascade', oid::regclass) as drops
  from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relispartition
  union all
  select 2, format('drop %s if exists %s cascade', case relkind when 'v' then 'view' else 'sequence' end, oid::regclass)
  from pg_class where relnamespace = 'public'::regnamespace and relkind in ('v', 'S')
  union all
  select 3, format('drop routine if exists %s cascade', oid::regprocedure) from pg_proc where pronamespace = 'public'::regnamespace
  union all
  select 4, format('drop type if exists %s cascade', oid::regtype) from pg_type
  where typnamespace = 'public'::regnamespace and typtype in ('c', 'd', 'e') and typrelid in (select 0 union select oid from pg_class where relkind = 'c')
  order by step`

/**
 * Empties the database in one transaction.
 * @returns how many tables there were; undefined if no move has begun here, or one has completed
 */
export async function emptyDatabase(target: DedicatedConnection): Promise<number | undefined> {
  const quarantine = await readQuarantine(target)
  if (quarantine?.backup.startsWith(quarantineOfMove('')) !== true) return undefined
  const [found] = await target.query<{ tables: number }>(
    `select count(*)::int as tables from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relispartition`,
  )
  await target.query('begin')
  for (const { drops } of await target.query<{ drops: string }>(everything)) await target.query(drops)
  await target.query('commit')
  return found?.tables ?? 0
}
