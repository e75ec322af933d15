/**
 * Copies the sealed audio of held recordings to a place, shared by all its backups. Lists every object with size and hash; each
 * is read back when written and again about once a month. Copies of recordings destroyed meanwhile are removed.
 */
import { createHash } from 'node:crypto'
import { Fault } from '#platform/fault.ts'
import type { ObjectStore } from '#platform/objects/object-store.ts'
import { limitInFlight } from './limit-in-flight.ts'
import { objectsFolder, sha256, type BackedUpObject } from './manifest.ts'
import { readWhole, readWholeIfExists, sizeIfExists } from '#platform/objects/whole-objects.ts'

export interface CopyingObjects {
  from: ObjectStore
  to: ObjectStore
  /** Objects by key, from the last backup. */
  earlier: ReadonlyMap<string, BackedUpObject>
  /** SHA-256 (hex) of the objects whose rows have it. Others can write in the store: nothing else is copied. */
  hashes: ReadonlyMap<string, string>
  /** Selects the older copies to read again: those of one day in thirty. */
  day: number
  /** Called for each object once the place has it; `written` is false if it was there already. */
  onCopied: (bytes: number, written: boolean) => void
}

export interface CopiedObjects {
  objects: BackedUpObject[]
  /** Objects of held recordings that are neither in the store nor in the place. */
  missing: string[]
  /** Objects that differ from their rows; not copied. */
  altered: string[]
  /** Bytes written by this run. */
  writtenBytes: number
}

const maxConcurrent = 4
const rereadCycleDays = 30

export async function copyObjects(keys: Iterable<string>, copying: CopyingObjects): Promise<CopiedObjects> {
  const copied: CopiedObjects = { objects: [], missing: [], altered: [], writtenBytes: 0 }
  const running = limitInFlight(maxConcurrent)
  for (const key of keys) await running.add(() => copyObject(key, copying, copied))
  await running.all()
  copied.objects.sort((one, other) => (one.key < other.key ? -1 : 1))
  return copied
}

async function copyObject(key: string, copying: CopyingObjects, copied: CopiedObjects): Promise<void> {
  const { from, to, earlier, hashes, day, onCopied } = copying
  const known = earlier.get(key)
  const matchesRow = (hash: string) => hash === (hashes.get(key) ?? hash)
  if (known && matchesRow(known.sha256) && (await isCopyPresent(to, known, isRereadDue(key, day)))) {
    copied.objects.push(known)
    onCopied(known.sizeBytes, false)
    return
  }
  const bytes = await readWholeIfExists(from, key)
  if (!bytes) {
    copied.missing.push(key)
    return
  }
  const object = { key, sizeBytes: bytes.length, sha256: sha256(bytes) }
  if (!matchesRow(object.sha256)) {
    copied.altered.push(key)
    return
  }
  await to.put(objectsFolder + key, bytes)
  if (sha256(await readWhole(to, objectsFolder + key)) !== object.sha256) {
    throw new Fault('backup-read-back', `${key} reads back from the place with other bytes: check its disk`)
  }
  copied.objects.push(object)
  copied.writtenBytes += object.sizeBytes
  onCopied(object.sizeBytes, true)
}

async function isCopyPresent(store: ObjectStore, known: BackedUpObject, readAgain: boolean): Promise<boolean> {
  const path = objectsFolder + known.key
  if ((await sizeIfExists(store, path)) !== known.sizeBytes) return false
  if (!readAgain) return true
  const bytes = await readWholeIfExists(store, path)
  return bytes !== undefined && sha256(bytes) === known.sha256
}

function isRereadDue(key: string, day: number): boolean {
  return createHash('sha256').update(key).digest().readUInt16BE(0) % rereadCycleDays === day % rereadCycleDays
}
