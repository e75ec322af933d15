import { readdir, stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { openDirectoryStore } from './directory-store.ts'
import { ObjectFault } from './faults.ts'
import type { ObjectStore } from './object-store.ts'

const spreadBelow = 'objects/'

/**
 * Opens a folder that others read too: each key is a path, and below `objects/` is an ordinary directory store. Replaced and
 * deleted files are overwritten. The folder is never created: if a disk is not mounted, its mount point would get the disk's
 * files.
 * @param requiredFile path of a file that a folder in use has
 * @throws ObjectFault `object-store-away`
 */
export async function openPlaceFolder(folder: string, requiredFile?: string): Promise<ObjectStore> {
  const root = resolve(folder)
  const found = await stat(root).catch((error: unknown) => refuse(root, 'does not exist: mount or create it', error))
  if (!found.isDirectory()) refuse(root, 'is not a folder')
  if (requiredFile !== undefined) {
    await stat(join(root, requiredFile)).catch((error: unknown) =>
      refuse(root, `has no ${requiredFile}: mount the right disk there`, error),
    )
  }
  await refuseLinks(root, root)
  await refuseLinks(root, join(root, spreadBelow))
  const plain = await openDirectoryStore(root, { layout: 'plain', overwrites: true })
  const objects = await openDirectoryStore(join(root, spreadBelow))
  const at = <Answer>(key: string, work: (store: ObjectStore, key: string) => Answer): Answer =>
    key.startsWith(spreadBelow) ? work(objects, key.slice(spreadBelow.length)) : work(plain, key)
  return {
    put: (key, content) => at(key, (store, own) => store.put(own, content)),
    moveIn: (key, file, bytes) => at(key, (store, own) => store.moveIn(own, file, bytes)),
    readRange: (key, start, end) => at(key, (store, own) => store.readRange(own, start, end)),
    sizeBytes: (key) => at(key, (store, own) => store.sizeBytes(own)),
    delete: (key) => at(key, (store, own) => store.delete(own)),
    async *list(prefix) {
      if (!prefix.startsWith(spreadBelow)) {
        for await (const key of plain.list(prefix)) if (!key.startsWith(spreadBelow)) yield key
        if (!spreadBelow.startsWith(prefix)) return
      }
      for await (const key of objects.list(prefix.slice(spreadBelow.length))) yield spreadBelow + key
    },
  }
}

/** Deleting through a link would delete elsewhere, for example in the register's own objects. */
async function refuseLinks(root: string, folder: string): Promise<void> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return []
    throw error
  })
  const link = entries.find((entry) => entry.isSymbolicLink())
  if (link) refuse(root, `contains a link to another place, ${link.name}: replace it with a folder`)
}

/** @throws ObjectFault `object-store-away` */
function refuse(folder: string, problem: string, cause?: unknown): never {
  throw new ObjectFault('object-store-away', `The folder ${folder} ${problem}.`, cause)
}
