/**
 * Files of the keyring below `keyring/` in a place (docs/operate/places-of-data.md). Keys are never in the open outside a
 * sealed file.
 * keyring/2027-03/month     sealed to the recovery key: the month's wrapping keys, its wrapped shard keys, disclosed copies
 * keyring/2027-03/<shard>   the wrapped file keys of that shard, one recording a line
 */
import { sql } from 'kysely'
import { openSealedFile, sealFile } from '#platform/age/sealed-file.ts'
import type { DisclosedItemLink } from '../ledger/replay-disclosures.ts'
import type { KeyStore } from '../keys/key-store.ts'
import { monthKeyName, recordingPurpose } from '../keys/month-keys.ts'
import { unwrapKey } from '../keys/wrap.ts'
import type { Tx } from '../tables.ts'
import { PlaceFault } from './place-faults.ts'

export const keyringFolder = 'keyring/'
const monthFormat = 'seloste-keyring-month/1'
const shardFormat = 'seloste-keyring-shard/1'

export const folderOfMonth = (month: Temporal.PlainDate) => `${keyringFolder}${month.toString().slice(0, 7)}/`
export const monthFile = (month: Temporal.PlainDate) => `${folderOfMonth(month)}month`
export const shardFile = (month: Temporal.PlainDate, shard: number) => `${folderOfMonth(month)}${shard}`
/** Name of a shard's next file, until the month's file has its new key. */
export const nextShardFile = (month: Temporal.PlainDate, shard: number) => `${shardFile(month, shard)}.next`

/** Keys of a month in a place. */
export interface MonthKeys {
  /** First day of the month. */
  month: Temporal.PlainDate
  /** Wrapping keys by version; without bytes if they never leave their store. */
  keys: { version: number; key: Buffer | undefined }[]
  /** `recordings`: minimum number of file keys in the shard's file. */
  shards: { shard: number; version: number; wrapped: Buffer; recordings: number }[]
  /** Recordings whose keys have left the month and whose destruction is not yet in the place's ledger. */
  leaving: { recordingId: string; cause: string }[]
  /** Disclosed copies of its recordings, with their links; removed once they are confirmed (R32). */
  lent: DisclosedItemLink[]
}

export interface WrappedFileKey {
  recordingId: string
  wrapped: Buffer
}

interface MonthContent {
  format: typeof monthFormat
  month: string
  keys: { version: number; key?: string }[]
  shards: [shard: number, version: number, wrapped: string, recordings: number][]
  leaving: [recordingId: string, cause: string][]
  /** Undefined in files from before database/migrations/0037. */
  lent?: [recordingId: string, disclosureId: string, item: number, salt: string][]
}

/** Returns the month's present shards. */
export async function readShards(tx: Tx, month: Temporal.PlainDate): Promise<MonthKeys['shards']> {
  const { rows } = await sql<MonthKeys['shards'][number]>`
    select s.shard, s.month_key_version as version, s.wrapped, coalesce(k.recordings, 0)::int as recordings
    from shard_key s
    left join (select shard, count(*) as recordings from recording_key where expiry_month = ${month} group by shard) k using (shard)
    where s.expiry_month = ${month} order by s.shard`.execute(tx)
  return rows
}

/**
 * Returns recordings whose keys have left a month and whose end is not in a ledger copy of this length: a restore in between
 * would find a recording without key and reason.
 */
export async function readLeaving(tx: Tx, month: Temporal.PlainDate, ledgerTo: number): Promise<MonthKeys['leaving']> {
  const { rows } = await sql<MonthKeys['leaving'][number]>`
    select r.id as "recordingId", coalesce(r.cause, 'retention') as cause from recording r
    where r.state = 'DESTROYING' and exists (select from file_key_end e where e.recording_id = r.id and e.expiry_month = ${month})
    union
    select d.object_id, d.cause from destruction_entry d
    where d.object_kind = 'recording' and starts_with(d.detail ->> 'monthKey', ${`month-${month.toString().slice(0, 7)}.`})
      and d.seq in (select seq from ledger_leaf where index >= ${ledgerTo} union all select seq from ledger_pending)
    order by 1`.execute(tx)
  return rows
}

/** Returns the disclosed copies of recordings whose keys are under a month. */
export async function readDisclosedCopies(tx: Tx, month: Temporal.PlainDate): Promise<DisclosedItemLink[]> {
  const { rows } = await sql<DisclosedItemLink>`
    select recording_id as "recordingId", disclosure_id as "disclosureId", item, salt
    from released_copies_of_month(${month})`.execute(tx)
  return rows
}

/** Returns the month's file, sealed. */
export async function sealMonth(
  keys: Pick<KeyStore, 'copyOut'>,
  recipient: string,
  month: Temporal.PlainDate,
  { shards, leaving, lent }: Pick<MonthKeys, 'shards' | 'leaving' | 'lent'>,
): Promise<Buffer> {
  const copied: MonthContent['keys'] = []
  for (const version of new Set(shards.map((shard) => shard.version))) {
    const key = await keys.copyOut(monthKeyName(month, version))
    copied.push({ version, ...(key && { key: key.toString('base64') }) })
  }
  const content: MonthContent = {
    format: monthFormat,
    month: month.toString().slice(0, 7),
    keys: copied,
    shards: shards.map((one) => [one.shard, one.version, one.wrapped.toString('base64'), one.recordings]),
    leaving: leaving.map(({ recordingId, cause }) => [recordingId, cause]),
    lent: lent.map((one) => [one.recordingId, one.disclosureId, one.item, one.salt.toString('base64')]),
  }
  return sealFile(recipient, Buffer.from(JSON.stringify(content)))
}

/** Returns the files of shards; a shard without recordings has none. */
export async function writeShards(
  tx: Tx,
  month: Temporal.PlainDate,
  shards: readonly number[],
): Promise<Map<number, Buffer>> {
  const rows = await tx
    .selectFrom('recording_key')
    .select(['shard', 'recording_id', 'wrapped'])
    .where('expiry_month', '=', month)
    .where('shard', '=', sql<number>`any (${shards}::int[])`)
    .execute()
  const files = new Map<number, Buffer>()
  for (const [shard, own] of Map.groupBy(rows, (row) => row.shard)) {
    const lines = own.map((row) => `${row.recording_id} ${row.wrapped.toString('base64')}\n`)
    files.set(shard, Buffer.from(`${shardFormat} ${month.toString().slice(0, 7)} ${shard}\n${lines.join('')}`))
  }
  return files
}

/** @throws PlaceFault `place-keyring-broken`; age's error if the identity is another */
export async function openMonth(identity: string, file: Buffer): Promise<MonthKeys> {
  const content = JSON.parse((await openSealedFile(identity, file)).toString('utf8')) as MonthContent
  if (content.format !== monthFormat) throw broken(`a month has the format ${String(content.format)}`)
  return {
    month: Temporal.PlainDate.from(`${content.month}-01`),
    keys: content.keys.map(({ version, key }) => ({
      version,
      key: key === undefined ? undefined : Buffer.from(key, 'base64'),
    })),
    shards: content.shards.map(([shard, version, wrapped, recordings]) => ({
      shard,
      version,
      wrapped: Buffer.from(wrapped, 'base64'),
      recordings,
    })),
    leaving: content.leaving.map(([recordingId, cause]) => ({ recordingId, cause })),
    lent: (content.lent ?? []).map(([recordingId, disclosureId, item, salt]) => ({
      recordingId,
      disclosureId,
      item,
      salt: Buffer.from(salt, 'base64'),
    })),
  }
}

/** @throws PlaceFault `place-keyring-broken` */
export function readShard(month: Temporal.PlainDate, shard: number, file: Buffer): WrappedFileKey[] {
  const [first, ...lines] = file.toString('latin1').split('\n')
  const name = `${month.toString().slice(0, 7)} ${shard}`
  if (first !== `${shardFormat} ${name}` || lines.pop() !== '') throw broken(`shard ${name} is incomplete`)
  return lines.map((line) => {
    const [recordingId = '', wrapped = '', ...more] = line.split(' ')
    if (recordingId.length !== 36 || wrapped === '' || more.length > 0) throw broken(`shard ${name} has a broken line`)
    return { recordingId, wrapped: Buffer.from(wrapped, 'base64') }
  })
}

/** Returns true if a shard's file keys open under its key: of two files left by a crash only one does. */
export function opensUnderKey(shardKey: Buffer, files: readonly WrappedFileKey[]): boolean {
  return files.every(({ recordingId, wrapped }) => {
    try {
      unwrapKey(shardKey, wrapped, recordingPurpose(recordingId))
      return true
    } catch {
      return false // The only possible error: the file key was wrapped under another key.
    }
  })
}

function broken(problem: string): PlaceFault {
  return new PlaceFault('place-keyring-broken', `The copy of the keyring is broken: ${problem}; use another place.`)
}
