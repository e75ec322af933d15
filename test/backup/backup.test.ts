import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { zstdDecompress } from 'node:zlib'
import { Decrypter } from 'age-encryption'
import { expect, test } from 'vitest'
import { generateKeyPair } from '#platform/age/age-header.ts'
import { openConnection } from '#platform/database/copy.ts'
import type { ObjectStore } from '#platform/objects/object-store.ts'
import { bodyKey } from '#register/recordings/objects.ts'
import type { RegisterTables } from '#register/tables.ts'
import { readLogKey } from '#safeguards/audit/log-key.ts'
import {
  findBackups,
  objectsOf,
  openManifest,
  readBackupFile,
  readObjectCopy,
} from '#safeguards/backup/list-backups.ts'
import { copyObjects } from '#safeguards/backup/copy-objects.ts'
import { makeBackup, type BackupPlace, type MadeBackup } from '#safeguards/backup/make-backup.ts'
import type { Rotated } from '#safeguards/backup/rotate.ts'
import { folderOf, objectsFolder, type BackedUpObject } from '#safeguards/backup/manifest.ts'
import { createTestDatabase } from '../database/create-test-database.ts'
import { openBackedUpRegister, recovery } from './open-backup.ts'

const database = await createTestDatabase<RegisterTables>()
const register = await openBackedUpRegister(database)
const recordings = await register.makeRecordings(3)
await register.seal()
const signer = (await readLogKey(register.keys))!

const isLong = process.env['SELOSTE_LONG'] === '1'
const withoutCopies = { renewCopies: () => Promise.resolve(), reach: () => Promise.resolve() }
const backUp = (place: Omit<BackupPlace, keyof typeof withoutCopies>, now?: Temporal.Instant): Promise<MadeBackup> =>
  makeBackup(
    register.source,
    { ...place, ...withoutCopies },
    { recipient: recovery.recipient, rotationDays: 30, onProgress: () => undefined, ...(now && { now }) },
  )

async function readEverything(store: ObjectStore, id: string): Promise<void> {
  const manifest = await openManifest(store, id, signer)
  for (const part of manifest.tables.flatMap(({ parts }) => parts)) await readBackupFile(store, id, part)
  await readBackupFile(store, id, manifest.secrets)
  for await (const object of objectsOf(store, manifest)) await readObjectCopy(store, object)
}

async function keysBelow(store: ObjectStore, prefix: string): Promise<string[]> {
  const keys: string[] = []
  for await (const key of store.list(prefix)) keys.push(key)
  return keys
}

test('independent implementations of age and zstd open every part of an export, which contains the rows', async () => {
  const place = await register.newPlace()
  const { manifest } = await backUp(place)
  const age = new Decrypter()
  age.addIdentity(recovery.identity)
  for (const table of manifest.tables) {
    let rows = 0
    for (const part of table.parts) {
      const sealed = await readFile(`${place.folder}/backups/${manifest.id}/${part.name}`)
      const text = await promisify(zstdDecompress)(Buffer.from(await age.decrypt(sealed)))
      rows += text.toString('utf8').split('\n').length - 1
    }
    expect(rows, table.name).toBe(table.rows)
  }
  expect(manifest.tables.find(({ name }) => name === 'recording')?.rows).toBe(3)
})

test('a backup contains no recording key and no private intake key, and shares the audio files with other backups', async () => {
  const place = await register.newPlace()
  const first = await backUp(place)
  const second = await backUp(place)
  expect(second.manifest.objects).toBe(6)
  expect(second.writtenBytes).toBeLessThan(first.writtenBytes)
  expect(await keysBelow(place.store, objectsFolder)).toHaveLength(6)
  const tables = first.manifest.tables.map(({ name }) => name)
  expect(tables).toContain('intake_key')
  for (const name of ['shard_key', 'recording_key', 'intake_private_key', 'intake_batch', 'migration'])
    expect(tables).not.toContain(name)
  const age = new Decrypter()
  age.addIdentity(recovery.identity)
  const sealed = await readBackupFile(place.store, first.manifest.id, first.manifest.secrets)
  const secrets = JSON.parse(Buffer.from(await age.decrypt(sealed)).toString()) as { keys: object }
  expect(Object.keys(secrets.keys)).toEqual(['audit-log'])
})

test('a damaged or missing copy is written again by the next backup that reads it', async () => {
  const place = await register.newPlace()
  await backUp(place)
  const key = objectsFolder + bodyKey(recordings[0]!.id)
  await place.store.delete(key)
  const { manifest } = await backUp(place)
  await readEverything(place.store, manifest.id)
  await place.store.put(key, Buffer.alloc(await place.store.sizeBytes(key)))
  const earlier = new Map<string, BackedUpObject>()
  for await (const object of objectsOf(place.store, manifest)) earlier.set(object.key, object)
  // Each copy is read again within thirty days.
  const copying = { from: register.objects, to: place.store, earlier, hashes: new Map(), onCopied: () => undefined }
  for (let day = 0; day < 30; day++) await copyObjects(earlier.keys(), { ...copying, day })
  await readEverything(place.store, manifest.id)
})

test('a body in the store that differs from the ingested one is reported, and not copied', async () => {
  const place = await register.newPlace()
  const key = bodyKey(recordings[1]!.id)
  const whole = await register.objects.readRange(key, 0, await register.objects.sizeBytes(key))
  await register.objects.put(key, Buffer.from('another file'))
  const made = await backUp(place)
  await register.objects.put(key, whole)
  expect(made).toMatchObject({ altered: [key], missing: [], manifest: { objects: 5 } })
  expect(await keysBelow(place.store, objectsFolder + key)).toEqual([])
  expect(await backUp(place)).toMatchObject({ altered: [], manifest: { objects: 6 } })
})

test(
  'a flipped bit, a truncated or a missing file of a backup is detected, wherever it is',
  { timeout: 120_000 },
  async () => {
    const place = await register.newPlace()
    const { manifest } = await backUp(place)
    const files = await keysBelow(place.store, folderOf(manifest.id))
    files.push(...(await keysBelow(place.store, objectsFolder)))
    let seed = 5
    const random = (below: number) => (seed = (seed * 48_271) % 2_147_483_647) % below
    for (let n = 0; n < (isLong ? 10_000 : 60); n++) {
      const key = files[random(files.length)]!
      const whole = await place.store.readRange(key, 0, await place.store.sizeBytes(key))
      const broken = Buffer.from(whole)
      const at = random(whole.length)
      broken[at] = broken[at]! ^ (1 << random(8))
      await place.store.put(key, n % 3 === 0 ? whole.subarray(0, at) : broken)
      await expect(readEverything(place.store, manifest.id), `${key} at ${at}`).rejects.toThrow()
      await place.store.put(key, whole)
    }
    await readEverything(place.store, manifest.id)
  },
)

test('of two simultaneous backups to one place one is made, and the other is refused', async () => {
  const place = await register.newPlace()
  let other: Promise<unknown> | undefined
  const put: ObjectStore['put'] = async (...given) => {
    other ??= backUp(place).catch((reason: unknown) => reason)
    await other
    return place.store.put(...given)
  }
  await backUp({ ...place, store: { ...place.store, put } })
  expect(await other).toMatchObject({ code: 'backup-running' })
  const { whole, unfinished } = await findBackups(place.store)
  expect([whole.length, unfinished.size]).toEqual([1, 0])
})

/** Wraps a place so that it fails at its nth call, as if its cable were pulled. */
function failAfterCalls(store: ObjectStore, calls: number): { store: ObjectStore; made: () => number } {
  let made = 0
  const failOnceReached =
    <Arguments extends unknown[], Answer>(call: (...given: Arguments) => Promise<Answer>) =>
    async (...given: Arguments): Promise<Answer> => {
      if (made++ >= calls) throw Object.assign(new Error('the place is gone'), { code: 'EIO' })
      return call(...given)
    }
  return {
    made: () => made,
    store: {
      put: failOnceReached(store.put),
      moveIn: failOnceReached(store.moveIn),
      readRange: failOnceReached(store.readRange),
      sizeBytes: failOnceReached(store.sizeBytes),
      delete: failOnceReached(store.delete),
      list: store.list,
    },
  }
}

test(
  'a place that fails in any step keeps its earlier backup, and the next backup removes the leftovers',
  { timeout: 300_000 },
  async () => {
    const place = await register.newPlace()
    const { manifest: first } = await backUp(place)
    const counting = failAfterCalls(place.store, Infinity)
    await backUp({ ...place, store: counting.store })
    const steps = counting.made()
    expect(steps).toBeGreaterThan(50)
    for (let n = 0; n < steps; n += isLong ? 1 : Math.ceil(steps / 5)) {
      const before = (await findBackups(place.store)).whole
      const { store } = failAfterCalls(place.store, n)
      await expect(backUp({ ...place, store })).rejects.toThrow('the place is gone')
      const after = (await findBackups(place.store)).whole
      // The note is written after everything else but the rotation, so a backup with a note was read back.
      expect(after.slice(0, before.length)).toEqual(before)
      for (const id of after) await readEverything(place.store, id)
      const next = await backUp(place)
      expect((await findBackups(place.store)).unfinished.size).toBe(0)
      await readEverything(place.store, next.manifest.id)
    }
    await readEverything(place.store, first.id)
  },
)

test('backups are deleted after the days promised by the description, even the last one if none follows, and so are unreferenced objects', async () => {
  const place = await register.newPlace()
  const begin = Temporal.Now.instant()
  const day = (n: number) => begin.add({ hours: 24 * n })
  await place.store.put(`${objectsFolder}recordings/00000000-0000-4000-8000-000000000000.body`, Buffer.from('left'))
  const options = { recipient: recovery.recipient, rotationDays: 2, onProgress: () => undefined }
  for (let n = 0; n <= 3; n++) {
    await makeBackup(register.source, { ...place, ...withoutCopies }, { ...options, now: day(n) })
  }
  const { whole } = await findBackups(place.store)
  expect(whole).toHaveLength(2)
  expect(await keysBelow(place.store, objectsFolder)).toHaveLength(6)
  const failing = { ...place, ...withoutCopies, renewCopies: () => Promise.reject(new Error('it does not answer')) }
  let rotated: Rotated | undefined
  const failedBackup = (n: number) =>
    makeBackup(register.source, failing, { ...options, now: day(n), onEnded: (ended) => (rotated = ended) })
  await expect(failedBackup(4)).rejects.toThrow('it does not answer')
  expect(rotated?.ended).toEqual(whole.slice(0, 1))
  await expect(failedBackup(6)).rejects.toThrow('it does not answer')
  expect(rotated?.ended).toEqual(whole.slice(1))
  for (const folder of ['backups/', objectsFolder]) expect(await keysBelow(place.store, folder)).toEqual([])
})

test('files of another Seloste in a place are not changed, not even its unfinished backup', async () => {
  const place = await register.newPlace()
  const foreignFile = `${folderOf('2026-01-01t02-30-00z')}unit.00000.zst.age`
  await place.store.put('audit/key', Buffer.from('seloste/another+01234567+AAAA\n'))
  await place.store.put(foreignFile, Buffer.from('theirs'))
  await expect(backUp(place)).rejects.toMatchObject({ code: 'backup-other-log' })
  expect(await keysBelow(place.store, 'backups/')).toEqual([foreignFile])
})

test('a COPY whose consumer fails ends at once, with its connection', async () => {
  const connection = await openConnection(database.url(), 'test')
  const failing = connection.copyOut(
    "copy (select repeat('x', 1000) from generate_series(1, 100000)) to stdout",
    10_000,
    () => Promise.reject(new Error('no room')),
  )
  await expect(failing).rejects.toThrow('no room')
  await connection.close().catch(() => undefined)
})

test('an invalid recipient is refused before anything is written', async () => {
  const place = await register.newPlace()
  const made = makeBackup(
    register.source,
    { ...place, ...withoutCopies },
    { recipient: generateKeyPair().identity, rotationDays: 30, onProgress: () => undefined },
  )
  await expect(made).rejects.toMatchObject({ code: 'age-key-malformed' })
  expect((await findBackups(place.store)).whole).toEqual([])
})
