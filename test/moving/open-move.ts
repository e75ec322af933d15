/**
 * Starts a separate PostgreSQL as a move's target, with empty databases. It must be separate because roles belong to a
 * cluster, and a move compares them.
 */
import { mkdtemp, rm, chmod } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client } from 'pg'
import { migrate } from '#platform/database/migrate.ts'
import { moveDatabase, type DatabaseMove, type MovedDatabase } from '#safeguards/moving/move-database.ts'
import { startTestServer } from '../database/external-server.ts'

export async function openTarget() {
  const folder = await mkdtemp(join(tmpdir(), 'seloste-target-'))
  await chmod(folder, 0o711)
  const server = await startTestServer(join(folder, 'database'))
  let made = 0
  return {
    folder,
    /** Creates an empty database. Returns its URL, as its owner. */
    async emptyDatabase(): Promise<string> {
      const name = `target_${++made}`
      await administer(server.adminUrl(), `create database ${name} encoding 'UTF8' template template0`)
      return server.adminUrl(name)
    },
    urlFor: server.urlFor,
    administer: (statement: string, database?: string) => administer(server.adminUrl(database), statement),
    async stop() {
      await server.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

export async function administer<Row extends object>(url: string, statement: string): Promise<Row[]> {
  const client = new Client({ connectionString: url })
  await client.connect()
  return client
    .query<Row>(statement)
    .then(({ rows }) => rows)
    .finally(() => client.end())
}

export function moveTo(from: string, to: string, more: Partial<DatabaseMove> = {}): Promise<MovedDatabase> {
  return moveDatabase({
    ...{ from, to, location: 'the target' },
    migrate: (url, upTo) => migrate(url, { upTo }),
    onTable: () => undefined,
    ...more,
  })
}

/** Removes the mark of a move, for the next test; Seloste itself never does that. */
export function unmarkMove(from: string): Promise<object[]> {
  return administer(
    from,
    `begin read write; drop table register_moved; do $$ begin
       execute format('alter database %I reset default_transaction_read_only', current_database());
     end $$; commit`,
  )
}
