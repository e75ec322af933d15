// Storage of sealed bytes by key.
import { strict as assert } from 'node:assert'

export interface ObjectStore {
  /** Stores a buffer or a copy of a file under `key`, replacing what was there: atomic, durable on return. */
  put(key: string, content: Uint8Array | { file: string }): Promise<void>
  /** Moves a file into the store, by a rename on the same file system. `bytes`: `durable` if the writer has synced them. */
  moveIn(key: string, file: string, bytes?: 'durable'): Promise<void>
  /**
   * Returns bytes `start` up to but not including `end`.
   * @throws ObjectFault `object-missing`, `object-range-outside`
   */
  readRange(key: string, start: number, end: number): Promise<Buffer>
  /** @throws ObjectFault `object-missing` */
  sizeBytes(key: string): Promise<number>
  /**
   * Removes the object, durable on return.
   * @returns true if it existed
   */
  delete(key: string): Promise<boolean>
  /** Returns the keys that begin with `prefix`, in order. */
  list(prefix: string): AsyncIterable<string>
}

const maxKeyLength = 200
/** Part of a key between slashes. */
export const keyPart = /^[a-z0-9-][a-z0-9.-]*$/

/** Returns true if the text can be a key. */
export function isKey(key: string): boolean {
  return key.length <= maxKeyLength && key.split('/').every((part) => keyPart.test(part))
}

/** Keys come from the program: a wrong one is a bug. Lower case only, as some file systems ignore case. */
export function assertKey(key: string): void {
  assert(isKey(key), `not an object key: ${JSON.stringify(key)}`)
}
