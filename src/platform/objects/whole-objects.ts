import { ObjectFault } from './faults.ts'
import type { ObjectStore } from './object-store.ts'

/** @throws ObjectFault `object-missing` */
export async function readWhole(store: ObjectStore, key: string): Promise<Buffer> {
  return store.readRange(key, 0, await store.sizeBytes(key))
}

/** Undefined if there is no such object; an unreachable store throws. */
export function readWholeIfExists(store: ObjectStore, key: string): Promise<Buffer | undefined> {
  return readWhole(store, key).catch(undefinedIfMissing)
}

/** Undefined if there is no such object; an unreachable store throws. */
export function sizeIfExists(store: ObjectStore, key: string): Promise<number | undefined> {
  return store.sizeBytes(key).catch(undefinedIfMissing)
}

function undefinedIfMissing(error: unknown): undefined {
  if (error instanceof ObjectFault && error.code === 'object-missing') return undefined
  throw error
}
