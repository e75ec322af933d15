/** File operations that complete when the data are on disk. */
import { constants } from 'node:fs'
import { mkdir, open, rename, type FileHandle } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { coalesceRuns } from './coalesce-runs.ts'

/** Writes all of `bytes` at `position`, continuing after short writes (a disk that fills up). */
export async function writeFully(file: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < bytes.length;) {
    done += (await file.write(bytes, done, bytes.length - done, position + done)).bytesWritten
  }
}

/** Running syncs by folder. */
const syncs = new Map<string, { run: () => Promise<void>; waiting: number }>()

/** Syncs a directory, which makes created and removed entries durable. Calls during a sync share the next one. */
export async function syncFolder(directory: string): Promise<void> {
  const path = resolve(directory)
  const shared = syncs.get(path) ?? { run: coalesceRuns(() => syncNow(path)), waiting: 0 }
  syncs.set(path, shared)
  shared.waiting++
  try {
    await shared.run()
  } finally {
    if (--shared.waiting === 0) syncs.delete(path)
  }
}

async function syncNow(directory: string): Promise<void> {
  await using folder = await open(directory, constants.O_RDONLY | constants.O_DIRECTORY)
  await folder.sync()
}

/** Creates a file that must not exist yet, with its first bytes, and leaves it open. */
export async function createFile(path: string, bytes: Uint8Array): Promise<FileHandle> {
  const file = await open(path, constants.O_RDWR | constants.O_CREAT | constants.O_EXCL, 0o600)
  try {
    await writeFully(file, bytes, 0)
    return file
  } catch (error) {
    await file.close()
    throw error
  }
}

/** Like createFile, and makes the bytes durable; the name is durable once its folder is synced. */
export async function createDurably(path: string, bytes: Uint8Array): Promise<FileHandle> {
  const file = await createFile(path, bytes)
  try {
    await file.datasync()
    return file
  } catch (error) {
    await file.close()
    throw error
  }
}

/** Writes a file atomically, with its folders, or replaces it; the bytes are durable, the name once its folder is synced. */
export async function replaceFile(path: string, bytes: Uint8Array | string): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  const file = await open(`${path}.new`, 'w', 0o600)
  try {
    await file.writeFile(bytes)
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(`${path}.new`, path)
}

/** Makes a file's bytes durable. */
export async function syncFile(path: string): Promise<void> {
  await using file = await open(path, 'r+')
  await file.datasync()
}
