/**
 * What a key store is. In: the name of a key, and what it is to wrap or unwrap. Out: the wrapped, or what was in it, until
 * the key is destroyed. Never here: what a key is for. Only the custodian's process, and whoever backs up, have a key
 * store; the others never see one.
 */
import { Fault } from '#platform/fault.ts'

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
  /** Every key and secret, and what is left of one whose making or destruction was cut off. */
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

/** Every code of this folder's key stores, with what an operator can do about it. */
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

/** No name leads out of a folder, and every store can take it: Vault's names end with a letter or a digit. */
const nameShape = /^[a-z0-9](?:[a-z0-9.-]{0,61}[a-z0-9])?$/

export function isKeyName(name: string): boolean {
  return nameShape.test(name)
}

export function assertKeyName(name: string): void {
  if (!isKeyName(name)) throw new KeyStoreFault('KEY_NAME', `"${name}" is no name of a key`)
}

/** What is thrown where a wrapping key is asked for that is not there. */
export function missingKey(name: string): KeyStoreFault {
  return new KeyStoreFault('KEY_MISSING', `the key ${name} is not there, or is destroyed`)
}

/** What is thrown where something does not open under its key for its purpose. */
export function forgedKey(name: string, purpose: string, cause?: unknown): KeyStoreFault {
  return new KeyStoreFault('KEY_FORGED', `what is said to be wrapped under ${name} (${purpose}) is not`, cause)
}
