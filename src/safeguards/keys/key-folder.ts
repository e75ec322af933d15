/** Key store in files. No key leaves the process unwrapped, except for the sealed copy of the keyring. */
import { randomBytes } from 'node:crypto'
import { openKeyFiles } from './key-files.ts'
import { assertKeyName, forgedKey, isKeyName, missingKey, type KeyStore } from './key-store.ts'
import { unwrapKey, wrapKey } from './wrap.ts'

const wrappingKeyBytes = 32

/**
 * Opens a key store in a folder that only its owner can enter.
 * @throws KeyStoreFault KEY_STORE_OPEN_TO_OTHERS, KEY_STORE_AWAY
 */
export async function openKeyFolder(folder: string): Promise<KeyStore> {
  const files = await openKeyFiles(folder, '.key')
  const write = async (name: string, key: Buffer) => {
    assertKeyName(name)
    await files.write(name, key)
  }
  const read = async (name: string): Promise<Buffer | undefined> => {
    assertKeyName(name)
    return files.read(name)
  }
  const wrappingKey = async (name: string): Promise<Buffer> => {
    const key = await read(name)
    if (!key) throw missingKey(name)
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
          throw forgedKey(name, purpose, cause)
        }
      })
    },
    has: async (name) => (await read(name)) !== undefined,
    async destroy(name) {
      assertKeyName(name)
      const proof = (await files.destroy(name)) ? 'overwritten and removed' : 'was not there'
      return { store: 'file', key: name, at: Temporal.Now.instant().toString(), proof }
    },
    names: async () => (await files.names()).filter(isKeyName),
    copyOut: read,
  }
}
