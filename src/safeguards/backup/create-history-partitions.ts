import type { DedicatedConnection } from '#platform/database/copy.ts'

/**
 * Creates the missing partitions of the history, like `ensure_partitions`, which a database at an older version lacks.
 * @param first any day of the first month, YYYY-MM-DD
 * @param last any day of the last month
 */
export async function createHistoryPartitions(
  connection: DedicatedConnection,
  first: string,
  last: string,
): Promise<void> {
  const parents = await connection.query<{ name: string }>(
    `select relname::text as name from pg_class where relnamespace = 'public'::regnamespace and relkind = 'p'`,
  )
  const end = Temporal.PlainYearMonth.from(last)
  for (
    let month = Temporal.PlainYearMonth.from(first);
    Temporal.PlainYearMonth.compare(month, end) <= 0;
    month = month.add({ months: 1 })
  ) {
    const [from, to] = [month, month.add({ months: 1 })].map((one) => `${one.toString()}-01T00:00Z`)
    for (const { name } of parents) {
      await connection.query(
        `create table if not exists public."${name}_${month.toString().replace('-', '_')}"
         partition of public."${name}" for values from ('${from ?? ''}') to ('${to ?? ''}')`,
      )
    }
  }
}
