/** Reads and stores cosignatures. */
import { sql } from 'kysely'
import type { SafeguardsDatabase } from '../../tables.ts'
import { auditTree } from '../stored-tree.ts'

/** Returns each witness's newest cosignature: its size and when it was received. */
export async function newestCosignatures(
  database: SafeguardsDatabase,
  tables = auditTree,
): Promise<{ witness: string; size: number; receivedAt: Temporal.Instant }[]> {
  const { rows } = await sql<{ witness: string; size: number; receivedAt: Temporal.Instant }>`
    select distinct on (witness) witness, size, received_at as "receivedAt"
    from ${sql.table(tables.cosignature)} order by witness, size desc`.execute(database)
  return rows
}

export async function storeCosignature(
  database: SafeguardsDatabase,
  { size, witness, line }: { size: number; witness: string; line: string },
  tables = auditTree,
): Promise<void> {
  await sql`
    insert into ${sql.table(tables.cosignature)} (size, witness, line) values (${size}, ${witness}, ${line})
    on conflict do nothing`.execute(database)
}

/** Returns a stored checkpoint's note with its cosignatures. */
export async function withCosignatures(
  database: SafeguardsDatabase,
  { size, note }: { size: number; note: string },
  tables = auditTree,
): Promise<string> {
  const { rows } = await sql<{ line: string }>`
    select line from ${sql.table(tables.cosignature)} where size = ${size} order by witness`.execute(database)
  return note + rows.map(({ line }) => `${line}\n`).join('')
}
