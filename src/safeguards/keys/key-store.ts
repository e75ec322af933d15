/**
 * Where the custodian's keys lie. In: the name of a key, and what it is to wrap or unwrap. Out: the wrapped, or what was in
 * it, until the key is destroyed. Never here: what a key is for. Only the custodian's process, and whoever backs up, have a
 * key store; the others never see one.
 */
import { randomBytes } from 'node:crypto'
import { constants } from 'node:fs'
import { chmod, mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { unwrapKey, wrapKey } from './wrap.ts'

/** Two kinds of things by name: *wrapping keys*, which a hardware store never lets out, and small *secrets* that the custodian uses itself. */
export interface KeyStore {
  readonly kind: 'file' | 'pkcs11' | 'vault'
  /** Makes a wrapping key, durably: 32 random bytes that nobody sees. A name is made once; KEY_EXISTS when it is there. */
  make(name: string): Promise<void>
  /** Wraps secrets under a wrapping key, each bound to its purpose; in the order given. KEY_MISSING. */
  wrap(name: string, items: readonly Unwrapped[]): Promise<Buffer[]>
  /** What was wrapped, in the order given. KEY_MISSING; KEY_FORGED where the key, the purpose or a bit is another. */
  unwrap(name: string, items: readonly Wrapped[]): Promise<Buffer[]>
  /** Keeps a secret durably. A name is written once; KEY_EXISTS when it is there. */
  write(name: string, secret: Buffer): Promise<void>
  /** The secret, or nothing when it was never there or is destroyed. */
  read(name: string): Promise<Buffer | undefined>
  has(name: string): Promise<boolean>
  /**
   * Destroys a key or a secret and makes sure that it is gone; what has no key already is destroyed again without harm.
   * @returns what the store answered, for the ledger
   * @throws KeyStoreFault KEY_STAYS where the store says it is done and the key is still there
   */
  destroy(name: string): Promise<KeyReceipt>
  names(): Promise<string[]>
  /** The bytes of a wrapping key, for a copy of the keyring that is sealed at once; nothing where keys never leave the store. */
  copyOut(name: string): Promise<Buffer | undefined>
}

export interface Unwrapped {
  secret: Buffer
  purpose: string
}

export interface Wrapped {
  wrapped: Buffer
  purpose: string
}

/** What a key store said of a destruction; without content. */
export interface KeyReceipt {
  store: KeyStore['kind']
  key: string
  /** As the store's own clock or ours has it (RFC 3339). */
  at: string
  /** How it was seen that the key is gone: `overwritten and removed`, a request id of the store. */
  proof: string
}

export class KeyStoreFault extends Error {
  readonly code:
    | 'KEY_EXISTS'
    | 'KEY_NAME'
    | 'KEY_MISSING'
    | 'KEY_FORGED'
    | 'KEY_STAYS'
    | 'KEY_STORE_OPEN_TO_OTHERS'
    | 'KEY_STORE_AWAY'
  constructor(code: KeyStoreFault['code'], message: string, cause?: unknown) {
    super(message, { cause })
    this.name = 'KeyStoreFault'
    this.code = code
  }
}

const wrappingKeyBytes = 32
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

  const write = async (name: string, key: Buffer) => {
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
  }
  const read = async (name: string): Promise<Buffer | undefined> =>
    readFile(pathOf(name)).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined
      throw error
    })
  const wrappingKey = async (name: string): Promise<Buffer> => {
    const key = await read(name)
    if (!key) throw new KeyStoreFault('KEY_MISSING', `the key ${name} is not there, or is destroyed`)
    return key
  }

  return {
    kind: 'file',
    write,
    read,
    make: (name) => write(name, randomBytes(wrappingKeyBytes)),
    async wrap(name, items) {
      const key = await wrappingKey(name)
      return items.map(({ secret, purpose }) => wrapKey(key, secret, purpose))
    },
    async unwrap(name, items) {
      const key = await wrappingKey(name)
      return items.map(({ wrapped, purpose }) => {
        try {
          return unwrapKey(key, wrapped, purpose)
        } catch (cause) {
          throw new KeyStoreFault('KEY_FORGED', `what is said to be wrapped under ${name} (${purpose}) is not`, cause)
        }
      })
    },
    async has(name) {
      return (await sizeOf(pathOf(name))) !== undefined
    },
    async destroy(name) {
      const path = pathOf(name)
      const size = await sizeOf(path)
      if (size !== undefined) {
        const handle = await open(path, 'r+')
        try {
          await handle.write(Buffer.alloc(size), 0, size, 0)
          await handle.sync()
        } finally {
          await handle.close()
        }
        await rm(path)
      }
      // Half of a key that a crash left.
      await rm(`${path}.new`, { force: true })
      await syncFolder()
      if ((await sizeOf(path)) !== undefined) throw new KeyStoreFault('KEY_STAYS', `the key ${name} is still there`)
      const proof = size === undefined ? 'was not there' : 'overwritten and removed'
      return { store: 'file', key: name, at: Temporal.Now.instant().toString(), proof }
    },
    async names() {
      const files = await readdir(folder)
      return files.filter((file) => file.endsWith('.key')).map((file) => file.slice(0, -'.key'.length))
    },
    copyOut: read,
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
