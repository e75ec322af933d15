import { Client } from 'pg'

/**
 * Returns true if a role may take advisory locks, and so block other processes. The migrations revoke that from everybody,
 * which needs a superuser: if the schema's owner is none, a superuser must do it (`seloste create-database`).
 */
export async function mayHoldLocks(url: string, role: string): Promise<boolean> {
  const client = new Client({ connectionString: url })
  client.on('error', () => undefined) // The query under way rejects as well.
  await client.connect()
  try {
    const { rows } = await client.query<{ may: boolean }>(
      `select has_function_privilege($1, 'pg_catalog.pg_advisory_lock(bigint)', 'execute') as may`,
      [role],
    )
    return rows[0]?.may === true
  } finally {
    await client.end()
  }
}
