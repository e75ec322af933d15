// Writes migrations/protections.json from a fresh database.
// In: migrations/, the embedded PostgreSQL. Out: the file. Never: a database that stays.
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { connectDatabase } from '#platform/database/connect.ts'
import { startEmbeddedPostgres } from '#platform/database/embedded.ts'
import { migrate } from '#platform/database/migrate.ts'
import { readProtections } from '#platform/database/protections.ts'
import { processRoles } from '#safeguards/audit/appenders.ts'

const migrations = fileURLToPath(new URL('../../migrations', import.meta.url))

export async function writeProtections(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'seloste-generate-'))
  // The database's own user, when root runs this, must be able to go through it.
  await chmod(folder, 0o711)
  const log = { info: () => undefined, warn: () => undefined }
  const server = await startEmbeddedPostgres({ dataDirectory: join(folder, 'database'), log })
  try {
    await migrate(server.adminUrl(), migrations)
    const { db, close } = connectDatabase<never>({
      url: server.adminUrl(),
      applicationName: 'generate',
      size: 1,
      onIdleError: () => undefined,
    })
    const read = await readProtections(db, processRoles)
    await close()
    await writeFile(join(migrations, 'protections.json'), `${JSON.stringify(read, undefined, 2)}\n`)
  } finally {
    await server.stop()
    await rm(folder, { recursive: true, force: true })
  }
}
