import { open } from 'node:fs/promises'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { generateKeyPair } from '#platform/age/age-header.ts'
import type { Settings } from '#platform/config/settings.ts'
import { Fault } from '#platform/fault.ts'
import type { ObjectStore } from '#platform/objects/object-store.ts'
import { makeBackup, type BackupProgress, type MadeBackup } from '#safeguards/backup/make-backup.ts'
import { readLogKey } from '#safeguards/audit/log-key.ts'
import { findBackups, isNewestCurrent } from '#safeguards/backup/list-backups.ts'
import { instantOf } from '#safeguards/backup/manifest.ts'
import { recordBackup, recordBackupFault } from '#safeguards/backup/record-backups.ts'
import type { Rotated } from '#safeguards/backup/rotate.ts'
import type { KeyStore } from '#safeguards/keys/key-store.ts'
import { openKeyStore } from '#safeguards/keys/open-key-store.ts'
import { recordRun } from '#safeguards/runs/record-run.ts'
import { readVersions, versionAt } from '#safeguards/versions/versions.ts'
import { lastDue } from '../supervisor/schedule-backups.ts'
import { readDrawKey } from '../roles/draw-key.ts'
import { bodyKey, replicatedObjects } from '#register/recordings/objects.ts'
import { openBackupPlaces, type OpenedPlace } from './backup-places.ts'
import { databaseUrlOf, withRunningDatabase } from './running-database.ts'
import { version } from './version.ts'

/**
 * `backup key` creates the recovery key, `backup list` lists backups; otherwise makes a backup in every place of
 * SELOSTE_BACKUPS, or in the one named by `--to`.
 */
export async function backup(settings: Settings, args: string[]): Promise<void> {
  const [subject, ...rest] = args
  if (subject === 'key') return makeRecoveryKey(rest)
  if (subject === 'list') return listBackups(settings)
  const { values } = parseArgs({
    args,
    options: { to: { type: 'string' }, due: { type: 'boolean' }, json: { type: 'boolean' } },
  })
  const print = values.json === true ? jsonPrinter : linePrinter
  const recipient = settings.backupKey
  if (recipient === undefined || settings.backups.length === 0) {
    throw new Fault(
      'setting-wrong',
      'backups need SELOSTE_BACKUPS and SELOSTE_BACKUP_KEY; "seloste backup key" creates the key (docs/operate/backup-and-restore.md)',
    )
  }
  const wanted = settings.backups.filter(({ name }) => values.to === undefined || name === values.to)
  if (wanted.length === 0) {
    const names = settings.backups.map(({ name }) => name).join(', ')
    throw new Fault('argument-wrong', `--to is "${values.to ?? ''}"; SELOSTE_BACKUPS has ${names}`)
  }
  const url = await databaseUrlOf(settings)
  await withRunningDatabase(settings, 'backup', async (db) => {
    const keys = await openKeyStore(settings)
    const { places, objects } = await openBackupPlaces(settings, db, keys, wanted)
    const now = Temporal.Now.instant()
    const { storage } = versionAt(await readVersions(db), now).description
    const source = {
      url,
      db,
      objects,
      objectsOf: replicatedObjects,
      bodyOf: bodyKey,
      keys,
      drawKey: await readDrawKey(settings),
      program: version,
    }
    for (const place of places) {
      if (
        values.due === true &&
        (await hasCurrentBackup(place, keys, { since: lastDue(now, settings.backupAt), recipient }))
      )
        continue
      let store: ObjectStore | undefined
      let rotated: Rotated | undefined
      try {
        const opened = await place.open()
        store = opened.store
        const made = await makeBackup(source, opened, {
          recipient,
          rotationDays: storage.backupDays,
          onEnded: (ended) => {
            rotated = ended
          },
          onProgress: (progress) => {
            print.progress(place.name, progress)
          },
        })
        await recordBackup(db, opened, made)
        await recordRun(db, { work: 'backup', recordings: made.recordings, contacts: rowsOf(made, 'contact') })
        print.made(place.name, made)
      } catch (error) {
        await recordBackupFault(db, place.name, error, store && rotated && { store, rotated })
        await recordRun(db, { work: 'backup', fault: (error as { code?: string }).code ?? 'unknown' })
        print.failed(place.name, error as Error, await newestBackup(store, storage.backupDays), rotated?.ended ?? [])
        process.exitCode = 1
      }
    }
  })
}

interface LastBackup {
  id: string
  /** Time of its deletion. */
  expiresAt: Temporal.Instant
}

async function newestBackup(store: ObjectStore | undefined, days: number): Promise<LastBackup | undefined> {
  const id = store && (await findBackups(store).catch(() => undefined))?.whole.at(-1)
  const at = id === undefined ? undefined : instantOf(id)
  return id !== undefined && at ? { id, expiresAt: at.add({ hours: 24 * days }) } : undefined
}

/** Returns true if a place has a current backup; false if the place cannot be read. */
async function hasCurrentBackup(
  place: OpenedPlace,
  keys: KeyStore,
  wanted: Parameters<typeof isNewestCurrent>[2],
): Promise<boolean> {
  const [opened, key] = [await place.open().catch(() => undefined), await readLogKey(keys)]
  // An unreadable backup counts as missing, so a new one is made.
  return opened !== undefined && key !== undefined && isNewestCurrent(opened.store, key, wanted).catch(() => false)
}

async function makeRecoveryKey(args: string[]): Promise<void> {
  const { values } = parseArgs({ args, options: { to: { type: 'string' } } })
  if (!values.to) {
    throw new Fault(
      'argument-wrong',
      'backup key needs --to FILE, a new file on a medium that is then locked away (a USB stick)',
    )
  }
  const { identity, recipient } = generateKeyPair()
  const path = resolve(values.to)
  const file = await open(path, 'wx', 0o600).catch((cause: NodeJS.ErrnoException) => {
    const reason =
      cause.code === 'EEXIST' ? 'already exists; a key is never overwritten' : `cannot be created (${cause.code})`
    throw new Fault('argument-wrong', `${path} ${reason}`, cause)
  })
  try {
    await file.writeFile(
      `# Recovery key of Seloste: keep it in a safe, and nowhere on the machine that it is to restore.\n# public key: ${recipient}\n${identity}\n`,
    )
    await file.sync()
  } finally {
    await file.close()
  }
  console.log(`${path} has the private half: lock it away, in two places. Without it no backup can be decrypted.`)
  console.log(`SELOSTE_BACKUP_KEY: ${recipient}`)
}

async function listBackups(settings: Settings): Promise<void> {
  await withRunningDatabase(settings, 'backup-list', async (db) => {
    const { places } = await openBackupPlaces(settings, db, await openKeyStore(settings), settings.backups)
    for (const place of places) {
      const { whole, unfinished } = await findBackups((await place.open()).store)
      console.log(`${place.name}: ${whole.length} backups`)
      for (const id of whole) console.log(`  ${id}`)
      for (const id of unfinished.keys()) console.log(`  ${id}  interrupted; the next backup deletes it`)
    }
  })
}

interface Printer {
  progress: (place: string, progress: BackupProgress) => void
  made: (place: string, made: MadeBackup) => void
  failed: (place: string, error: Error, last: LastBackup | undefined, ended: readonly string[]) => void
}

const jsonPrinter: Printer = {
  progress: (place, progress) => {
    console.log(JSON.stringify({ place, ...progress }))
  },
  made: (place, { manifest, writtenBytes, missing, altered, rotated, removed }) => {
    const { id, objects, objectBytes, withoutAudio } = manifest
    console.log(
      JSON.stringify({
        place,
        made: id,
        objects,
        objectBytes,
        writtenBytes,
        withoutAudio,
        missing,
        altered,
        removed,
        ended: rotated.ended,
      }),
    )
  },
  failed: (place, error, last, ended) => {
    const { code } = error as { code?: string }
    const newest = last && { id: last.id, ends: last.expiresAt.toString() }
    console.log(JSON.stringify({ place, failed: code ?? 'unknown', why: error.message, newest, ended }))
  },
}

const linePrinter: Printer = {
  progress: (place, { step, item, done, total }) => {
    // A line per table and file would be too much.
    if (done === total || (step === 'objects' && done % 10_000 === 0)) {
      console.log(`  ${place}: ${step} ${done} of ${total}${item === undefined || done < total ? '' : ', read back'}`)
    }
  },
  made: (place, { manifest, writtenBytes, missing, altered, rotated, removed }) => {
    const rows = manifest.tables.reduce((sum, table) => sum + table.rows, 0)
    console.log(
      `${place} has the backup ${manifest.id}: ${rows} rows, ${manifest.objects} objects (${megabytes(manifest.objectBytes)}), ${megabytes(writtenBytes)} written, all of it read back`,
    )
    for (const id of removed) console.log(`  deleted what the interrupted backup ${id} had left`)
    for (const id of rotated.ended) console.log(`  deleted the expired backup ${id}`)
    if (manifest.withoutAudio > 0) {
      console.log(`  ${manifest.withoutAudio} recordings were not ingested yet; the backup does not have their audio`)
    }
    for (const key of missing) console.log(`  missing in the object store: ${key}; see seloste recordings verify`)
    for (const key of altered) {
      console.log(`  not copied, because it differs from what was ingested: ${key}; see seloste recordings verify`)
    }
  },
  failed: (place, error, last, ended) => {
    const left = last
      ? `earlier backups there are unchanged; the newest is ${last.id} and expires at ${last.expiresAt.toString()}, even if no newer one exists`
      : 'no complete backup was found there'
    console.error(`seloste: no backup to ${place}: ${error.message.replace(/[.]$/, '')}; ${left}`)
    for (const id of ended)
      console.error(`  deleted the expired backup ${id}: no backup is kept longer than the description says`)
  },
}

function megabytes(bytes: number): string {
  return `${(bytes / 1_000_000).toFixed(1)} MB`
}

function rowsOf({ manifest }: MadeBackup, name: string): number {
  return manifest.tables.find((table) => table.name === name)?.rows ?? 0
}
