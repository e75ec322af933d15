// R52, decision 107: an entry made while the ledger is being copied must be copied together with its content. Otherwise
// no backup could be restored from that place until the next entry of the day, or ever, if there is none.
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { assertLedgerContinues, copyLedgerTo } from '#safeguards/places/ship-ledger.ts'
import type { RegisterTables } from '#register/tables.ts'
import { createTestDatabase } from '../database/create-test-database.ts'
import { enterTestPerson } from '../database/people.ts'
import {
  backUpTo,
  emptyMachine,
  openBackedUpRegister,
  openTestPlaces,
  recovery,
  restoreFrom,
} from '../backup/open-backup.ts'

const database = await createTestDatabase<RegisterTables>()
const register = await openBackedUpRegister(database)
await register.makeRecordings(1)
await register.seal()
const { db } = database.as()
const desk = database.as('seloste_desk').db
const endEmployment = (id: string) => sql`update person set employed_to = now() where id = ${id}`.execute(db)

test('copies an entry together with its content, also if it is made while the ledger is copied', async () => {
  const [first, second] = [
    await enterTestPerson(db, desk, { name: 'Aino' }),
    await enterTestPerson(db, desk, { name: 'Bertil' }),
  ]
  const place = await openTestPlaces(database, register)
  await register.seal()
  await backUpTo(register, place)
  await endEmployment(first.id)
  await register.seal()
  let meanwhile: Promise<void> | undefined
  const store = {
    ...place.store,
    async put(key: string, bytes: Buffer) {
      await place.store.put(key, bytes)
      if (!key.includes('/sealed/')) return
      meanwhile ??= endEmployment(second.id).then(() => register.seal())
      await meanwhile
    },
  }
  await copyLedgerTo(db, store, recovery.recipient)
  expect(meanwhile).toBeDefined()
  // Restores as if the machine were lost at once, and after the next run.
  const countRestored = async () => (await restoreFrom(await emptyMachine(), place)).ledger.employments
  expect(await countRestored()).toBe(1)
  await place.copies.shipLedger()
  expect(await countRestored()).toBe(2)
})

test('a place whose ledger another process extends meanwhile does not count as ahead of the database', async () => {
  const leaver = await enterTestPerson(db, desk, { name: 'Kaisa' })
  const place = await openTestPlaces(database, register)
  await register.seal()
  await place.copies.catchUp()
  let meanwhile: Promise<unknown> | undefined
  const store = {
    ...place.store,
    async sizeBytes(key: string) {
      meanwhile ??= endEmployment(leaver.id).then(async () => {
        await register.seal()
        return place.copies.shipLedger()
      })
      expect(await meanwhile).toMatchObject([{ reached: true }])
      return place.store.sizeBytes(key)
    },
  }
  expect(await assertLedgerContinues(db, store)).toBeDefined()
})
