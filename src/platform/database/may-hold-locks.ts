import { queryOnce } from './query-once.ts'

/**
 * Returns true if a role may take advisory locks, and so block other processes. The migrations revoke that from everybody,
 * which needs a superuser: if the schema's owner is none, a superuser must do it (`seloste create-database`).
 */
export async function mayHoldLocks(url: string, role: string): Promise<boolean> {
  const [row] = await queryOnce<{ may: boolean }>(
    url,
    `select has_function_privilege($1, 'pg_catalog.pg_advisory_lock(bigint)', 'execute') as may`,
    [role],
  )
  return row?.may === true
}
