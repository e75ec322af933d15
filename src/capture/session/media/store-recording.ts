import { rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { ObjectStore } from '#platform/objects/object-store.ts'
import { syncFolder } from '#platform/files/durable-files.ts'
import { bodyKey, headerKey, tailKey } from '#register/recordings/objects.ts'

/**
 * Moves a recording from the folder of live calls into the object store. Idempotent: files that an earlier attempt has
 * moved are skipped. `durability`: `durable` if the files are synced already, as those of a finished recording are;
 * otherwise (after a crash) they are synced first. `isForbidden`: returns true if the recording must be destroyed; then
 * no further file is moved.
 * @returns true unless `isForbidden` prevented the move of a file
 */
export async function storeRecording(
  id: string,
  folder: string,
  objects: ObjectStore,
  durability?: 'durable',
  isForbidden: () => boolean = () => false,
): Promise<boolean> {
  const hasTailMoved = await moveIn('tail', tailKey(id))
  // In parallel, so that both files share the syncs of source and target folder.
  const moved = await Promise.allSettled([moveIn('body', bodyKey(id)), moveIn('hdr', headerKey(id))])
  for (const one of moved) if (one.status === 'rejected') throw one.reason
  return hasTailMoved && moved.every((one) => one.status === 'fulfilled' && one.value)

  async function moveIn(suffix: string, key: string): Promise<boolean> {
    const path = join(folder, `${id}.${suffix}`)
    if (!(await exists(path))) return true
    if (isForbidden()) return false
    await objects.moveIn(key, path, durability)
    return true
  }
}

/** Durably removes a recording from the folder of live calls; first the header, without which the body cannot be decrypted. */
export async function removeRecording(id: string, folder: string): Promise<void> {
  for (const suffix of ['hdr', 'body', 'tail']) {
    await rm(join(folder, `${id}.${suffix}`), { force: true })
    await syncFolder(folder)
  }
}

/** Durably removes a recording that was never in the register from folder and object store; first the header, which has the key. */
export async function removeUnadmitted(id: string, folder: string, objects: ObjectStore): Promise<void> {
  await removeRecording(id, folder)
  await removeStored(id, objects)
}

/** Removes a recording that was never in the register from the object store; first the header, which has the key. */
export async function removeStored(id: string, objects: ObjectStore): Promise<void> {
  for (const key of [headerKey(id), bodyKey(id), tailKey(id)]) await objects.delete(key)
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false
    throw error
  }
}
