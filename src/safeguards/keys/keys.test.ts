import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { randomBytes } from 'node:crypto'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { createTestDatabase } from '#test/database/create-test-database.ts'
import { dayIdentity, destroyUnneededDayKeys } from './day-keys.ts'
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

describe('the key store', () => {
  test('does not report an unreachable key as destroyed', async () => {
    const folder = await makeFolder()
    const store = await openKeyFolder(folder)
    // A file in place of the folder, which stops root too, unlike missing permission.
    await rm(folder, { recursive: true })
    await writeFile(folder, '')
    await expect(store.destroy('a')).rejects.toMatchObject({ code: 'KEY_STORE_AWAY' })
    await expect(store.write('a', Buffer.from('x'))).rejects.toMatchObject({ code: 'KEY_STORE_AWAY' })
  })

  test('can be entered by its owner only', async () => {
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
  test('opens with its key for its purpose, and not with one changed bit anywhere', () => {
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

describe('day keys of earlier versions', () => {
  const today = Temporal.Now.plainDateISO('UTC')
  const enter = async (store: KeyStore, day: Temporal.PlainDate) => {
    await store.write(`intake-${day.toString()}`, Buffer.from('AGE-SECRET-KEY-1'))
    await database.as().pool.query('insert into intake_key (day, public_key) values ($1, $2)', [day.toString(), 'age1'])
  }
  const end = async (store: KeyStore) =>
    (await destroyUnneededDayKeys(custodian, store, Temporal.Now.instant())).map((day) => day.toString())
  const enterNode = (values: string) =>
    database.as().pool.query(
      `insert into capture_node (id, name, version, started_at, alive_at, steady_since, draining, pressures, sessions, recordings, waiting)
       values (gen_random_uuid(), 'n', '1', ${values}) `,
    )

  test('are destroyed at once when no recording needs them, each with a ledger entry', async () => {
    const store = await makeStore()
    await enter(store, today)
    expect(await end(store)).toEqual([today.toString()])
    expect(await dayIdentity(store, today)).toBeUndefined()
    const { rows } = await database
      .as()
      .pool.query(`select object_name, targets from destruction_entry where object_kind = 'intake-key'`)
    expect(rows).toMatchObject([{ object_name: today.toString(), targets: { receipts: [{ store: 'file' }] } }])
    expect(await end(store)).toEqual([])
    await database.as().pool.query('delete from intake_key')
  })

  test('are kept while a capture node that was started before the upgrade runs or has recordings waiting, but at most a week after their day', async () => {
    const store = await makeStore()
    const old = today.subtract({ days: 8 })
    await enter(store, today)
    await enter(store, old)
    await enterNode("now() - interval '1 year', now(), now(), false, '{}', 0, 0, 0")
    expect(await end(store)).toEqual([old.toString()])
    await database.as().pool.query("update capture_node set started_at = now() + interval '1 second', waiting = 1")
    expect(await end(store)).toEqual([])
    await database.as().pool.query('update capture_node set waiting = 0')
    expect(await end(store)).toEqual([today.toString()])
    await database.as().pool.query('delete from intake_key; delete from capture_node')
  })

  test('get their ledger entry in the next run if the process was killed after the key’s destruction', async () => {
    const store = await makeStore()
    await enter(store, today)
    await store.destroy(`intake-${today.toString()}`)
    expect(await end(store)).toEqual([today.toString()])
    await database.as().pool.query('delete from intake_key')
  })
})
