import { isAbsolute, join, resolve } from 'node:path'
import { readFile } from 'node:fs/promises'
import { parsePlaces, type PlaceSetting } from '#platform/config/places.ts'
import type { Settings } from '#platform/config/settings.ts'
import type { ObjectStore } from '#platform/objects/object-store.ts'
import type { BackupPlace } from '#safeguards/backup/make-backup.ts'
import { readWholeIfExists } from '#platform/objects/whole-objects.ts'
import { restoreKeyring } from '#safeguards/backup/restore-keyring.ts'
import type { RestorePlace } from '#safeguards/backup/restore.ts'
import type { KeyStore } from '#safeguards/keys/key-store.ts'
import { openStore } from '#safeguards/places/open-place.ts'
import { openPlaces } from '#safeguards/places/places.ts'
import { ledgerFolder } from '#safeguards/places/ship-ledger.ts'
import type { SafeguardsDatabase } from '#safeguards/tables.ts'
import { readVersions, versionAt } from '#safeguards/versions/versions.ts'
import { Fault } from '#platform/fault.ts'
import { openObjects } from '../roles/open-objects.ts'

export interface OpenedPlace {
  name: string
  /** @throws if the place is unreachable, belongs to another register, or has no attested site (R19) */
  open: () => Promise<BackupPlace>
}

export async function openBackupPlaces(
  settings: Settings,
  db: SafeguardsDatabase,
  keys: KeyStore,
  wanted: readonly PlaceSetting[],
): Promise<{ places: OpenedPlace[]; objects: ObjectStore }> {
  const { backups, ledgerCopies, backupKey: recipient } = settings
  const now = () => Temporal.Now.instant()
  const opened = openPlaces({
    db,
    keys,
    backups,
    ledgerCopies,
    recipient,
    now,
    sites: async () => versionAt(await readVersions(db), now()).description.storage.sites,
  })
  const places = wanted.map(({ name }): OpenedPlace => {
    const place = opened.backup(name)
    if (!place) throw new Fault('argument-wrong', `SELOSTE_BACKUPS has no place ${name}`)
    return {
      name,
      open: async () => ({
        name,
        store: await place.open(),
        renewCopies: () => place.renewCopies(),
        reach: () => place.open(),
      }),
    }
  })
  return { places, objects: await openObjects(settings) }
}

/**
 * Opens a place to restore from: a folder, or s3://bucket/prefix with parameters.
 * @param ledger folder of another copy of the destruction ledger; default: that of the place
 * @param lost `accepted` if recordings whose keys cannot be decrypted may be lost
 */
export async function openRestorePlace(
  from: string,
  ledger: string | undefined,
  identity: string,
  keys: KeyStore,
  lost: 'refused' | 'accepted',
): Promise<RestorePlace> {
  const store = await openBackupPlace(from)
  const readLedger = async (name: string) =>
    ledger === undefined ? readWholeIfExists(store, ledgerFolder + name) : readIfExists(join(resolve(ledger), name))
  return { store, readLedger, restoreKeyring: (connection) => restoreKeyring(connection, store, identity, keys, lost) }
}

/** Opens a place of backups: a folder, or s3://bucket/prefix with parameters. */
export async function openBackupPlace(from: string): Promise<ObjectStore> {
  if (!from.includes('://') || isAbsolute(from)) return openStore({ at: { kind: 'folder', folder: resolve(from) } })
  const [place] = parsePlaces('--from', `from=${from}`, process.cwd())
  if (!place) throw new Fault('argument-wrong', '--from is a folder or s3://bucket/prefix')
  return openStore(place)
}

async function readIfExists(path: string): Promise<Buffer | undefined> {
  return readFile(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw error
  })
}
