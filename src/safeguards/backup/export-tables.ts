/**
 * Exports every table in one snapshot as sealed parts in row order, each an age file of zstd of PostgreSQL's text. Keys of
 * recordings are not exported.
 */
import { promisify } from 'node:util'
import { constants, zstdCompress } from 'node:zlib'
import { sealFile } from '#platform/age/sealed-file.ts'
import type { DedicatedConnection } from '#platform/database/copy.ts'
import { uncopiedTables } from '#platform/database/quarantine.ts'
import { limitInFlight } from './limit-in-flight.ts'
import { sha256, type ExportedTable } from './manifest.ts'

export const compress = (bytes: Uint8Array): Promise<Buffer> =>
  promisify<Uint8Array, object, Buffer>(zstdCompress)(bytes, { params: { [constants.ZSTD_c_compressionLevel]: 3 } })

/** Rows of the first two tables are in the keyring only. Intake keys are in no backup: a restored register makes new ones. */
const tablesOfKeys = ['shard_key', 'recording_key', 'intake_batch', 'intake_batch_key', 'intake_private_key']
const partBytes = 16 << 20

export interface Table {
  name: string
  /** Quoted. */
  columns: string[]
}

/** Returns the tables of a backup. */
export async function tablesOf(connection: DedicatedConnection): Promise<Table[]> {
  return (await allTables(connection)).filter(({ name }) => !tablesOfKeys.includes(name))
}

/** Returns every table except those about this very database. */
export async function allTables(connection: DedicatedConnection): Promise<Table[]> {
  const tables = await connection.query<Table>(`
    select c.relname::text as name, array(
      select quote_ident(a.attname) from pg_attribute a
      where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = '' order by a.attnum
    )::text[] as columns
    from pg_class c
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
    order by c.relname`)
  return tables.filter(({ name }) => !uncopiedTables.some((mark) => mark === name))
}

/** @param put stores a part durably under its name */
export async function exportTables(
  connection: DedicatedConnection,
  recipient: string,
  put: (name: string, bytes: Buffer) => Promise<void>,
  onTable: (table: ExportedTable) => void,
): Promise<ExportedTable[]> {
  const exported: ExportedTable[] = []
  const writing = limitInFlight(3)
  for (const { name, columns } of await tablesOf(connection)) {
    const table: ExportedTable = { name, columns, rows: 0, parts: [] }
    const list = columns.join(', ')
    const statement = `copy (select ${list} from public."${name}") to stdout`
    let part = 0
    table.rows = await connection.copyOut(statement, partBytes, ({ bytes, rows }) => {
      const number = part++
      return writing.add(async () => {
        const sealed = sealFile(recipient, await compress(bytes))
        const file = `${name.replaceAll('_', '-')}.${String(number).padStart(5, '0')}.zst.age`
        table.parts[number] = {
          name: file,
          rows,
          sizeBytes: sealed.length,
          sha256: sha256(sealed),
          contentSha256: sha256(bytes),
        }
        await put(file, sealed)
      })
    })
    await writing.all()
    exported.push(table)
    onTable(table)
  }
  return exported
}
