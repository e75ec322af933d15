// R23: the owner of the database deletes rows with keys of recordings, or has the custodian destroy the key of their month.
import { expect, test } from 'vitest'
import { sweep } from '#destruction/retention/sweep.ts'
import type { RegisterTables } from '#register/tables.ts'
import { fileKeyOf } from '#safeguards/keys/recording-keys.ts'
import { createTestDatabase } from '../database/create-test-database.ts'
import { makeDestroyer } from '../register/destroy-recordings.ts'
import { makeTestPromises } from '../register/make-test-promises.ts'

const database = await createTestDatabase<RegisterTables>()
const { check, tamper, register, recordings } = await makeTestPromises(database)
const { pool } = database.as()
const custodian = database.as('seloste_custodian').db
const { id } = recordings.older

const { rows } = await pool.query<{ month: string; name: string }>(
  `select m.expiry_month::text as month, 'month-' || to_char(m.expiry_month, 'YYYY-MM') || '.v' || m.version as name
   from recording_key k join month_key m on m.expiry_month = k.expiry_month and m.state = 'current' where k.recording_id = $1`,
  [id],
)
const { month, name } = rows[0]!
const ofMonth = `where expiry_month = '${month}'`
const retire = `update month_key set state = 'retiring', retiring_since = now(), deadline = now() - interval '1 minute' ${ofMonth} and state = 'current'`

const brokenPromises = async () =>
  (await check()).broken.map(({ promise, facts }) => ({
    promise,
    ...(facts as { keyless?: number; example?: string }),
  }))

/** Runs statements and a sweep of the custodian, then `verify`, and restores the rows of the keys. */
async function afterSweep(statements: string[], verify: () => Promise<void>): Promise<void> {
  const saved = await Promise.all(
    ['recording_key', 'shard_key', 'month_key'].map(async (table) => {
      const { rows } = await pool.query<{ all: string }>(`select jsonb_agg(t)::text as all from ${table} t`)
      return [
        `delete from ${table}`,
        `insert into ${table} select * from jsonb_populate_recordset(null::${table}, '${rows[0]!.all}')`,
      ]
    }),
  )
  await tamper(...statements)
  try {
    await sweep(makeDestroyer(database, register).expunging, Temporal.Now.instant()).catch(() => undefined)
    expect(await register.keys.names()).toContain(name)
    await verify()
  } finally {
    await tamper(...saved.flat())
  }
  expect((await check()).broken).toEqual([])
  expect(await fileKeyOf(custodian, register.keys, id)).toBeDefined()
}

test.each([
  ['its file key', `delete from recording_key where recording_id = '${id}'`],
  ['its shard key', `delete from shard_key ${ofMonth}`],
  ['a month key in force', retire],
])('a stored recording without %s is reported', async (_what, statement) => {
  await afterSweep([statement], async () => {
    expect(await brokenPromises()).toMatchObject([{ promise: 'recordings.floor', keyless: 1, example: id }])
  })
})

test('the key of a month is not destroyed while it is the only key of a stored recording, whatever the rows say', async () => {
  await afterSweep([`delete from shard_key ${ofMonth}`, retire], async () => {
    expect(await brokenPromises()).toMatchObject([{ promise: 'recordings.floor', keyless: 1, example: id }])
  })
})

test('the key of a month is not destroyed either if the rows name a version that the key store does not have', async () => {
  const newVersion = `insert into month_key (expiry_month, version, state) select expiry_month, max(version) + 1, 'current' from month_key ${ofMonth} group by 1`
  const shards = `update shard_key s set month_key_version = m.version from month_key m where m.expiry_month = s.expiry_month and m.state = 'current' and s.expiry_month = '${month}'`
  await afterSweep([retire, newVersion, shards], async () => {
    expect(await brokenPromises()).toMatchObject([{ promise: 'recordings.floor', keyless: 1, example: id }])
  })
})

test('the key of a month is not destroyed either if the recording’s row of keys refers to another month’s shard', async () => {
  const elsewhere = `update recording_key k set (expiry_month, shard) = (select s.expiry_month, s.shard from shard_key s where s.expiry_month <> '${month}' limit 1) where recording_id = '${id}'`
  await afterSweep([elsewhere, `delete from shard_key ${ofMonth}`, retire], async () => {})
})
