import { rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { ObjectStore } from '#platform/objects/object-store.ts'
import { syncFolder } from '#platform/files/durable-files.ts'
import { bodyKey, headerKey, tailKey } from '#register/recordings/objects.ts'

/**
 * Moves what there is of a recording from the folder of calls going on into the object store. What an earlier try has
 * moved is not there any more and is left as it is, so this can be cut short and tried again.
 * `bytes`: of a recording that is finished they are durable; what a killed process has left need not be.
 * `isForbidden`: whether it is to be destroyed; then no file begins to move any more.
 * @returns whether no file was kept back for that
 */
export async function storeRecording(
  id: string,
  folder: string,
  objects: ObjectStore,
  bytes?: 'durable',
  isForbidden: () => boolean = () => false,
): Promise<boolean> {
  const hasTailMoved = await moveIn('tail', tailKey(id))
  // Side by side: they share the syncs of the folders that they leave and come to.
  const moved = await Promise.allSettled([moveIn('body', bodyKey(id)), moveIn('hdr', headerKey(id))])
  for (const one of moved) if (one.status === 'rejected') throw one.reason
  return hasTailMoved && moved.every((one) => one.status === 'fulfilled' && one.value)

  async function moveIn(suffix: string, key: string): Promise<boolean> {
    const path = join(folder, `${id}.${suffix}`)
    if (!(await isThere(path))) return true
    if (isForbidden()) return false
    await objects.moveIn(key, path, bytes)
    return true
  }
}

/** Removes, durably, what there is of a recording in the folder of calls going on: first the way to its key. */
export async function removeRecording(id: string, folder: string): Promise<void> {
  for (const suffix of ['hdr', 'body', 'tail']) {
    await rm(join(folder, `${id}.${suffix}`), { force: true })
    await syncFolder(folder)
  }
}

/** Removes, durably, what there is of a recording that the register never had, wherever it has come to: first the way to its key. */
export async function removeUnentered(id: string, folder: string, objects: ObjectStore): Promise<void> {
  await removeRecording(id, folder)
  for (const key of [headerKey(id), bodyKey(id), tailKey(id)]) await objects.delete(key)
}

async function isThere(path: string): Promise<boolean> {
  try {
    await stat(path)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false
    throw error
  }
}
