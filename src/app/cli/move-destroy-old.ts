import { basename, join } from 'node:path'
import type { Kysely } from 'kysely'
import { describePlace, type FolderAddress, type S3Address } from '#platform/config/places.ts'
import type { Settings } from '#platform/config/settings.ts'
import { openConnection } from '#platform/database/copy.ts'
import { findEmbeddedPostgres, foldersOfEmbedded, startEmbeddedPostgres } from '#platform/database/embedded.ts'
import { majorOf } from '#platform/database/embedded/major.ts'
import { readMovedAway } from '#platform/database/moved-away.ts'
import { Fault } from '#platform/fault.ts'
import { destroyFolder, type DestroyedFiles } from '#platform/files/destroy-folder.ts'
import { appendAudit } from '#safeguards/audit/append.ts'
import { newLocationOf } from '#safeguards/moving/move-objects.ts'
import type { RegisterTables } from '#register/tables.ts'
import { openObjects } from '../roles/open-objects.ts'
import { deleteLeftoversRecord, recordLeftoversDestruction, readLeftovers } from './move-leftovers.ts'
import { withRunningDatabase } from './running-database.ts'

/**
 * Destroys the data that a move has left here: the embedded database's folder and the store. The register must run at its new
 * location, where the audit log records the destruction.
 */
export async function destroyOld(settings: Settings): Promise<void> {
  const left = await readLeftovers(settings.dataDirectory)
  if (!left) {
    console.log('no data were left by a move')
    return
  }
  const { database, objects = [], cluster } = left
  await withRunningDatabase(settings, 'move', async (db) => {
    if (left.destroying !== true) {
      if (database) await assertMovedFromDatabase(settings)
      for (const store of objects) await assertMovedFromStore(settings, store)
      if (cluster !== undefined) await assertOldCluster(cluster)
      await recordLeftoversDestruction(settings.dataDirectory, left)
    }
    for (const store of objects) {
      const removed = await destroyStore(store)
      await record(db, { store: describePlace({ at: store }), ...removed })
      console.log(
        `destroyed the old store ${describePlace({ at: store })}: ${removed.files} files, verified to be gone`,
      )
    }
    if (cluster !== undefined) {
      const removed = await destroyFolder(cluster)
      await record(db, { database: basename(cluster), ...removed })
      console.log(`destroyed the old database ${cluster}: ${removed.files} files, verified to be gone`)
    }
    if (database) {
      for (const folder of await foldersOfEmbedded(join(settings.dataDirectory, 'database'))) {
        const removed = await destroyFolder(folder)
        await record(db, { database, ...removed })
        console.log(`destroyed the old database ${folder}: ${removed.files} files, verified to be gone`)
      }
    }
    await deleteLeftoversRecord(settings.dataDirectory)
  })
}

async function record(db: Kysely<RegisterTables>, detail: Record<string, string | number>): Promise<void> {
  await appendAudit(db, { action: 'register.old-destroyed', result: 'ok', object: { kind: 'place' }, detail })
}

/** Checks that the register was moved out of the embedded database: the move has left a mark in that database. */
async function assertMovedFromDatabase(settings: Settings): Promise<void> {
  const dataDirectory = join(settings.dataDirectory, 'database')
  if (settings.databaseUrl === undefined || (await findEmbeddedPostgres(dataDirectory))) {
    throw new Fault(
      'move-old-in-use',
      'the embedded database is in use: set DATABASE_URL to the new database, and restart',
    )
  }
  const old = await startEmbeddedPostgres({ dataDirectory, log: { info: () => undefined, warn: () => undefined } })
  try {
    const connection = await openConnection(old.adminUrl(), 'seloste-move')
    const mark = await readMovedAway(connection).finally(() => connection.close())
    if (!mark)
      throw new Fault('move-old-in-use', 'the register was not moved from the embedded database: nothing was destroyed')
  } finally {
    await old.stop()
  }
}

/** Checks that the folder is beside the cluster in use and has an earlier major version. */
async function assertOldCluster(folder: string): Promise<void> {
  const [old, now] = [await majorOf(folder), await majorOf(join(folder, '..', 'cluster'))]
  if (/^cluster-\d+$/.test(basename(folder)) && (old === undefined || (now !== undefined && old < now))) return
  throw new Fault('move-old-in-use', `${folder} was not left by an upgrade: nothing was destroyed`)
}

async function assertMovedFromStore(settings: Settings, at: FolderAddress | S3Address): Promise<void> {
  const location = describePlace({ at })
  if (location === describePlace({ at: settings.objects })) {
    throw new Fault('move-old-in-use', `the store ${location} is in use: set OBJECTS_URL to the new store, and restart`)
  }
  if ((await newLocationOf(await openObjects({ objects: at }))) === undefined) {
    throw new Fault('move-old-in-use', `recordings were not moved from the store ${location}: nothing was destroyed`)
  }
}

async function destroyStore(at: FolderAddress | S3Address): Promise<DestroyedFiles> {
  if (at.kind === 'folder') return destroyFolder(at.folder)
  const store = await openObjects({ objects: at })
  await store.assertDeletesPermanently()
  let files = 0
  for await (const key of store.list('')) if (await store.delete(key)) files += 1
  for await (const key of store.list('')) {
    throw new Fault('move-old-stays', `${key} is still in ${describePlace({ at })}: run the command again`)
  }
  await store.abortUploads()
  return { files, bytes: 0 }
}
