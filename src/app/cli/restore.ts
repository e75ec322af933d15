import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { userInfo } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import type { Settings } from '#platform/config/settings.ts'
import { forgetPositions } from '#capture/feeds/follow-folder.ts'
import { connectDatabase } from '#platform/database/connect.ts'
import { startEmbeddedPostgres } from '#platform/database/embedded.ts'
import { migrate } from '#platform/database/migrate.ts'
import { Fault } from '#platform/fault.ts'
import { makeLog } from '#platform/log/log.ts'
import { removeNode, listNodeStatuses } from '#register/capture-nodes.ts'
import { recordingObjects } from '#register/recordings/objects.ts'
import type { RegisterTables } from '#register/tables.ts'
import { openLogFolder } from '#safeguards/audit/log-folder.ts'
import { readVerifierKey, writeVerifierKey, type VerifierKey } from '#safeguards/audit/note.ts'
import { fetchCosigned } from '#safeguards/audit/witness/request-cosignature.ts'
import { findBackup, restoreBackup, type Restored } from '#safeguards/backup/restore.ts'
import { readKnownHead } from '#safeguards/backup/restored-ledger.ts'
import { openKeyStore } from '#safeguards/keys/open-key-store.ts'
import { recordRun } from '#safeguards/runs/record-run.ts'
import type { KnownHead } from '#safeguards/ledger/read-ledger-copy.ts'
import { drawKeyPath } from '../roles/draw-key.ts'
import { openObjects } from '../roles/open-objects.ts'
import { openRestorePlace } from './backup-places.ts'

const options = {
  from: { type: 'string' },
  backup: { type: 'string' },
  identity: { type: 'string', multiple: true },
  ledger: { type: 'string' },
  checkpoint: { type: 'string', multiple: true },
  anchor: { type: 'string' },
  'without-witnesses': { type: 'boolean' },
  'accept-lost-keys': { type: 'boolean' },
} as const

/**
 * `restore --from DIR --identity FILE`: restores the register from a backup, into an empty data folder or an empty database.
 */
export async function restore(settings: Settings, args: string[]): Promise<void> {
  const { values } = parseArgs({ args, options })
  if (!values.from || !values.identity?.length) {
    throw new Fault('argument-wrong', 'restore needs --from DIR (or s3://…) and --identity FILE, the recovery key')
  }
  const identity = (await Promise.all(values.identity.map(readIdentity))).join('\n')
  const keys = await openKeyStore(settings)
  const acceptLostKeys = values['accept-lost-keys'] === true
  const lost = acceptLostKeys ? 'accepted' : 'refused'
  const place = await openRestorePlace(values.from, values.ledger, identity, keys, lost)
  const { key, manifest } = await findBackup(place.store, values.backup)
  console.log(`restoring the backup ${manifest.id}, the register as it was at ${manifest.snapshotAt}`)
  console.log(`its log is signed with ${writeVerifierKey(key)}: compare this with the key that you wrote down`)
  await mkdir(settings.dataDirectory, { recursive: true, mode: 0o700 })
  const database = await openDatabase(settings)
  try {
    const restored = await restoreBackup(
      {
        url: database.url,
        db: database.db,
        migrate: async (upTo) => {
          await migrate(database.url, { ...(upTo !== undefined && { upTo }) })
        },
        objects: await openObjects(settings),
        objectsOf: recordingObjects,
        keys,
        log: await openLogFolder(join(settings.dataDirectory, 'audit-log')),
        ledger: await openLogFolder(join(settings.dataDirectory, 'ledger')),
        writeDrawKey: (drawKey) => writeDrawKey(settings, drawKey),
      },
      place,
      {
        backup: manifest.id,
        identity,
        acceptLostKeys,
        by: userInfo().username,
        anchors: {
          known: (ledgerKey) =>
            readKnownHeads(settings, values.checkpoint ?? [], values['without-witnesses'] === true, ledgerKey),
          entries: readCount(values.anchor),
        },
        onProgress: ({ step, done, total }) => {
          if (done === total || done % 10_000 === 0) console.log(`  ${step} ${done} of ${total}`)
        },
      },
    )
    await forgetPositions(join(settings.dataDirectory, 'feeds'))
    // Nodes from before the restore: one that still has its disk registers again; the others would be listed as down for ever.
    for (const { id } of await listNodeStatuses(database.db)) await removeNode(database.db, id)
    await recordRun(database.db, { work: 'restore', recordings: restored.keys, keys: restored.ledger.keys })
    print(restored, values.ledger === undefined)
  } finally {
    await database.close()
  }
}

async function openDatabase(settings: Settings) {
  const log = makeLog({ name: 'restore', level: 'warn' })
  const embedded =
    settings.databaseUrl === undefined
      ? await startEmbeddedPostgres({
          dataDirectory: join(settings.dataDirectory, 'database'),
          log: { info: () => undefined, warn: (message) => log.warn(message) },
        })
      : undefined
  const url = settings.databaseUrl ?? embedded?.adminUrl() ?? ''
  const { db, close } = connectDatabase<RegisterTables>({
    url,
    applicationName: 'seloste-restore',
    size: 2,
    onIdleError: () => undefined,
  })
  return {
    url,
    db,
    async close() {
      await close()
      await embedded?.stop()
    },
  }
}

/** Reads the private key from a file in the format of `seloste backup key` and `age-keygen`. */
async function readIdentity(path: string): Promise<string> {
  const text = await readFile(resolve(path), 'utf8').catch((cause: NodeJS.ErrnoException) => {
    throw new Fault('argument-wrong', `--identity: ${path} cannot be read (${cause.code})`, cause)
  })
  const line = text.split('\n').find((one) => one.startsWith('AGE-SECRET-KEY-1'))
  if (line !== undefined) return line.trim()
  throw new Fault('argument-wrong', `--identity: ${path} has no line that begins with AGE-SECRET-KEY-1`)
}

function readCount(text: string | undefined): number {
  if (text === undefined) return 0
  if (/^\d{1,15}$/.test(text)) return Number(text)
  throw new Fault(
    'argument-wrong',
    `--anchor is "${text}"; it must be a whole number: the minimum number of ledger entries`,
  )
}

/** Reads heads of the ledger from given files and from witnesses. */
async function readKnownHeads(
  settings: Settings,
  files: readonly string[],
  withoutWitnesses: boolean,
  ledgerKey: VerifierKey,
): Promise<KnownHead[]> {
  const known: KnownHead[] = []
  for (const file of files)
    known.push(readKnownHead(`the file ${file}`, await readFile(resolve(file), 'utf8'), ledgerKey))
  if (withoutWitnesses) return known
  for (const { url, key: text } of settings.witnesses) {
    const key = readVerifierKey(text)
    if (!key) continue
    const held = await fetchCosigned({ url, key }, ledgerKey).catch((cause: unknown) => {
      throw new Fault(
        'restore-witness-away',
        `the witness ${url}, which knows the length of the destruction ledger, does not answer: wait for it, or restore with --without-witnesses and --anchor`,
        cause,
      )
    })
    if (held) known.push({ source: `the witness ${key.name}`, size: held.size, root: held.root })
  }
  return known
}

async function writeDrawKey(settings: Settings, key: Buffer): Promise<void> {
  const path = drawKeyPath(settings)
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  await writeFile(path, key, { mode: 0o600, flush: true })
}

function print(restored: Restored, usesPlacesLedger: boolean): void {
  const {
    backup,
    rows,
    objects,
    keys,
    withoutAudio,
    ledger,
    completedLedger,
    renewedKeys,
    mayHaveLeft,
    withoutKey,
    lostVersions,
    lostEntries,
  } = restored
  console.log(`restored ${backup}: ${rows} rows, ${objects} objects, ${keys} keys`)
  const ended = Object.entries(ledger).flatMap(([subject, count]) =>
    typeof count === 'number' && count > 0 ? [`${subject} ${count}`] : [],
  )
  if (completedLedger !== undefined) {
    console.log(
      `the given copy of the destruction ledger ends at entry ${completedLedger}; the place's own continues it and was used`,
    )
  }
  if (usesPlacesLedger && restored.takenOverAt !== undefined) {
    console.log(
      `another restored register took over this place at ${restored.takenOverAt}, after the backup, and its destruction ledger was used. If that was only a drill, do not start this register: restore again, with --ledger DIR, a copy of the lost register's ledger (docs/operate/backup-and-restore.md)`,
    )
  }
  console.log(`destroyed or ended again by the destruction ledger: ${ended.join(', ') || 'nothing since the backup'}`)
  if (restored.unknownTablesAndColumns.length > 0)
    console.log(
      `tables and columns that are not Seloste’s were left out: ${restored.unknownTablesAndColumns.join(', ')}`,
    )
  if (withoutAudio > 0)
    console.log(`${withoutAudio} recordings have no sound: it had not been ingested when the backup was made`)
  for (const name of renewedKeys)
    console.log(
      `the destroyed key ${name} came back from this place: what it had wrapped has a new key, and it is destroyed again`,
    )
  if (withoutKey.length > 0) console.log(`${withoutKey.length} recordings have no key: ${withoutKey.join(', ')}`)
  if (lostEntries.length > 0) {
    console.log(`entries of the audit log written after the backup are lost, by index: ${lostEntries.join(', ')}`)
  }
  if (lostVersions.length > 0) {
    console.log(
      `versions of the register description that were approved after the backup are lost: ${lostVersions.join(', ')}; the one before is in force until they are drafted and approved again`,
    )
  }
  if (ledger.lostRequests.length > 0) {
    console.log(
      `requests that were entered after the backup are lost: ${ledger.lostRequests.join(', ')}; enter each again from the written documents; those from home must be sent again`,
    )
  }
  if (ledger.lostAppointments.length > 0) {
    console.log(
      `appointments that were booked after the backup are lost: ${ledger.lostAppointments.join(', ')}; the visitors will come all the same: book each again, or inform them`,
    )
  }
  if (ledger.restrictions + ledger.cases > 0)
    console.log(
      'requests made after the backup that restrict recordings or ask for them are open again without their requesters: enter and identify each anew (docs/operate/backup-and-restore.md)',
    )
  if (mayHaveLeft.length > 0) {
    console.log(
      `disclosures to authorities that may have been released just before the loss: ${mayHaveLeft.join(', ')}; ask the authority before anything is released`,
    )
  }
  if (ledger.untied.length > 0) {
    console.log(
      `copies at institutes whose recording is not known here: ${ledger.untied.join(', ')}; recall them by letter (docs/operate/disclosures.md)`,
    )
  }
  if (ledger.disclosures > 0)
    console.log(
      'disclosures begun after the backup are restored with their numbers, dates and items, but without texts: see the written decisions',
    )
  console.log(
    'the directory is the backup’s: import it again, with numbers and units that moved since, before recording clients reach this machine',
  )
  console.log('everybody has to sign in again. Next: start Seloste, then run "seloste recordings verify"')
}
