// R23, R25: the database’s owner plants a prohibition, so that a recording is destroyed after its minimum retention but before the
// term that its rules set.
import { expect, test } from 'vitest'
import { destroyBlocked, endExpiredHolds } from '#destruction/destroy-blocked.ts'
import { sweep } from '#destruction/retention/sweep.ts'
import type { RegisterTables } from '#register/tables.ts'
import { createTestDatabase } from '../database/create-test-database.ts'
import { makeDestroyer } from '../register/destroy-recordings.ts'
import { makeTestPromises } from '../register/make-test-promises.ts'

const database = await createTestDatabase<RegisterTables>()
const { pool } = database.as()
const custodian = database.as('seloste_custodian').db
const { check, tamper, recordings, register, matti } = await makeTestPromises(database)
const { expunging } = makeDestroyer(database, register)
const { id } = recordings.older

test('reports a recording destroyed before the term of its rules because of a prohibition that is missing from the log', async () => {
  const before = await pool.query(
    "select min_keep_until < now() as is_past_minimum, destroy_at > now() + interval '20 days' as is_in_term from recording where id = $1",
    [id],
  )
  expect(before.rows).toMatchObject([{ is_past_minimum: true, is_in_term: true }])
  expect((await check()).broken).toEqual([])
  await tamper(
    `insert into prohibition (recording_id, party, channel, entered_by) values ('${id}', 'CALLER', 'LETTER', '${matti.id}')`,
    `update recording set state = 'DESTROYING', cause = 'caller' where id = '${id}'`,
  )
  await endExpiredHolds(custodian)
  await destroyBlocked(expunging, Temporal.Now.instant())
  await sweep(expunging, Temporal.Now.instant())
  expect((await pool.query('select state, cause from recording where id = $1', [id])).rows).toEqual([
    { state: 'DESTROYED', cause: 'caller' },
  ])
  const broken = (await check()).broken.map(({ promise }) => promise)
  await tamper(`delete from prohibition where recording_id = '${id}'`)
  const after = (await check()).broken.map(({ promise }) => promise)
  expect({ broken, after }).toEqual({ broken: ['recordings.floor'], after: ['recordings.floor'] })
})
