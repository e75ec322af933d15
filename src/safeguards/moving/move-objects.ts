/**
 * Copies the sealed objects of a store to another while both are in use, and once more when neither is. Each copy is read back.
 * Objects destroyed meanwhile are not copied, and a target with others' objects is refused.
 */
import { Fault } from '#platform/fault.ts'
import type { AppendedLines } from '#platform/files/appended-lines.ts'
import type { ObjectStore } from '#platform/objects/object-store.ts'
import { limitInFlight } from '../backup/limit-in-flight.ts'
import { sha256 } from '../backup/manifest.ts'
import { readWhole, readWholeIfExists, sizeIfExists } from '#platform/objects/whole-objects.ts'

/** Marks a store as being filled from another, and a store whose objects have moved. */
export const fillingKey = 'moving-in'
export const movedKey = 'moved-away'

export interface ObjectMove {
  from: ObjectStore
  to: ObjectStore
  /**
   * Returns true if an object is final; one that may change is copied each time.
   * @param has returns whether a key is in the store
   */
  isSettled: (key: string, has: (key: string) => boolean) => boolean
  /** Persistent record of what was copied and read back: key, size and SHA-256. */
  copied: AppendedLines
  onCopied: (progress: { objects: number; bytes: number }) => void
}

export interface MovedObjects {
  /** Objects in both stores. */
  objects: number
  /** Objects copied by this run, and their bytes. */
  copied: number
  bytes: number
  /** Copied and meanwhile destroyed here: removed from the target again. */
  removed: number
}

const maxConcurrent = 8
const copiedLine = /^(\S+) (\d+) ([0-9a-f]{64})$/

/**
 * Claims an empty store for the objects of a register, by the origin of its audit log.
 * @throws Fault `move-target-not-empty` if the target has objects that no move of ours put there
 */
export async function claimTarget({ to, origin }: { to: ObjectStore; origin: string }): Promise<void> {
  const mark = await readWholeIfExists(to, fillingKey)
  if (mark?.toString('utf8') === origin) return
  for await (const key of to.list('')) {
    throw new Fault(
      'move-target-not-empty',
      `the target store is not empty (it has ${key}): name an empty one, or another prefix`,
    )
  }
  await to.put(fillingKey, Buffer.from(origin))
}

/**
 * Copies what the target lacks and removes what no longer exists here. Run it until little is left, and once more with writes
 * blocked.
 */
export async function copyObjects(move: ObjectMove): Promise<MovedObjects> {
  const { from, to } = move
  const known = await readKnown(move.copied)
  const moved: MovedObjects = { objects: 0, copied: 0, bytes: 0, removed: 0 }
  const running = limitInFlight(maxConcurrent)
  const keys = await keysOf(from)
  const has = (key: string) => keys.has(key)
  for (const key of keys) {
    await running.add(async () => {
      if (await isAlreadyCopied(move, known.get(key), key)) {
        moved.objects += 1
        return
      }
      const bytes = await copyOne(move, key, move.isSettled(key, has))
      if (bytes === undefined) return
      moved.objects += 1
      moved.copied += 1
      moved.bytes += bytes
      move.onCopied({ objects: moved.objects, bytes: moved.bytes })
    })
  }
  await running.all()
  // Read again: some were destroyed after they had been copied.
  const current = await keysOf(from)
  for (const key of await keysOf(to)) if (!current.has(key) && (await to.delete(key))) moved.removed += 1
  return moved
}

async function keysOf(store: ObjectStore): Promise<Set<string>> {
  const keys = new Set<string>()
  for await (const key of store.list('')) if (key !== movedKey && key !== fillingKey) keys.add(key)
  return keys
}

/** Copies one object. Undefined if the object was destroyed while it was copied: then it is in neither store. */
async function copyOne({ from, to, copied }: ObjectMove, key: string, isSettled: boolean): Promise<number | undefined> {
  const bytes = await readWholeIfExists(from, key)
  if (!bytes) return undefined
  await to.put(key, bytes)
  const hash = sha256(bytes)
  if (sha256(await readWhole(to, key)) !== hash) {
    throw new Fault('move-differs', `${key} reads back from the target with other bytes: check its disk or server`)
  }
  if ((await sizeIfExists(from, key)) !== bytes.length) {
    await to.delete(key)
    return undefined
  }
  if (isSettled) await copied.append(`${key} ${bytes.length} ${hash}`)
  return bytes.length
}

/** Final objects are never rewritten: one that was read back and has the same size in both is the same. */
async function isAlreadyCopied({ from, to }: ObjectMove, known: number | undefined, key: string): Promise<boolean> {
  if (known === undefined) return false
  return (await sizeIfExists(from, key)) === known && (await sizeIfExists(to, key)) === known
}

async function readKnown(copied: AppendedLines): Promise<Map<string, number>> {
  const known = new Map<string, number>()
  for (const line of await copied.read()) {
    const [, key, size] = copiedLine.exec(line) ?? []
    if (key !== undefined) known.set(key, Number(size))
  }
  return known
}

/** After the last copy, with writes blocked: no Seloste uses this store any more. */
export async function markObjectsMoved(from: ObjectStore, location: string): Promise<void> {
  await from.put(movedKey, Buffer.from(location))
}

/**
 * Completes a move: marks the old store and unmarks the new one. Can be interrupted and repeated.
 * @returns true if something was left to do
 */
export async function finishObjects({
  from,
  to,
  location,
}: {
  from: ObjectStore
  to: ObjectStore
  location: string
}): Promise<boolean> {
  const isMarked = (await newLocationOf(from)) !== undefined
  if (!isMarked) await markObjectsMoved(from, location)
  return (await to.delete(fillingKey)) || !isMarked
}

/**
 * Empties a store that a move of this register began to fill.
 * @returns how many objects there were; undefined if no move of it did
 */
export async function emptyTarget({ to, origin }: { to: ObjectStore; origin: string }): Promise<number | undefined> {
  const mark = await readWholeIfExists(to, fillingKey)
  if (mark?.toString('utf8') !== origin) return undefined
  let objects = 0
  for (const key of await keysOf(to)) if (await to.delete(key)) objects += 1
  await to.delete(fillingKey)
  return objects
}

/** Returns where the objects of this store have moved; undefined if they are here. */
export async function newLocationOf(store: ObjectStore): Promise<string | undefined> {
  return (await readWholeIfExists(store, movedKey))?.toString('utf8')
}

/**
 * Refuses a store whose objects have moved. Does nothing if the store is unreachable: later operations report that.
 * @throws Fault `objects-moved`
 */
export async function refuseMovedObjects(store: ObjectStore): Promise<void> {
  const to = await newLocationOf(store).catch(() => undefined)
  if (to === undefined) return
  throw new Fault(
    'objects-moved',
    `the sealed recordings were moved from this store to ${to}: set OBJECTS_URL to that one`,
  )
}
