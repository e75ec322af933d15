import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { randomBytes } from 'node:crypto'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { createTestDatabase } from '#test/database/create-test-database.ts'
import { dayOf, destroyOldIntakeKeys, intakeIdentity, prepareIntakeKeys, readIntakeKeys } from './intake-keys.ts'
import { openKeyFolder } from './key-folder.ts'
import type { KeyStore } from './key-store.ts'
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
    const { rows } = await database
      .as()
      .pool.query(`select object_name, targets from destruction_entry where object_kind = 'intake-key'`)
    expect(rows).toMatchObject([{ object_name: dayOf(start).toString(), targets: { receipts: [{ store: 'file' }] } }])
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
