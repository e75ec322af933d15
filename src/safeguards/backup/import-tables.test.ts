/** Rows are loaded without their triggers' effects, and without a second copy in temporary files. */
import { expect, test } from 'vitest'
import { openConnection } from '#platform/database/copy.ts'
import { createTestDatabase } from '#test/database/create-test-database.ts'
import { disableTriggers } from './import-tables.ts'

const database = await createTestDatabase()
const { pool } = database.as()

async function first<Row>(statement: string): Promise<Row> {
  const { rows } = await pool.query(statement)
  return rows[0] as Row
}

const temporaryFiles = () =>
  first<{ temp_files: string }>(`select temp_files from pg_stat_database where datname = current_database()`)
const triggers = () =>
  first(`select jsonb_agg(pg_get_triggerdef(oid) order by tgrelid::regclass::text, tgname) from pg_trigger
    where not tgisinternal and tgparentid = 0`)

async function* callsAsText(count: number) {
  for (let call = 0; call < count; call++) {
    const at = Temporal.Now.instant().subtract({ hours: 40, minutes: call }).toString()
    yield Buffer.from(`${crypto.randomUUID()}\t${at}\twithheld\t+35829497000\tNATIONAL_SERVICE\n`)
  }
}

test('rows are loaded without triggers and without temporary files, and the triggers exist afterwards', async () => {
  await pool.query(`alter database ${database.name} set work_mem = 64`)
  const [before, known] = [await temporaryFiles(), await triggers()]
  const connection = await openConnection(database.url(), 'test')
  await connection.query('begin')
  const restoreTriggers = await disableTriggers(connection)
  await connection.copyIn(
    'copy contact (id, started_at, caller_kind, number_called, number_kind) from stdin',
    callsAsText(2_000),
  )
  await restoreTriggers()
  await connection.query('commit')
  await connection.query('select pg_stat_force_next_flush()')
  await connection.close()
  expect(await temporaryFiles()).toEqual(before)
  expect(await triggers()).toEqual(known)
  expect(await first('select count(*)::int from contact')).toEqual({ count: 2_000 })
})
