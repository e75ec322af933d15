/**
 * Imports the parts of export-tables.ts into a database at the backup's migration: the same rows and next sequence numbers.
 * Triggers do not run, and every part is verified.
 */
import { promisify } from 'node:util'
import { zstdDecompress } from 'node:zlib'
import { openSealedFile } from '#platform/age/sealed-file.ts'
import type { DedicatedConnection } from '#platform/database/copy.ts'
import { Fault } from '#platform/fault.ts'
import { allTables } from './export-tables.ts'
import { createHistoryPartitions } from './create-history-partitions.ts'
import { sha256, type BackupFile, type ExportedTable, type Manifest } from './manifest.ts'

/** Limit of a decompressed part. An export ends a part with the row that reaches 16 MiB. */
const maxBytes = 256 << 20

export const decompress = (bytes: Uint8Array): Promise<Buffer> =>
  promisify<Uint8Array, object, Buffer>(zstdDecompress)(bytes, { maxOutputLength: maxBytes })

/** Returns a file of the backup, verified by size and hash. */
export type ReadFile = (file: BackupFile) => Promise<Buffer>

/**
 * Imports in one transaction.
 * @returns names of tables, and of columns with their table, that are in the backup and unknown to Seloste: somebody added
 * them, and they are left out
 */
export async function importTables(
  connection: DedicatedConnection,
  manifest: Pick<Manifest, 'tables' | 'history'>,
  identity: string,
  read: ReadFile,
  onTable: (table: ExportedTable) => void,
): Promise<string[]> {
  const { history } = manifest
  await connection.query('begin')
  const ours = new Map((await allTables(connection)).map(({ name, columns }) => [name, columns]))
  const tables = manifest.tables.filter(({ name }) => ours.has(name))
  const unknownColumns = tables.flatMap(({ name, columns }) =>
    columns.filter((column) => ours.get(name)?.includes(column) === false).map((column) => ({ name, column })),
  )
  const restoreTriggers = await disableTriggers(connection)
  const names = tables.map(({ name }) => `public."${name}"`)
  // First, so that every row has its partition.
  if (history) await createHistoryPartitions(connection, history.firstMonth, history.lastMonth)
  await connection.query(`truncate ${names.join(', ')}`)
  // The text of a row has all columns: unknown ones are imported as text and dropped.
  for (const { name, column } of unknownColumns)
    await connection.query(`alter table public."${name}" add column ${column} text`)
  for (const table of tables) {
    const columns = table.columns.join(', ')
    if (table.parts.length > 0) {
      const statement = `copy public."${table.name}" (${columns}) from stdin`
      await connection.copyIn(statement, textOf(table, identity, read))
    }
    const [counted] = await connection.query<{ rows: number }>(`select count(*) as rows from public."${table.name}"`)
    if (counted?.rows !== table.rows) {
      throw new Fault(
        'backup-truncated',
        `the table ${table.name} has ${counted?.rows ?? 0} rows and the manifest says ${table.rows}; take another backup`,
      )
    }
    onTable(table)
  }
  for (const { name, column } of unknownColumns)
    await connection.query(`alter table public."${name}" drop column ${column}`)
  await setSequences(connection)
  await restoreTriggers()
  await connection.query('commit')
  const unknownTables = manifest.tables.filter(({ name }) => !ours.has(name)).map(({ name }) => name)
  return [...unknownTables, ...unknownColumns.map(({ name, column }) => `${name}.${column}`)]
}

/**
 * Disables triggers in the current transaction: their effects were exported with the rows.
 * @returns a function to call after the last row, in the same transaction
 * @throws Fault `restore-not-allowed`
 */
export async function disableTriggers(connection: DedicatedConnection): Promise<() => Promise<void>> {
  await connection.query('set local session_replication_role = replica').catch((cause: unknown) => {
    throw new Fault(
      'restore-not-allowed',
      'the database refuses to load rows without triggers: as a superuser, run "grant set on parameter session_replication_role to" its owner, and revoke it afterwards',
      cause,
    )
  })
  // PostgreSQL stores a statement's rows for a trigger with transition tables even if it is disabled: the whole table again, in
  // temporary files.
  const transitionTriggers = await connection.query<{ name: string; table: string; definition: string }>(`
    select quote_ident(t.tgname) as name, t.tgrelid::regclass::text as "table", pg_get_triggerdef(t.oid) as definition
    from pg_trigger t join pg_class c on c.oid = t.tgrelid
    where t.tgnewtable is not null and not t.tgisinternal and c.relnamespace = 'public'::regnamespace order by 2, 1`)
  for (const { name, table } of transitionTriggers) await connection.query(`drop trigger ${name} on ${table}`)
  return async () => {
    for (const { definition } of transitionTriggers) await connection.query(definition)
  }
}

export async function* textOf(table: ExportedTable, identity: string, read: ReadFile): AsyncGenerator<Buffer> {
  for (const part of table.parts) {
    const text = await decompress(await openSealedFile(identity, await read(part)))
    if (sha256(text) !== part.contentSha256)
      throw new Fault('backup-altered', `${part.name} does not contain what was exported; use another backup`)
    yield text
  }
}

async function setSequences(connection: DedicatedConnection): Promise<void> {
  const owned = await connection.query<{ table: string; column: string; sequence: string }>(`
    select c.relname::text as "table", a.attname::text as "column",
      pg_get_serial_sequence(format('public.%I', c.relname), a.attname) as sequence
    from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
      and pg_get_serial_sequence(format('public.%I', c.relname), a.attname) is not null`)
  for (const { table, column, sequence } of owned) {
    await connection.query(
      `select setval($1::regclass, greatest(coalesce(max("${column}"), 0) + 1, 1), false) from public."${table}"`,
      [sequence],
    )
  }
}
