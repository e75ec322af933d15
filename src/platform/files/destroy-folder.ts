// Destroys a folder: overwrites and removes every file, and checks that it is gone. Links are not followed.
import { constants } from 'node:fs'
import { lstat, readdir, realpath, rm, rmdir, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { Fault } from '../fault.ts'
import { syncFolder } from './durable-files.ts'
import { inPinnedFolder, openRegularFile } from './pinned-folder.ts'

export interface DestroyedFiles {
  files: number
  bytes: number
}

const zeros = Buffer.alloc(1 << 20)

/**
 * Destroys the folder; a missing one counts as destroyed.
 * @throws Fault `move-old-stays`
 */
export async function destroyFolder(folder: string): Promise<DestroyedFiles> {
  const destroyed: DestroyedFiles = { files: 0, bytes: 0 }
  if (!(await isThere(folder))) return destroyed
  const path = await realpath(folder)
  await destroyBelow(path, destroyed)
  await rmdir(path)
  // The given path may have been a link to the folder.
  await rm(folder, { force: true })
  await syncFolder(join(folder, '..'))
  if (await isThere(folder))
    throw new Fault('move-old-stays', `${folder} still exists: check its disk, then run the command again`)
  return destroyed
}

/** Others may write in the folder meanwhile: each folder is held open, so that no link put in its place leads elsewhere. */
async function destroyBelow(path: string, destroyed: DestroyedFiles): Promise<void> {
  await inPinnedFolder(path, async ({ at }) => {
    for (const entry of await readdir(at('.'), { withFileTypes: true })) {
      if (entry.isDirectory()) {
        await destroyBelow(join(path, entry.name), destroyed)
        await rmdir(at(entry.name))
        continue
      }
      if (entry.isFile()) {
        destroyed.bytes += await overwriteFile(at(entry.name))
        destroyed.files += 1
      }
      await unlink(at(entry.name))
    }
  })
}

/**
 * Overwrites a file and returns its size. On file systems that do not write in place this overwrites new blocks only
 * (docs/operate/moving.md).
 */
export async function overwriteFile(path: string): Promise<number> {
  await using handle = await openRegularFile(path, constants.O_RDWR)
  const { size } = await handle.stat()
  for (let at = 0; at < size;) at += (await handle.write(zeros, 0, Math.min(zeros.length, size - at), at)).bytesWritten
  await handle.datasync()
  return size
}

async function isThere(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return false
      throw error
    },
  )
}
