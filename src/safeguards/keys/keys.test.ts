import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { randomBytes, randomUUID } from 'node:crypto'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { createTestDatabase } from '#test/database/create-test-database.ts'
import { dayOf, destroyOldIntakeKeys, intakeIdentity, prepareIntakeKeys, readIntakeKeys } from './intake-keys.ts'
import { openKeyFolder } from './key-folder.ts'
import type { KeyStore } from './key-store.ts'
import { destroyPastMonthKeys, fileKeyOf, forgetFileKey, keepFileKey } from './recording-keys.ts'
import { unwrapKey, wrapKey } from './wrap.ts'
import type { SafeguardTables } from '../tables.ts'

const database = await createTestDatabase<SafeguardTables>()
const custodian = database.as('seloste_custodian').db
const folders: string[] = []
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true }))))

async function makeFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'seloste-keys-'))
  folders.push(folder)
  return folder
}
const makeStore = async (): Promise<KeyStore> => openKeyFolder(await makeFolder())
let pairs = 0
/** Pairs that look like age's; what they open is tested where recordings are. */
const makePair = () => ({ identity: `AGE-SECRET-KEY-1${++pairs}`, recipient: `age1${pairs}` })
const month = (written: string) => Temporal.PlainDate.from(`${written}-01`)

describe('the key store', () => {
  test('gives back what it was given, and writes a name once', async () => {
    const store = await makeStore()
    await store.write('month-2027-01.v1', Buffer.from('first'))
    await expect(store.write('month-2027-01.v1', Buffer.from('second'))).rejects.toMatchObject({ code: 'KEY_EXISTS' })
    expect((await store.read('month-2027-01.v1'))?.toString()).toBe('first')
    expect(await store.names()).toEqual(['month-2027-01.v1'])
  })

  test('destroys for good, and again without harm', async () => {
    const folder = await makeFolder()
    const store = await openKeyFolder(folder)
    await store.write('a', Buffer.from('secret'))
    await store.destroy('a')
    await store.destroy('a')
    expect(await store.read('a')).toBeUndefined()
    expect(await store.names()).toEqual([])
    await expect(stat(join(folder, 'a.key'))).rejects.toThrow('ENOENT')
  })

  test('does not take a key for destroyed that it could not reach', async () => {
    const folder = await makeFolder()
    const store = await openKeyFolder(folder)
    // A file where the folder was: what root runs into as well, other than a lack of permission.
    await rm(folder, { recursive: true })
    await writeFile(folder, '')
    await expect(store.destroy('a')).rejects.toThrow('ENOTDIR')
    await expect(store.write('a', Buffer.from('x'))).rejects.toThrow('ENOTDIR')
  })

  test('takes no name that leads out of its folder', async () => {
    const store = await makeStore()
    for (const name of ['../a', 'a/b', '', '.a', 'A', 'a\0', 'a'.repeat(64)]) {
      await expect(store.write(name, Buffer.from('x'))).rejects.toMatchObject({ code: 'KEY_NAME' })
    }
  })

  test('can be entered by its owner alone', async () => {
    const folder = await makeFolder()
    await chmod(folder, 0o755)
    const store = await openKeyFolder(folder)
    await store.write('a', Buffer.from('x'))
    expect((await stat(folder)).mode & 0o777).toBe(0o700)
    expect((await stat(join(folder, 'a.key'))).mode & 0o777).toBe(0o600)
    expect((await readFile(join(folder, 'a.key'))).toString()).toBe('x')
  })
})

describe('a wrapped key', () => {
  test('opens with its key for its purpose, and not with one bit changed anywhere', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 16, maxLength: 32 }), fc.nat(), fc.string(), (bytes, at, purpose) => {
        const [kek, key] = [randomBytes(32), Buffer.from(bytes)]
        const wrapped = wrapKey(kek, key, purpose)
        expect(unwrapKey(kek, wrapped, purpose)).toEqual(key)
        expect(() => unwrapKey(kek, wrapped, `${purpose}.`)).toThrow()
        expect(() => unwrapKey(randomBytes(32), wrapped, purpose)).toThrow()
        const bit = at % (8 * wrapped.length)
        wrapped[bit >> 3]! ^= 1 << (bit & 7)
        expect(() => unwrapKey(kek, wrapped, purpose)).toThrow()
      }),
    )
  })
})

describe('a recording’s key', () => {
  test('comes back until it is forgotten, and does not open in another recording’s place', async () => {
    const store = await makeStore()
    const [one, other] = [randomUUID(), randomUUID()]
    const [fileKey, otherKey] = [randomBytes(16), randomBytes(16)]
    await keepFileKey(custodian, store, { id: one, expiryMonth: month('2031-01'), fileKey })
    await keepFileKey(custodian, store, { id: other, expiryMonth: month('2031-01'), fileKey: otherKey })
    expect(await fileKeyOf(custodian, store, one)).toEqual(fileKey)
    const { rows } = await database
      .as()
      .pool.query('select wrapped, shard from recording_key where recording_id = $1', [one])
    await database
      .as()
      .pool.query('update recording_key set wrapped = $1, shard = $2 where recording_id = $3', [
        rows[0].wrapped,
        rows[0].shard,
        other,
      ])
    await expect(fileKeyOf(custodian, store, other)).rejects.toThrow()
    await forgetFileKey(custodian, one)
    expect(await fileKeyOf(custodian, store, one)).toBeUndefined()
  })

  test('goes with its month’s key, whatever the database still has', async () => {
    const store = await makeStore()
    const id = randomUUID()
    await keepFileKey(custodian, store, { id, expiryMonth: month('2031-02'), fileKey: randomBytes(16) })
    await store.destroy('month-2031-02.v1')
    expect(await fileKeyOf(custodian, store, id)).toBeUndefined()
  })

  test('of a month whose key is destroyed can be kept no more under its shards', async () => {
    const store = await makeStore()
    const keep = () =>
      keepFileKey(custodian, store, { id: randomUUID(), expiryMonth: month('2031-03'), fileKey: randomBytes(16) })
    await keep()
    await store.destroy('month-2031-03.v1')
    await database
      .as()
      .pool.query(
        "insert into shard_key select '2031-03-01', n, 1, '\\x00' from generate_series(0, 1023) n on conflict do nothing",
      )
    await expect(keep()).rejects.toThrow('destroyed')
  })
})

describe('month keys', () => {
  test('are destroyed when the month is over and nothing depends on them, their shards with them', async () => {
    const store = await makeStore()
    const [early, late] = [randomUUID(), randomUUID()]
    await keepFileKey(custodian, store, { id: early, expiryMonth: month('2032-01'), fileKey: randomBytes(16) })
    await keepFileKey(custodian, store, { id: late, expiryMonth: month('2032-02'), fileKey: randomBytes(16) })
    expect(await destroyPastMonthKeys(custodian, store, month('2032-01'))).toEqual([])
    expect(await destroyPastMonthKeys(custodian, store, month('2032-02'))).toEqual([]) // The recording is still there.
    await forgetFileKey(custodian, early)
    expect(await destroyPastMonthKeys(custodian, store, month('2032-01'))).toEqual([]) // The month is not over.
    expect(await destroyPastMonthKeys(custodian, store, month('2032-02'))).toEqual(['month-2032-01.v1'])
    expect(await store.names()).toEqual(['month-2032-02.v1'])
    const shards = await custodian
      .selectFrom('shard_key')
      .select('expiry_month')
      .where('expiry_month', '=', month('2032-01'))
      .execute()
    expect(shards).toEqual([])
  })

  test('killed in between, are destroyed by the next try, their shards too', async () => {
    const store = await makeStore()
    const id = randomUUID()
    await keepFileKey(custodian, store, { id, expiryMonth: month('2032-05'), fileKey: randomBytes(16) })
    await forgetFileKey(custodian, id)
    const dying: KeyStore = { ...store, destroy: () => Promise.reject(new Error('killed')) }
    await expect(destroyPastMonthKeys(custodian, dying, month('2032-06'))).rejects.toThrow('killed')
    expect(await destroyPastMonthKeys(custodian, store, month('2032-06'))).toEqual(['month-2032-05.v1'])
    const shards = await custodian
      .selectFrom('shard_key')
      .select('shard')
      .where('expiry_month', '=', month('2032-05'))
      .execute()
    expect(shards).toEqual([])
  })
})

describe('intake keys', () => {
  const start = Temporal.Instant.from('2031-06-10T12:00:00Z')
  const after = (days: number) => start.add({ hours: 24 * days })

  test('are there for today and the week ahead, each day its own, and preparing again changes none', async () => {
    const store = await makeStore()
    await prepareIntakeKeys(custodian, store, makePair, start)
    const first = await readIntakeKeys(custodian)
    await prepareIntakeKeys(custodian, store, makePair, start)
    expect(await readIntakeKeys(custodian)).toEqual(first)
    expect(first.map(({ day }) => day.toString())).toEqual(
      [0, 1, 2, 3, 4, 5, 6, 7].map((n) => dayOf(after(n)).toString()),
    )
    expect(new Set(first.map(({ publicKey }) => publicKey)).size).toBe(8)
    expect(await intakeIdentity(store, dayOf(start))).toMatch(/^AGE-SECRET-KEY-1/)
    await database.as().pool.query('delete from intake_key')
  })

  test('lose their private half after seven days and not before, and are offered no more', async () => {
    const store = await makeStore()
    await prepareIntakeKeys(custodian, store, makePair, start)
    expect(await destroyOldIntakeKeys(custodian, store, after(7))).toEqual([])
    expect(await intakeIdentity(store, dayOf(start))).toBeDefined()
    const destroyed = await destroyOldIntakeKeys(custodian, store, after(8))
    expect(destroyed.map(String)).toEqual([dayOf(start).toString()])
    expect(await intakeIdentity(store, dayOf(start))).toBeUndefined()
    expect((await readIntakeKeys(custodian)).map(({ day }) => day.toString())).not.toContain(dayOf(start).toString())
    // Not made anew for a day whose key is destroyed.
    await prepareIntakeKeys(custodian, store, makePair, start)
    expect(await intakeIdentity(store, dayOf(start))).toBeUndefined()
    await database.as().pool.query('delete from intake_key')
  })

  test('killed between a key and its note, are noted by the next try', async () => {
    const store = await makeStore()
    await prepareIntakeKeys(custodian, store, makePair, start)
    await store.destroy(`intake-${dayOf(start).toString()}`)
    await destroyOldIntakeKeys(custodian, store, after(8))
    expect((await readIntakeKeys(custodian)).map(({ day }) => day.toString())).not.toContain(dayOf(start).toString())
    await database.as().pool.query('delete from intake_key')
  })

  test('a private half without its public one, which a crash left, is replaced', async () => {
    const store = await makeStore()
    const name = `intake-${dayOf(start).toString()}`
    await store.write(name, Buffer.from('half made'))
    await prepareIntakeKeys(custodian, store, makePair, start)
    expect((await store.read(name))?.toString()).toMatch(/^AGE-SECRET-KEY-1/)
    await database.as().pool.query('delete from intake_key')
  })
})
