/**
 * Makes one backup of everything to one place, reads it back, signs it and removes older ones. One backup at a time per place.
 * Order: remove leftovers of interrupted backups; tables, audio, keyring, ledger, hashes of the audit log; read everything
 * back; write the manifest, then its note. Without the note it is not a backup.
 */
import { openConnection, type DedicatedConnection } from '#platform/database/copy.ts'
import { sealFile } from '#platform/age/sealed-file.ts'
import { Fault } from '#platform/fault.ts'
import type { ObjectStore } from '#platform/objects/object-store.ts'
import { readLogKey } from '../audit/log-key.ts'
import type { Signer } from '../audit/note.ts'
import type { KeyStore } from '../keys/key-store.ts'
import type { SafeguardsDatabase } from '../tables.ts'
import { copyObjects, type CopiedObjects } from './copy-objects.ts'
import { compress, exportTables, tablesOf } from './export-tables.ts'
import { findBackups, objectsOf, openManifest, readBackupFile } from './list-backups.ts'
import { refuseOtherLog, copyLogHashes } from './log-hashes.ts'
import {
  backupId,
  folderOf,
  manifestFormat,
  manifestName,
  noteName,
  objectsFolder,
  readManifest,
  sha256,
  signManifest,
  type BackedUpObject,
  type BackupFile,
  type Manifest,
} from './manifest.ts'
import { readWhole } from '#platform/objects/whole-objects.ts'
import { destroyedRecordings, recordingOf, removeUnfinished, rotate, type Rotated } from './rotate.ts'

export interface BackupSource {
  /** URL of the database's owner. */
  url: string
  db: SafeguardsDatabase
  objects: ObjectStore
  /** Returns the objects of a recording, and of its anonymised copy if that is signed. */
  objectsOf: (recordingId: string, copyId?: string) => string[]
  /** Returns the object whose SHA-256 the recording's row has. */
  bodyOf: (recordingId: string) => string
  keys: KeyStore
  /** The installation's draw secret (R14). */
  drawKey: Buffer
  /** Version of the program. */
  program: string
}

export interface BackupPlace {
  name: string
  store: ObjectStore
  /** Updates the place's copies of the whole keyring and of the ledger; throws on failure. */
  renewCopies: () => Promise<void>
  /** Throws if the place is unreachable or belongs to another register: a restored one may have taken it over. */
  reach: () => Promise<unknown>
}

export interface BackupOptions {
  /** Public half of the recovery key. */
  recipient: string
  /** Greatest age of a backup. */
  rotationDays: number
  /** Default: the database's time of destruction, so that a clock that has jumped ahead removes no backup. */
  now?: Temporal.Instant
  /** Called with the removed backups and objects if the new backup failed. */
  onEnded?: (rotated: Rotated) => void
  onProgress: (progress: BackupProgress) => void
}

export interface BackupProgress {
  step: 'tables' | 'objects' | 'copies' | 'read-back' | 'rotation'
  /** The item, for example a table. */
  item?: string
  done: number
  total: number
  bytes?: number
}

export interface MadeBackup {
  manifest: Manifest
  /** Recordings whose audio it has. */
  recordings: number
  writtenBytes: number
  /** Interrupted backups that were removed first. */
  removed: string[]
  missing: string[]
  altered: string[]
  rotated: Rotated
}

const objectsPerList = 100_000

/** @throws Fault `backup-running`, `backup-read-back`, `backup-other-log`, `audit-log-unsigned`; what places throw */
export async function makeBackup(
  source: BackupSource,
  place: BackupPlace,
  options: BackupOptions,
): Promise<MadeBackup> {
  const signer = await readLogKey(source.keys)
  if (!signer) throw new Fault('audit-log-unsigned', 'the audit log has no key yet; start Seloste first')
  const connection = await openConnection(source.url, 'seloste-backup')
  try {
    await lockPlace(connection, place.name)
    await refuseOtherLog(place.store, signer)
    const times = await readTimes(connection)
    const now = options.now ?? times.made
    const rotation = { days: options.rotationDays, now: options.now ?? times.ending, key: signer }
    try {
      const removed = await removeUnfinished(place.store)
      const backup = await writeBackup(connection, source, place, signer, { ...options, now })
      await place.reach()
      const rotated = await rotate(connection, place.store, rotation)
      options.onProgress({ step: 'rotation', done: rotated.ended.length, total: rotated.ended.length })
      return { ...backup, removed, rotated }
    } catch (error) {
      await rotateAfterFailure(source.url, place, rotation, options.onEnded)
      throw error
    }
  } finally {
    await connection.close()
  }
}

/** Locks the place for this process's life. */
async function lockPlace(connection: DedicatedConnection, place: string): Promise<void> {
  const [lock] = await connection.query<{ mine: boolean }>(
    'select pg_try_advisory_lock(hashtextextended($1, 0)) as mine',
    [`seloste.backup ${place}`],
  )
  if (lock?.mine !== true) {
    throw new Fault('backup-running', `another backup to ${place} is running; wait until it has ended`)
  }
}

/** Removes expired backups although the new backup has failed. */
async function rotateAfterFailure(
  url: string,
  { store, reach }: BackupPlace,
  rotation: Parameters<typeof rotate>[2],
  onEnded: BackupOptions['onEnded'],
): Promise<void> {
  try {
    await reach()
    await removeUnfinished(store)
    // A new connection: that of the failed backup may be broken, or within a transaction.
    const connection = await openConnection(url, 'seloste-backup-end')
    const rotated = await rotate(connection, store, rotation).finally(() => connection.close())
    if (rotated.ended.length > 0) onEnded?.(rotated)
  } catch {
    // The place is unreachable or of another register: the first fault reports that, and the next run tries again.
  }
}

/** Returns the time of the backup, never from a clock that is ahead, and the time by which others' age is judged. */
async function readTimes(
  connection: DedicatedConnection,
): Promise<{ made: Temporal.Instant; ending: Temporal.Instant }> {
  const [row] = await connection.query<{ made: Temporal.Instant; ending: Temporal.Instant }>(`
    select case when clock_is_ahead() then destruction_now() else now() end as made, destruction_now() as ending`)
  return row!
}

async function writeBackup(
  connection: DedicatedConnection,
  source: BackupSource,
  { store, renewCopies, reach }: BackupPlace,
  signer: Signer,
  { recipient, now, onProgress }: BackupOptions & { now: Temporal.Instant },
): Promise<Omit<MadeBackup, 'rotated' | 'removed'>> {
  const id = await freeId(store, now)
  const written: BackupFile[] = []
  const put = async (name: string, bytes: Buffer): Promise<BackupFile> => {
    await store.put(folderOf(id) + name, bytes)
    const file = { name, sizeBytes: bytes.length, sha256: sha256(bytes) }
    written.push(file)
    return file
  }
  const snapshot = await beginSnapshot(connection)
  const total = (await tablesOf(connection)).length
  let done = 0
  const tables = await exportTables(
    connection,
    recipient,
    async (name, bytes) => {
      await put(name, bytes)
    },
    ({ name }) => {
      onProgress({ step: 'tables', item: name, done: ++done, total })
    },
  )
  const remaining = await connection.query<{ id: string; copy: string | null; hash: string | null }>(`
    select r.id, c.id as copy, encode(r.sha256, 'hex') as hash from recording r
    left join anonymised_copy c on c.recording_id = r.id and c.state = 'APPROVED' and c.ended_at is null and c.sound_at is not null
    where r.kept_at is not null and r.state not in ('DESTROYING', 'DESTROYED') order by r.id`)
  await connection.query('commit')

  const copied = await copyAll(connection, source, store, signer, {
    keys: remaining.flatMap((row) => source.objectsOf(row.id, row.copy ?? undefined)),
    hashes: new Map(remaining.flatMap(({ id, hash }) => (hash === null ? [] : [[source.bodyOf(id), hash]]))),
    now,
    onProgress,
  })
  const objectLists: BackupFile[] = []
  for (let at = 0; at < copied.objects.length; at += objectsPerList) {
    const lines = copied.objects.slice(at, at + objectsPerList).map((object) => `${JSON.stringify(object)}\n`)
    const name = `objects.${String(objectLists.length).padStart(5, '0')}.jsonl.zst`
    objectLists.push(await put(name, await compress(Buffer.from(lines.join('')))))
  }
  const secrets = await put('secrets.age', sealFile(recipient, Buffer.from(JSON.stringify(await secretsOf(source)))))

  // After the snapshot, so that the place has the keys of all recordings in it.
  await renewCopies()
  await copyLogHashes(source.db, signer, store)
  onProgress({ step: 'copies', done: 1, total: 1 })

  const manifest: Manifest = {
    format: manifestFormat,
    id,
    origin: signer.name,
    program: source.program,
    recipient,
    ...snapshot,
    finishedAt: Temporal.Now.instant().toString(),
    keyStore: source.keys.kind,
    tables,
    secrets,
    objectLists,
    objects: copied.objects.length,
    objectBytes: copied.objects.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
  }
  for (const [index, file] of written.entries()) {
    await readBackupFile(store, id, file).catch((cause: unknown) => {
      throw new Fault('backup-read-back', `the backup does not read back: ${(cause as Error).message}`, cause)
    })
    onProgress({ step: 'read-back', item: file.name, done: index + 1, total: written.length })
  }
  await reach()
  await sign(store, manifest, signer)
  const writtenBytes = written.reduce((sum, { sizeBytes }) => sum + sizeBytes, copied.writtenBytes)
  return { manifest, recordings: remaining.length, writtenBytes, missing: copied.missing, altered: copied.altered }
}

/** Returns an unused id: the time of the backup, or the next second without a backup. */
async function freeId(store: ObjectStore, now: Temporal.Instant): Promise<string> {
  const { whole } = await findBackups(store)
  const newest = whole.at(-1)
  for (let at = now; ; at = at.add({ seconds: 1 })) {
    const id = backupId(at)
    if (newest === undefined || id > newest || !whole.includes(id)) return id
  }
}

type Snapshot = Pick<Manifest, 'migration' | 'snapshotAt' | 'ledger' | 'auditLog' | 'history' | 'withoutAudio'>

async function beginSnapshot(connection: DedicatedConnection): Promise<Snapshot> {
  await connection.query('begin isolation level repeatable read read only')
  // JSON keeps the order of the members, unlike jsonb.
  const [row] = await connection.query<
    Omit<Snapshot, 'auditLog' | 'snapshotAt'> & { at: Temporal.Instant; auditLog: Snapshot['auditLog'] | null }
  >(`
    select now() as at, row_to_json(m) as migration, row_to_json(c) as "auditLog", row_to_json(l) as ledger,
      case when h.first is not null then json_build_object(
        'firstMonth', to_char(h.first at time zone 'UTC', 'YYYY-MM-01'),
        'lastMonth', to_char(h.last at time zone 'UTC', 'YYYY-MM-01')) end as history,
      (select count(*) from recording where kept_at is null and state not in ('DESTROYING', 'DESTROYED')) as "withoutAudio"
    from (select number, checksum from migration order by number desc limit 1) m
    left join (select size, note from audit_checkpoint order by size desc limit 1) c on true
    left join (select size, note from ledger_head order by size desc limit 1) l on true
    cross join (select min(started_at) as first, max(started_at) as last from contact) h`)
  if (!row?.auditLog) {
    throw new Fault('audit-log-unsigned', 'the audit log has not been signed yet; start Seloste first')
  }
  const { at, migration, ledger, auditLog, history, withoutAudio } = row
  return { migration, snapshotAt: at.toString(), ledger, auditLog, history, withoutAudio }
}

async function copyAll(
  connection: DedicatedConnection,
  source: BackupSource,
  store: ObjectStore,
  signer: Signer,
  {
    keys,
    hashes,
    now,
    onProgress,
  }: { keys: string[]; hashes: ReadonlyMap<string, string>; now: Temporal.Instant } & Pick<BackupOptions, 'onProgress'>,
): Promise<CopiedObjects> {
  const earlier = new Map<string, BackedUpObject>()
  const last = (await findBackups(store)).whole.at(-1)
  if (last !== undefined) {
    for await (const object of objectsOf(store, await openManifest(store, last, signer)))
      earlier.set(object.key, object)
  }
  let done = 0
  const copied = await copyObjects(keys, {
    from: source.objects,
    to: store,
    earlier,
    hashes,
    day: Math.floor(now.epochMilliseconds / 86_400_000),
    onCopied: (bytes) => {
      done += 1
      if (done % 1000 === 0 || done === keys.length) onProgress({ step: 'objects', done, total: keys.length, bytes })
    },
  })
  // Removes copies of recordings destroyed while copying: their keys are gone already.
  const destroyed = await destroyedRecordings(connection)
  const isHeld = (key: string) => !destroyed.has(recordingOf(key) ?? '')
  for (const { key } of copied.objects) if (!isHeld(key)) await store.delete(objectsFolder + key)
  return {
    ...copied,
    objects: copied.objects.filter(({ key }) => isHeld(key)),
    missing: copied.missing.filter(isHeld),
    altered: copied.altered.filter(isHeld),
  }
}

/** Returns small secrets needed to continue; not those that are part of a destruction. */
async function secretsOf({ keys, drawKey }: BackupSource): Promise<{ keys: Record<string, string>; drawKey: string }> {
  const secrets: Record<string, string> = {}
  for (const name of await keys.names()) {
    if (/^(month|intake)-/.test(name)) continue
    const secret = await keys.read(name)
    if (secret) secrets[name] = secret.toString('base64')
  }
  return { keys: secrets, drawKey: drawKey.toString('base64') }
}

async function sign(store: ObjectStore, manifest: Manifest, signer: Signer): Promise<void> {
  const { bytes, note } = signManifest(manifest, signer)
  await store.put(folderOf(manifest.id) + manifestName, bytes)
  const back = await readWhole(store, folderOf(manifest.id) + manifestName)
  if (!back.equals(bytes) || !('manifest' in readManifest(manifest.id, back, note, signer))) {
    throw new Fault('backup-read-back', 'the manifest reads back from the place with other bytes: check its disk')
  }
  await store.put(folderOf(manifest.id) + noteName, note)
}
