/**
 * Opens a register with ingested recordings, a place for backups, and empty databases for restores. Places, key stores and
 * ledgers are real.
 */
import { randomBytes } from 'node:crypto'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client } from 'pg'
import { afterAll, inject } from 'vitest'
import { generateKeyPair } from '#platform/age/age-header.ts'
import { connectDatabase } from '#platform/database/connect.ts'
import { migrate } from '#platform/database/migrate.ts'
import { openPlaceFolder } from '#platform/objects/place-folder.ts'
import { ingestRecording } from '#register/recordings/ingest-recording.ts'
import { bodyKey, replicatedObjects, recordingObjects } from '#register/recordings/objects.ts'
import type { RegisterTables } from '#register/tables.ts'
import type { PlaceSetting } from '#platform/config/places.ts'
import { readVersions, versionAt } from '#safeguards/versions/versions.ts'
import { readLogKey } from '#safeguards/audit/log-key.ts'
import { copyLogHashes } from '#safeguards/backup/log-hashes.ts'
import { openPlaces } from '#safeguards/places/places.ts'
import { openLogFolder } from '#safeguards/audit/log-folder.ts'
import { createSequencer } from '#safeguards/audit/sequencer.ts'
import { makeBackup, type BackupSource, type MadeBackup } from '#safeguards/backup/make-backup.ts'
import { readWholeIfExists } from '#platform/objects/whole-objects.ts'
import { restoreBackup, type Restored, type RestoreTarget } from '#safeguards/backup/restore.ts'
import { restoreKeyring } from '#safeguards/backup/restore-keyring.ts'
import { openKeyFolder } from '#safeguards/keys/key-folder.ts'
import { sealLedger } from '#safeguards/ledger/seal-ledger.ts'
import { openTestObjects } from '#test/objects/test-objects.ts'
import type { TestDatabase } from '../database/create-test-database.ts'
import { makeTestRegister, type RecordedSegment } from '../register/make-register.ts'

export const recovery = generateKeyPair()
export const drawKey = randomBytes(32)

/** Call it at the top of a test file. */
export async function openBackedUpRegister(database: TestDatabase<RegisterTables>) {
  const register = await makeTestRegister(database)
  const owner = database.as()
  const custodian = database.as('seloste_custodian').db
  const logs = await openLogFolder(join(register.folder, 'audit-log'))
  const ledgerFolder = await openLogFolder(join(register.folder, 'ledger'))
  const sequencer = createSequencer({ db: custodian, keys: register.keys, folder: logs, instance: () => 'Test' })
  const source: BackupSource = {
    url: database.url(),
    db: owner.db,
    objects: register.objects,
    objectsOf: replicatedObjects,
    bodyOf: bodyKey,
    keys: register.keys,
    drawKey,
    program: 'test',
  }
  return {
    ...register,
    source,
    /** Seals and signs everything pending in the log and the ledger. */
    async seal() {
      await sequencer.sequence(new AbortController().signal)
      await sealLedger({ db: owner.db, keys: register.keys, folder: ledgerFolder })
    },
    async makeRecordings(count: number): Promise<RecordedSegment[]> {
      const recordings: RecordedSegment[] = []
      for (let n = 0; n < count; n++) {
        const recorded = await register.record({}, { packets: 4 })
        await ingestRecording(register.ingest, recorded.id, Temporal.Now.instant())
        recordings.push(recorded)
      }
      return recordings
    },
    /** Makes a new folder for backups. */
    async newPlace(name = randomBytes(4).toString('hex')) {
      const folder = join(register.folder, name)
      await mkdir(folder)
      return { name, folder, store: await openPlaceFolder(folder) }
    },
  }
}

export type BackedUpRegister = Awaited<ReturnType<typeof openBackedUpRegister>>

/** Opens a backup place as in the settings, with its copies of keyring and ledger. */
export async function openTestPlaces(database: TestDatabase<RegisterTables>, register: BackedUpRegister) {
  const { name, folder, store } = await register.newPlace(`p${randomBytes(4).toString('hex')}`)
  const { db } = database.as()
  const setting: PlaceSetting = { name, at: { kind: 'folder', folder }, site: 'server-room' }
  const copies = openPlaces({
    db,
    keys: register.keys,
    backups: [setting],
    ledgerCopies: [],
    recipient: recovery.recipient,
    now: () => Temporal.Now.instant(),
    sites: async () => versionAt(await readVersions(db), Temporal.Now.instant()).description.storage.sites,
  })
  const place = copies.backup(name)
  if (!place) throw new Error(`${name} is not there`)
  return {
    name,
    folder,
    store,
    copies,
    open: async () => ({
      name,
      store: await place.open(),
      renewCopies: () => place.renewCopies(),
      reach: () => place.open(),
    }),
    async shipLog() {
      const signer = await readLogKey(register.keys)
      if (signer) await copyLogHashes(db, signer, store)
    },
  }
}

export type TestPlace = Awaited<ReturnType<typeof openTestPlaces>>

export async function backUpTo(
  register: BackedUpRegister,
  place: TestPlace,
  now?: Temporal.Instant,
): Promise<MadeBackup> {
  return makeBackup(register.source, await place.open(), {
    recipient: recovery.recipient,
    rotationDays: 30,
    onProgress: () => undefined,
    ...(now && { now }),
  })
}

export function restoreFrom(
  machine: Awaited<ReturnType<typeof emptyMachine>>,
  { store }: Pick<TestPlace, 'store'>,
  given: { backup?: string; identity?: string; entries?: number; ledger?: string; acceptLostKeys?: boolean } = {},
): Promise<Restored> {
  const { identity = recovery.identity, acceptLostKeys = false } = given
  return restoreBackup(
    machine.target,
    {
      store,
      readLedger: (name) => readWholeIfExists(store, (given.ledger ?? 'ledger/') + name),
      restoreKeyring: (connection) =>
        restoreKeyring(connection, store, identity, machine.keys, acceptLostKeys ? 'accepted' : 'refused'),
    },
    {
      backup: given.backup,
      identity,
      acceptLostKeys,
      by: 'test',
      anchors: { known: () => Promise.resolve([]), entries: given.entries ?? 0 },
      onProgress: () => undefined,
    },
  )
}

/** Makes an empty machine: a database without tables, no keys, no objects. Call it within a test. */
export async function emptyMachine() {
  const cluster = inject('database')
  const name = `test_restored_${randomBytes(5).toString('hex')}`
  await administer(cluster.adminUrl.replace('DATABASE', 'postgres'), `create database ${name}`)
  const url = cluster.adminUrl.replace('DATABASE', name)
  const folder = await mkdtemp(join(tmpdir(), 'seloste-restored-'))
  const connected = connectDatabase<RegisterTables>({
    url,
    applicationName: name,
    size: 3,
    onIdleError: () => undefined,
  })
  const keys = await openKeyFolder(join(folder, 'keys'))
  const target: RestoreTarget = {
    url,
    db: connected.db,
    migrate: async (upTo) => {
      await migrate(url, { ...(upTo !== undefined && { upTo }) })
    },
    objects: await openTestObjects(join(folder, 'objects')),
    keys,
    objectsOf: recordingObjects,
    log: await openLogFolder(join(folder, 'audit-log')),
    ledger: await openLogFolder(join(folder, 'ledger')),
    writeDrawKey: () => Promise.resolve(),
  }
  made.push(async () => {
    await connected.close()
    await administer(cluster.adminUrl.replace('DATABASE', 'postgres'), `drop database if exists ${name} with (force)`)
    await rm(folder, { recursive: true, force: true })
  })
  return { ...target, target, keys, pool: connected.pool, folder }
}

const made: (() => Promise<void>)[] = []
afterAll(async () => {
  for (const end of made) await end()
})

async function administer(url: string, statement: string): Promise<void> {
  const client = new Client({ connectionString: url })
  await client.connect()
  await client.query(statement).finally(() => client.end())
}

/** Makes a backup, runs `changes`, and restores the backup on another machine. */
export async function restoredAfter(
  database: TestDatabase<RegisterTables>,
  register: BackedUpRegister,
  changes: () => Promise<void>,
) {
  const place = await openTestPlaces(database, register)
  await register.seal()
  const { manifest } = await backUpTo(register, place)
  await changes()
  await register.seal()
  await place.copies.shipLedger()
  await place.shipLog()
  const machine = await emptyMachine()
  const restored = await restoreFrom(machine, place, { backup: manifest.id })
  const rows = async (query: string, values: unknown[] = []) => (await machine.pool.query(query, values)).rows
  return { place, machine, restored, rows }
}
