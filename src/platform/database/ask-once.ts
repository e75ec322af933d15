// One question by whoever has no other.
// In: a URL and a statement. Out: its rows. Never: a connection that stays, or the query builder, which a process that asks no more
// would hold for nothing.
import { Client } from 'pg'

/** @returns the rows of a statement, over a connection of its own */
export async function askOnce<Row extends object>(
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
