/** Lists a place's backups, and leftovers of interrupted ones. */
import { Fault } from '#platform/fault.ts'
import type { ObjectStore } from '#platform/objects/object-store.ts'
import type { VerifierKey } from '../audit/note.ts'
import {
  backupsFolder,
  folderOf,
  instantOf,
  manifestName,
  noteName,
  objectsFolder,
  readManifest,
  sha256,
  type BackedUpObject,
  type BackupFile,
  type Manifest,
} from './manifest.ts'
import { decompress } from './import-tables.ts'
import { readWholeIfExists } from '#platform/objects/whole-objects.ts'

export interface FoundBackups {
  /** Backups with a signed note, oldest first. */
  whole: string[]
  /** Unfinished or half removed backups, each with its files. */
  unfinished: Map<string, string[]>
  files: Map<string, string[]>
}

export async function findBackups(store: ObjectStore): Promise<FoundBackups> {
  const files = new Map<string, string[]>()
  for await (const key of store.list(backupsFolder)) {
    const id = key.slice(backupsFolder.length).split('/')[0] ?? ''
    files.set(id, [...(files.get(id) ?? []), key])
  }
  const isWhole = (id: string) => files.get(id)?.includes(folderOf(id) + noteName) === true
  const ids = [...files.keys()].sort()
  return {
    whole: ids.filter(isWhole),
    unfinished: new Map([...files].filter(([id]) => !isWhole(id))),
    files,
  }
}

/** @throws Fault `backup-missing`, `backup-altered` */
export async function openManifest(store: ObjectStore, id: string, key: VerifierKey): Promise<Manifest> {
  const note = await readWholeIfExists(store, folderOf(id) + noteName)
  const bytes = await readWholeIfExists(store, folderOf(id) + manifestName)
  if (!note || !bytes)
    throw new Fault('backup-missing', `the place has no backup ${id}; omit --backup to use the newest`)
  const read = readManifest(id, bytes, note, key)
  if ('manifest' in read) return read.manifest
  throw new Fault('backup-altered', `the manifest of the backup ${id} ${read.wrong}: restore another backup`)
}

/** Returns true if the place's newest backup was made since an instant and is sealed to the current recovery key. */
export async function isNewestCurrent(
  store: ObjectStore,
  key: VerifierKey,
  { since, recipient }: { since: Temporal.Instant; recipient: string },
): Promise<boolean> {
  const newest = (await findBackups(store)).whole.at(-1)
  const at = newest === undefined ? undefined : instantOf(newest)
  if (newest === undefined || !at || Temporal.Instant.compare(at, since) < 0) return false
  const manifest = await openManifest(store, newest, key)
  return manifest.recipient === undefined || manifest.recipient === recipient
}

/**
 * Returns a file of a backup, verified against the manifest.
 * @throws Fault `backup-altered`, `backup-truncated`
 */
export async function readBackupFile(store: ObjectStore, id: string, file: BackupFile): Promise<Buffer> {
  const bytes = await readWholeIfExists(store, folderOf(id) + file.name)
  if (!bytes || bytes.length < file.sizeBytes) {
    const found = bytes ? `has ${bytes.length} of ${file.sizeBytes} bytes` : 'is missing'
    throw new Fault('backup-truncated', `${file.name} of the backup ${id} ${found}: restore another backup`)
  }
  if (sha256(bytes) !== file.sha256)
    throw new Fault('backup-altered', `${file.name} of the backup ${id} was altered: restore another backup`)
  return bytes
}

/** Yields the objects of a backup. */
export async function* objectsOf(store: ObjectStore, manifest: Manifest): AsyncGenerator<BackedUpObject> {
  for (const list of manifest.objectLists) {
    const lines = (await decompress(await readBackupFile(store, manifest.id, list))).toString('utf8')
    for (const line of lines.split('\n')) if (line !== '') yield JSON.parse(line) as BackedUpObject
  }
}

/** Returns the copy of an object, verified against the backup's list. */
export async function readObjectCopy(store: ObjectStore, object: BackedUpObject): Promise<Buffer> {
  const bytes = await readWholeIfExists(store, objectsFolder + object.key)
  if (!bytes) {
    throw new Fault(
      'backup-object-missing',
      `the copy of ${object.key} is not in the place: restore another backup, or from another place`,
    )
  }
  if (bytes.length === object.sizeBytes && sha256(bytes) === object.sha256) return bytes
  throw new Fault('backup-object-altered', `the copy of ${object.key} in the place differs from what was backed up`)
}
