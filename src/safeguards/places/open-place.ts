/**
 * Opens a place of copies after checking that it belongs to this installation. Never creates the folder of an unmounted disk.
 */
import { describePlace, type PlaceSetting } from '#platform/config/places.ts'
import { Fault } from '#platform/fault.ts'
import type { ObjectStore } from '#platform/objects/object-store.ts'
import { openPlaceFolder } from '#platform/objects/place-folder.ts'
import type { S3Store } from '#platform/objects/s3-store.ts'
import { readWholeIfExists } from '#platform/objects/whole-objects.ts'
import { PlaceFault } from './place-faults.ts'

export const markerFile = 'seloste-backup.json'
const markerFormat = 'seloste-place/1'

/** Marker file of a place. */
export interface Marker {
  format: typeof markerFormat
  /** The audit log's origin, which identifies the register. */
  origin: string
  /** Id of the place. */
  place: string
  name: string
  /** Recipient of the keyring copies there. */
  recipient: string | undefined
  /** When a register that was restored took the place over from another (RFC 3339). */
  takenOverAt?: string
}

/**
 * Opens the objects of a place without checking its owner.
 * @throws ObjectFault
 */
export async function openStore({ at }: Pick<PlaceSetting, 'at'>, requiredFile?: string): Promise<ObjectStore> {
  if (at.kind === 'folder') return openPlaceFolder(at.folder, requiredFile)
  // Loaded on demand, as for the register's own objects.
  const { openS3Store } = await import('#platform/objects/s3-store.ts')
  const store: S3Store = openS3Store(at)
  await store.assertDeletesPermanently()
  return store
}

/**
 * Opens a place and checks its marker. A place new to this database gets one, also if another database of this installation has
 * used it, as before a restore: that one then finds that the place is no longer its own.
 * @param known id under which it was used before
 * @param assertMayTake called before a place is taken over; throws to refuse
 * @throws ObjectFault, PlaceFault
 */
export async function reachPlace(
  setting: PlaceSetting,
  ours: {
    origin: string
    recipient: string | undefined
    known: string | undefined
    /** Returns the id of a new place. */
    newId: () => string
    now: Temporal.Instant
    assertMayTake: (store: ObjectStore) => Promise<unknown>
  },
  opened?: ObjectStore,
): Promise<ObjectStore> {
  const store = opened ?? (await openStore(setting, ours.known === undefined ? undefined : markerFile))
  const found = await readMarker(store)
  const location = `${setting.name} (${describePlace(setting)})`
  if (found && found.origin !== ours.origin) {
    const message = `The place ${location} belongs to another installation, ${found.origin}: nothing was written; use another folder or bucket.`
    throw new PlaceFault('place-foreign', message)
  }
  if (found ? ours.known !== undefined && found.place !== ours.known : ours.known !== undefined) {
    const problem = found ? `it has the data of the place ${found.name}` : `its ${markerFile} is missing`
    const orTaken = found ? ', end a register that was restored from a backup and has taken it over' : ''
    const message = `The place ${location} is no longer the same place, ${problem}: mount the right one${orTaken}, or give it a name of its own in the settings.`
    throw new PlaceFault('place-other', message)
  }
  const { origin, recipient, known } = ours
  if (found && known === undefined) await ours.assertMayTake(store)
  const marker: Marker =
    found && known !== undefined
      ? { ...found, recipient }
      : {
          ...{ format: markerFormat, origin, place: ours.newId(), name: setting.name, recipient },
          ...(found && { takenOverAt: ours.now.toString() }),
        }
  if (!found || known === undefined || found.recipient !== recipient) {
    await putAndReadBack(store, markerFile, Buffer.from(`${JSON.stringify(marker, undefined, 1)}\n`))
  }
  return store
}

/** @throws PlaceFault `place-differs` */
export async function putAndReadBack(store: ObjectStore, key: string, bytes: Buffer): Promise<void> {
  await store.put(key, bytes)
  const size = await store.sizeBytes(key)
  const back = size === bytes.length ? await store.readRange(key, 0, size) : undefined
  if (back?.equals(bytes) !== true) {
    throw new PlaceFault(
      'place-differs',
      `${key} reads back with other bytes than were written: check the disk or the server.`,
    )
  }
}

/** Describes a place's failure on one line, by its name. */
export function describeFault(setting: PlaceSetting, error: unknown): string {
  const message = error instanceof Error ? error.message : String(error)
  const [line = ''] = message.split('\n', 1)
  return error instanceof Fault && line.includes(setting.name) ? line : `${setting.name}: ${line}`
}

export async function readMarker(store: ObjectStore): Promise<Marker | undefined> {
  const bytes = await readWholeIfExists(store, markerFile)
  if (!bytes) return undefined
  try {
    const marker = JSON.parse(bytes.toString('utf8')) as Marker
    if (marker.format === markerFormat && typeof marker.place === 'string') return marker
  } catch {
    // Reported below like any other failure.
  }
  throw new PlaceFault('place-foreign', `its ${markerFile} was not written by Seloste: use another folder or bucket.`)
}
