/** Atomic, durable files for key material, readable by their owner only. */
import { randomBytes } from 'node:crypto'
import { chmod, link, mkdir, open, readdir, readFile, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { undefinedIfMissing } from '#platform/files/missing-file.ts'
import { syncFolder, writeFully } from '#platform/files/durable-files.ts'
import { KeyStoreFault } from './key-store.ts'

/** Suffix of files that are being written. */
const unfinished = /^(\.[0-9a-f]{8})?\.new$/

export interface KeyFiles {
  /** Throws KEY_EXISTS if the file exists. */
  write(name: string, bytes: Buffer): Promise<void>
  /** Undefined if there is no such file, or its destruction has overwritten it. */
  read(name: string): Promise<Buffer | undefined>
  /** Overwrites and removes the file and leftovers of a crash; returns true if there was any. Throws KEY_STAYS. */
  destroy(name: string): Promise<boolean>
  /** Includes what a crash left unfinished or half destroyed. */
  names(): Promise<string[]>
}

/**
 * Opens a folder that only its owner can enter.
 * @param ending suffix of its files, with the dot: `.key`
 * @throws KeyStoreFault KEY_STORE_OPEN_TO_OTHERS; KEY_STORE_AWAY with the file system's code
 */
export async function openKeyFiles(folder: string, ending: string): Promise<KeyFiles> {
  const throwUnavailable =
    (subject: string) =>
    (error: NodeJS.ErrnoException): never => {
      if (error instanceof KeyStoreFault || error.code === undefined) throw error
      throw new KeyStoreFault(
        'KEY_STORE_AWAY',
        `${folder}: ${subject} (${error.code}); check the disk and the permissions`,
        error,
      )
    }
  await mkdir(folder, { recursive: true, mode: 0o700 }).catch(throwUnavailable('cannot create the key folder'))
  const { mode, dev, ino } = await stat(folder).catch(throwUnavailable('cannot read the key folder'))
  if ((mode & 0o077) !== 0) {
    await chmod(folder, 0o700).catch(() => {
      throw new KeyStoreFault('KEY_STORE_OPEN_TO_OTHERS', `${folder} is accessible to others; make it mode 0700`)
    })
  }
  /** An unmounted volume leaves another folder, or none: then a missing file does not count as destroyed. */
  const assertSameFolder = async () => {
    const now = await stat(folder)
    if (now.dev !== dev || now.ino !== ino) {
      throw new KeyStoreFault(
        'KEY_STORE_AWAY',
        `${folder} is not the same folder as at startup; mount its volume again, or restart the custodian`,
      )
    }
  }
  const pathOf = (name: string) => join(folder, `${name}${ending}`)
  /** Returns leftovers of unfinished writes of this name. */
  const unfinishedOf = async (name: string) =>
    (await readdir(folder)).filter(
      (file) => file.startsWith(`${name}${ending}`) && unfinished.test(file.slice(name.length + ending.length)),
    )

  const write = async (name: string, bytes: Buffer) => {
    const path = pathOf(name)
    await assertSameFolder()
    const existing = await readIfThere(path)
    if (existing && !isOverwritten(existing)) throw keyExistsFault(name)
    // A destruction overwrote the bytes and did not remove the file.
    if (existing) await rm(path)
    if (isOverwritten(bytes)) throw new RangeError(`the key ${name} would be all zeros`)
    const half = `${path}.${randomBytes(4).toString('hex')}.new`
    try {
      const handle = await open(half, 'wx', 0o600)
      try {
        await writeFully(handle, bytes, 0)
        await handle.sync()
      } finally {
        await handle.close()
      }
      // Not rename: of two concurrent writers of one name one must fail.
      await link(half, path).catch((error: NodeJS.ErrnoException) => {
        throw error.code === 'EEXIST' ? keyExistsFault(name) : error
      })
    } finally {
      // The link exists by now, or the file is useless. If the disk refuses the removal, the earlier error is reported.
      await rm(half, { force: true }).catch(() => undefined)
    }
    await syncFolder(folder)
  }

  const destroy = async (name: string) => {
    const path = pathOf(name)
    await assertSameFolder()
    const paths = [path, ...(await unfinishedOf(name)).map((file) => join(folder, file))]
    let any = false
    for (const one of paths) any = (await overwriteAndRemove(one)) || any
    await syncFolder(folder)
    await assertSameFolder()
    if ((await readIfThere(path)) !== undefined) {
      throw new KeyStoreFault('KEY_STAYS', `the key ${name} still exists; delete ${path} by hand`)
    }
    return any
  }

  return {
    write: (name, bytes) => write(name, bytes).catch(throwUnavailable(`the key ${name} cannot be written`)),
    async read(name) {
      try {
        const secret = await readIfThere(pathOf(name))
        if (!secret) await assertSameFolder()
        return secret && !isOverwritten(secret) ? secret : undefined
      } catch (error) {
        return throwUnavailable(`the key ${name} cannot be read`)(error as NodeJS.ErrnoException)
      }
    },
    destroy: (name) => destroy(name).catch(throwUnavailable(`the key ${name} cannot be destroyed`)),
    async names() {
      await assertSameFolder().catch(throwUnavailable('cannot read the key folder'))
      const files = await readdir(folder).catch(throwUnavailable('cannot list the key folder'))
      const names = files
        .map((file) => file.replace(/(\.[0-9a-f]{8})?\.new$/, ''))
        .filter((file) => file.endsWith(ending))
        .map((file) => file.slice(0, -ending.length))
      return [...new Set(names)]
    },
  }
}

/** Returns true if the file existed. */
async function overwriteAndRemove(path: string): Promise<boolean> {
  const content = await readIfThere(path)
  if (content === undefined) return false
  const handle = await open(path, 'r+')
  try {
    await writeFully(handle, Buffer.alloc(content.length), 0)
    await handle.sync()
  } finally {
    await handle.close()
  }
  await rm(path)
  return true
}

/** An I/O error does not mean that a key is gone. */
function readIfThere(path: string): Promise<Buffer | undefined> {
  return readFile(path).catch(undefinedIfMissing)
}

function isOverwritten(bytes: Buffer): boolean {
  return bytes.every((byte) => byte === 0)
}

function keyExistsFault(name: string): KeyStoreFault {
  return new KeyStoreFault('KEY_EXISTS', `key ${name} exists already`)
}
