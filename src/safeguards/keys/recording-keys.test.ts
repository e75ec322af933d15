import { randomBytes, randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { createTestDatabase } from '#test/database/create-test-database.ts'
import { copyKeyRows, makePlainPlace, openFromRows, type KeyRows } from '#test/register/plain-place.ts'
import { withoutCopies } from '../places/copies.ts'
import type { SafeguardTables } from '../tables.ts'
import { destroyPastMonthKeys } from './destroy-past-month-keys.ts'
import { deleteFileKeys } from './rekey-month.ts'
import { openKeyFolder } from './key-folder.ts'
import { KeyStoreFault, type KeyStore } from './key-store.ts'
import { expiryMonthOf, shardOf } from './month-keys.ts'
import { moveFileKeys } from './move-keys.ts'
import { fileKeyOf, storeFileKey } from './recording-keys.ts'
import { destroyRetiredVersions } from './retire-versions.ts'

const database = await createTestDatabase<SafeguardTables>()
const custodian = database.as('seloste_custodian').db
const { pool } = database.as()
const folders: string[] = []
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true }))))
const isLong = process.env['SELOSTE_LONG'] === '1'

async function makeFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'seloste-keys-'))
  folders.push(folder)
  return folder
}
const makeStore = async (): Promise<KeyStore> => openKeyFolder(await makeFolder())
beforeEach(async () => {
  // Each test has a key store of its own, without other tests' keys.
  const tables = ['file_key_end', 'copy_owed', 'recording_key', 'shard_key', 'month_key']
  await pool.query(
    `begin; set local session_replication_role = replica; ${tables.map((table) => `delete from ${table};`).join(' ')} commit`,
  )
})

const at = (written: string) => Temporal.Instant.from(written)
const month = (written: string) => Temporal.PlainDate.from(`${written}-01`)
const soon = () => Temporal.Now.instant().add({ hours: 1 })
const destroyRetired = (store: KeyStore, copies = withoutCopies, now = Temporal.Now.instant()) =>
  destroyRetiredVersions(custodian, store, copies, now)

async function storeKey(store: KeyStore, destroyAt: string | Temporal.Instant, id = randomUUID()) {
  const fileKey = randomBytes(16)
  await storeFileKey(custodian, store, { id, destroyAt: Temporal.Instant.from(destroyAt), fileKey })
  return { id, fileKey }
}
const deleteKeys = async (store: KeyStore, ...ids: string[]) => {
  const { failures } = await deleteFileKeys(
    custodian,
    store,
    ids.map((id) => ({ id, deadline: soon() })),
  )
  if (failures[0]) throw failures[0].error
}
const shardsIn = async (written: string) =>
  (
    await pool.query<{ shard: number }>('select shard from shard_key where expiry_month = $1 order by 1', [
      `${written}-01`,
    ])
  ).rows

describe('a recording’s key', () => {
  test('is returned until it is destroyed, and cannot be unwrapped in the row of another recording', async () => {
    const store = await makeStore()
    const [one, other] = [
      await storeKey(store, at('2031-01-05T10:20:00Z')),
      await storeKey(store, at('2031-01-05T10:40:00Z')),
    ]
    expect(await fileKeyOf(custodian, store, one.id)).toEqual(one.fileKey)
    await pool.query(
      `update recording_key k set wrapped = o.wrapped, shard = o.shard from recording_key o
       where k.recording_id = $1 and o.recording_id = $2`,
      [other.id, one.id],
    )
    await expect(fileKeyOf(custodian, store, other.id)).rejects.toThrow()
    await pool.query('delete from recording_key where recording_id = $1', [other.id])
    await deleteKeys(store, one.id)
    expect(await fileKeyOf(custodian, store, one.id)).toBeUndefined()
  })

  test('is in a shard of the hour in which it is destroyed', () => {
    expect(expiryMonthOf(at('2031-05-01T00:59:59Z'))).toEqual(month('2031-05'))
    for (let n = 0; n < 50; n++) {
      expect(Math.floor(shardOf(at('2031-05-01T00:59:59Z')) / 4)).toBe(0)
      expect(Math.floor(shardOf(at('2031-05-31T23:00:00Z')) / 4)).toBe(743)
    }
  })

  test('is lost with its month’s key, even if the database still has its row', async () => {
    const store = await makeStore()
    const { id } = await storeKey(store, at('2031-02-03T00:00:00Z'))
    await store.destroy('month-2031-02.v1')
    expect(await fileKeyOf(custodian, store, id)).toBeUndefined()
    await expect(storeKey(store, at('2031-02-03T00:00:00Z'))).rejects.toMatchObject({ code: 'KEY_MISSING' })
  })
})

describe('a re-keying', () => {
  test('drops the shards of an hour without recordings, and all other recordings still open', async () => {
    const store = await makeStore()
    const due = await Promise.all(Array.from({ length: 12 }, () => storeKey(store, at('2031-03-04T05:30:00Z'))))
    const others = await Promise.all(
      Array.from({ length: 30 }, (_, n) => storeKey(store, at('2031-03-10T00:00:00Z').add({ hours: n }))),
    )
    const before = (await shardsIn('2031-03')).length
    await deleteKeys(store, ...due.map(({ id }) => id))
    expect((await shardsIn('2031-03')).length).toBeLessThan(before)
    expect((await destroyRetired(store)).destroyed.map(({ key }) => key)).toEqual(['month-2031-03.v1'])
    expect(await store.names()).toEqual(['month-2031-03.v2'])
    for (const { id, fileKey } of others) expect(await fileKeyOf(custodian, store, id)).toEqual(fileKey)
    for (const { id } of due) expect(await fileKeyOf(custodian, store, id)).toBeUndefined()
  })

  test('loses no key that is added meanwhile (20 ingestions, 5 re-keyings)', async () => {
    const store = await makeStore()
    const hour = at('2031-04-05T06:00:00Z')
    const leaving = await Promise.all(Array.from({ length: 5 }, () => storeKey(store, hour)))
    const [stored] = await Promise.all([
      Promise.all(Array.from({ length: 20 }, (_, n) => storeKey(store, hour.add({ minutes: n % 3 })))),
      ...leaving.map(({ id }) => deleteKeys(store, id)),
      destroyRetired(store),
    ])
    await destroyRetired(store)
    for (const { id, fileKey } of stored) expect(await fileKeyOf(custodian, store, id)).toEqual(fileKey)
    expect((await store.names()).length).toBe(1)
  })

  test('with a store that wraps wrongly changes nothing', async () => {
    const store = await makeStore()
    const [due, other] = [
      await storeKey(store, at('2031-05-05T06:00:00Z')),
      await storeKey(store, at('2031-05-05T07:00:00Z')),
    ]
    const faulty: KeyStore = {
      ...store,
      wrap: async (name, items) =>
        (await store.wrap(name, items)).toReversed().map((b) => Buffer.from(b).fill(1, 0, 2)),
    }
    await expect(deleteKeys(faulty, due.id)).rejects.toMatchObject({ code: 'KEY_FORGED' })
    for (const { id, fileKey } of [due, other]) expect(await fileKeyOf(custodian, store, id)).toEqual(fileKey)
    await deleteKeys(store, due.id)
    await destroyRetired(store)
    expect(await fileKeyOf(custodian, store, other.id)).toEqual(other.fileKey)
  })
})

describe('a retired version', () => {
  test('is destroyed only when every copy has the next one, with a receipt in the ledger', async () => {
    const store = await makeStore()
    const place = makePlainPlace(custodian, store, await makeFolder())
    const [due, other] = [
      await storeKey(store, at('2031-06-05T06:00:00Z')),
      await storeKey(store, at('2031-06-05T06:00:00Z')),
    ]
    await place.renewKeyring([
      { month: month('2031-06'), shards: (await shardsIn('2031-06')).map(({ shard }) => shard) },
    ])
    expect(await place.fileKeyOf(due.id)).toEqual(due.fileKey)
    await deleteKeys(store, due.id)
    place.isAway = true
    expect(await destroyRetired(store, place)).toMatchObject({
      destroyed: [],
      waiting: [{ why: 'vault: the disk is not there' }],
    })
    expect(await store.names()).toHaveLength(2)
    place.isAway = false
    expect((await destroyRetired(store, place)).destroyed).toMatchObject([{ key: 'month-2031-06.v1', store: 'file' }])
    expect(await place.fileKeyOf(due.id)).toBeUndefined()
    expect(await place.fileKeyOf(other.id)).toEqual(other.fileKey)
    const { rows } = await pool.query(
      `select cause, detail, targets from destruction_entry where object_name = 'month-2031-06.v1'`,
    )
    expect(rows).toMatchObject([
      {
        cause: 'renewed',
        detail: { renewedAs: 'month-2031-06.v2', recordings: 1 },
        targets: { places: [{ place: 'vault', reached: true }] },
      },
    ])
  })

  test('is destroyed at its deadline even if a place is unavailable, and what the place still needs is recorded', async () => {
    const store = await makeStore()
    const place = makePlainPlace(custodian, store, await makeFolder(), 'away')
    const [due, other] = [
      await storeKey(store, at('2031-07-05T06:00:00Z')),
      await storeKey(store, at('2031-07-05T06:00:00Z')),
    ]
    await deleteKeys(store, due.id)
    place.isAway = true
    expect((await destroyRetired(store, place, soon().add({ hours: 1 }))).destroyed).toHaveLength(1)
    expect((await pool.query('select place, object from copy_owed')).rows).toEqual([
      { place: 'away', object: 'month-2031-07.v1' },
    ])
    expect(await fileKeyOf(custodian, store, other.id)).toEqual(other.fileKey)
  })

  test.each([
    ['reports success but still has the key', 'KEY_STAYS'],
    ['does not answer', 'KEY_STORE_AWAY'],
  ] as const)('of a store that %s stays retired, and the next run destroys it', async (_, code) => {
    const store = await makeStore()
    const destroyAt = at(code === 'KEY_STAYS' ? '2031-08-05T06:00:00Z' : '2031-09-05T06:00:00Z')
    const { id } = await storeKey(store, destroyAt)
    await deleteKeys(store, id)
    const wrong: KeyStore = {
      ...store,
      destroy: (key) =>
        code === 'KEY_STAYS'
          ? Promise.resolve({ store: 'file', key, at: '', proof: 'done' })
          : Promise.reject(new KeyStoreFault('KEY_STORE_AWAY', 'the key store does not answer')),
    }
    expect((await destroyRetired(wrong)).failures).toMatchObject([{ code }])
    // The key is destroyed but the answer was lost: the next run records that. A further run has nothing to destroy.
    await store.destroy(`month-${destroyAt.toString().slice(0, 7)}.v1`)
    expect((await destroyRetired(store)).destroyed).toMatchObject([{ proof: 'was not there' }])
    expect((await destroyRetired(store)).destroyed).toEqual([])
  })
})

describe('month keys', () => {
  test('are destroyed with their shards when the month is over and nothing depends on them', async () => {
    const store = await makeStore()
    const end = (written: string) => destroyPastMonthKeys(custodian, store, withoutCopies, month(written), soon())
    const [early, late] = [
      await storeKey(store, at('2032-01-05T06:00:00Z')),
      await storeKey(store, at('2032-02-05T06:00:00Z')),
    ]
    expect(await end('2032-02')).toEqual([]) // The recording still exists.
    await deleteKeys(store, early.id)
    await destroyRetired(store)
    expect(await end('2032-01')).toEqual([]) // The month is not over.
    expect(await end('2032-02')).toEqual(['month-2032-01.v2'])
    expect(await store.names()).toEqual(['month-2032-02.v1'])
    expect(await shardsIn('2032-01')).toEqual([])
    expect(await fileKeyOf(custodian, store, late.id)).toEqual(late.fileKey)
  })

  test('are destroyed by the next run, with their shards, if the process was killed in between', async () => {
    const store = await makeStore()
    const { id } = await storeKey(store, at('2032-05-05T06:00:00Z'))
    await deleteKeys(store, id)
    const dying: KeyStore = { ...store, destroy: () => Promise.reject(new Error('killed')) }
    await destroyPastMonthKeys(custodian, dying, withoutCopies, month('2032-06'), soon())
    expect(await store.names()).toHaveLength(2)
    expect((await destroyPastMonthKeys(custodian, store, withoutCopies, month('2032-06'), soon())).sort()).toEqual([
      'month-2032-05.v1',
      'month-2032-05.v2',
    ])
    expect(await shardsIn('2032-05')).toEqual([])
  })
})

test('after any sequence of ingestion, destruction, shortening and month ends, exactly the existing recordings open, and copies of the keys made earlier open no destroyed one', async () => {
  const year = { now: 2040 }
  const step = fc.record({
    act: fc.constantFrom('keep', 'keep', 'destroy', 'move', 'end'),
    pick: fc.nat(99),
    hour: fc.nat(90 * 24),
  })
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 25 }), async (steps) => {
      const store = await makeStore()
      const start = at(`${year.now++}-01-01T00:00:00Z`)
      const held = new Map<string, Buffer>()
      const gone = new Set<string>()
      const keyCopies: KeyRows[] = []
      for (const { act, pick, hour } of steps) {
        const id = [...held.keys()][pick % Math.max(1, held.size)]
        if (act === 'keep') {
          const added = await storeKey(store, start.add({ hours: hour }))
          held.set(added.id, added.fileKey)
        } else if (act === 'destroy' && id) {
          await deleteKeys(store, id)
          held.delete(id)
          gone.add(id)
        } else if (act === 'move' && id) {
          const { rows } = await pool.query<{ from: Temporal.PlainDate }>(
            'select expiry_month as "from" from recording_key where recording_id = $1',
            [id],
          )
          const destroyAt = start.add({ hours: hour })
          if (!expiryMonthOf(destroyAt).equals(rows[0]!.from))
            await moveFileKeys(custodian, store, [{ id, from: rows[0]!.from, destroyAt }], soon())
        } else if (act === 'end') {
          await destroyPastMonthKeys(custodian, store, withoutCopies, expiryMonthOf(start.add({ hours: hour })), soon())
        }
        await destroyRetired(store)
        keyCopies.push(await copyKeyRows(custodian))
      }
      for (const [id, fileKey] of held) expect(await fileKeyOf(custodian, store, id)).toEqual(fileKey)
      for (const id of gone) expect(await fileKeyOf(custodian, store, id)).toBeUndefined()
      for (const rows of keyCopies)
        for (const id of (await openFromRows(rows, store)).keys()) expect(gone.has(id)).toBe(false)
      await pool.query('delete from recording_key')
    }),
    { numRuns: isLong ? 300 : 6, seed: 5 },
  )
})
