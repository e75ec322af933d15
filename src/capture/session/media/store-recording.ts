import { rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { ObjectStore } from '#platform/objects/object-store.ts'
import { syncFolder } from '#platform/files/durable-files.ts'
import { bodyKey, headerKey, tailKey } from '#register/recordings/objects.ts'

/**
 * Moves a recording from the folder of live calls into the object store. Idempotent: parts that an earlier try has moved are
 * skipped. `bytes`: those of a finished recording are durable; those of a killed process need not be. `isForbidden`: returns
 * true if it is to be destroyed; then no further file begins to move.
 * @returns true if no file was held back for that
 */
export async function storeRecording(
  id: string,
  folder: string,
  objects: ObjectStore,
  bytes?: 'durable',
  isForbidden: () => boolean = () => false,
): Promise<boolean> {
  const hasTailMoved = await moveIn('tail', tailKey(id))
  // In parallel: they share the syncs of their source and target folders.
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

/** Durably removes a recording from the folder of live calls: first the way to its key. */
export async function removeRecording(id: string, folder: string): Promise<void> {
  for (const suffix of ['hdr', 'body', 'tail']) {
    await rm(join(folder, `${id}.${suffix}`), { force: true })
    await syncFolder(folder)
  }
}

/** Durably removes a recording that the register never had, wherever it is: first the way to its key. */
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
