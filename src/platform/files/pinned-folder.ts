// Opens files below a folder in which others may write too: links are not followed, and a named pipe does not block a reader.
import { constants } from 'node:fs'
import { open, readlink, realpath, stat, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'

/** A folder that is held open: `at` gives the path of a name in it, whatever is moved or linked meanwhile. */
export interface PinnedFolder {
  handle: FileHandle
  at: (name: string) => string
}

/**
 * Works in the folder `path`, a real path.
 * @throws ENOENT; ELOOP if the path, or a folder on it, is a link or was replaced by one
 */
export async function inPinnedFolder<Result>(
  path: string,
  work: (folder: PinnedFolder) => Promise<Result>,
): Promise<Result> {
  await using handle = await open(path, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW).catch(
    (error: NodeJS.ErrnoException) => {
      throw error.code === 'ENOTDIR' || error.code === 'ELOOP' ? elsewhere(path, error) : error
    },
  )
  const held = `/proc/self/fd/${handle.fd}`
  const opened = await readlink(held).catch(() => undefined)
  if (opened !== undefined) {
    if (opened !== path) throw elsewhere(path)
    return await work({ handle, at: (name) => join(held, name) })
  }
  // On systems without /proc, a folder that was replaced during the work is detected only afterwards.
  await assertSame(path, handle)
  const result = await work({ handle, at: (name) => join(path, name) })
  await assertSame(path, handle)
  return result
}

async function assertSame(path: string, handle: FileHandle): Promise<void> {
  const [real, current, held] = await Promise.all([realpath(path), stat(path), handle.stat()])
  if (real !== path || current.ino !== held.ino || current.dev !== held.dev) throw elsewhere(path)
}

function elsewhere(path: string, cause?: unknown): Error {
  const message = `${path} is not a folder, or is a link to another place: replace it with a folder`
  return Object.assign(new Error(message, { cause }), { code: 'ELOOP' })
}

/**
 * Opens a regular file. Links are not followed, and no named pipe is waited for.
 * @throws ENOENT, also for anything that is not a regular file
 */
export async function openRegularFile(path: string, flags: number = constants.O_RDONLY): Promise<FileHandle> {
  const handle = await open(path, flags | constants.O_NOFOLLOW | constants.O_NONBLOCK).catch(
    (error: NodeJS.ErrnoException) => {
      // A link, a socket, a folder opened for writing.
      throw ['ELOOP', 'ENXIO', 'EISDIR'].includes(error.code ?? '') ? noFile(error) : error
    },
  )
  try {
    if (!(await handle.stat()).isFile()) throw noFile()
    return handle
  } catch (error) {
    await handle.close()
    throw error
  }
}

function noFile(cause?: unknown): Error {
  return Object.assign(new Error('not a regular file', { cause }), { code: 'ENOENT' })
}
