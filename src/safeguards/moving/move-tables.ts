/**
 * Copies every row of a database into another of the same schema, with the next sequence numbers, and compares both by content.
 * Nobody else writes to the source, and triggers do not run.
 */
import { once } from 'node:events'
import { PassThrough } from 'node:stream'
import type { DedicatedConnection } from '#platform/database/copy.ts'
import { Fault } from '#platform/fault.ts'
import { allTables, type Table } from '../backup/export-tables.ts'
import { disableTriggers } from '../backup/import-tables.ts'

export interface MovedTable extends TableDigest {
  name: string
}

const partBytes = 1 << 20
const maxBufferedBytes = 16 << 20

/**
 * Copies and compares in one transaction of the target.
 * @throws Fault `move-differs`, `restore-not-allowed`
 */
export async function moveTables(
  source: DedicatedConnection,
  target: DedicatedConnection,
  onTable: (table: MovedTable, done: number, total: number) => void,
): Promise<MovedTable[]> {
  const tables = await allTables(source)
  await target.query('begin')
  const restoreTriggers = await disableTriggers(target)
  await makePartitions(source, target)
  await target.query(`truncate ${tables.map(({ name }) => `public."${name}"`).join(', ')}`)
  const moved: MovedTable[] = []
  for (const table of tables) {
    await copyRows(source, target, table)
    const [before, after] = await Promise.all([digestTable(source, table), digestTable(target, table)])
    if (before.rows !== after.rows || before.digest !== after.digest) {
      throw new Fault(
        'move-differs',
        `the table ${table.name} has ${after.rows} rows in the target and ${before.rows} here, or other contents; nothing was changed here`,
      )
    }
    const one = { name: table.name, ...before }
    moved.push(one)
    onTable(one, moved.length, tables.length)
  }
  await moveSequences(source, target)
  await restoreTriggers()
  await target.query('commit')
  return moved
}

/** Creates the monthly partitions of the history. */
async function makePartitions(source: DedicatedConnection, target: DedicatedConnection): Promise<void> {
  const [months] = await source.query<{ first: string | null; last: string | null }>(`
    select min(month) as first, max(month) as last from (
      select substring(relname from '_(\\d{4}_\\d{2})$') as month from pg_class
      where relnamespace = 'public'::regnamespace and relispartition and relkind = 'r') as named`)
  if (!months?.first || !months.last) return
  await target.query(`select ensure_partitions(to_date($1, 'YYYY_MM'), to_date($2, 'YYYY_MM'))`, [
    months.first,
    months.last,
  ])
}

async function copyRows(
  source: DedicatedConnection,
  target: DedicatedConnection,
  { name, columns }: Table,
): Promise<void> {
  const list = columns.join(', ')
  const pipe = new PassThrough({ highWaterMark: maxBufferedBytes })
  pipe.on('error', () => undefined) // The reader or writer gets the same error.
  const reading = source
    .copyOut(`copy (select ${list} from public."${name}") to stdout`, partBytes, async ({ bytes }) => {
      if (pipe.destroyed) throw pipe.errored ?? new Error(`the target stopped reading the rows of ${name}`)
      if (!pipe.write(bytes)) await once(pipe, 'drain')
    })
    .then(
      () => pipe.end(),
      (error: unknown) => {
        pipe.destroy(error as Error)
        throw error
      },
    )
  const writing = target.copyIn(`copy public."${name}" (${list}) from stdin`, pipe).catch((error: unknown) => {
    pipe.destroy(error as Error)
    throw error
  })
  // The target's error comes first: the source's end is only its consequence.
  const [written, read] = await Promise.allSettled([writing, reading])
  for (const one of [written, read]) if (one.status === 'rejected') throw one.reason
}

async function moveSequences(source: DedicatedConnection, target: DedicatedConnection): Promise<void> {
  const names = await source.query<{ name: string }>(
    `select oid::regclass::text as name from pg_class where relkind = 'S' and relnamespace = 'public'::regnamespace order by 1`,
  )
  for (const { name } of names) {
    const read = (connection: DedicatedConnection) =>
      connection.query<{ last: number; called: boolean }>(`select last_value as last, is_called as called from ${name}`)
    const [here] = await read(source)
    await target.query('select setval($1::regclass, $2, $3)', [name, here?.last ?? 1, here?.called ?? false])
    const [there] = await read(target)
    if (there?.last !== here?.last || there?.called !== here?.called) {
      throw new Fault('move-differs', `the sequence ${name} has another value in the target than here`)
    }
  }
}

export interface TableDigest {
  rows: number
  /** Hexadecimal sums of the first and the second 64 bits of each row's SHA-256. */
  digest: string
}

/** @param columns quoted */
export async function digestTable(
  connection: DedicatedConnection,
  { name, columns }: { name: string; columns: readonly string[] },
): Promise<TableDigest> {
  const half = (from: number) => `sum(('x' || encode(substr(hash, ${from}, 8), 'hex'))::bit(64)::bigint::numeric)`
  const [row] = await connection.query<{ rows: number; digest: string }>(`
    select count(*) as rows, concat_ws(':', coalesce(${half(1)}, 0), coalesce(${half(9)}, 0)) as digest
    from (select sha256(convert_to(row(${columns.join(', ')})::text, 'UTF8')) as hash from public."${name}") as hashed`)
  return row ?? { rows: 0, digest: '' }
}
