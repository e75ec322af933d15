// R36: the database's owner undoes the end of an employment before the custodian has removed the person's rights.
import { expect, test } from 'vitest'
import type { RegisterTables } from '#register/tables.ts'
import { recordWholeLog } from '#test/audit/record-whole-log.ts'
import { createTestDatabase } from '../database/create-test-database.ts'
import { makeTestPromises } from '../register/make-test-promises.ts'

const database = await createTestDatabase<RegisterTables>()
const promises = await makeTestPromises(database)
const { check, tamper, colleague } = promises
const { pool } = database.as()
const custodian = database.as('seloste_custodian').db

async function broken() {
  await recordWholeLog(custodian, promises.key)
  return (await check()).broken
}
const end = (at: string) => pool.query(`update person set employed_to = ${at} where id = $1`, [colleague.id])

test('an employment that ended and continues in its row only is reported', async () => {
  await end(`now() - interval '1 second'`)
  expect(await broken()).toEqual([])
  await tamper(`update person set employed_to = null where id = '${colleague.id}'`)
  const { rows } = await pool.query<{ id: string }>('select id from access_right where person_id = $1', [colleague.id])
  expect(await broken()).toMatchObject([{ promise: 'rights.granted', facts: { unlogged: 1, example: rows[0]!.id } }])
})

test('a later end in the row only is reported, but not one that was entered and is in the ledger', async () => {
  await tamper(`update person set employed_to = now() + interval '1 year' where id = '${colleague.id}'`)
  expect(await broken()).toMatchObject([{ promise: 'rights.granted', facts: { unlogged: 1 } }])
  await end(`now() + interval '2 years'`)
  expect(await broken()).toEqual([])
})
