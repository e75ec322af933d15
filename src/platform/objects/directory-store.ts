// Object store in a folder: one file per object, in subfolders of 256. Writes are atomic and durable, and files are no more
// accessible than the folder. Others may write in the folder too: no link in it is followed, and only regular files are objects.
import { createHash, randomBytes } from 'node:crypto'
import { constants } from 'node:fs'
import {
  chmod,
  copyFile,
  link,
  lstat,
  mkdir,
  open,
  opendir,
  readdir,
  realpath,
  rename,
  stat,
  unlink,
  type FileHandle,
} from 'node:fs/promises'
import { basename, dirname, join, relative, resolve, sep } from 'node:path'
import { syncFile, syncFolder } from '../files/durable-files.ts'
import { inPinnedFolder, openRegularFile, type PinnedFolder } from '../files/pinned-folder.ts'
import { ObjectFault, objectFault } from './faults.ts'
import { assertKey, keyPart, type ObjectStore } from './object-store.ts'

/** On the same file system as the objects, so that a write ends with a rename. */
const unfinishedFolder = '.unfinished'

/** A write that is unfinished for longer was left by a crash, unless a later write of the same key has removed it. */
const staleAfterMs = 24 * 3_600_000

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
  const group = await makeRoot(resolve(folder))
  const root = await realpath(folder)
  const unfinished = join(root, unfinishedFolder)
  await makeFolder(root, unfinished, group)
  await inPinnedFolder(unfinished, (pinned) => removeStale(pinned, overwrites))

  const pathOf = (key: string): string => {
    assertKey(key)
    return layout === 'plain' ? join(root, key) : join(root, fanOut(key), key)
  }
  const nameOf = (key: string): string => `${unfinishedPrefix(key)}${randomBytes(8).toString('hex')}`
  /** Works in the folder of a key, with the path of its file. */
  const atKey = <Result>(key: string, work: (path: string) => Promise<Result>): Promise<Result> => {
    const path = pathOf(key)
    return inPinnedFolder(dirname(path), ({ at }) => work(at(basename(path))))
  }
  /** Renames the file to its key and overwrites the file that had the name. */
  const replace = async (key: string, file: string): Promise<void> => {
    const folderOfKey = dirname(pathOf(key))
    await makeFolder(root, folderOfKey, group)
    await atKey(key, (target) =>
      inPinnedFolder(unfinished, async ({ at }) => {
        const old = overwrites ? await openIfThere(target) : undefined
        const oldName = at(nameOf(key))
        try {
          // Kept under a name until it is overwritten, so that it is found after a crash. Some file systems have no hard links.
          const isNamed = old !== undefined && (await isLinked(target, oldName))
          await rename(file, target)
          await syncFolder(folderOfKey)
          if (old) await overwrite(old)
          if (isNamed) await unlink(oldName)
        } finally {
          await old?.close()
        }
      }),
    )
  }

  const put: ObjectStore['put'] = async (key, content) => {
    assertKey(key)
    try {
      await inPinnedFolder(unfinished, async (pinned) => {
        const file = pinned.at(nameOf(key))
        try {
          if (overwrites) await removeLeftovers(pinned, key)
          await writeDurably(file, content, group)
          await replace(key, file)
        } catch (error) {
          await discard(file, overwrites).catch(() => undefined)
          throw error
        }
      })
    } catch (error) {
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
        if (!(await shareWithGroup(file, group))) return await copyIn(key, file)
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
        await using handle = await atKey(key, (path) => openRegularFile(path))
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
      } catch (error) {
        throw objectFault(key, 'read', error)
      }
    },

    async sizeBytes(key) {
      try {
        const found = await atKey(key, (path) => lstat(path))
        if (!found.isFile()) throw new ObjectFault('object-missing', `${key} is not a regular file.`)
        return found.size
      } catch (error) {
        throw objectFault(key, 'inspected', error)
      }
    },

    async delete(key) {
      const path = pathOf(key)
      try {
        if (overwrites) await inPinnedFolder(unfinished, (pinned) => removeLeftovers(pinned, key))
        await atKey(key, async (own) => {
          if (overwrites) await overwriteAt(own)
          await unlink(own)
        })
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
  return createHash('sha256').update(withoutExtension(key)).digest('hex').slice(0, 2)
}

/** Objects of one thing (`<id>.body`, `<id>.index`) share a subfolder. */
function withoutExtension(key: string): string {
  return key.replace(/\.[^./]*$/, '')
}

async function collect(folder: string, above: string, prefix: string, keys: string[]): Promise<void> {
  await inPinnedFolder(folder, async ({ at }) => {
    for await (const entry of await opendir(at('.'))) {
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
  })
}

/** Opens a file to overwrite it; undefined if there is none, or something else. */
async function openIfThere(path: string): Promise<FileHandle | undefined> {
  return openRegularFile(path, constants.O_RDWR).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw error
  })
}

/** Overwrites all of a file with zeros. On disks that do not write in place, destruction relies on the key. */
async function overwrite(handle: FileHandle): Promise<void> {
  const { size } = await handle.stat()
  const zeros = Buffer.alloc(Math.min(size, 1024 * 1024))
  for (let at = 0; at < size;) at += (await handle.write(zeros, 0, Math.min(zeros.length, size - at), at)).bytesWritten
  await handle.datasync()
}

async function overwriteAt(path: string): Promise<void> {
  await using handle = await openIfThere(path)
  if (!handle) return
  await overwrite(handle)
}

/** Group of users who share a store. */
type Group = { gid: number }

/** Mode of a file in a store that a group shares. */
const groupFileMode = 0o660

/** Creates the root. In a group's folder it belongs to the group. */
async function makeRoot(root: string): Promise<Group | undefined> {
  const above = await stat(dirname(root)).catch(() => undefined)
  const isBelowGroups = above !== undefined && isGroupFolder(above.mode)
  const made = await mkdir(root, { recursive: true, mode: isBelowGroups ? 0o770 : 0o700 })
  if (made !== undefined && isBelowGroups)
    await inPinnedFolder(await realpath(root), ({ handle }) => openToGroup(handle))
  const { mode, gid } = await stat(root)
  return isGroupFolder(mode) ? { gid } : undefined
}

/** Group-writable, and new files get its group (set-group-ID bit). */
function isGroupFolder(mode: number): boolean {
  return (mode & 0o2070) === 0o2070
}

/** Creates the folders from `root` down to `folder`, each made durable in its parent. */
async function makeFolder(root: string, folder: string, group: Group | undefined): Promise<void> {
  if (
    await lstat(folder).then(
      (found) => found.isDirectory(),
      () => false,
    )
  )
    return
  let above = root
  for (const name of relative(root, folder).split(sep)) {
    const made = await inPinnedFolder(above, ({ at }) =>
      mkdir(at(name), { mode: group ? 0o770 : 0o700 }).then(
        () => true,
        (error: NodeJS.ErrnoException) => {
          if (error.code === 'EEXIST') return false
          throw error
        },
      ),
    )
    const parent = above
    above = join(above, name)
    if (!made) continue
    if (group) await inPinnedFolder(above, ({ handle }) => openToGroup(handle))
    await syncFolder(parent)
  }
}

/**
 * A umask removes the group's bits from a new folder. A sandbox that forbids setting the set-group-ID bit (RestrictSUIDSGID= of
 * systemd) needs a umask of 0007: then the bits are right already.
 */
async function openToGroup(folder: FileHandle): Promise<void> {
  const { mode } = await folder.stat()
  if (!isGroupFolder(mode)) await folder.chmod(0o2770)
}

/** Returns true if the store's group can read the file; a file with another group must be copied. */
async function shareWithGroup(file: string, group: Group | undefined): Promise<boolean> {
  if (!group) return true
  if ((await stat(file)).gid !== group.gid) return false
  await chmod(file, groupFileMode)
  return true
}

async function writeDurably(
  file: string,
  content: Uint8Array | { file: string },
  group: Group | undefined,
): Promise<void> {
  if ('file' in content) await copyFile(content.file, file, constants.COPYFILE_EXCL)
  await using handle = await ('file' in content ? openRegularFile(file, constants.O_RDWR) : open(file, 'wx', 0o600))
  if (!('file' in content)) await handle.writeFile(content)
  if (group) await handle.chmod(groupFileMode)
  await handle.datasync()
}

/** Returns the prefix of the names of a key's unfinished writes. */
function unfinishedPrefix(key: string): string {
  return `${createHash('sha256').update(key).digest('hex').slice(0, 32)}.`
}

/** Overwrites and removes leftovers of a crash for a key. */
async function removeLeftovers({ at }: PinnedFolder, key: string): Promise<void> {
  for (const name of await readdir(at('.'))) {
    if (name.startsWith(unfinishedPrefix(key))) await discard(at(name), true)
  }
}

/** Ages are measured by the file system's clock: that of a new file. */
async function removeStale({ at }: PinnedFolder, overwrites: boolean): Promise<void> {
  const probe = at(randomBytes(8).toString('hex'))
  await (await open(probe, 'wx', 0o600)).close()
  const { mtimeMs: nowMs } = await lstat(probe)
  await unlink(probe)
  for (const name of await readdir(at('.'))) {
    // Another process may finish its write meanwhile. A folder is not one of our unfinished writes.
    const found = await lstat(at(name)).catch(() => undefined)
    if (found && !found.isDirectory() && nowMs - found.mtimeMs > staleAfterMs) await discard(at(name), overwrites)
  }
}

async function discard(file: string, overwrites: boolean): Promise<void> {
  if (overwrites) await overwriteAt(file)
  await unlink(file).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error
  })
}

/** Creates a hard link, where the file system has them. */
async function isLinked(file: string, name: string): Promise<boolean> {
  return link(file, name).then(
    () => true,
    () => false,
  )
}
