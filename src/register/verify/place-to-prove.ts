/**
 * What a place of copies still has of recordings. In: its objects. Out: which recordings have an object or a key there. Never
 * here: the place's own keys, which only the recovery identity opens: a wrapped key of a destroyed recording is one too many.
 */
import type { ObjectStore } from '#platform/objects/object-store.ts'
import { keyringFolder } from '#safeguards/places/keyring-file.ts'
import type { PlaceToProve } from './prove-destroyed.ts'

const idShape = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/
/** Shards and what they will be next; a month's own file names no recording. */
const shardShape = /\/\d+(?:[.]next)?$/

/** Looks through the whole place when it is first asked. */
export function placeToProve(name: string, store: ObjectStore): PlaceToProve {
  let seen: Promise<Set<string>> | undefined
  return {
    name,
    async stillThere(recordingIds) {
      seen ??= recordingsOf(store)
      const there = await seen
      return recordingIds.filter((id) => there.has(id))
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
    // The first says which shard it is.
    for (const line of lines.slice(1)) {
      const id = idShape.exec(line)?.[0]
      if (id !== undefined) ids.add(id)
    }
  }
  return ids
}
