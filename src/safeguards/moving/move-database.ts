/**
 * Moves a register's database to another PostgreSQL: the same rows, next sequence numbers, roles, rights and roots of both
 * logs; then marks this one, so that no Seloste opens it again. The source is not changed before everything has been compared,
 * and the two are never open at the same time.
 * Order: quarantine and schema of the target; then, with writes here blocked, the rows, the comparison, `whileClosed`, the mark
 * here, the end of the quarantine there. A failure before the mark changes nothing here.
 */
import { randomUUID } from 'node:crypto'
import { connectDatabase } from '#platform/database/connect.ts'
import { openConnection, type DedicatedConnection } from '#platform/database/copy.ts'
import { markMovedAway, readMovedAway } from '#platform/database/moved-away.ts'
import { beginQuarantine, endQuarantine, quarantineOfMove, readQuarantine } from '#platform/database/quarantine.ts'
import { Fault } from '#platform/fault.ts'
import {
  MissingTreeHashes,
  auditTree,
  newestCheckpoint,
  storedHashReader,
  storedSize,
  type TreeTables,
} from '../audit/stored-tree.ts'
import type { SafeguardsDatabase } from '../tables.ts'
import { differences, readCatalog } from './catalog.ts'
import { moveTables, type MovedTable } from './move-tables.ts'
import { judgeTarget, targetFault } from './target.ts'
import { edgeAt } from '../audit/tree.ts'
import { ledgerTree } from '../ledger/ledger-tree.ts'

export interface DatabaseMove {
  /** URLs of the owner. */
  from: string
  to: string
  /** The target as shown in messages, without a password. */
  location: string
  /** Migrates the target's schema. */
  migrate: (url: string, upTo: number) => Promise<unknown>
  onTable: (table: MovedTable, done: number, total: number) => void
  /**
   * Runs when everything is copied and compared and writes are blocked. Throwing cancels the move.
   */
  whileClosed?: (moved: MovedDatabase) => Promise<void>
}

export interface MovedDatabase {
  tables: MovedTable[]
  rows: number
  /** Compared lines of the catalog. */
  catalog: number
  heads: TreeHeads
}

/**
 * Reports obstacles before anybody has to wait.
 * @throws Fault `move-…`
 */
export async function assertMovable({
  from,
  to,
  location,
}: Pick<DatabaseMove, 'from' | 'to' | 'location'>): Promise<void> {
  await withConnections({ from, to, location }, judgeTarget)
}

/** @throws Fault `move-…` */
export async function moveDatabase(move: DatabaseMove): Promise<MovedDatabase> {
  return withConnections(move, (source, target) => moveBetween(source, target, move))
}

async function withConnections<Result>(
  { from, to, location }: Pick<DatabaseMove, 'from' | 'to' | 'location'>,
  work: (source: DedicatedConnection, target: DedicatedConnection) => Promise<Result>,
): Promise<Result> {
  const source = await openConnection(from, 'seloste-move')
  try {
    const target = await openConnection(to, 'seloste-move')
    try {
      return await work(source, target)
    } finally {
      await target.close().catch(() => undefined)
    }
  } catch (error) {
    throw targetFault(error, location)
  } finally {
    await source.close().catch(() => undefined)
  }
}

async function moveBetween(
  source: DedicatedConnection,
  target: DedicatedConnection,
  move: DatabaseMove,
): Promise<MovedDatabase> {
  await judgeTarget(source, target)
  const id = randomUUID()
  await beginQuarantine(target, quarantineOfMove(id))
  const migration = await newestMigration(source)
  await move.migrate(move.to, migration.number)
  const migrated = await newestMigration(target)
  if (migrated.number !== migration.number || migrated.checksum !== migration.checksum) {
    throw new Fault(
      'move-other-version',
      `the database here is at migration ${migration.number}, but this version of Seloste would create another schema: start this version on it once, then move`,
    )
  }
  const names = await source.query<{ name: string }>(
    `select oid::regclass::text as name from pg_class
     where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relispartition order by 1`,
  )
  await terminateOtherConnections(source)
  await source.query('begin')
  // From here on the database is read-only, so that all reads see the same state.
  await source.query(`lock table ${names.map(({ name }) => name).join(', ')} in share mode`)
  const catalog = await compareCatalogs(source, target)
  const tables = await moveTables(source, target, move.onTable)
  const heads = await compareHeads(move)
  const moved = { tables, rows: tables.reduce((sum, { rows }) => sum + rows, 0), catalog, heads }
  await move.whileClosed?.(moved)
  await markMovedAway(source, id, move.location)
  await terminateOtherConnections(source)
  await source.query('commit')
  // Processes reconnect, and their writes fail.
  await terminateOtherConnections(source)
  await endQuarantine(target)
  return moved
}

/**
 * Takes the lock that a move and its cancellation need; held until the connection is closed.
 * @throws Fault `move-not-held`
 */
export async function lockMove(source: DedicatedConnection): Promise<void> {
  const [lock] = await source.query<{ ours: boolean }>(
    `select pg_try_advisory_lock(hashtextextended('seloste-move', 0)) as ours`,
  )
  if (lock?.ours !== true) throw new Fault('move-not-held', 'another "seloste move" is running')
}

/**
 * Finishes a move that was interrupted after its mark.
 * @param location of `to`, as in the move
 * @returns true if the register has moved from `from` to `to`
 * @throws Fault `database-moved` if it has moved to another
 */
export async function finishMove(from: string, to: string, location: string): Promise<boolean> {
  const source = await openConnection(from, 'seloste-move')
  const moved = await readMovedAway(source).finally(() => source.close())
  if (!moved) return false
  if (moved.to !== location) {
    throw new Fault('database-moved', `the register was moved from this database to ${moved.to}: move it from there`)
  }
  const target = await openConnection(to, 'seloste-move')
  try {
    const quarantine = await readQuarantine(target)
    if (quarantine?.backup === quarantineOfMove(moved.id)) await endQuarantine(target)
    else if (quarantine) return false
    return true
  } finally {
    await target.close()
  }
}

/** Ends others' connections: their writes fail and are retried elsewhere. Capture has closed its own by then. */
async function terminateOtherConnections(connection: DedicatedConnection): Promise<void> {
  await connection.query(`
    select pg_terminate_backend(pid) from pg_stat_activity
    where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend'
      and application_name <> 'seloste-move' and pg_has_role(usesysid, 'MEMBER')`)
}

async function newestMigration(connection: DedicatedConnection): Promise<{ number: number; checksum: string }> {
  const [row] = await connection.query<{ number: number; checksum: string }>(
    'select number, checksum from migration order by number desc limit 1',
  )
  if (!row) throw new Fault('move-other-version', 'there is no register in this database')
  return row
}

async function compareCatalogs(source: DedicatedConnection, target: DedicatedConnection): Promise<number> {
  const here = await readCatalog(source)
  const differing = differences(here, await readCatalog(target))
  if (differing.length === 0) return here.length
  const some = differing.slice(0, 3).join('; ')
  throw new Fault(
    'move-differs',
    `schema or privileges differ between the source (-) and the target (+) in ${differing.length} lines: ${some}; the target may have had a role of the same name before`,
  )
}

async function compareHeads({ from, to }: DatabaseMove): Promise<TreeHeads> {
  const [here, there] = [await headsOf(from), await headsOf(to)]
  if (JSON.stringify(here) === JSON.stringify(there)) return here
  throw new Fault(
    'move-differs',
    'the audit log or the destruction ledger has another root in the target; nothing was changed here',
  )
}

async function headsOf(url: string): Promise<TreeHeads> {
  const connected = connectDatabase({ url, applicationName: 'seloste-move', size: 2, onIdleError: () => undefined })
  const db: SafeguardsDatabase = connected.db
  return readTreeHeads(db)
    .catch((error: unknown) => {
      if (!(error instanceof MissingTreeHashes)) throw error
      throw new Fault('audit-log-broken', `a log is damaged already before the move: ${error.message}`, error)
    })
    .finally(connected.close)
}

export interface TreeHead {
  /** Leaves in the database. */
  leaves: number
  /** Their root by RFC 6962, base64. */
  root: string
  /** Leaves and root of the newest checkpoint. */
  signed: { size: number; root: string } | undefined
}

export interface TreeHeads {
  auditLog: TreeHead
  ledger: TreeHead
}

export async function readTreeHeads(db: SafeguardsDatabase): Promise<TreeHeads> {
  return { auditLog: await headOf(db, auditTree), ledger: await headOf(db, ledgerTree) }
}

async function headOf(db: SafeguardsDatabase, tables: TreeTables): Promise<TreeHead> {
  const leaves = await storedSize(db, tables)
  const checkpoint = await newestCheckpoint(db, tables)
  return {
    leaves,
    root: (await edgeAt(leaves, storedHashReader(db, tables))).root().toString('base64'),
    signed: checkpoint && { size: checkpoint.size, root: checkpoint.root.toString('base64') },
  }
}
