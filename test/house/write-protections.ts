// Writes database/protections.json and database/schema.sql from a fresh embedded database, which is deleted afterwards.
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connectDatabase } from '#platform/database/connect.ts'
import { startEmbeddedPostgres } from '#platform/database/embedded.ts'
import { migrate } from '#platform/database/migrate.ts'
import { schemaFolder } from '#platform/database/schema-folder.ts'
import { readProtections } from '#platform/database/protections.ts'
import { processRoles } from '#safeguards/audit/appenders.ts'
import { describeSchema } from './describe-schema.ts'

export async function writeProtections(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'seloste-generate-'))
  // If root runs this, the database's own user must be able to traverse the folder.
  await chmod(folder, 0o711)
  const log = { info: () => undefined, warn: () => undefined }
  const server = await startEmbeddedPostgres({ dataDirectory: join(folder, 'database'), log })
  try {
    await migrate(server.adminUrl())
    const { db, close } = connectDatabase<never>({
      url: server.adminUrl(),
      applicationName: 'generate',
      size: 1,
      onIdleError: () => undefined,
    })
    const read = await readProtections(db, processRoles)
    const schema = await describeSchema(db)
    await close()
    await writeFile(join(schemaFolder, 'protections.json'), `${JSON.stringify(read, undefined, 2)}\n`)
    await writeFile(join(schemaFolder, 'schema.sql'), schema)
  } finally {
    await server.stop()
    await rm(folder, { recursive: true, force: true })
  }
}
