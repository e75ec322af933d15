/**
 * Restores the keys of recordings from a place's keyring, which is current and not as of the backup: month keys into the key
 * store (where keys can be imported), wrapped keys into the database. Only keys of recordings in the backup, and only shards
 * that open.
 */
import type { DedicatedConnection } from '#platform/database/copy.ts'
import { Fault } from '#platform/fault.ts'
import type { ObjectStore } from '#platform/objects/object-store.ts'
import type { KeyStore } from '../keys/key-store.ts'
import type { DisclosedItemLink } from '../ledger/replay-disclosures.ts'
import { monthKeyName, shardPurpose } from '../keys/month-keys.ts'
import {
  monthFile,
  nextShardFile,
  openMonth,
  opensUnderKey,
  readShard,
  shardFile,
  type MonthKeys,
  type WrappedFileKey,
} from '../places/keyring-file.ts'
import { PlaceFault } from '../places/place-faults.ts'
import { monthsIn } from '../places/renew-keyring.ts'
import { readWholeIfExists } from '#platform/objects/whole-objects.ts'

export interface RestoredKeyring {
  /** Number of recordings with their key. */
  keys: number
  /** Disclosed copies of recordings. */
  lent: DisclosedItemLink[]
}

/**
 * Returns how many recordings have their key, and their disclosed copies.
 * @param lost `refused`: a shard that does not open is a fault; `accepted`: its recordings are lost
 * @throws Fault `restore-key-store`, `restore-keyring`; KeyStoreFault KEY_FORGED
 */
export async function restoreKeyring(
  connection: DedicatedConnection,
  store: ObjectStore,
  identity: string,
  keys: KeyStore,
  lost: 'refused' | 'accepted' = 'refused',
): Promise<RestoredKeyring> {
  const found = await monthsIn(store)
  const months: MonthKeys[] = []
  for (const month of found) {
    const file = await readWholeIfExists(store, monthFile(month))
    // Without the month's file the other files are leftovers of a removal.
    if (!file) continue
    const opened = await openMonth(identity, file).catch((cause: unknown) => {
      throw brokenKeyring(monthFile(month), cause)
    })
    await importMonthKeys(keys, opened)
    months.push(opened)
  }
  await connection.query('begin')
  await connection.query('set local session_replication_role = replica')
  await connection.query('truncate shard_key, recording_key, keyring_change')
  for (const month of months) {
    for (const shard of month.shards) await importShard(connection, store, keys, month.month, shard, lost)
  }
  await markBegunDestructions(connection, months)
  await setKeyVersions(connection, months)
  const [counted] = await connection.query<{ count: number }>('select count(*) as count from recording_key')
  await connection.query('commit')
  return { keys: counted?.count ?? 0, lent: months.flatMap(({ lent }) => lent) }
}

/** Marks recordings whose destruction had begun when the machine was lost: it continues when the register starts. */
async function markBegunDestructions(connection: DedicatedConnection, months: readonly MonthKeys[]): Promise<void> {
  const leaving = months.flatMap((month) => month.leaving)
  await connection.query(
    `update recording r set state = 'DESTROYING', cause = given.cause
     from unnest($1::uuid[], $2::text[]) as given (id, cause)
     where r.id = given.id and r.state not in ('DESTROYING', 'DESTROYED')
       and not exists (select from recording_key k where k.recording_id = r.id)`,
    [leaving.map(({ recordingId }) => recordingId), leaving.map(({ cause }) => cause)],
  )
}

function brokenKeyring(problem: string, cause?: unknown): Fault {
  return new Fault(
    'restore-keyring',
    `the copy of the keyring in the place is broken: ${problem} cannot be decrypted. The register stays closed: restore from another place, or give up the recordings whose keys are in it with --accept-lost-keys`,
    cause,
  )
}

/** Imports a month's keys. Keys that never leave their key store must be in this one already. */
async function importMonthKeys(keys: KeyStore, { month, keys: versions }: MonthKeys): Promise<void> {
  for (const { version, key } of versions) {
    const name = monthKeyName(month, version)
    if (await keys.has(name)) continue
    if (!key || keys.kind !== 'file') {
      throw new Fault(
        'restore-key-store',
        `the key store (${keys.kind}) does not have ${name}: set SELOSTE_KEYS to the key store that the backed-up Seloste used`,
      )
    }
    await keys.write(name, key)
  }
}

async function importShard(
  connection: DedicatedConnection,
  store: ObjectStore,
  keys: KeyStore,
  month: Temporal.PlainDate,
  { shard, version, wrapped, recordings }: MonthKeys['shards'][number],
  lost: 'refused' | 'accepted',
): Promise<void> {
  const purpose = shardPurpose(month, shard)
  const [shardKey] = await keys.unwrap(monthKeyName(month, version), [{ wrapped, purpose }])
  const files = await fileKeysIn(store, month, shard, shardKey!, recordings)
  shardKey!.fill(0)
  if (!files && lost === 'refused') throw brokenKeyring(shardFile(month, shard))
  await connection.query(
    'insert into shard_key (expiry_month, shard, month_key_version, wrapped) values ($1, $2, $3, $4)',
    [month, shard, version, wrapped],
  )
  if (!files || files.length === 0) return
  // A key that was moving to another month when the machine was lost is in both.
  await connection.query(
    `insert into recording_key (recording_id, expiry_month, shard, wrapped)
     select k.id, $1, $2, decode(k.wrapped, 'hex') from unnest($3::uuid[], $4::text[]) as k (id, wrapped)
     where exists (select from recording r where r.id = k.id and r.state not in ('DESTROYING', 'DESTROYED'))
     on conflict (recording_id) do nothing`,
    [month, shard, files.map(({ recordingId }) => recordingId), files.map((file) => file.wrapped.toString('hex'))],
  )
}

/**
 * Returns the keys of a shard: after a crash it may have an old and a new file, of which one opens.
 * @param minKeys least number of keys
 * @returns undefined if no file opens
 */
async function fileKeysIn(
  store: ObjectStore,
  month: Temporal.PlainDate,
  shard: number,
  shardKey: Buffer,
  minKeys: number,
): Promise<WrappedFileKey[] | undefined> {
  for (const name of [nextShardFile(month, shard), shardFile(month, shard)]) {
    const bytes = await readWholeIfExists(store, name)
    const files = bytes && tryReadShard(month, shard, bytes)
    if (files && files.length >= minKeys && opensUnderKey(shardKey, files)) return files
  }
  return minKeys === 0 ? [] : undefined
}

function tryReadShard(month: Temporal.PlainDate, shard: number, bytes: Buffer): WrappedFileKey[] | undefined {
  try {
    return readShard(month, shard, bytes)
  } catch (error) {
    // The other file may be valid; if not, its fault is reported.
    if (error instanceof PlaceFault) return undefined
    throw error
  }
}

/** Sets the versions to those of the keyring, whatever the backup says. */
async function setKeyVersions(connection: DedicatedConnection, months: readonly MonthKeys[]): Promise<void> {
  await connection.query(
    `update month_key set state = 'destroyed', destroyed_at = now(), retiring_since = coalesce(retiring_since, now()),
       deadline = coalesce(deadline, now()), receipt = $1::jsonb
     where state <> 'destroyed'`,
    [JSON.stringify({ store: 'restored', proof: 'not brought back: the keyring has later versions' })],
  )
  for (const { month, shards } of months) {
    const versions = [...new Set(shards.map(({ version }) => version))].sort((one, other) => one - other)
    const current = versions.pop()
    if (current === undefined) continue
    await connection.query(
      `insert into month_key (expiry_month, version, state) values ($1, $2, 'current')
       on conflict (expiry_month, version) do update set state = 'current', retiring_since = null, deadline = null,
         destroyed_at = null, receipt = null, shards = '{}'`,
      [month, current],
    )
    for (const version of versions) {
      await connection.query(
        `insert into month_key (expiry_month, version, state, retiring_since, deadline) values ($1, $2, 'retiring', now(), now())
         on conflict (expiry_month, version) do update set state = 'retiring', retiring_since = now(), deadline = now(),
           destroyed_at = null, receipt = null`,
        [month, version],
      )
    }
  }
}
