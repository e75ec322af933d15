/**
 * Finds objects or keys of recordings in a place of copies. A wrapped key of a destroyed recording is a finding, although only
 * the recovery identity can unwrap it.
 */
import type { ObjectStore } from '#platform/objects/object-store.ts'
import { keyringFolder } from '#safeguards/places/keyring-file.ts'
import type { CopyPlaceToVerify } from './prove-destroyed.ts'

const idShape = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/
/** Shards and their next versions; a month's own file names no recording. */
const shardShape = /\/\d+(?:[.]next)?$/

/** Scans the whole place at the first query. */
export function copyPlaceToVerify(name: string, store: ObjectStore): CopyPlaceToVerify {
  let seen: Promise<Set<string>> | undefined
  return {
    name,
    async stillThere(recordingIds) {
      seen ??= recordingsOf(store)
      const found = await seen
      return recordingIds.filter((id) => found.has(id))
    },
  }
}

async function recordingsOf(store: ObjectStore): Promise<Set<string>> {
  const ids = new Set<string>()
  for await (const key of store.list('objects/recordings/')) {
    const id = idShape.exec(key)?.[0]
    if (id !== undefined) ids.add(id)
  }
  for await (const key of store.list(keyringFolder)) {
    if (!shardShape.test(key)) continue
    const lines = (await store.readRange(key, 0, await store.sizeBytes(key))).toString('latin1').split('\n')
    // The first line names the shard.
    for (const line of lines.slice(1)) {
      const id = idShape.exec(line)?.[0]
      if (id !== undefined) ids.add(id)
    }
  }
  return ids
}
