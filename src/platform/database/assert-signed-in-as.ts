import { DatabaseFault } from './faults.ts'
import { queryOnce } from './query-once.ts'

/**
 * Checks the role of a connection. A process connected as another role, such as the tables' owner, would not be bound by its
 * own role's rights.
 * @throws DatabaseFault `database-role-wrong`
 */
export async function assertSignedInAs(url: string, role: string): Promise<void> {
  const [{ user = '' } = {}] = await queryOnce<{ user?: string }>(url, 'select session_user::text as user')
  if (user === role) return
  throw new DatabaseFault(
    'database-role-wrong',
    `DATABASE_URL connects as ${user}, but this process must connect as ${role}, which has only the rights it needs: set that user in DATABASE_URL, or none.`,
  )
}
