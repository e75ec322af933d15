/**
 * Key store on top of wrapping keys that never leave hardware or a key server. Each secret is a file sealed under a wrapping
 * key of its own.
 */
import { openKeyFiles } from './key-files.ts'
import { assertKeyName, isKeyName, KeyStoreFault, type KeyStore, type Unwrapped, type Wrapped } from './key-store.ts'

/**
 * Operations of the hardware or key server. Labels are `secret_` and a name, or a name. Each method names the codes of the
 * KeyStoreFaults that it throws.
 */
export interface WrappingKeys {
  readonly kind: Exclude<KeyStore['kind'], 'file'>
  /** KEY_EXISTS. Returns after verifying that the key exists and cannot be exported. */
  make(label: string): Promise<void>
  /** KEY_MISSING. Returns only what was verified to open again. */
  wrap(label: string, items: readonly Unwrapped[]): Promise<Buffer[]>
  /** KEY_MISSING, KEY_FORGED. */
  unwrap(label: string, items: readonly Wrapped[]): Promise<Buffer[]>
  has(label: string): Promise<boolean>
  /** @returns how the key was verified to be gone; undefined if it did not exist. KEY_STAYS. */
  destroy(label: string): Promise<string | undefined>
  labels(): Promise<string[]>
}

const secretMark = 'secret_'

/** @param folder for the sealed secrets; only its owner can enter it */
export async function withSealedSecrets(keys: WrappingKeys, folder: string): Promise<KeyStore> {
  const files = await openKeyFiles(folder, '.sealed')
  const ownKey = (name: string) => `${secretMark}${name}`
  const purposeOf = (name: string) => `secret ${name}`

  return {
    kind: keys.kind,
    async make(name) {
      assertKeyName(name)
      if (await files.read(name)) throw keyExistsFault(name)
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
      if ((await files.read(name)) || (await keys.has(name))) throw keyExistsFault(name)
      // A key without its file was left by a crash, or belongs to a concurrent writer: both may use it.
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
        // The secret's destruction has begun: the key is destroyed first.
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
      // The key first: without it every copy of the file is useless.
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

function keyExistsFault(name: string): KeyStoreFault {
  return new KeyStoreFault('KEY_EXISTS', `key ${name} exists already`)
}
