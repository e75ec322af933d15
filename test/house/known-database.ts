// Lists the tables and columns against which evidence checks the database: makes src/use/evidence/known-database.json,
// from database/ in a PostgreSQL of its own, never from a database in use.
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { format } from 'prettier'
import { connectDatabase } from '#platform/database/connect.ts'
import { startEmbeddedPostgres } from '#platform/database/embedded.ts'
import { uncopiedTables } from '#platform/database/quarantine.ts'
import { migrate } from '#platform/database/migrate.ts'
import { readDatabase, type KnownDatabase } from '#use/evidence/known-database.ts'
import { sql, type QueryExecutorProvider } from 'kysely'

export async function makeKnownDatabase(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'seloste-known-'))
  await chmod(folder, 0o711)
  const log = { info: () => undefined, warn: () => undefined }
  const server = await startEmbeddedPostgres({ dataDirectory: join(folder, 'database'), log })
  try {
    await migrate(server.adminUrl())
    const { db, close } = connectDatabase({
      url: server.adminUrl(),
      applicationName: 'generate',
      size: 1,
      onIdleError: () => undefined,
    })
    try {
      return await format(JSON.stringify(await describeDatabase(db)), { parser: 'json', printWidth: 120 })
    } finally {
      await close()
    }
  } finally {
    await server.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

/** Returns the database in the form of the list. */
export async function describeDatabase(db: QueryExecutorProvider): Promise<KnownDatabase> {
  const { rows } = await sql<{ name: string }>`
    select rolname::text as name from pg_roles where rolname ~ '^seloste_' order by 1`.execute(db)
  const { tables: all, members } = await readDatabase(db)
  const marks: readonly string[] = uncopiedTables
  const tables = Object.fromEntries(Object.entries(all).filter(([name]) => !marks.includes(name)))
  return { tables, members, roles: rows.map(({ name }) => name) }
}
