// Where sealed bytes are kept, by key.
// In: a key and bytes. Out: those bytes, whole or in part. Never: knowledge of what they are, or a plain text of them.
import { strict as assert } from 'node:assert'

export interface ObjectStore {
  /** Stores a buffer or a copy of a file under `key`, over what was there: all of it or nothing, durable on return. */
  put(key: string, content: Uint8Array | { file: string }): Promise<void>
  /**
   * Takes a file into the store and removes it from where it was: by a rename when it is on the same file system.
   * `bytes`: whether whoever wrote them has synced them already.
   */
  moveIn(key: string, file: string, bytes?: 'durable'): Promise<void>
  /**
   * Bytes `start` up to and without `end`.
   * @throws ObjectFault `object-missing`, `object-range-outside`
   */
  readRange(key: string, start: number, end: number): Promise<Buffer>
  /** @throws ObjectFault `object-missing` */
  sizeBytes(key: string): Promise<number>
  /** Removes the object, durable on return. @returns whether there was one */
  delete(key: string): Promise<boolean>
  /** The keys that begin with `prefix`, in order. */
  list(prefix: string): AsyncIterable<string>
}

const longestKey = 200
/** What is between the slashes of a key. */
export const keyPart = /^[a-z0-9-][a-z0-9.-]*$/

/** Whether it can be a key of ours. */
export function isKey(key: string): boolean {
  return key.length <= longestKey && key.split('/').every((part) => keyPart.test(part))
}

/** Keys are our own making: a wrong one is a bug. Lower case only, as some file systems do not tell cases apart. */
export function assertKey(key: string): void {
  assert(isKey(key), `not an object key: ${JSON.stringify(key)}`)
}
