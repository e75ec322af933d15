/** Interface of key stores. Only the custodian, and backups, have one. A store does not know the purpose of its keys. */
import { Fault } from '#platform/fault.ts'

/**
 * Stores *wrapping keys*, which never leave a hardware store, and small *secrets* that the custodian uses itself. Each method
 * names the codes of the KeyStoreFaults that it throws.
 */
export interface KeyStore {
  readonly kind: 'file' | 'pkcs11' | 'vault'
  /** Makes a wrapping key, durably: 32 random bytes. A name is made once; KEY_EXISTS. */
  make(name: string): Promise<void>
  /** Wraps secrets under a wrapping key, each bound to its purpose; in order. KEY_MISSING. */
  wrap(name: string, items: readonly Unwrapped[]): Promise<Buffer[]>
  /** Unwraps, in order. KEY_MISSING; KEY_FORGED if the key, the purpose or a bit differs. */
  unwrap(name: string, items: readonly Wrapped[]): Promise<Buffer[]>
  /** Stores a secret durably. A name is written once; KEY_EXISTS. */
  write(name: string, secret: Buffer): Promise<void>
  /** Returns the secret; undefined if it never existed or is destroyed. */
  read(name: string): Promise<Buffer | undefined>
  has(name: string): Promise<boolean>
  /**
   * Destroys a key or secret and verifies that it is gone; idempotent.
   * @returns the store's answer, for the ledger
   * @throws KeyStoreFault KEY_STAYS if the store reports success and the key still exists
   */
  destroy(name: string): Promise<KeyReceipt>
  /** Returns all names, including leftovers of an interrupted creation or destruction. */
  names(): Promise<string[]>
  /** Returns the bytes of a wrapping key for a sealed copy of the keyring; undefined if keys never leave the store. */
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

/** A key store's receipt of a destruction; without content. */
export interface KeyReceipt {
  store: KeyStore['kind']
  key: string
  /** Time by the store's clock or ours (RFC 3339). */
  at: string
  /** How the key was verified to be gone: `overwritten and removed`, a request id of the store. */
  proof: string
}

/** Codes of key store faults, each with the operator's remedy. */
export const keyStoreFaults = {
  KEY_EXISTS: 'A key of this name already exists: names are used only once.',
  KEY_NAME: 'The requested name is not a key name.',
  KEY_MISSING: 'The key is missing or destroyed: what it wrapped cannot be decrypted.',
  KEY_FORGED: 'A wrapped key does not decrypt under its key, or the store wrapped something else.',
  KEY_STAYS: 'The store reports that it destroyed a key, but the key still exists: check the store.',
  KEY_STORE_OPEN_TO_OTHERS:
    'A folder, a file or a key is readable by others than the custodian: restrict its permissions.',
  KEY_STORE_AWAY: 'The store does not answer, or refuses: the message says what to check; the operation is retried.',
  KEY_STORE_OTHER:
    'The store is not the one in which the keys of the database were created: restore the earlier SELOSTE_KEYS.',
} as const

export class KeyStoreFault extends Fault<keyof typeof keyStoreFaults> {
  constructor(code: keyof typeof keyStoreFaults, message: string, cause?: unknown) {
    super(code, message, cause)
    this.name = 'KeyStoreFault'
  }
}

/**
 * Wraps secrets and verifies that they open again: a faulty store changes nothing.
 * @throws KeyStoreFault KEY_FORGED
 */
export async function wrapVerified(
  store: Pick<KeyStore, 'wrap' | 'unwrap'>,
  name: string,
  items: readonly Unwrapped[],
): Promise<Buffer[]> {
  const wrapped = await store.wrap(name, items)
  const back = await store.unwrap(
    name,
    items.map(({ purpose }, index) => ({ wrapped: wrapped[index]!, purpose })),
  )
  const isSound =
    wrapped.length === items.length &&
    back.length === items.length &&
    items.every(({ secret }, index) => back[index]!.equals(secret))
  if (isSound) return wrapped
  throw new KeyStoreFault(
    'KEY_FORGED',
    `the key store does not unwrap what it wrapped under ${name}; nothing was changed: check the key store`,
  )
}

/** Names are valid in every store and lead out of no folder; Vault's end with a letter or digit. */
const nameShape = /^[a-z0-9](?:[a-z0-9.-]{0,61}[a-z0-9])?$/

export function isKeyName(name: string): boolean {
  return nameShape.test(name)
}

export function assertKeyName(name: string): void {
  if (!isKeyName(name)) throw new KeyStoreFault('KEY_NAME', `"${name}" is not a key name`)
}

/** Fault of a missing wrapping key. */
export function missingKey(name: string): KeyStoreFault {
  return new KeyStoreFault('KEY_MISSING', `the key ${name} is missing or destroyed`)
}

/** Fault of data that do not open under their key for their purpose. */
export function forgedKey(name: string, purpose: string, cause?: unknown): KeyStoreFault {
  return new KeyStoreFault('KEY_FORGED', `a wrapped key does not decrypt under ${name} (${purpose})`, cause)
}
