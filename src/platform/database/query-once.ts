// Runs statements over a connection of their own, without the query builder, which would only take memory in a process that
// runs no further queries.
import { Client } from 'pg'

/** Returns the rows of a statement. */
export function queryOnce<Row extends object>(url: string, statement: string, values: unknown[] = []): Promise<Row[]> {
  return withClient(url, async (client) => (await client.query<Row>(statement, values)).rows)
}

/** Works over a connection that is closed afterwards. */
export async function withClient<Result>(url: string, work: (client: Client) => Promise<Result>): Promise<Result> {
  const client = new Client({ connectionString: url })
  client.on('error', () => undefined) // The query under way rejects as well.
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}
