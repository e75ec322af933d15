// R50 and R52, for an attacker who has the whole machine: after a destruction no file of the database (including its
// write-ahead log and deleted data), the key store, the objects or the work folder contains the keys or the audio, and
// remains of wrapped keys cannot be unwrapped.
import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { destroyBlocked } from '#destruction/destroy-blocked.ts'
import type { ObjectStore } from '#platform/objects/object-store.ts'
import type { RegisterTables } from '#register/tables.ts'
import { fileKeyOf } from '#safeguards/keys/recording-keys.ts'
import { createTestDatabase } from '../database/create-test-database.ts'
import { inBuckets } from '../objects/test-objects.ts'
import { openDestructionDesk } from './open-destruction-desk.ts'

const database = await createTestDatabase<RegisterTables>()
const { makeRecording, forbidByOfficial, stateOf, register, custodian, expunging } = await openDestructionDesk(database)
const owner = database.as().pool

const began = Date.now() - 60_000

interface WrappedKey {
  file: Buffer
  shard: Buffer
  month: string
  number: number
  version: number
}

async function wrappedOf(id: string): Promise<WrappedKey> {
  const { rows } = await owner.query<WrappedKey>(
    `select k.wrapped as file, s.wrapped as shard, s.expiry_month::text as month, s.shard as number, s.month_key_version as version
     from recording_key k join shard_key s using (expiry_month, shard) where k.recording_id = $1`,
    [id],
  )
  return rows[0]!
}

/**
 * Returns which of the given bytes are in a file below a folder; files that appear and disappear meanwhile are read as
 * far as possible.
 */
async function findBelow(folder: string, needles: Record<string, Buffer>): Promise<string[]> {
  const found = new Set<string>()
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => [])) {
    const path = join(entry.parentPath, entry.name)
    const at = await stat(path).catch(() => undefined)
    // Skips files of other test files' databases, which are in the same cluster.
    if (!at?.isFile() || at.mtimeMs < began) continue
    const bytes = await readFile(path).catch(() => Buffer.alloc(0))
    for (const [item, needle] of Object.entries(needles)) if (bytes.includes(needle)) found.add(item)
  }
  return [...found].sort()
}

/** Returns which of the given bytes are in the store of sealed recordings, wherever the store is. */
async function findInStore(store: ObjectStore, needles: Record<string, Buffer>): Promise<string[]> {
  const found = new Set<string>()
  for await (const key of store.list('')) {
    const bytes = await store.readRange(key, 0, await store.sizeBytes(key))
    for (const [item, needle] of Object.entries(needles)) if (bytes.includes(needle)) found.add(item)
  }
  return [...found].sort()
}

test('nothing on the machine opens a destroyed recording, and its neighbours open', async () => {
  const [gone, neighbour] = [await makeRecording(), await makeRecording()]
  const { keys, folder, objects } = register
  const wrapped = await wrappedOf(gone.id)
  const name = `month-${wrapped.month.slice(0, 7)}.v${wrapped.version}`
  const purpose = `shard ${wrapped.month} ${wrapped.number}`
  const needles = {
    fileKey: (await fileKeyOf(custodian, keys, gone.id))!,
    monthKey: (await keys.read(name))!,
    shardKey: (await keys.unwrap(name, [{ wrapped: wrapped.shard, purpose }]))[0]!,
    header: gone.header.subarray(60, 120),
    sound: gone.body.subarray(16, 80),
  }
  expect(await findInStore(objects, needles)).toEqual(['sound'])
  expect(await findBelow(folder, needles)).toEqual(inBuckets() ? ['monthKey'] : ['monthKey', 'sound'])

  await forbidByOfficial(gone.id)
  await destroyBlocked(expunging, Temporal.Now.instant())
  expect(await stateOf(gone.id)).toMatchObject({ state: 'DESTROYED' })
  await owner.query('checkpoint')
  const { rows } = await owner.query<{ data: string; own: string }>(
    `select current_setting('data_directory') as data, 'base/' || oid as own from pg_database where datname = current_database()`,
  )
  expect(await findInStore(objects, needles)).toEqual([])
  expect(await findBelow(folder, needles)).toEqual([])
  for (const part of [rows[0]!.own, 'pg_wal', 'base/pgsql_tmp']) {
    expect(await findBelow(join(rows[0]!.data, part), needles)).toEqual([])
  }
  for (const key of (await keys.names()).filter((one) => one.startsWith('month-'))) {
    await expect(keys.unwrap(key, [{ wrapped: wrapped.shard, purpose }])).rejects.toThrow()
  }
  expect(await fileKeyOf(custodian, keys, neighbour.id)).toHaveLength(16)
})
