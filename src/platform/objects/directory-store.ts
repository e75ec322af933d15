// Objects as files below one folder.
// In: keys. Out: files, spread over 256 folders a level. Never: half an object, or one that a power loss takes back; one that
// is open to more users than the folder itself is.
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

/** Unfinished writes; on the same file system as the objects, so that the last step is a rename. */
const unfinishedFolder = '.unfinished'

/** Writes that take longer than this were left by a crash, if no later write of the same key has removed them. */
const forgottenAfterMs = 24 * 3_600_000

export interface DirectoryStoreOptions {
  /** `spread`: over 256 folders, so that none grows to millions of entries. `plain`: the key is the path. */
  layout?: 'spread' | 'plain'
  /**
   * What is replaced or deleted is overwritten, where the file system writes in place, and so is what a crash left of it, with the
   * next write or delete of its key. No two processes may store one key at once.
   */
  overwrites?: boolean
}

/**
 * An object store in `folder`, which is made when missing. Several processes may have it open. What a crash left
 * unfinished is removed a day later. Where the folder is a group's (written by it, with the
 * set-group-ID bit), so is everything below: users that share a store have a group.
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
  /** Ends with the file under its name, and what had the name before overwritten. */
  const replace = async (key: string, file: string): Promise<void> => {
    const target = pathOf(key)
    await makeFolder(root, dirname(target), group)
    const old = overwrites ? await openIfThere(target) : undefined
    const oldName = unfinishedOf(key)
    try {
      // Under a name until it is overwritten: after a crash in between it is found. Some file systems have no second names.
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
        // One sync more is one more wait of the disk, of a call that has had its own.
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
        // An earlier try may have unlinked it and not come to the sync.
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

/** 256 folders, so that none grows to millions of entries. */
function fanOut(key: string): string {
  return createHash('sha256').update(withoutEnding(key)).digest('hex').slice(0, 2)
}

/** The objects of one thing (`<id>.body`, `<id>.index`) lie together. */
function withoutEnding(key: string): string {
  return key.replace(/\.[^./]*$/, '')
}

async function collect(folder: string, above: string, prefix: string, keys: string[]): Promise<void> {
  for await (const entry of await opendir(folder)) {
    // What is no key's part is none of ours: unfinished writes, `lost+found`.
    if (!keyPart.test(entry.name)) continue
    const key = `${above}${entry.name}`
    if (entry.isDirectory()) {
      // Only down the branches that can hold the prefix.
      const branch = `${key}/`
      if (branch.startsWith(prefix) || prefix.startsWith(branch))
        await collect(join(folder, entry.name), branch, prefix, keys)
    } else if (key.startsWith(prefix)) {
      keys.push(key)
    }
  }
}

/** To be overwritten: never what a link leads to. */
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

/** Zeros over all of a file's bytes: elsewhere than on a disk that writes in place it is the key's end that counts. */
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

/** Users that share a store. */
type Group = { gid: number }

const groupsFile = 0o660

/** A store made in a folder that a group shares is the group's as well. */
async function makeRoot(root: string): Promise<Group | undefined> {
  const above = await stat(dirname(root)).catch(() => undefined)
  const isBelowGroups = above !== undefined && isGroups(above.mode)
  const made = await mkdir(root, { recursive: true, mode: isBelowGroups ? 0o770 : 0o700 })
  if (made !== undefined && isBelowGroups) await openToGroup(root)
  const { mode, gid } = await stat(root)
  return isGroups(mode) ? { gid } : undefined
}

/** Its group may write there, and what is made there is the group's (its set-group-ID bit). */
function isGroups(mode: number): boolean {
  return (mode & 0o2070) === 0o2070
}

/** Makes the folders down to `folder`, each recorded durably in the one above. */
async function makeFolder(root: string, folder: string, group: Group | undefined): Promise<void> {
  const first = await mkdir(folder, { recursive: true, mode: group ? 0o770 : 0o700 })
  if (first === undefined) return
  for (let made = folder; made !== root; made = dirname(made)) {
    if (group) await openToGroup(made)
    await syncFolder(dirname(made))
  }
}

/**
 * A umask takes the group's bits from a new folder. A sandbox that forbids to name its set-group-ID bit (RestrictSUIDSGID= of
 * systemd) needs a umask of 0007: then nothing is missing here.
 */
async function openToGroup(folder: string): Promise<void> {
  const { mode } = await stat(folder)
  if (!isGroups(mode)) await chmod(folder, 0o2770)
}

/** Whether the group of the store may read the file now. Of one that has another group only a copy will do. */
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

/** How names of unfinished writes of a key begin. */
function startOf(key: string): string {
  return `${createHash('sha256').update(key).digest('hex').slice(0, 32)}.`
}

/** Overwrites and removes what a crash left of a key. */
async function removeLeft(folder: string, key: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (name.startsWith(startOf(key))) await discard(join(folder, name), true)
  }
}

/** Ages are told by the file system's own clock, that of a file just made. */
async function removeForgotten(folder: string, overwrites: boolean): Promise<void> {
  const probe = join(folder, randomBytes(8).toString('hex'))
  await writeFile(probe, '')
  const { mtimeMs: nowMs } = await stat(probe)
  await unlink(probe)
  for (const name of await readdir(folder)) {
    const file = join(folder, name)
    // Another process may finish its write in between.
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

/** A second name for a file, where the file system has such. */
async function isLinked(file: string, name: string): Promise<boolean> {
  return link(file, name).then(
    () => true,
    () => false,
  )
}
