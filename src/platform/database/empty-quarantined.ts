// Empties a database that a restore had begun to fill, so that it can start anew. Only schema public's quarantine remains.
// Never empties a database that is not in quarantine.
import type { DedicatedConnection } from './copy.ts'
import { uncopiedTables, readQuarantine } from './quarantine.ts'

/**
 * Drops object by object, as all at once would take a lock for each partition and index. The schema's version goes last: after
 * an interruption the work is repeated.
 */
export async function emptyQuarantined(connection: DedicatedConnection): Promise<void> {
  if (!(await readQuarantine(connection))) throw new Error('only a database in quarantine is emptied')
  const found = await connection.query<{ drop: string }>(`
    select format(case c.relkind when 'v' then 'drop view if exists %s cascade' when 'S' then 'drop sequence if exists %s cascade'
      when 'c' then 'drop type if exists %s cascade' else 'drop table if exists %s cascade' end, c.oid::regclass) as drop
    from pg_class c
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v', 'S', 'c') and not c.relispartition
      and c.relname <> 'restore_quarantine'
    order by array_position('{v,r,p,S,c}'::"char"[], c.relkind), c.relname`)
  const functions = await connection.query<{ drop: string }>(`
    select format('drop routine if exists %s cascade', p.oid::regprocedure) as drop from pg_proc p
    where p.pronamespace = 'public'::regnamespace
      and not exists (select from pg_depend d where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e')`)
  const marks = found.filter(({ drop }) =>
    uncopiedTables.some((mark) => drop === `drop table if exists ${mark} cascade`),
  )
  const rest = found.filter((one) => !marks.includes(one))
  for (const { drop } of [...rest, ...functions, ...marks]) await connection.query(drop)
}
