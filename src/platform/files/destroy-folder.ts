// Destroys a folder: overwrites and removes every file, and checks that it is gone. Links are not followed.
import { constants } from 'node:fs'
import { lstat, open, readdir, rm, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { Fault } from '../fault.ts'
import { syncFolder } from './durable-files.ts'

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
  await destroyBelow(folder, destroyed)
  await rm(folder, { recursive: true })
  await syncFolder(join(folder, '..'))
  if (await isThere(folder))
    throw new Fault('move-old-stays', `${folder} is still there: see to its disk, then run it again`)
  return destroyed
}

async function destroyBelow(folder: string, destroyed: DestroyedFiles): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) await destroyBelow(path, destroyed)
    else if (entry.isFile()) {
      destroyed.bytes += await overwrite(path)
      destroyed.files += 1
      await unlink(path)
    } else await unlink(path)
  }
}

/** On file systems that do not write in place this overwrites new blocks only (docs/operate/moving.md). */
async function overwrite(path: string): Promise<number> {
  const handle = await open(path, constants.O_RDWR | constants.O_NOFOLLOW)
  try {
    const { size } = await handle.stat()
    for (let at = 0; at < size;)
      at += (await handle.write(zeros, 0, Math.min(zeros.length, size - at), at)).bytesWritten
    await handle.datasync()
    return size
  } finally {
    await handle.close()
  }
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
