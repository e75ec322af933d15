/**
 * Encryption at rest of packages and copies: the recipient's age file, encrypted again under the file keys of all its
 * recordings. Once one of these keys is destroyed, the file cannot be decrypted, even with a disk image and the passphrase (R50).
 */
import { createCipheriv, createDecipheriv, hkdfSync, type Cipheriv } from 'node:crypto'
import type { Kysely } from 'kysely'
import type { ObjectStore } from '#platform/objects/object-store.ts'
import { fileKeysOf } from '#safeguards/keys/recording-keys.ts'
import type { KeyStore } from '#safeguards/keys/key-store.ts'
import type { RegisterTables } from '../tables.ts'

interface AtRestStore {
  db: Kysely<RegisterTables>
  objects: ObjectStore
  keys: KeyStore
}

const blockBytes = 16
const beginning = Buffer.from('age-encryption.org/v1')

/**
 * Returns the key of a package or copy.
 * @param id of the package or copy: each has its own key
 * @returns undefined if one of the recordings has no key any more
 */
export async function atRestKey(
  { db, keys }: Pick<AtRestStore, 'db' | 'keys'>,
  recordings: readonly string[],
  id: string,
): Promise<Buffer | undefined> {
  const ids = [...new Set(recordings)].sort()
  const found = [...(await fileKeysOf(db, keys, ids)).values()]
  const fileKeys = found.filter((key) => typeof key !== 'string')
  try {
    if (fileKeys.length < found.length) return undefined
    return Buffer.from(hkdfSync('sha256', Buffer.concat(fileKeys), '', `seloste at rest ${id}`, 32))
  } finally {
    for (const key of fileKeys) key.fill(0)
  }
}

export function sealAtRest(key: Buffer): Cipheriv {
  return createCipheriv('aes-256-ctr', key, Buffer.alloc(blockBytes))
}

/**
 * Returns part of the age file. A file without recordings has no second encryption; a file of an earlier version may have none.
 * @param mayBePlain by its row, the file may be of an earlier version; the object itself is not trusted, as others can write it
 * @returns undefined if one of its recordings has ended
 */
export async function readAtRest(
  store: AtRestStore,
  {
    object,
    id,
    recordings,
    mayBePlain,
  }: { object: string; id: string; recordings: readonly string[]; mayBePlain: boolean },
  from: number,
  to: number,
): Promise<Buffer | undefined> {
  const { objects } = store
  const start = await objects.readRange(object, 0, beginning.length)
  if ((mayBePlain || recordings.length === 0) && start.equals(beginning)) return objects.readRange(object, from, to)
  const key = await atRestKey(store, recordings, id)
  if (!key) return undefined
  try {
    if (!decryptBlocks(key, start, 0).equals(beginning))
      throw new Error(`${object} does not decrypt to what was stored`)
    const first = from - (from % blockBytes)
    return decryptBlocks(key, await objects.readRange(object, first, to), first).subarray(from - first)
  } finally {
    key.fill(0)
  }
}

/** @param at offset of the bytes, a multiple of a block */
function decryptBlocks(key: Buffer, bytes: Buffer, at: number): Buffer {
  const counter = Buffer.alloc(blockBytes)
  counter.writeBigUInt64BE(BigInt(at / blockBytes), blockBytes - 8)
  return createDecipheriv('aes-256-ctr', key, counter).update(bytes)
}
