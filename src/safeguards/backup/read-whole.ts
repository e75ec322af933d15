import { ObjectFault } from '#platform/objects/faults.ts'
import type { ObjectStore } from '#platform/objects/object-store.ts'

/** @throws ObjectFault `object-missing` */
export async function readWhole(store: ObjectStore, key: string): Promise<Buffer> {
  return store.readRange(key, 0, await store.sizeBytes(key))
}

/** Undefined if there is no such object; an unreachable place throws. */
export async function readWholeIfExists(store: ObjectStore, key: string): Promise<Buffer | undefined> {
  return readWhole(store, key).catch((error: unknown) => {
    if (error instanceof ObjectFault && error.code === 'object-missing') return undefined
    throw error
  })
}
