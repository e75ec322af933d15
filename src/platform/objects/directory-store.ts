// Object store in a folder: one file per object, in subfolders of 256. Writes are atomic and durable, and files are no more
// accessible than the folder.
import { createHash, randomBytes } from 'node:crypto'
import { constants } from 'node:fs'
import {
  chmod,
  copyFile,
  link,
  mkdir,
  open,
  opendir,
  readdir,
  rename,
  rm,
  stat,
  unlink,
  writeFile,
  type FileHandle,
} from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { syncFile, syncFolder } from '../files/durable-files.ts'
import { ObjectFault, objectFault } from './faults.ts'
import { assertKey, keyPart, type ObjectStore } from './object-store.ts'

/** On the same file system as the objects, so that a write ends with a rename. */
const unfinishedFolder = '.unfinished'

/** A write that is unfinished for longer was left by a crash, unless a later write of the same key has removed it. */
const forgottenAfterMs = 24 * 3_600_000

export interface DirectoryStoreOptions {
  /** `spread`: 256 subfolders a level, so that none grows to millions of entries. `plain`: the key is the path. */
  layout?: 'spread' | 'plain'
  /**
   * Overwrites replaced and deleted objects, where the file system writes in place, and leftovers of a crash at the next write
   * or delete of the key. Two processes must not write one key at once.
   */
  overwrites?: boolean
}

/**
 * Opens the object store in `folder`, creating it if missing. Several processes may have it open. Leftovers of a crash are
 * removed a day later. If the folder belongs to a group (group-writable, with the set-group-ID bit), so does everything below:
 * users who share a store share a group.
 */
export async function openDirectoryStore(
  folder: string,
  { layout = 'spread', overwrites = false }: DirectoryStoreOptions = {},
): Promise<ObjectStore> {
  const root = resolve(folder)
  const unfinished = join(root, unfinishedFolder)
  const group = await makeRoot(root)
  await makeFolder(root, unfinished, group)
  await removeForgotten(unfinished, overwrites)

  const pathOf = (key: string): string => {
    assertKey(key)
    return layout === 'plain' ? join(root, key) : join(root, fanOut(key), key)
  }
  const unfinishedOf = (key: string): string => join(unfinished, `${startOf(key)}${randomBytes(8).toString('hex')}`)
  /** Renames the file to its key and overwrites the file that had the name. */
  const replace = async (key: string, file: string): Promise<void> => {
    const target = pathOf(key)
    await makeFolder(root, dirname(target), group)
    const old = overwrites ? await openIfThere(target) : undefined
    const oldName = unfinishedOf(key)
    try {
      // Kept under a name until it is overwritten, so that it is found after a crash. Some file systems have no hard links.
      const isNamed = old !== undefined && (await isLinked(target, oldName))
      await rename(file, target)
      await syncFolder(dirname(target))
      if (old) await overwrite(old)
      if (isNamed) await unlink(oldName)
    } finally {
      await old?.close()
    }
  }

  const put: ObjectStore['put'] = async (key, content) => {
    assertKey(key)
    const file = unfinishedOf(key)
    try {
      if (overwrites) await removeLeft(unfinished, key)
      await writeDurably(file, content)
      if (group) await chmod(file, groupsFile)
      await replace(key, file)
    } catch (error) {
      await discard(file, overwrites).catch(() => undefined)
      throw objectFault(key, 'stored', error)
    }
  }

  const copyIn = async (key: string, file: string): Promise<void> => {
    await put(key, { file })
    await unlink(file)
  }

  return {
    put,

    async moveIn(key, file, bytes) {
      assertKey(key)
      try {
        // An additional sync would delay a call whose bytes are synced already.
        if (bytes !== 'durable') await syncFile(file)
        if (!(await handToGroup(file, group))) return await copyIn(key, file)
        await replace(key, file)
        await syncFolder(dirname(resolve(file)))
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EXDEV') throw objectFault(key, 'moved in', error)
        await copyIn(key, file)
      }
    },

    async readRange(key, start, end) {
      const sizeBytes = end - start
      try {
        const handle = await open(pathOf(key), 'r')
        try {
          const buffer = Buffer.allocUnsafe(sizeBytes)
          let filledBytes = 0
          while (filledBytes < sizeBytes) {
            const { bytesRead } = await handle.read(buffer, filledBytes, sizeBytes - filledBytes, start + filledBytes)
            if (bytesRead === 0) {
              const message = `The object ${key} ends at ${start + filledBytes}, before byte ${end}.`
              throw new ObjectFault('object-range-outside', message)
            }
            filledBytes += bytesRead
          }
          return buffer
        } finally {
          await handle.close()
        }
      } catch (error) {
        throw objectFault(key, 'read', error)
      }
    },

    async sizeBytes(key) {
      try {
        return (await stat(pathOf(key))).size
      } catch (error) {
        throw objectFault(key, 'looked at', error)
      }
    },

    async delete(key) {
      const path = pathOf(key)
      try {
        if (overwrites) {
          await removeLeft(unfinished, key)
          await overwriteAt(path)
        }
        await unlink(path)
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw objectFault(key, 'deleted', error)
        // An earlier attempt may have unlinked the file without syncing.
        await syncFolder(dirname(path)).catch(() => undefined)
        return false
      }
      try {
        await syncFolder(dirname(path))
      } catch (error) {
        throw objectFault(key, 'deleted', error)
      }
      return true
    },

    async *list(prefix) {
      const keys: string[] = []
      if (layout === 'plain') {
        await collect(root, '', prefix, keys)
        yield* keys.sort()
        return
      }
      const folders = (await readdir(root)).filter((name) => /^[0-9a-f]{2}$/.test(name))
      for (const name of folders) await collect(join(root, name), '', prefix, keys)
      yield* keys.sort()
    },
  }
}

/** 256 subfolders, so that none grows to millions of entries. */
function fanOut(key: string): string {
  return createHash('sha256').update(withoutEnding(key)).digest('hex').slice(0, 2)
}

/** Objects of one thing (`<id>.body`, `<id>.index`) share a subfolder. */
function withoutEnding(key: string): string {
  return key.replace(/\.[^./]*$/, '')
}

async function collect(folder: string, above: string, prefix: string, keys: string[]): Promise<void> {
  for await (const entry of await opendir(folder)) {
    // Not part of a key: unfinished writes, `lost+found`.
    if (!keyPart.test(entry.name)) continue
    const key = `${above}${entry.name}`
    if (entry.isDirectory()) {
      // Only branches that can contain the prefix.
      const branch = `${key}/`
      if (branch.startsWith(prefix) || prefix.startsWith(branch))
        await collect(join(folder, entry.name), branch, prefix, keys)
    } else if (key.startsWith(prefix)) {
      keys.push(key)
    }
  }
}

/** For overwriting: never follows a link. */
const ownFile = constants.O_RDWR | constants.O_NOFOLLOW

async function openIfThere(path: string): Promise<FileHandle | undefined> {
  return open(path, ownFile).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || isLink(error)) return undefined
    throw error
  })
}

function isLink(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ELOOP'
}

/** Overwrites all of a file with zeros. On disks that do not write in place, destruction relies on the key. */
async function overwrite(handle: FileHandle): Promise<void> {
  const { size } = await handle.stat()
  const zeros = Buffer.alloc(Math.min(size, 1024 * 1024))
  for (let at = 0; at < size;) at += (await handle.write(zeros, 0, Math.min(zeros.length, size - at), at)).bytesWritten
  await handle.datasync()
}

async function overwriteAt(path: string): Promise<void> {
  const handle = await open(path, ownFile).catch((error: unknown) => {
    if (isLink(error)) return undefined
    throw error
  })
  if (!handle) return
  try {
    await overwrite(handle)
  } finally {
    await handle.close()
  }
}

/** Group of users who share a store. */
type Group = { gid: number }

const groupsFile = 0o660

/** Creates the root. In a group's folder it belongs to the group. */
async function makeRoot(root: string): Promise<Group | undefined> {
  const above = await stat(dirname(root)).catch(() => undefined)
  const isBelowGroups = above !== undefined && isGroups(above.mode)
  const made = await mkdir(root, { recursive: true, mode: isBelowGroups ? 0o770 : 0o700 })
  if (made !== undefined && isBelowGroups) await openToGroup(root)
  const { mode, gid } = await stat(root)
  return isGroups(mode) ? { gid } : undefined
}

/** Group-writable, and new files get its group (set-group-ID bit). */
function isGroups(mode: number): boolean {
  return (mode & 0o2070) === 0o2070
}

/** Creates the folders down to `folder`, each made durable in its parent. */
async function makeFolder(root: string, folder: string, group: Group | undefined): Promise<void> {
  const first = await mkdir(folder, { recursive: true, mode: group ? 0o770 : 0o700 })
  if (first === undefined) return
  for (let made = folder; made !== root; made = dirname(made)) {
    if (group) await openToGroup(made)
    await syncFolder(dirname(made))
  }
}

/**
 * A umask removes the group's bits from a new folder. A sandbox that forbids setting the set-group-ID bit (RestrictSUIDSGID= of
 * systemd) needs a umask of 0007: then the bits are right already.
 */
async function openToGroup(folder: string): Promise<void> {
  const { mode } = await stat(folder)
  if (!isGroups(mode)) await chmod(folder, 0o2770)
}

/** Returns true if the store's group can read the file; a file with another group must be copied. */
async function handToGroup(file: string, group: Group | undefined): Promise<boolean> {
  if (!group) return true
  if ((await stat(file)).gid !== group.gid) return false
  await chmod(file, groupsFile)
  return true
}

async function writeDurably(file: string, content: Uint8Array | { file: string }): Promise<void> {
  if ('file' in content) {
    await copyFile(content.file, file)
    await syncFile(file)
    return
  }
  const handle = await open(file, 'wx', 0o600)
  try {
    await handle.writeFile(content)
    await handle.datasync()
  } finally {
    await handle.close()
  }
}

/** Returns the prefix of the names of a key's unfinished writes. */
function startOf(key: string): string {
  return `${createHash('sha256').update(key).digest('hex').slice(0, 32)}.`
}

/** Overwrites and removes leftovers of a crash for a key. */
async function removeLeft(folder: string, key: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (name.startsWith(startOf(key))) await discard(join(folder, name), true)
  }
}

/** Ages are measured by the file system's clock: that of a new file. */
async function removeForgotten(folder: string, overwrites: boolean): Promise<void> {
  const probe = join(folder, randomBytes(8).toString('hex'))
  await writeFile(probe, '')
  const { mtimeMs: nowMs } = await stat(probe)
  await unlink(probe)
  for (const name of await readdir(folder)) {
    const file = join(folder, name)
    // Another process may finish its write meanwhile.
    const { mtimeMs } = await stat(file).catch(() => ({ mtimeMs: nowMs }))
    if (nowMs - mtimeMs > forgottenAfterMs) await discard(file, overwrites)
  }
}

async function discard(file: string, overwrites: boolean): Promise<void> {
  if (overwrites) {
    await overwriteAt(file).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error
    })
  }
  await rm(file, { force: true })
}

/** Creates a hard link, where the file system has them. */
async function isLinked(file: string, name: string): Promise<boolean> {
  return link(file, name).then(
    () => true,
    () => false,
  )
}
