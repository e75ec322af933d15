// R10, R19: the owner of the database declares a view a part of the extension plpgsql. The view shows rows of the register to
// another role: through the statistics of the planner, or through a view of the register.
import { afterAll, expect, test } from 'vitest'
import type { RegisterTables } from '#register/tables.ts'
import { createTestDatabase } from '../database/create-test-database.ts'
import { makeTestPromises } from '../register/make-test-promises.ts'

const database = await createTestDatabase<RegisterTables>()
const { pool } = database.as()
const { check } = await makeTestPromises(database)
const role = 'spy_of_views'

afterAll(async () => {
  await pool.query(`revoke usage on schema public from ${role}`)
  await pool.query(`drop role ${role}`)
})

const broken = async () => (await check()).broken.map(({ promise }) => promise)

async function readAs(query: string): Promise<unknown[]> {
  const client = await pool.connect()
  try {
    await client.query(`set role ${role}`)
    return (await client.query(query)).rows
  } finally {
    await client.query('reset role')
    client.release()
  }
}

test('a view of the planner’s statistics that is made a part of an extension is reported', async () => {
  await pool.query(`create role ${role} login; grant usage on schema public to ${role}`)
  await pool.query(`create statistics whole_calls (mcv) on caller_key, number_called, started_at, id from contact_default;
    alter statistics whole_calls set statistics 10000; analyze contact_default`)
  await pool.query(`create view pg_stat_seen as select i.* from pg_statistic_ext_data d, pg_mcv_list_items(d.stxdmcv) i;
    alter extension plpgsql add view pg_stat_seen; grant select on pg_stat_seen to ${role}`)
  expect(await readAs('select values from pg_stat_seen')).not.toEqual([])
  expect(await broken()).toContain('history.fields')
  await pool.query(
    'alter extension plpgsql drop view pg_stat_seen; drop view pg_stat_seen; drop statistics whole_calls',
  )
  expect(await broken()).toEqual([])
})

test('a view of a view of the register that is made a part of an extension is reported', async () => {
  await pool.query(`create view pg_stat_accesses as select * from data_access;
    alter extension plpgsql add view pg_stat_accesses; grant select on pg_stat_accesses to ${role}`)
  await readAs('select person_id, action, object_id from pg_stat_accesses')
  expect(await broken()).toContain('history.fields')
  await pool.query('alter extension plpgsql drop view pg_stat_accesses; drop view pg_stat_accesses')
  expect(await broken()).toEqual([])
})
