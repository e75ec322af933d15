import { expect, test } from 'vitest'
import { createTestDatabase } from '#test/database/create-test-database.ts'
import { expungeHistoryMonth } from '#register/expunge-history.ts'
import type { RegisterTables } from '#register/tables.ts'

const database = await createTestDatabase<RegisterTables>()
const { pool } = database.as()

/** A call answered by one official at the beginning of a month, the given number of months ago. */
async function enterCall(months: number, name: string): Promise<Temporal.PlainDate> {
  const month = Temporal.Now.plainDateISO('UTC').with({ day: 1 }).subtract({ months })
  const at = `${month.add({ days: 3 }).toString()}T10:00Z`
  await pool.query('select ensure_partitions($1::date, $1::date)', [month.toString()])
  await pool.query(
    `with c as (
       insert into contact (id, started_at, ended_at, caller_kind, number_called, number_kind, history_ends_at)
       values (gen_random_uuid(), $1, $1, 'withheld', '+35829497000', 'NATIONAL_SERVICE', $1::timestamptz + interval '14 months') returning id
     ) insert into segment (id, contact_id, contact_started_at, seq, number_reached, official_name, official_phone, answered_at, ended_at,
       decision_record, decision_reason)
     select gen_random_uuid(), id, $1, 1, '+35829497000', $2, '+358295121000', $1, $1, false, 'not-drawn' from c`,
    [at, name],
  )
  return month
}

async function readNames(): Promise<string[]> {
  const { rows } = await pool.query<{ name: string }>('select name from official_named order by name')
  return rows.map(({ name }) => name)
}

test('an official stays in the list as long as the history has a month with a call that they answered', async () => {
  const old = await enterCall(17, 'Only Then')
  await enterCall(17, 'Then And Now')
  await enterCall(1, 'Then And Now')
  await enterCall(1, 'Only Now')
  expect(await readNames()).toEqual(['Only Now', 'Only Then', 'Then And Now'])
  await pool.query(
    `select count_history_day(d::date, true) from generate_series($1::date - 1, $1::date + interval '1 month', interval '1 day') d`,
    [old.toString()],
  )
  expect(await expungeHistoryMonth(database.as('seloste_custodian').db, old)).toEqual({ contacts: 2 })
  expect(await readNames()).toEqual(['Only Now', 'Then And Now'])
})
