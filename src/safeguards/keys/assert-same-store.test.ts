import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { createTestDatabase } from '#test/database/create-test-database.ts'
import type { SafeguardTables } from '../tables.ts'
import { assertSameStore } from './assert-same-store.ts'
import { makeIntakeBatches } from './intake-keys.ts'
import { openKeyFolder } from './key-folder.ts'
import { monthKeyName } from './month-keys.ts'

const database = await createTestDatabase<SafeguardTables>()
const custodian = database.as('seloste_custodian').db
const folder = await mkdtemp(join(tmpdir(), 'seloste-same-'))
afterAll(() => rm(folder, { recursive: true, force: true }))

test('a store that has none of the keys named in the database is refused in one line, as another store', async () => {
  const first = await openKeyFolder(join(folder, 'first'))
  const other = await openKeyFolder(join(folder, 'other'))
  const wrongStore = {
    code: 'KEY_STORE_OTHER',
    message: expect.stringMatching(
      /^the folder of keys .* none of the \d+ keys .* set SELOSTE_KEYS back [^\n]*$/,
    ) as string,
  }
  // A new installation: nothing is named yet.
  await assertSameStore(custodian, first)
  let pairs = 0
  await makeIntakeBatches(custodian, first, () => ({ identity: 'AGE-SECRET-KEY-1', recipient: `age1${++pairs}` }), 1)
  await assertSameStore(custodian, first)
  await expect(assertSameStore(custodian, other)).rejects.toMatchObject(wrongStore)
  expect(await other.names()).toEqual([])

  // Month keys count like intake keys.
  await database.as().pool.query(`
    begin; set local session_replication_role = replica;
    delete from intake_private_key; delete from intake_batch_key; delete from intake_batch; delete from intake_version; commit`)
  await assertSameStore(custodian, other)
  const month = Temporal.PlainDate.from('2031-05-01')
  await database
    .as()
    .pool.query(
      "insert into shard_key (expiry_month, shard, month_key_version, wrapped) values ('2031-05-01', 7, 3, '\\x00')",
    )
  await expect(assertSameStore(custodian, first)).rejects.toMatchObject(wrongStore)
  await first.make(monthKeyName(month, 3))
  await assertSameStore(custodian, first)
})
