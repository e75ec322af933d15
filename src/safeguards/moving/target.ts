/**
 * Checks that a database can move to a target, each obstacle being a fault with one line and its remedy, and empties a target.
 */
import type { DedicatedConnection } from '#platform/database/copy.ts'
import { quarantineOfMove, readQuarantine } from '#platform/database/quarantine.ts'
import { Fault } from '#platform/fault.ts'
import { ObjectFault } from '#platform/objects/faults.ts'

const oldestMajor = 15

/** @throws Fault `move-target-old`, `move-target-unfit`, `move-target-not-empty` */
export async function judgeTarget(source: DedicatedConnection, target: DedicatedConnection): Promise<void> {
  const [server] = await target.query<{
    version: number
    encoding: string
    lowersUmlauts: boolean
    disablesTriggers: boolean
    createsRoles: boolean
    hasCreate: boolean
    isReplica: boolean
    user: string
  }>(`
    select current_setting('server_version_num')::int as version, current_setting('server_encoding') as encoding,
      lower('Ä') = 'ä' as "lowersUmlauts",
      r.rolsuper or case when current_setting('server_version_num')::int >= 150000
        then has_parameter_privilege('session_replication_role', 'SET') else false end as "disablesTriggers",
      r.rolsuper or r.rolcreaterole as "createsRoles", r.rolname::text as "user",
      has_database_privilege(current_database(), 'CREATE') as "hasCreate", pg_is_in_recovery() as "isReplica"
    from pg_roles r where r.rolname = current_user`)
  if (!server) throw unfitTarget('does not report the current user')
  refuseOldServer(server.version)
  if (server.encoding !== 'UTF8') throw unfitTarget(`has the encoding ${server.encoding}: make it with encoding 'UTF8'`)
  if (!server.lowersUmlauts) {
    throw unfitTarget(
      `takes Ä and ä for different letters (its locale is C or POSIX): make it with locale 'C.UTF-8' and template template0`,
    )
  }
  if (server.isReplica) throw unfitTarget('is a replica, which takes no writes: name its primary')
  if (!server.hasCreate) throw unfitTarget(`is not ${server.user}'s: make it with "owner ${server.user}"`)
  if (!server.createsRoles)
    throw unfitTarget(`is ${server.user}'s, who cannot create roles: run "alter role ${server.user} createrole"`)
  if (!server.disablesTriggers) {
    throw unfitTarget(
      `does not let ${server.user} load rows without triggers: as a superuser there, run "grant set on parameter session_replication_role to ${server.user}" (and revoke it after the move)`,
    )
  }
  await refuseSame(source, target)
  await refuseNonEmpty(target)
}

/** @param version as in server_version_num: 170004 */
export function refuseOldServer(version: number): void {
  const major = Math.floor(version / 10_000)
  if (major >= oldestMajor) return
  throw new Fault(
    'move-target-old',
    `the target is PostgreSQL ${major}; ${oldestMajor} is the oldest that Seloste works with`,
  )
}

function unfitTarget(problem: string): Fault {
  return new Fault('move-target-unfit', `the target database ${problem}`)
}

async function refuseSame(source: DedicatedConnection, target: DedicatedConnection): Promise<void> {
  const read = async (connection: DedicatedConnection) => {
    const [row] = await connection.query<{ id: string }>(
      `select (select system_identifier from pg_control_system()) || '/' || current_database() as id`,
    )
    return row?.id
  }
  if ((await read(source)) === (await read(target))) {
    throw new Fault('move-target-not-empty', 'the target is the database that is to be moved')
  }
}

/** Returns true if a move has begun to fill the database and has not completed. */
async function hasMoveBegun(target: DedicatedConnection): Promise<boolean> {
  return (await readQuarantine(target))?.backup.startsWith(quarantineOfMove('')) === true
}

async function countTables(target: DedicatedConnection): Promise<number> {
  const [found] = await target.query<{ tables: number }>(`
    select count(*)::int as tables from pg_class
    where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relispartition`)
  return found?.tables ?? 0
}

/** Leftovers of an interrupted move are removed by the next one. */
async function refuseNonEmpty(target: DedicatedConnection): Promise<void> {
  if ((await hasMoveBegun(target)) || (await countTables(target)) === 0) return
  throw new Fault('move-target-not-empty', 'the target database is not empty: give an empty one, or empty it')
}

const unreachable = /^(ECONN|ENOTFOUND|ETIMEDOUT|EHOST|ENET|EAI_|EPIPE|ENOENT|57P0|08)/
const refused = /^(28|3D000|42501)/

/** Returns the fault for an error of the target; undefined for others. */
export function targetFault(error: unknown, location: string): unknown {
  if (error instanceof Fault && !(error instanceof ObjectFault)) return error
  const { code = '', message = String(error) } = error as { code?: string; message?: string }
  const [line = ''] = message.split('\n')
  if (code === '53100' || code === 'object-disk-full') {
    return new Fault('move-target-full', `${location} is full (${line}); nothing was changed here`, error)
  }
  if (
    unreachable.test(code) ||
    code === 'object-store-away' ||
    /^Connection terminated|connection error|timeout/.test(line)
  ) {
    return new Fault('move-target-away', `${location} does not answer (${line}); nothing was changed here`, error)
  }
  if (refused.test(code) || code === 'object-store-refuses') {
    return new Fault('move-target-refuses', `${location} denied access (${line}); nothing was changed here`, error)
  }
  return error
}

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
  if (!(await hasMoveBegun(target))) return undefined
  const tables = await countTables(target)
  await target.query('begin')
  for (const { drops } of await target.query<{ drops: string }>(everything)) await target.query(drops)
  await target.query('commit')
  return tables
}
