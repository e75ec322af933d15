/**
 * Where the custodian's keys lie. In: a name and bytes. Out: the same bytes, until they are destroyed. Never here: what
 * a key opens. Only the custodian's process has a key store; the others never see one.
 */
import { constants } from 'node:fs'
import { chmod, mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'

export interface KeyStore {
  /** Keeps a key durably. A name is written once; KEY_EXISTS when it is there. */
  write(name: string, key: Buffer): Promise<void>
  /** The key, or nothing when it was never there or is destroyed. */
  read(name: string): Promise<Buffer | undefined>
  /** Destroys a key: its bytes are overwritten, then its entry is removed (NIST SP 800-88r2). Idempotent. */
  destroy(name: string): Promise<void>
  names(): Promise<string[]>
}

export class KeyStoreFault extends Error {
  readonly code: 'KEY_EXISTS' | 'KEY_NAME' | 'KEY_STORE_OPEN_TO_OTHERS'
  constructor(code: KeyStoreFault['code'], message: string) {
    super(message)
    this.name = 'KeyStoreFault'
    this.code = code
  }
}

const nameShape = /^[a-z0-9][a-z0-9.-]{0,62}$/

/** A key store in a folder that only its owner can enter. */
export async function openKeyFolder(folder: string): Promise<KeyStore> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const { mode } = await stat(folder)
  if ((mode & 0o077) !== 0) {
    await chmod(folder, 0o700).catch(() => {
      throw new KeyStoreFault('KEY_STORE_OPEN_TO_OTHERS', `${folder} can be entered by others; make it mode 0700`)
    })
  }
  const pathOf = (name: string) => {
    if (!nameShape.test(name)) throw new KeyStoreFault('KEY_NAME', `"${name}" is no name of a key`)
    return join(folder, `${name}.key`)
  }
  const syncFolder = async () => {
    const handle = await open(folder, constants.O_RDONLY)
    await handle.sync().finally(() => handle.close())
  }

  return {
    async write(name, key) {
      const path = pathOf(name)
      if ((await sizeOf(path)) !== undefined) throw new KeyStoreFault('KEY_EXISTS', `key ${name} exists already`)
      const unfinished = `${path}.new`
      const handle = await open(unfinished, 'w', 0o600)
      try {
        await handle.writeFile(key)
        await handle.sync()
      } finally {
        await handle.close()
      }
      await rename(unfinished, path)
      await syncFolder()
    },
    async read(name) {
      return readFile(pathOf(name)).catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return undefined
        throw error
      })
    },
    async destroy(name) {
      const path = pathOf(name)
      const size = await sizeOf(path)
      if (size === undefined) return
      const handle = await open(path, 'r+')
      try {
        await handle.write(Buffer.alloc(size), 0, size, 0)
        await handle.sync()
      } finally {
        await handle.close()
      }
      await rm(path)
      await syncFolder()
    },
    async names() {
      const files = await readdir(folder)
      return files.filter((file) => file.endsWith('.key')).map((file) => file.slice(0, -'.key'.length))
    },
  }
}

/** Size in bytes; nothing where there is no such file. A disk that does not answer is not a key that is gone. */
async function sizeOf(path: string): Promise<number | undefined> {
  return stat(path).then(
    (found) => found.size,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined
      throw error
    },
  )
}
