/**
 * A key store of keys that never leave it. In: a store that makes, uses and destroys wrapping keys, and a folder. Out: a
 * key store; each secret is a file there, sealed under a wrapping key of its own. Never here: a secret on the disk that
 * opens without the store.
 */
import { openKeyFiles } from './key-files.ts'
import { assertKeyName, isKeyName, KeyStoreFault, type KeyStore, type Unwrapped, type Wrapped } from './key-store.ts'

/** The part of a key store that hardware, or a server of keys, does by itself. Labels are `secret_` and a name, or a name. */
export interface WrappingKeys {
  readonly kind: Exclude<KeyStore['kind'], 'file'>
  /** KEY_EXISTS. Says nothing before it has seen that the key is there and cannot be exported. */
  make(label: string): Promise<void>
  /** KEY_MISSING. Returns nothing that it has not seen open again. */
  wrap(label: string, items: readonly Unwrapped[]): Promise<Buffer[]>
  /** KEY_MISSING, KEY_FORGED. */
  unwrap(label: string, items: readonly Wrapped[]): Promise<Buffer[]>
  has(label: string): Promise<boolean>
  /** @returns how it was seen to be gone; nothing where it was not there. KEY_STAYS. */
  destroy(label: string): Promise<string | undefined>
  labels(): Promise<string[]>
}

const secretMark = 'secret_'

/** @param folder where the sealed secrets lie; only its owner can enter it */
export async function withSealedSecrets(keys: WrappingKeys, folder: string): Promise<KeyStore> {
  const files = await openKeyFiles(folder, '.sealed')
  const ownKey = (name: string) => `${secretMark}${name}`
  const purposeOf = (name: string) => `secret ${name}`

  return {
    kind: keys.kind,
    async make(name) {
      assertKeyName(name)
      if (await files.read(name)) throw exists(name)
      await keys.make(name)
    },
    async wrap(name, items) {
      assertKeyName(name)
      return keys.wrap(name, items)
    },
    async unwrap(name, items) {
      assertKeyName(name)
      return keys.unwrap(name, items)
    },
    async write(name, secret) {
      assertKeyName(name)
      if ((await files.read(name)) || (await keys.has(name))) throw exists(name)
      // A key without its file was left by a crash, or is another writer's who is about to be first: both may use it.
      await keys.make(ownKey(name)).catch((error: unknown) => {
        if (!(error instanceof KeyStoreFault && error.code === 'KEY_EXISTS')) throw error
      })
      const [sealed] = await keys.wrap(ownKey(name), [{ secret, purpose: purposeOf(name) }])
      await files.write(name, sealed!)
    },
    async read(name) {
      assertKeyName(name)
      const wrapped = await files.read(name)
      if (!wrapped) return undefined
      try {
        const [secret] = await keys.unwrap(ownKey(name), [{ wrapped, purpose: purposeOf(name) }])
        return secret
      } catch (error) {
        // Its destruction began with the key.
        if (error instanceof KeyStoreFault && error.code === 'KEY_MISSING') return undefined
        throw error
      }
    },
    async has(name) {
      assertKeyName(name)
      if (await keys.has(name)) return true
      return (await files.read(name)) !== undefined && keys.has(ownKey(name))
    },
    async destroy(name) {
      assertKeyName(name)
      // The key first: without it the file is noise, wherever it has been copied.
      const proofs = [await keys.destroy(name), await keys.destroy(ownKey(name))].filter((proof) => proof !== undefined)
      if (await files.destroy(name)) proofs.push('its file overwritten and removed')
      const proof = proofs.length > 0 ? proofs.join('; ') : 'was not there'
      return { store: keys.kind, key: name, at: Temporal.Now.instant().toString(), proof }
    },
    async names() {
      const labels = (await keys.labels()).map((label) =>
        label.startsWith(secretMark) ? label.slice(secretMark.length) : label,
      )
      return [...new Set([...labels, ...(await files.names())])].filter(isKeyName)
    },
    copyOut: () => Promise.resolve(undefined),
  }
}

function exists(name: string): KeyStoreFault {
  return new KeyStoreFault('KEY_EXISTS', `key ${name} exists already`)
}
