/**
 * Keeps the state of a whole Seloste outside its data folder, if the run asks for that (`npm run test:elsewhere`): in a
 * PostgreSQL of its own that an administrator runs, and in a bucket. Returns the settings for that. Files of this state
 * are beside the data folder, never in it.
 */
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Client } from 'pg'
import { findEmbeddedPostgres } from '#platform/database/embedded.ts'
import { externalBinaries, owner, startExternalServer, type ExternalServer } from '#test/database/external-server.ts'
import { inBuckets, objectsUrl, testObjects } from '#test/objects/test-objects.ts'

const database = 'seloste'
/** Servers by data folder: a killed Seloste that restarts finds its database again. */
const servers = new Map<string, Promise<{ server: ExternalServer; ownerUrl: string }>>()

/** Returns DATABASE_URL and OBJECTS_URL; nothing if state is in the data folder. */
export async function externalState(dataDirectory: string): Promise<Record<string, string>> {
  const settings: Record<string, string> = {}
  if (externalBinaries() !== undefined) settings['DATABASE_URL'] = (await serverOf(dataDirectory)).ownerUrl
  if (inBuckets()) settings['OBJECTS_URL'] = objectsUrl(await testObjects(objectsFolderOf(dataDirectory)))
  return settings
}

/** Returns the URL of the database's administrator for a running Seloste. */
export async function adminUrlOf(dataDirectory: string): Promise<string> {
  if (externalBinaries() !== undefined) return (await serverOf(dataDirectory)).server.adminUrl(database)
  const embedded = await findEmbeddedPostgres(join(dataDirectory, 'database'))
  if (!embedded) throw new Error('the database is not running')
  return embedded.adminUrl()
}

/** Folder of the sealed recordings, or the name that testObjects uses for their bucket. */
export function objectsFolderOf(dataDirectory: string): string {
  return inBuckets() ? `${dataDirectory}.objects` : join(dataDirectory, 'objects')
}

/**
 * Allows the owner to set session_replication_role, or revokes that: a restore into the operator's database loads rows
 * without their triggers (docs/operate/backup-and-restore.md).
 */
export async function allowTriggerBypass(dataDirectory: string, isAllowed: boolean): Promise<void> {
  if (externalBinaries() === undefined) return
  const client = new Client({ connectionString: await adminUrlOf(dataDirectory) })
  await client.connect()
  await client.query(
    `${isAllowed ? 'grant' : 'revoke'} set on parameter session_replication_role ${isAllowed ? 'to' : 'from'} ${owner}`,
  )
  await client.end()
}

/** Stops a data folder's database; the next request for its settings starts it again. */
export async function stopExternalState(dataDirectory: string): Promise<void> {
  const started = servers.get(dataDirectory)
  servers.delete(dataDirectory)
  await (await started)?.server.stop()
}

export async function removeExternalState(dataDirectory: string): Promise<void> {
  for (const ending of ['.database', '.objects.bucket', '.objects.keys']) {
    await rm(`${dataDirectory}${ending}`, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 })
  }
}

function serverOf(dataDirectory: string): Promise<{ server: ExternalServer; ownerUrl: string }> {
  const known = servers.get(dataDirectory)
  if (known) return known
  const starting = (async () => {
    const server = await startExternalServer(externalBinaries() ?? '', `${dataDirectory}.database`)
    return { server, ownerUrl: await server.makeOwned(database) }
  })()
  servers.set(dataDirectory, starting)
  return starting
}
