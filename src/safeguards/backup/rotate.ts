/**
 * Removes backups that are older than the days promised to the public, the last one included, and objects that no backup names
 * or whose recording is destroyed.
 */
import type { DedicatedConnection } from '#platform/database/copy.ts'
import type { ObjectStore } from '#platform/objects/object-store.ts'
import type { VerifierKey } from '../audit/note.ts'
import { findBackups, objectsOf, openManifest } from './list-backups.ts'
import { folderOf, instantOf, manifestName, noteName, objectsFolder } from './manifest.ts'

export interface Rotated {
  /** Ids of removed backups. */
  ended: string[]
  /** Number of removed objects. */
  objects: number
}

/** Removes leftovers of an interrupted backup or removal. */
export async function removeUnfinished(store: ObjectStore): Promise<string[]> {
  const { unfinished } = await findBackups(store)
  for (const files of unfinished.values()) for (const key of files) await store.delete(key)
  return [...unfinished.keys()]
}

export async function rotate(
  connection: DedicatedConnection,
  store: ObjectStore,
  { days, now, key }: { days: number; now: Temporal.Instant; key: VerifierKey },
): Promise<Rotated> {
  const found = await findBackups(store)
  const oldest = now.subtract({ hours: 24 * days })
  const hasExpired = (id: string) => {
    const at = instantOf(id)
    return at !== undefined && Temporal.Instant.compare(at, oldest) < 0
  }
  const ended = found.whole.filter(hasExpired)
  for (const id of ended) await removeBackup(store, id, found.files.get(id) ?? [])
  const remaining = found.whole.filter((id) => !ended.includes(id))
  const named = new Set<string>()
  for (const id of remaining) {
    for await (const object of objectsOf(store, await openManifest(store, id, key))) named.add(object.key)
  }
  const destroyed = await destroyedRecordings(connection)
  let objects = 0
  for await (const path of store.list(objectsFolder)) {
    const object = path.slice(objectsFolder.length)
    if (named.has(object) && !destroyed.has(recordingOf(object) ?? '')) continue
    await store.delete(path)
    objects += 1
  }
  return { ended, objects }
}

/** Deletes the note first: leftovers of a crash then do not count as a backup, and the next run removes them. */
async function removeBackup(store: ObjectStore, id: string, files: readonly string[]): Promise<void> {
  for (const name of [noteName, manifestName]) await store.delete(folderOf(id) + name)
  for (const file of files) await store.delete(file)
}

export async function destroyedRecordings(connection: DedicatedConnection): Promise<Set<string>> {
  const rows = await connection.query<{ id: string }>(
    `select id from recording where state in ('DESTROYING', 'DESTROYED')`,
  )
  return new Set(rows.map(({ id }) => id))
}

const uuid = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}'
const recordingKey = new RegExp(`^(?:recordings/(${uuid})\\.[a-z]+|anonymised/(${uuid})/${uuid}\\.age)$`)
const anonymisedKey = new RegExp(`^anonymised/${uuid}/(${uuid})\\.age$`)

/** Returns the recording of an object's key, also for its anonymised copy. */
export function recordingOf(key: string): string | undefined {
  const found = recordingKey.exec(key)
  return found?.[1] ?? found?.[2]
}

/** Returns the anonymised copy of an audio object. */
export function anonymisedCopyOf(key: string): string | undefined {
  return anonymisedKey.exec(key)?.[1]
}
