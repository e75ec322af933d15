/**
 * Makes a backup place in its simplest form: objects, and files of the keyring in the layout of a backup place,
 * unsealed and without the month keys themselves, as with a key store that exports none. Returns the copies that a
 * destruction must reach, and what can be decrypted with them. Has no ledger.
 */
import { cp, mkdir, open, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ObjectStore } from '#platform/objects/object-store.ts'
import type { KeyStore } from '#safeguards/keys/key-store.ts'
import { monthKeyName, recordingPurpose, shardPurpose } from '#safeguards/keys/month-keys.ts'
import { unwrapKey } from '#safeguards/keys/wrap.ts'
import { safeguardsOf, type SafeguardsDatabase } from '#safeguards/tables.ts'
import type { ChangedKeys, Copies, Reached } from '#safeguards/places/copies.ts'

interface MonthFile {
  version: number
  shards: Record<string, string>
}

export interface PlainPlace extends Copies {
  /** While true, the place is unreachable: nothing is copied to it. */
  isAway: boolean
  /** Copies every key and object unchanged, as a backup does. */
  backUp: (objects: ObjectStore) => Promise<void>
  /** Returns a recording's file key, decrypted with this place or one of its saved copies and the present key store. */
  fileKeyOf: (id: string, folder?: string) => Promise<Buffer | undefined>
  objects: () => Promise<string[]>
  /** Saves a copy of the present keyring, like a disk that was removed from the place. Returns its folder. */
  saveCopy: () => Promise<string>
}

export function makePlainPlace(
  database: SafeguardsDatabase,
  keys: KeyStore,
  folder: string,
  name = 'vault',
): PlainPlace {
  const db = safeguardsOf(database)
  const keyring = join(folder, 'keyring')
  const objectsFolder = join(folder, 'objects')
  let copies = 0

  const write = async (path: string, content: unknown) => {
    const file = await open(`${path}.new`, 'w')
    await file.writeFile(JSON.stringify(content))
    await file.sync()
    await file.close()
    await rename(`${path}.new`, path)
  }
  async function renewMonth({ month, shards }: ChangedKeys): Promise<void> {
    const monthFolder = join(keyring, month.toString().slice(0, 7))
    await mkdir(monthFolder, { recursive: true })
    const rows = await db.selectFrom('shard_key').selectAll().where('expiry_month', '=', month).execute()
    const files = await db
      .selectFrom('recording_key')
      .selectAll()
      .where('expiry_month', '=', month)
      .where('shard', 'in', shards.length === 0 ? [-1] : [...shards])
      .execute()
    const byShard = Map.groupBy(files, (row) => row.shard)
    const presentShards = new Set(rows.map(({ shard }) => shard))
    for (const shard of shards) {
      const path = join(monthFolder, String(shard))
      if (!presentShards.has(shard)) await rm(path, { force: true })
      else
        await write(
          path,
          Object.fromEntries((byShard.get(shard) ?? []).map((row) => [row.recording_id, row.wrapped.toString('hex')])),
        )
    }
    const version = rows[0]?.month_key_version
    if (version === undefined) return rm(join(monthFolder, 'month'), { force: true })
    const wrapped = Object.fromEntries(rows.map((row) => [row.shard, row.wrapped.toString('hex')]))
    await write(join(monthFolder, 'month'), { version, shards: wrapped } satisfies MonthFile)
  }

  const place: PlainPlace = {
    isAway: false,
    async renewKeyring(changed) {
      if (place.isAway) return [{ place: name, reached: false, fault: 'the disk is not there' }]
      for (const month of changed) await renewMonth(month)
      return [{ place: name, reached: true }]
    },
    async deleteObjects(objectKeys) {
      if (place.isAway) return [{ place: name, reached: false, fault: 'the disk is not there' }]
      for (const key of objectKeys) await rm(join(objectsFolder, key), { force: true })
      return [{ place: name, reached: true }]
    },
    shipLedger: () => Promise.resolve([{ place: name, reached: !place.isAway } satisfies Reached]),
    async backUp(objects) {
      const months = Map.groupBy(await db.selectFrom('shard_key').select(['expiry_month', 'shard']).execute(), (row) =>
        row.expiry_month.toString(),
      )
      for (const rows of months.values()) {
        await renewMonth({ month: rows[0]!.expiry_month, shards: rows.map(({ shard }) => shard) })
      }
      for await (const key of objects.list('recordings/')) {
        await mkdir(join(objectsFolder, 'recordings'), { recursive: true })
        await writeFile(join(objectsFolder, key), await objects.readRange(key, 0, await objects.sizeBytes(key)))
      }
    },
    async fileKeyOf(id, from = keyring) {
      for (const written of await readdir(from).catch(() => [])) {
        const month = await readFile(join(from, written, 'month'), 'utf8').then(
          (text) => JSON.parse(text) as MonthFile,
          () => undefined,
        )
        for (const shard of await readdir(join(from, written))) {
          if (shard === 'month') continue
          const files = JSON.parse(await readFile(join(from, written, shard), 'utf8')) as Record<string, string>
          const [wrapped, wrappedShard] = [files[id], month?.shards[shard]]
          if (wrapped === undefined || wrappedShard === undefined || !month) continue
          try {
            const purpose = shardPurpose(Temporal.PlainDate.from(`${written}-01`), Number(shard))
            const first = Temporal.PlainDate.from(`${written}-01`)
            const item = { wrapped: Buffer.from(wrappedShard, 'hex'), purpose }
            const [key] = await keys.unwrap(monthKeyName(first, month.version), [item])
            return unwrapKey(key!, Buffer.from(wrapped, 'hex'), recordingPurpose(id))
          } catch {
            // This version was destroyed: its key is now random bytes.
          }
        }
      }
      return undefined
    },
    objects: () => readdir(join(objectsFolder, 'recordings')).catch(() => []),
    async saveCopy() {
      const copy = join(folder, `kept-${++copies}`)
      await mkdir(keyring, { recursive: true })
      await cp(keyring, copy, { recursive: true })
      return copy
    },
  }
  return place
}

/** Rows of the keyring in an earlier copy of the database. */
export interface KeyRows {
  keys: { recording_id: string; expiry_month: Temporal.PlainDate; shard: number; wrapped: Buffer }[]
  shards: { expiry_month: Temporal.PlainDate; shard: number; month_key_version: number; wrapped: Buffer }[]
}

export async function copyKeyRows(database: SafeguardsDatabase): Promise<KeyRows> {
  const db = safeguardsOf(database)
  return {
    keys: await db.selectFrom('recording_key').selectAll().execute(),
    shards: await db.selectFrom('shard_key').selectAll().execute(),
  }
}

/** Returns what can be decrypted with earlier rows and the present key store. */
export async function openFromRows({ keys, shards }: KeyRows, store: KeyStore): Promise<Map<string, Buffer>> {
  const opened = new Map<string, Buffer>()
  for (const row of keys) {
    const shard = shards.find((one) => one.shard === row.shard && one.expiry_month.equals(row.expiry_month))
    if (!shard) continue
    const name = monthKeyName(shard.expiry_month, shard.month_key_version)
    if (!(await store.has(name))) continue
    const purpose = shardPurpose(shard.expiry_month, shard.shard)
    const [key] = await store.unwrap(name, [{ wrapped: shard.wrapped, purpose }])
    opened.set(row.recording_id, unwrapKey(key!, row.wrapped, recordingPurpose(row.recording_id)))
  }
  return opened
}
