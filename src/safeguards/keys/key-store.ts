/** Interface of key stores. Only the custodian, and backups, have one. A store does not know what its keys are for. */
import { Fault } from '#platform/fault.ts'

/** Stores *wrapping keys*, which never leave a hardware store, and small *secrets* that the custodian uses itself. */
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
  KEY_EXISTS: 'A key of this name is there already: names are made once.',
  KEY_NAME: 'What was asked for is no name of a key.',
  KEY_MISSING: 'The key is not there, or is destroyed: what it wrapped opens no more.',
  KEY_FORGED: 'What is said to be wrapped under a key is not, or the store did not wrap what it was given.',
  KEY_STAYS: 'The store says that it destroyed a key, and the key is still there: look into the store.',
  KEY_STORE_OPEN_TO_OTHERS: 'A folder, a file or a key can be read by others than the custodian: close it.',
  KEY_STORE_AWAY: 'The store does not answer, or refuses: the message says what to look at; it is tried again.',
  KEY_STORE_OTHER: 'The store is not the one that the keys of the database were made in: set SELOSTE_KEYS back.',
} as const

export class KeyStoreFault extends Fault<keyof typeof keyStoreFaults> {
  constructor(code: keyof typeof keyStoreFaults, message: string, cause?: unknown) {
    super(code, message, cause)
    this.name = 'KeyStoreFault'
  }
}

/** Names are valid in every store and lead out of no folder; Vault's end with a letter or digit. */
const nameShape = /^[a-z0-9](?:[a-z0-9.-]{0,61}[a-z0-9])?$/

export function isKeyName(name: string): boolean {
  return nameShape.test(name)
}

export function assertKeyName(name: string): void {
  if (!isKeyName(name)) throw new KeyStoreFault('KEY_NAME', `"${name}" is no name of a key`)
}

/** Fault of a missing wrapping key. */
export function missingKey(name: string): KeyStoreFault {
  return new KeyStoreFault('KEY_MISSING', `the key ${name} is not there, or is destroyed`)
}

/** Fault of data that do not open under their key for their purpose. */
export function forgedKey(name: string, purpose: string, cause?: unknown): KeyStoreFault {
  return new KeyStoreFault('KEY_FORGED', `what is said to be wrapped under ${name} (${purpose}) is not`, cause)
}
