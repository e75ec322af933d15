// R52: a place of the ledger was away since the night; the machine is lost in the evening. A restore that is given the copy there, which goes
// as far as the backup knows, did not ask the place that it restores from: what was revoked and restricted in the day was back.
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import type { RegisterTables } from '#register/tables.ts'
import { createTestDatabase } from '../database/create-test-database.ts'
import { enterTestPerson } from '../database/people.ts'
import {
  backUpTo,
  emptyMachine,
  openBackedUpRegister,
  openTestPlaces,
  restoreFrom,
  type TestPlace,
} from '../backup/open-backup.ts'

const database = await createTestDatabase<RegisterTables>()
const register = await openBackedUpRegister(database)
await register.keep(1)
await register.seal()
const { db } = database.as()

async function copyLedger({ store }: TestPlace, to: string): Promise<void> {
  for await (const key of store.list('ledger/')) {
    await store.put(to + key.slice('ledger/'.length), await store.readRange(key, 0, await store.sizeBytes(key)))
  }
}

test('a copy of the ledger that is older than the one in the place is refused, as long as that is whole', async () => {
  const leaver = await enterTestPerson(db, database.as('seloste_desk').db, { name: 'Aino' })
  const place = await openTestPlaces(database, register)
  await register.seal()
  await backUpTo(register, place)
  await copyLedger(place, 'away/')
  await sql`update person set employed_to = now() where id = ${leaver.id}`.execute(db)
  await register.seal()
  await place.copies.shipLedger()
  await expect(restoreFrom(await emptyMachine(), place, { ledger: 'away/' })).rejects.toMatchObject({
    code: 'restore-ledger',
    message: expect.stringContaining('leave out --ledger') as string,
  })
  await copyLedger(place, 'kept/')
  expect((await restoreFrom(await emptyMachine(), place, { ledger: 'kept/' })).ledger).toMatchObject({ employments: 1 })
  // One that is lost or broken is no reason.
  for await (const key of place.store.list('ledger/entries/')) await place.store.delete(key)
  expect((await restoreFrom(await emptyMachine(), place, { ledger: 'away/' })).ledger).toMatchObject({ employments: 0 })
})
