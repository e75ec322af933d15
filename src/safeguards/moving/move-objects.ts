/**
 * The sealed objects of a store copied to another, while both are used and once more when neither is. In: two stores, lines that
 * remember what was copied. Out: the same objects there, each read back. Never here: one that was destroyed meanwhile, a target
 * that holds objects of anybody else.
 */
import { Fault } from '#platform/fault.ts'
import type { AppendedLines } from '#platform/files/appended-lines.ts'
import { ObjectFault } from '#platform/objects/faults.ts'
import type { ObjectStore } from '#platform/objects/object-store.ts'
import { limitInFlight } from '../backup/limit-in-flight.ts'
import { sha256 } from '../backup/manifest.ts'
import { readWhole, readWholeOr } from '../backup/read-whole.ts'

/** Says of a store that it is being filled from another; and of one that its objects are elsewhere now. */
export const fillingKey = 'moving-in'
export const movedKey = 'moved-away'

export interface ObjectMove {
  from: ObjectStore
  to: ObjectStore
  /** Whether an object stays as it is; one that may still change is copied each time. @param has whether a key is in the store */
  isSettled: (key: string, has: (key: string) => boolean) => boolean
  /** Remembers across runs which of them were copied and read back: key, size and SHA-256. */
  copied: AppendedLines
  onCopied: (progress: { objects: number; bytes: number }) => void
}

export interface MovedObjects {
  /** In both. */
  objects: number
  /** Of them now, and their bytes. */
  copied: number
  bytes: number
  /** Copied and destroyed here since: taken out of the target again. */
  removed: number
}

const atOnce = 8
const remembered = /^(\S+) (\d+) ([0-9a-f]{64})$/

/**
 * Takes an empty store for the objects of a register, by the origin of its audit log.
 * @throws Fault `move-target-not-empty` where the target has objects that no move of ours put there
 */
export async function claimTarget({ to, origin }: { to: ObjectStore; origin: string }): Promise<void> {
  const mark = await readWholeOr(to, fillingKey)
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
 * Copies what the target lacks and takes out of it what is not here any more. Run it until little is left, and once more with
 * nobody writing.
 */
export async function copyObjects(move: ObjectMove): Promise<MovedObjects> {
  const { from, to } = move
  const known = await readKnown(move.copied)
  const moved: MovedObjects = { objects: 0, copied: 0, bytes: 0, removed: 0 }
  const running = limitInFlight(atOnce)
  const held = await keysOf(from)
  const has = (key: string) => held.has(key)
  for (const key of held) {
    await running.add(async () => {
      if (await isThere(move, known.get(key), key)) {
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
  // As it is now: some were destroyed after they had been copied.
  const left = await keysOf(from)
  for (const key of await keysOf(to)) if (!left.has(key) && (await to.delete(key))) moved.removed += 1
  return moved
}

async function keysOf(store: ObjectStore): Promise<Set<string>> {
  const keys = new Set<string>()
  for await (const key of store.list('')) if (key !== movedKey && key !== fillingKey) keys.add(key)
  return keys
}

/** Nothing where it was destroyed while it was copied: then it is in neither. */
async function copyOne({ from, to, copied }: ObjectMove, key: string, isSettled: boolean): Promise<number | undefined> {
  const bytes = await readWholeOr(from, key)
  if (!bytes) return undefined
  await to.put(key, bytes)
  const hash = sha256(bytes)
  if (sha256(await readWhole(to, key)) !== hash) {
    throw new Fault('move-differs', `${key} reads back from the target as something else: see to its disk or server`)
  }
  if ((await sizeOr(from, key)) !== bytes.length) {
    await to.delete(key)
    return undefined
  }
  if (isSettled) await copied.append(`${key} ${bytes.length} ${hash}`)
  return bytes.length
}

/** What is settled is never written again: one that was read back, and is of the same size here and there, is the same. */
async function isThere({ from, to }: ObjectMove, known: number | undefined, key: string): Promise<boolean> {
  if (known === undefined) return false
  return (await sizeOr(from, key)) === known && (await sizeOr(to, key)) === known
}

async function sizeOr(store: ObjectStore, key: string): Promise<number | undefined> {
  return store.sizeBytes(key).catch((error: unknown) => {
    if (error instanceof ObjectFault && error.code === 'object-missing') return undefined
    throw error
  })
}

async function readKnown(copied: AppendedLines): Promise<Map<string, number>> {
  const known = new Map<string, number>()
  for (const line of await copied.read()) {
    const [, key, size] = remembered.exec(line) ?? []
    if (key !== undefined) known.set(key, Number(size))
  }
  return known
}

/** After the last copy, with nobody writing: no Seloste takes this store for its own any more. */
export async function markObjectsMoved(from: ObjectStore, told: string): Promise<void> {
  await from.put(movedKey, Buffer.from(told))
}

/**
 * What follows the moment of a move: the store that was left is marked, the other is one as any other. May be cut short and done again.
 * @returns whether there was something left to do
 */
export async function finishObjects({
  from,
  to,
  told,
}: {
  from: ObjectStore
  to: ObjectStore
  told: string
}): Promise<boolean> {
  const isMarked = (await hasMovedAway(from)) !== undefined
  if (!isMarked) await markObjectsMoved(from, told)
  return (await to.delete(fillingKey)) || !isMarked
}

/**
 * Empties a store that a move of this register began to fill.
 * @returns how many objects there were; nothing where no move of it did
 */
export async function emptyTarget({ to, origin }: { to: ObjectStore; origin: string }): Promise<number | undefined> {
  const mark = await readWholeOr(to, fillingKey)
  if (mark?.toString('utf8') !== origin) return undefined
  let objects = 0
  for (const key of await keysOf(to)) if (await to.delete(key)) objects += 1
  await to.delete(fillingKey)
  return objects
}

/** Where the objects of this store are now; nothing where they are here. */
export async function hasMovedAway(store: ObjectStore): Promise<string | undefined> {
  return (await readWholeOr(store, movedKey))?.toString('utf8')
}

/** One that is away now is asked again by whatever needs it. @throws Fault `objects-moved` */
export async function refuseMovedObjects(store: ObjectStore): Promise<void> {
  const to = await hasMovedAway(store).catch(() => undefined)
  if (to === undefined) return
  throw new Fault(
    'objects-moved',
    `the sealed recordings were moved from this store to ${to}: set OBJECTS_URL to that one`,
  )
}
