/**
 * Fills a month of the history in bulk, and rebuilds its partition's indexes and constraints. The rows must be such as `admit`
 * would write: search/bulk-load-equivalence.ts compares a sample.
 */
import type { PoolClient } from 'pg'

/**
 * Fills a month's partition and rebuilds the same indexes afterwards. The partition is detached meanwhile, because an index of
 * an attached partition cannot be dropped alone.
 * @param parent the partitioned table
 * @param month its first day, UTC
 * @param statement fills the partition of the given name
 */
export async function fillPartition(
  client: PoolClient,
  parent: string,
  month: Temporal.PlainDate,
  statement: (part: string) => [statement: string, parameters?: unknown[]],
): Promise<void> {
  const part = `${parent}_${month.toString().slice(0, 7).replace('-', '_')}`
  await client.query(`alter table ${parent} detach partition ${part}`)
  await withoutIndexes(client, part, () => client.query(...statement(part)))
  const ends = month.add({ months: 1 }).toString()
  await client.query(
    `alter table ${parent} attach partition ${part} for values from ('${month.toString()}T00:00Z') to ('${ends}T00:00Z')`,
  )
}

/** Drops a table's indexes and keys, does the work and builds them again, which is faster than updating them for each row. */
export async function withoutIndexes(client: PoolClient, table: string, work: () => Promise<unknown>): Promise<void> {
  const { rows } = await client.query<{ name: string; constraint: string | null; definition: string }>(
    `select i.indexrelid::regclass::text as name, pg_get_constraintdef(c.oid) as constraint, pg_get_indexdef(i.indexrelid) as definition
     from pg_index i left join pg_constraint c on c.conindid = i.indexrelid and c.contype in ('p', 'u') where i.indrelid = $1::regclass`,
    [table],
  )
  for (const { name, constraint } of rows) {
    await client.query(constraint === null ? `drop index ${name}` : `alter table ${table} drop constraint ${name}`)
  }
  await work()
  for (const { name, constraint, definition } of rows) {
    await client.query(constraint === null ? definition : `alter table ${table} add constraint ${name} ${constraint}`)
  }
}
