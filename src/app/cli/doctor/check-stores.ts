import { randomUUID } from 'node:crypto'
import { access, rmdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { PlaceSetting } from '#platform/config/places.ts'
import type { Settings } from '#platform/config/settings.ts'
import { remedyOf } from '#platform/fault-remedies.ts'
import type { ObjectStore } from '#platform/objects/object-store.ts'
import { openKeyStore } from '#safeguards/keys/open-key-store.ts'
import { openStore } from '#safeguards/places/open-place.ts'
import { openObjects } from '../../roles/open-objects.ts'
import { error, lineOf, ok, unknown, warning, type Finding } from './finding.ts'

/**
 * Checks every operation of the stores of recordings, keys and backups. Creates no folder: if root runs this before the first
 * start, root would own it.
 */
export async function checkStores(settings: Settings): Promise<Finding[]> {
  const { backups, ledgerCopies, dataDirectory, objects } = settings
  if (!(await exists(dataDirectory)))
    return [unknown('objects', 'the stores in SELOSTE_DATA are checked once the folder exists'), ...noBackups(backups)]
  return [
    objects.kind !== 's3' && !(await exists(objects.folder))
      ? ok('objects', `${objects.folder} does not exist yet; the first start creates it`)
      : await checkStore('objects', async () => {
          const store = await openObjects(settings)
          await store.assertDeletesPermanently()
          return store
        }),
    await checkKeys(settings),
    ...(await Promise.all(
      [...backups, ...ledgerCopies].map((place) => checkStore(`place.${place.name}`, () => openStore(place))),
    )),
    ...noBackups(backups),
  ]
}

function noBackups(backups: readonly PlaceSetting[]): Finding[] {
  if (backups.length > 0) return []
  const remedy = 'set a place in SELOSTE_BACKUPS (docs/operate/backup-and-restore.md)'
  return [warning('backups', 'nothing is backed up', remedy)]
}

/** Writes, reads in part, lists and deletes a test object. */
export async function checkStore(check: string, open: () => Promise<ObjectStore>): Promise<Finding> {
  const key = `doctor/${randomUUID()}`
  let doing = 'opened'
  try {
    const store = await open()
    doing = 'written'
    await store.put(key, Buffer.from('seloste doctor'))
    doing = 'read in part'
    const part = await store.readRange(key, 8, 14)
    if (part.toString() !== 'doctor') throw new Error('it returned other bytes')
    doing = 'listed'
    const keys: string[] = []
    for await (const one of store.list('doctor/')) keys.push(one)
    if (!keys.includes(key)) throw new Error('the object that was written is not in its list')
    doing = 'deleted'
    if (!(await store.delete(key))) throw new Error('it reports that there was nothing to delete')
    return ok(check, 'an object was written, read in part, listed and deleted')
  } catch (thrown) {
    return error(check, `an object could not be ${doing}: ${lineOf(thrown)}`, remedyOr(thrown))
  }
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}

async function checkKeys(settings: Settings): Promise<Finding> {
  const { dataDirectory } = settings
  const folder = join(dataDirectory, 'keys')
  const before = await stat(folder).catch(() => undefined)
  if (before && before.uid !== (await stat(dataDirectory)).uid) {
    const says = `${folder} belongs to another user than ${dataDirectory}, and the custodian cannot use it`
    return error('keys', says, `chown -R --reference=${dataDirectory} ${folder}`)
  }
  try {
    const store = await openKeyStore(settings)
    const names = await store.names()
    return ok('keys', `the key store (${store.kind}) answers; it has ${names.length} keys`)
  } catch (thrown) {
    return error('keys', lineOf(thrown), remedyOr(thrown))
  } finally {
    if (!before) await rmdir(folder).catch(() => undefined)
  }
}

function remedyOr(thrown: unknown): string {
  return remedyOf(thrown) ?? 'check its disk or its server, and the rights of the user that runs Seloste'
}
