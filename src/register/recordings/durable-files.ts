/** File operations that end only when the disk has it. */
import { constants } from 'node:fs'
import { open, type FileHandle } from 'node:fs/promises'

/** Writes all of `bytes` at `position`: a short write (a disk that fills up) is carried on until it fails or ends. */
export async function writeFully(file: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < bytes.length;) {
    done += (await file.write(bytes, done, bytes.length - done, position + done)).bytesWritten
  }
}

/** Makes new and removed names of a folder durable. */
export async function syncFolder(directory: string): Promise<void> {
  const folder = await open(directory, constants.O_RDONLY)
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}

/** Creates a file that must not exist yet, with its first bytes, and makes them durable. The file stays open. */
export async function createDurably(path: string, bytes: Uint8Array): Promise<FileHandle> {
  const file = await open(path, constants.O_RDWR | constants.O_CREAT | constants.O_EXCL, 0o600)
  try {
    await writeFully(file, bytes, 0)
    await file.datasync()
    return file
  } catch (error) {
    await file.close()
    throw error
  }
}
