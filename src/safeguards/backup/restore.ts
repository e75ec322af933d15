/**
 * Restores a register from a backup into an empty database, without what was destroyed, revoked or ended since. The register
 * stays in quarantine until that is done, and no process starts. Every step is idempotent: the next run finishes an interrupted
 * restore. Refuses a database with other content, and a truncated ledger.
 */
import type { DedicatedConnection } from '#platform/database/copy.ts'
import { openConnection } from '#platform/database/copy.ts'
import { emptyQuarantined } from '#platform/database/empty-quarantined.ts'
import { beginQuarantine, endQuarantine, readQuarantine } from '#platform/database/quarantine.ts'
import { openSealedFile } from '#platform/age/sealed-file.ts'
import { Fault } from '#platform/fault.ts'
import type { ObjectStore } from '#platform/objects/object-store.ts'
import { appendAudit, type AuditEntry } from '../audit/append.ts'
import type { LogFolder } from '../audit/log-folder.ts'
import { readLogKey } from '../audit/log-key.ts'
import { readVerifierKey, type VerifierKey } from '../audit/note.ts'
import { signDetail } from '../audit/signed-entries.ts'
import type { Replayed } from '../ledger/replay-ledger.ts'
import type { KeyStore } from '../keys/key-store.ts'
import { renewMonthKeys } from '../keys/renew-month-keys.ts'
import type { SafeguardsDatabase } from '../tables.ts'
import { limitInFlight } from './limit-in-flight.ts'
import { importTables } from './import-tables.ts'
import { findBackups, objectsOf, openManifest, readBackupFile, readObjectCopy } from './list-backups.ts'
import { logFolder, readLogHashes } from './log-hashes.ts'
import type { Manifest } from './manifest.ts'
import { readMarker } from '../places/open-place.ts'
import { ledgerFolder } from '../places/ship-ledger.ts'
import { readWholeIfExists, sizeIfExists } from '#platform/objects/whole-objects.ts'
import { isAfter } from '#platform/clock/instants.ts'
import { judgeLedger, importAndReplay, type LedgerAnchors } from './restored-ledger.ts'
import type { RestoredKeyring } from './restore-keyring.ts'
import { resumeRestoredLog } from './resume-restored-log.ts'
import { anonymisedCopyOf, destroyedRecordings, recordingOf } from './rotate.ts'
import { possiblyReleasedDisclosures, adjustRestoredDisclosures } from './adjust-restored-disclosures.ts'

export interface RestoreTarget {
  /** URL of the database's owner, who may load rows without triggers. */
  url: string
  db: SafeguardsDatabase
  /** Migrates the schema; default: to the program's own. */
  migrate: (upTo?: number) => Promise<void>
  objects: ObjectStore
  keys: KeyStore
  /** Returns the objects of a recording. */
  objectsOf: (recordingId: string) => readonly string[]
  /** The copies of audit log and ledger state beside the keys. */
  log: LogFolder
  ledger: LogFolder
  writeDrawKey: (key: Buffer) => Promise<void>
}

/** A place, for reading. */
export interface RestorePlace {
  store: ObjectStore
  /** Imports the place's keyring into the key store and the database. Returns the number of keys and the disclosed copies. */
  restoreKeyring: (connection: DedicatedConnection) => Promise<RestoredKeyring>
  /** Returns a file of a copy of the destruction ledger: the place's own, or another one. */
  readLedger: (name: string) => Promise<Buffer | undefined>
}

export interface RestoreOptions {
  /** Id of a backup; default: the newest. */
  backup: string | undefined
  /**
   * Recovery identity, AGE-SECRET-KEY-1…; if the recovery key was renewed since the backup the previous one as well, one per
   * line.
   */
  identity: string
  anchors: LedgerAnchors
  /** Restores also if the place does not have the keys of some recordings; those recordings are lost. */
  acceptLostKeys?: boolean
  /** The operator, by user name on this machine. */
  by: string
  onProgress: (progress: { step: RestoreStep; item?: string; done: number; total: number }) => void
}

export type RestoreStep = 'tables' | 'objects' | 'keys' | 'ledger'

export interface Restored {
  backup: string
  snapshotAt: string
  tables: number
  /** Tables and columns in the backup that Seloste does not have; they are left out. */
  unknownTablesAndColumns: string[]
  rows: number
  objects: number
  keys: number
  /** Recordings whose audio was not ingested when the backup was made: it is lost. */
  withoutAudio: number
  ledger: Replayed
  /** Entries of the given ledger copy, if the place's own continues it and was used. */
  completedLedger: number | undefined
  /** When a restored register took the place over, if after the backup: the ledger in the place is that register's. */
  takenOverAt: string | undefined
  /** Versions of month keys that the ledger reports as destroyed and that came back with the keyring: renewed and destroyed. */
  renewedKeys: string[]
  /** Decided disclosures to authorities whose release is not in the ledger: it may have been in the second before the loss. */
  mayHaveLeft: string[]
  /** Held recordings whose key is lost. */
  withoutKey: string[]
  /** Versions of the register description approved after the backup: an earlier one is in force. */
  lostVersions: number[]
  /** Entries of the audit log after the backup, which are lost; their hashes are restored. */
  lostEntries: string[]
}

/**
 * @throws Fault `restore-not-empty`, `backup-missing`, `backup-altered`, `backup-truncated`, `backup-identity-wrong`; what the
 * ledger throws
 */
export async function restoreBackup(
  target: RestoreTarget,
  place: RestorePlace,
  options: RestoreOptions,
): Promise<Restored> {
  const { key, manifest } = await findBackup(place.store, options.backup)
  const connection = await openConnection(target.url, 'seloste-restore')
  try {
    await refuseNonEmpty(connection, manifest.id)
    // First, since a start on an unmarked database would begin an empty register.
    await beginQuarantine(connection, manifest.id)
    const secrets = await openSecrets(place.store, manifest, options.identity)
    const reading = {
      read: place.readLedger,
      readPlaces: (name: string) => readWholeIfExists(place.store, ledgerFolder + name),
    }
    const ledger = await judgeLedger(reading, options.identity, manifest, key, options.anchors)
    const signed = await readLogHashes(place.store, key)
    const takenOverAt = (await readMarker(place.store))?.takenOverAt
    await emptyIfMigratedFurther(connection, manifest)
    await target.migrate(manifest.migration.number)
    await checkMigration(connection, manifest)
    let done = 0
    const unknownTablesAndColumns = await importTables(
      connection,
      manifest,
      options.identity,
      (file) => readBackupFile(place.store, manifest.id, file),
      ({ name }) => {
        options.onProgress({ step: 'tables', item: name, done: ++done, total: manifest.tables.length })
      },
    )
    await target.migrate()
    await restoreSecrets(target, secrets)
    const { keys, lent } = await place.restoreKeyring(connection)
    options.onProgress({ step: 'keys', done: keys, total: keys })
    // Includes those whose destruction had begun: their objects may have left the place.
    const destroyed = new Set([...ledger.destroyed, ...(await destroyedRecordings(connection))])
    const { objects, copies } = await restoreObjects(target, place, manifest, destroyed, options.onProgress)
    const withoutAudio = await adjustRestoredRows(connection, target.keys, manifest, ledger.newest, copies)
    const replayed = await importAndReplay({ ...target, lent }, ledger, target.ledger)
    const mayHaveLeft = await possiblyReleasedDisclosures(connection)
    options.onProgress({ step: 'ledger', done: ledger.copy.size, total: ledger.copy.size })
    const renewedKeys = await renewOldKeys(target, connection, replayed.keysToRenew)
    const withoutKey = await keylessRecordings(connection)
    if (withoutKey.length > 0 && !options.acceptLostKeys) throw lostKeysFault(withoutKey)
    const lostVersions = (await connection.query<{ n: number }>('select n from lost_versions() n')).map(({ n }) => n)
    const lostEntries = await resumeRestoredLog(target, signed, manifest, options.by)
    await logDestroyed(connection)
    await connection.query('select log_replayed($1::bigint)', [ledger.since])
    await logRestored(connection, target, {
      backup: manifest.id,
      snapshotAt: manifest.snapshotAt,
      ledger: ledger.copy.size,
      by: options.by,
      lostEntries,
      withoutKey: withoutKey.length,
      mayHaveLeft,
      renewedKeys,
      lostVersions: lostVersions.map(String),
      lostRequests: replayed.lostRequests,
      lostAppointments: replayed.lostAppointments,
      logged: true,
    })
    await endQuarantine(connection)
    return {
      backup: manifest.id,
      snapshotAt: manifest.snapshotAt,
      tables: done,
      unknownTablesAndColumns,
      rows: manifest.tables.reduce((sum, { rows }) => sum + rows, 0),
      objects,
      keys,
      withoutAudio,
      ledger: replayed,
      completedLedger: ledger.completed,
      takenOverAt:
        takenOverAt !== undefined &&
        isAfter(Temporal.Instant.from(takenOverAt), Temporal.Instant.from(manifest.finishedAt))
          ? takenOverAt
          : undefined,
      renewedKeys,
      mayHaveLeft,
      withoutKey,
      lostVersions,
      lostEntries,
    }
  } finally {
    await connection.close()
  }
}

/** Returns a backup, and the log's key as the place has it: the operator compares that key with the one written down. */
export async function findBackup(
  store: ObjectStore,
  wanted: string | undefined,
): Promise<{ key: VerifierKey; manifest: Manifest }> {
  const key = readVerifierKey((await readWholeIfExists(store, `${logFolder}key`))?.toString('utf8') ?? '')
  const id = wanted ?? (await findBackups(store)).whole.at(-1)
  if (!key || id === undefined)
    throw new Fault('backup-missing', 'this place has no complete backup: use another place, or an older --backup')
  return { key, manifest: await openManifest(store, id, key) }
}

interface Secrets {
  keys: Record<string, string>
  drawKey: string
}

async function openSecrets(store: ObjectStore, manifest: Manifest, identity: string): Promise<Secrets> {
  const sealed = await readBackupFile(store, manifest.id, manifest.secrets)
  const opened = await openSealedFile(identity, sealed).catch((cause: unknown) => {
    throw new Fault(
      'backup-identity-wrong',
      `the identity cannot decrypt the backup ${manifest.id}: it is not the private half of the key that the backup was encrypted to`,
      cause,
    )
  })
  return JSON.parse(opened.toString('utf8')) as Secrets
}

/** Logs the restore, signed. Reports of capture nodes between the backup and this instant count as lost with the database. */
async function logRestored(
  connection: DedicatedConnection,
  { db, keys }: RestoreTarget,
  facts: NonNullable<AuditEntry['detail']>,
): Promise<void> {
  const [signer, [now]] = [
    await readLogKey(keys),
    await connection.query<{ at: Temporal.Instant }>('select clock_timestamp() as at'),
  ]
  if (!signer) throw new Fault('audit-key-missing', 'the key that signed the log is not in the key store')
  const detail = signDetail(signer, 'backup.restored', { ...facts, restoredAt: now!.at.toString() })
  await appendAudit(db, { action: 'backup.restored', result: 'ok', object: { kind: 'backup' }, detail })
}

/** Refuses a database with anything but this same restore, interrupted. */
async function refuseNonEmpty(connection: DedicatedConnection, backup: string): Promise<void> {
  const quarantine = await readQuarantine(connection)
  if (quarantine?.backup === backup) return
  const [found] = await connection.query<{ tables: number }>(
    `select count(*) as tables from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and relname <> 'restore_quarantine'`,
  )
  // A restore that was refused before it loaded anything does not block another backup.
  if ((found?.tables ?? 0) === 0) return
  throw new Fault(
    'restore-not-empty',
    quarantine
      ? `the database is being restored from the backup ${quarantine.backup}: finish that (--backup ${quarantine.backup}), or begin with an empty one`
      : 'the database is not empty: restore into a new data folder (SELOSTE_DATA) or an empty database (DATABASE_URL)',
  )
}

/**
 * Begins anew if this restore of a backup with an older schema was interrupted after the migration to the program's own schema:
 * loading rows now would skip data migrations.
 */
async function emptyIfMigratedFurther(connection: DedicatedConnection, { migration }: Manifest): Promise<void> {
  const [row] = await connection.query<{ migrated: boolean }>(
    `select to_regclass('public.migration') is not null as migrated`,
  )
  if (row?.migrated !== true) return
  const newer = await connection.query('select from migration where number > $1', [migration.number])
  if (newer.length > 0) await emptyQuarantined(connection)
}

async function checkMigration(connection: DedicatedConnection, { migration }: Manifest): Promise<void> {
  const [row] = await connection.query<{ checksum: string }>('select checksum from migration where number = $1', [
    migration.number,
  ])
  if (row?.checksum === migration.checksum) return
  throw new Fault(
    'backup-of-another-program',
    `the backup was made at migration ${migration.number} and this program does not have that migration or has another under its number: restore with the version that made it, or a newer one`,
  )
}

async function restoreSecrets(target: RestoreTarget, secrets: Secrets): Promise<void> {
  for (const [name, secret] of Object.entries(secrets.keys)) {
    const bytes = Buffer.from(secret, 'base64')
    const existing = await target.keys.read(name)
    if (!existing) await target.keys.write(name, bytes)
    else if (!existing.equals(bytes)) {
      throw new Fault(
        'restore-not-empty',
        `the key store has another key ${name}: restore into a key store that no other Seloste uses`,
      )
    }
  }
  await target.writeDrawKey(Buffer.from(secrets.drawKey, 'base64'))
}

async function restoreObjects(
  target: RestoreTarget,
  place: RestorePlace,
  manifest: Manifest,
  destroyed: ReadonlySet<string>,
  onProgress: RestoreOptions['onProgress'],
): Promise<{ objects: number; copies: string[] }> {
  const running = limitInFlight(4)
  const copies: string[] = []
  let [seen, restoredCount] = [0, 0]
  for await (const object of objectsOf(place.store, manifest)) {
    seen += 1
    if (seen % 1000 === 0 || seen === manifest.objects)
      onProgress({ step: 'objects', done: seen, total: manifest.objects })
    if (destroyed.has(recordingOf(object.key) ?? '')) continue
    await running.add(async () => {
      if ((await sizeIfExists(target.objects, object.key)) !== object.sizeBytes) {
        await target.objects.put(object.key, await readObjectCopy(place.store, object))
      }
      restoredCount += 1
      const copy = anonymisedCopyOf(object.key)
      if (copy !== undefined) copies.push(copy)
    })
  }
  await running.all()
  return { objects: restoredCount, copies }
}

/** Logs destructions whose log entry is newer than the backup and so is lost. */
async function logDestroyed(connection: DedicatedConnection): Promise<void> {
  await connection.query(`
    insert into audit_entry (action, result, object_kind, object_id, detail)
    select 'recording.destroyed', 'ok', 'recording', d.object_id, jsonb_build_object('cause', d.cause, 'restored', true)
    from destruction_entry d
    where d.object_kind = 'recording' and exists (select from recording r where r.id = d.object_id and r.state = 'DESTROYED')
      and not exists (select from audit_entry e where e.object_id = d.object_id and e.action = 'recording.destroyed')
    order by d.seq`)
}

/**
 * A place that was unreachable when a version was destroyed still has that version, and so the keys of recordings destroyed
 * then. Re-keys the month before anybody can use it, and destroys the restored version here too.
 */
async function renewOldKeys(
  { db, keys }: RestoreTarget,
  connection: DedicatedConnection,
  names: readonly string[],
): Promise<string[]> {
  const rows = await connection.query<{ month: Temporal.PlainDate }>(
    `select distinct expiry_month as month from shard_key s join month_key m using (expiry_month)
     where m.version = s.month_key_version
       and (m.state <> 'current' or 'month-' || to_char(expiry_month, 'YYYY-MM') || '.v' || m.version = any ($1::text[]))`,
    [names],
  )
  for (const { month } of rows) await renewMonthKeys(db, keys, month)
  return [...names]
}

async function keylessRecordings(connection: DedicatedConnection): Promise<string[]> {
  const rows = await connection.query<{ id: string }>(`
    select id from recording r where kept_at is not null and state not in ('DESTROYING', 'DESTROYED')
      and not exists (select from recording_key k where k.recording_id = r.id) order by id`)
  return rows.map(({ id }) => id)
}

function lostKeysFault(ids: readonly string[]): Fault {
  const some = ids.slice(0, 3).join(', ') + (ids.length > 3 ? ', ...' : '')
  return new Fault(
    'restore-keyring',
    `the place has no key for ${ids.length} stored recordings that are not destroyed according to the destruction ledger (${some}). The register stays closed: restore from another place, or give them up with --accept-lost-keys`,
  )
}

/**
 * Adjusts rows to the restored objects and keys. Returns how many recordings lost their audio.
 * @param copies anonymised copies whose audio exists
 */
async function adjustRestoredRows(
  connection: DedicatedConnection,
  keys: KeyStore,
  manifest: Manifest,
  newest: Temporal.Instant | undefined,
  copies: readonly string[],
): Promise<number> {
  const intakeDays = (await keys.names()).flatMap((name) => /^intake-(\d{4}-\d{2}-\d{2})$/.exec(name)?.[1] ?? [])
  await connection.query('begin')
  await connection.query('set local session_replication_role = replica')
  // Never the machine's own clock: if it is ahead, two people must confirm it before a term ends anything.
  await connection.query('update clock_mark set at = greatest(at, $1::timestamptz, $2::timestamptz)', [
    manifest.snapshotAt,
    newest ?? manifest.snapshotAt,
  ])
  // All copies of the keyring are renewed whole.
  await connection.query('update place_of_data set keyring_whole = false')
  // Places get new ids, so that the original register, if it still runs, stops writing there once the restored one writes.
  await connection.query(
    "update place_of_data set id = gen_random_uuid(), reached_at = null, ledger_to = null where kind in ('backup', 'ledger')",
  )
  await connection.query('update session set ended_at = clock_timestamp() where ended_at is null')
  // Copies on request are in no backup: they cannot be fetched, and another can be made.
  await connection.query(`
    update subject_copy set ended_at = clock_timestamp(), removed_at = clock_timestamp(),
      end_why = case when ready_at is null then 'failed' else 'expired' end
    where ended_at is null`)
  await adjustRestoredDisclosures(connection, copies)
  // The private halves of these day keys no longer exist: capture must not seal to the keys.
  await connection.query(`delete from intake_key where day >= $1::timestamptz::date and not (day = any ($2::date[]))`, [
    manifest.snapshotAt,
    intakeDays,
  ])
  await connection.query(
    `update intake_key set private_destroyed_at = clock_timestamp() where private_destroyed_at is null and not (day = any ($1::date[]))`,
    [intakeDays],
  )
  // The same for keys of single recordings: capture drops what it has of them, and their wrapping keys go when the register
  // starts.
  const versions = (await keys.names()).flatMap((name) => /^intake-v(\d+)$/.exec(name)?.[1] ?? []).map(Number)
  await connection.query(
    `insert into intake_version (version, state) select v, 'retiring' from unnest($1::integer[]) v on conflict (version) do nothing`,
    [versions],
  )
  await connection.query(
    `update intake_version set state = 'retiring', destroyed_at = null, receipt = null
     where state <> 'destroyed' or version = any ($1::integer[])`,
    [versions],
  )
  const lost = await connection.query(
    `update recording set incomplete = true, keeping_fault = 'not-in-backup',
       state = case state when 'CAPTURING' then 'STORED' else state end
     where kept_at is null and state not in ('DESTROYING', 'DESTROYED') returning id`,
  )
  await connection.query('commit')
  return lost.length
}
