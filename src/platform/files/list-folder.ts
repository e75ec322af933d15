/** Lists, reads and destroys files below a folder that others may write to. Links are listed and never followed. */
import { readdir, realpath, unlink } from 'node:fs/promises'
import { join, posix } from 'node:path'
import { overwriteFile } from './destroy-folder.ts'
import { inPinnedFolder, openRegularFile } from './pinned-folder.ts'

export interface FolderListing {
  /** Paths of regular files below the folder, with `/`, in order. */
  files: string[]
  /** Paths of links, pipes, sockets and devices, which are not opened. */
  others: string[]
}

export async function listFolder(folder: string): Promise<FolderListing> {
  const root = await realpath(folder)
  const listing: FolderListing = { files: [], others: [] }
  await listBelow(root, '', listing)
  listing.files.sort()
  listing.others.sort()
  return listing
}

async function listBelow(root: string, below: string, listing: FolderListing): Promise<void> {
  const entries = await inPinnedFolder(join(root, below), ({ at }) => readdir(at('.'), { withFileTypes: true }))
  for (const entry of entries) {
    const path = posix.join(below, entry.name)
    if (entry.isDirectory()) await listBelow(root, path, listing)
    else (entry.isFile() ? listing.files : listing.others).push(path)
  }
}

/**
 * Reads a file below the folder; no link on its path is followed.
 * @returns undefined if it has more than `maxBytes`
 * @throws ENOENT, ELOOP
 */
export async function readBelow(folder: string, path: string, maxBytes: number): Promise<Buffer | undefined> {
  const root = await realpath(folder)
  return inPinnedFolder(join(root, posix.dirname(path)), async ({ at }) => {
    await using file = await openRegularFile(at(posix.basename(path)))
    const { size } = await file.stat()
    return size > maxBytes ? undefined : await file.readFile()
  })
}

/** Overwrites and removes a file below the folder; no link on its path is followed. Returns its size. */
export async function destroyBelow(folder: string, path: string): Promise<number> {
  const root = await realpath(folder)
  return inPinnedFolder(join(root, posix.dirname(path)), async ({ at, handle }) => {
    const bytes = await overwriteFile(at(posix.basename(path)))
    await unlink(at(posix.basename(path)))
    await handle.sync()
    return bytes
  })
}
