// Runs one statement over a connection of its own, without the query builder, which would only take memory in a process that
// runs no further queries.
import { Client } from 'pg'

/** Returns the rows of a statement. */
export async function queryOnce<Row extends object>(
  url: string,
  statement: string,
  values: unknown[] = [],
): Promise<Row[]> {
  const client = new Client({ connectionString: url })
  client.on('error', () => undefined) // The query under way rejects as well.
  await client.connect()
  try {
    return (await client.query<Row>(statement, values)).rows
  } finally {
    await client.end()
  }
}
