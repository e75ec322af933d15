// R52: somebody with the owner's rights adds a table for a day, for example to investigate a fault, and the night's
// backup contains it. history.fields reports the table and it is dropped. That backup must still be restorable.
import { expect, test } from 'vitest'
import type { RegisterTables } from '#register/tables.ts'
import { createTestDatabase } from '../database/create-test-database.ts'
import { backUpTo, emptyMachine, openBackedUpRegister, openTestPlaces, restoreFrom } from '../backup/open-backup.ts'

const database = await createTestDatabase<RegisterTables>()
const register = await openBackedUpRegister(database)

test('a restore leaves out a table unknown to Seloste, and completes', async () => {
  const { pool } = database.as()
  await register.makeRecordings(2)
  await register.seal()
  await pool.query(
    "create table under_investigation (note text); insert into under_investigation values ('a number of somebody')",
  )
  const place = await openTestPlaces(database, register)
  await backUpTo(register, place)
  await pool.query('drop table under_investigation')
  const machine = await emptyMachine()
  expect(await restoreFrom(machine, place)).toMatchObject({ keys: 2, unknownTablesAndColumns: ['under_investigation'] })
  expect((await machine.pool.query("select to_regclass('public.under_investigation') as there")).rows).toEqual([
    { there: null },
  ])
})

test('a restore leaves out the values of a column unknown to Seloste, and completes', async () => {
  const { pool } = database.as()
  await pool.query('alter table segment add column under_investigation jsonb default \'{"of": "somebody"}\'')
  const place = await openTestPlaces(database, register)
  await backUpTo(register, place)
  await pool.query('alter table segment drop column under_investigation')
  const machine = await emptyMachine()
  expect(await restoreFrom(machine, place)).toMatchObject({
    keys: 2,
    unknownTablesAndColumns: ['segment.under_investigation'],
  })
  const { rows } = await machine.pool.query('select * from segment')
  expect(rows).toHaveLength(2)
  expect(rows[0]).not.toHaveProperty('under_investigation')
})
