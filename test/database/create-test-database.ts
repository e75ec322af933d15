// Creates a database for one test file from the run's template. Returns URLs and pools, by role. Test files share no data.
import { randomBytes } from 'node:crypto'
import { Client } from 'pg'
import { afterAll, inject } from 'vitest'
import { connectDatabase, type Database } from '#platform/database/connect.ts'
import { templateName } from './cluster.ts'

export type TestDatabase<Tables> = {
  name: string
  /** URL of the superuser, or of a role that the migrations created. */
  url: (role?: string) => string
  /** Pool and Kysely of the superuser, or of a role: the same one for each call, closed at the end. */
  as: (role?: string) => Database<Tables>
}

/**
 * Call it at the top of a test file: `const database = await createTestDatabase<Tables>()`. The database is dropped after
 * the file's tests, unless one failed (with SELOSTE_KEEP_TEST_DATABASE=1 the failed ones stay on disk after the run).
 */
export async function createTestDatabase<Tables = Record<string, never>>(): Promise<TestDatabase<Tables>> {
  const cluster = inject('database')
  const name = `test_${randomBytes(6).toString('hex')}`
  const open = new Map<string, Database<Tables>>()

  const url = (role?: string): string => {
    const pattern = role === undefined ? cluster.adminUrl : cluster.roleUrls[role]
    if (!pattern) {
      throw new Error(`No migration makes a role "${role}"; there are: ${Object.keys(cluster.roleUrls).join(', ')}.`)
    }
    return pattern.replace('DATABASE', name)
  }
  const as = (role?: string): Database<Tables> => {
    const known = open.get(role ?? '')
    if (known) return known
    // Ignores the error: if the server stops, the test's own next query fails.
    const onIdleError = () => undefined
    const made = connectDatabase<Tables>({ url: url(role), applicationName: name, size: 5, onIdleError })
    open.set(role ?? '', made)
    return made
  }

  // Registered first: except at the top of a file vitest throws here, before a database exists.
  afterAll(async ({}, file) => {
    await Promise.all([...open.values()].map((database) => database.close()))
    if (!anyFailed(file)) await administer(`drop database if exists ${name} with (force)`)
  })
  await administer(`create database ${name} template ${templateName} owner ${cluster.owner} strategy file_copy`)
  // Revokes as migrate() does, because a copy of a database does not have its template's grants.
  await administer(`revoke create, temporary on database ${name} from public`)
  return { name, url, as }

  async function administer(statement: string): Promise<void> {
    const client = new Client({ connectionString: cluster.adminUrl.replace('DATABASE', 'postgres') })
    await client.connect()
    try {
      await client.query(statement)
    } finally {
      await client.end()
    }
  }
}

type Task = { result?: { state?: string }; tasks?: Task[] }

function anyFailed(task: Task): boolean {
  return task.result?.state === 'fail' || (task.tasks ?? []).some(anyFailed)
}
