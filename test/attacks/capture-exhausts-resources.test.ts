import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { endBlockingSessions } from '#app/custodian/end-blocking-sessions.ts'
import { createTestDatabase } from '#test/database/create-test-database.ts'

// An attacker with capture's database role cannot exhaust or hold resources that other processes share.
const database = await createTestDatabase()
const capture = database.as('seloste_capture')

/** Returns true if the custodian can lock call ids and send notifications, as it does all the time. */
async function worksForOthers(): Promise<boolean> {
  try {
    await database.as().pool.query(`select lock_call_ids(array(select md5(i::text) from generate_series(1, 4000) i))`)
    await database.as('seloste_custodian').pool.query(`select pg_notify('seloste_ends', '${randomUUID()}')`)
    return true
  } catch {
    return false
  }
}

test.each([
  [
    'the table of locks',
    `select lock_call_ids(array(select md5((i + n)::text) from generate_series(1, 5000) i)) from generate_series(0, 5000, 5000) n`,
    '',
  ],
  [
    'the queue of notifications',
    `listen flood`,
    `select pg_notify('flood', repeat(i::text, 7000 / length(i::text))) from generate_series(10000, 25000) i`,
  ],
])('capture cannot keep %s full', async (_what, occupy, flood) => {
  const client = await capture.pool.connect()
  const broken = new Promise((resolve) => client.once('error', resolve))
  const reported: unknown[] = []
  const ending = endBlockingSessions({
    ...{ databaseUrl: database.url('seloste_custodian'), patienceMs: 300, checkMs: 100 },
    log: { warn: () => undefined, error: (facts: unknown) => reported.push(facts) },
  })
  try {
    if (flood !== '') await client.query(occupy)
    await client.query('begin')
    await client.query(flood === '' ? occupy : 'select 1').catch(() => undefined)
    if (flood !== '') await capture.pool.query(flood)
    await broken
    await expect.poll(() => reported).toContainEqual(expect.objectContaining({ role: 'seloste_capture' }))
    await expect.poll(worksForOthers).toBe(true)
    await expect
      .poll(async () => (await database.as().pool.query('select pg_notification_queue_usage() as used')).rows)
      .toEqual([{ used: 0 }])
  } finally {
    await ending.stop()
    client.release(true)
  }
})

test('capture cannot take a hundred thousand locks for ids in one call', async () => {
  await expect(
    capture.pool.query(`select lock_call_ids(array(select md5(i::text) from generate_series(1, 100000) i))`),
  ).rejects.toMatchObject({ code: '22023' })
})

test('capture cannot enter more than a hundred feeds, nor a text of unlimited length', async () => {
  const report = (name: string, source: string) =>
    capture.pool.query(`select report_feed($1, $2, null, '{"records": 0, "calls": 0, "outside": 0}')`, [name, source])
  await expect(report('long', 'x'.repeat(1_000))).rejects.toMatchObject({ code: '23514' })
  for (let n = 0; n < 100; n++) await report(`feed-${n}`, 'csv')
  await expect(report('feed-100', 'csv')).rejects.toMatchObject({ code: '22023' })
  await report('feed-99', 'csv')
})

test('a call in a month whose history has ended does not stop a later version from starting', async () => {
  const [gone] = (
    await database
      .as()
      .pool.query<{ part: string; at: string }>(
        `select to_char(at, '_YYYY_MM') as part, at::text from (select date_trunc('month', now() - interval '15 months') + interval '9 days' as at) m`,
      )
  ).rows
  const { part, at } = gone!
  await database.as().pool.query(`drop table if exists call_identity${part}, segment${part}, contact${part}`)
  await capture.pool.query(
    `insert into contact (id, started_at, caller_kind, number_called, number_kind) values (gen_random_uuid(), $1, 'withheld', '+35829497000', 'NATIONAL_SERVICE')`,
    [at],
  )
  // Runs what each start with changed functions does (database/functions/history/contacts.sql).
  const { pool } = database.as('seloste_custodian')
  await pool.query(`select ensure_partitions($1::timestamptz::date, $1::timestamptz::date)`, [at])
  const { rows } = await database.as().pool.query(`select to_regclass('segment${part}') is not null as made`)
  expect(rows).toEqual([{ made: true }])
})
