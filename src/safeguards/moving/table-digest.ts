/**
 * Digest of a table: the number of rows and a sum of their hashes, independent of order. Both connections need the same
 * settings for formatting values.
 */
import type { DedicatedConnection } from '#platform/database/copy.ts'

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
