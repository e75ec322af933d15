import { describe, expect, test } from 'vitest'
import { openTestLedger } from '#test/audit/open-ledger.ts'
import { createTestDatabase } from '#test/database/create-test-database.ts'
import { callFacts } from '#test/database/people.ts'
import { admit } from '#register/admit.ts'
import type { RegisterTables } from '#register/tables.ts'
import { recordRun } from '#safeguards/runs/record-run.ts'
import { listBlockers, describeBlocker } from './blockers.ts'

const database = await createTestDatabase<RegisterTables>()
const { pool } = database.as()
const custodian = database.as('seloste_custodian').db
const capture = database.as('seloste_capture').db

const blockersOf = async (kind: string) => (await listBlockers(custodian)).filter((blocker) => blocker.kind === kind)
async function enterCall(ago: Temporal.DurationLike) {
  const endedAt = Temporal.Now.zonedDateTimeISO('Europe/Helsinki').subtract(ago).toInstant()
  const startedAt = endedAt.subtract({ minutes: 5 })
  await admit(capture, callFacts({ startedAt, answeredAt: startedAt, endedAt }))
}
const setPlace = (values: string) => pool.query(`update place_of_data set ${values} where name = 'vault'`)

test('overdue days of history are a blocker only if the sweep that counts them does not run', async () => {
  await recordRun(custodian, { work: 'sweep' })
  await enterCall({ days: 20 })
  expect(await blockersOf('history-uncounted')).toEqual([])
  await pool.query(`update retention_run set at = now() - interval '3 hours'`)
  expect(await blockersOf('history-uncounted')).toMatchObject([{ count: expect.any(Number) as number }])
  await recordRun(custodian, { work: 'sweep' })
  expect(await blockersOf('history-uncounted')).toEqual([])
})

describe('backups', () => {
  test('are missing if there is something to lose and no location has a backup a day after it came into use', async () => {
    await pool.query('delete from place_of_data')
    expect(await blockersOf('backup-none')).toHaveLength(1)
    await pool.query(
      `insert into place_of_data (name, kind, location, state, first_used_at) values ('vault', 'backup', '/vault', 'in-use', now() - interval '1 hour')`,
    )
    expect(await blockersOf('backup-none')).toEqual([])
    await setPlace(`first_used_at = now() - interval '27 hours'`)
    await recordRun(custodian, { work: 'backup', fault: 'place-full' })
    expect(await blockersOf('backup-none')).toMatchObject([{ fault: 'place-full' }])
    await setPlace(`backup_last_at = now(), backups = 1`)
    expect(await blockersOf('backup-none')).toEqual([])
    expect(await blockersOf('backup-late')).toEqual([])
  })

  test('are late after 26 hours, per location', async () => {
    await setPlace(`backup_last_at = now() - interval '27 hours', fault = 'EIO'`)
    expect(await blockersOf('backup-late')).toMatchObject([{ place: 'vault', fault: 'EIO' }])
    await setPlace('backup_last_at = now(), fault = null')
    expect(await blockersOf('backup-late')).toEqual([])
  })
})

test('an unavailable location reports why, since when, and until when a deletion waits for it', async () => {
  await setPlace(`state = 'unreachable', fault = 'vault: ENOENT', fault_since = now() - interval '10 minutes'`)
  await pool.query(
    `insert into month_key (expiry_month, version, state, retiring_since, deadline)
     values ('2027-01-01', 1, 'retiring', now(), now() + interval '1 hour')`,
  )
  await pool.query(
    `insert into copy_owed (place, object_kind, object) values ('vault', 'month-key', 'month-2027-01.v1')`,
  )
  const [unreachable] = await blockersOf('place-unreachable')
  expect(unreachable).toMatchObject({ place: 'vault', count: 1, fault: 'vault: ENOENT', example: 'month-2027-01.v1' })
  expect(unreachable!.deadline!.since(Temporal.Now.instant()).total('minutes')).toBeCloseTo(60, -1)
  expect(describeBlocker(unreachable!)).toMatch(/^place-unreachable: .*vault, 1, .*to be fixed by .*reachable again/)
  await pool.query('delete from copy_owed')
  await setPlace(`state = 'in-use', fault = null, fault_since = null`)
  expect(await blockersOf('place-unreachable')).toEqual([])
})

test('a copy of the ledger is behind if it has lacked an entry for five minutes', async () => {
  const { seal } = await openTestLedger(database)
  await pool.query(
    `insert into destruction_entry (object_kind, object_name, cause, done_by, targets, at)
     values ('intake-key', '2026-01-01', 'retention', 'sweep', '{}', now() - interval '6 minutes')`,
  )
  await seal()
  const { rows } = await pool.query<{ size: number }>('select max(size)::integer as size from ledger_head')
  await setPlace('ledger_to = 0')
  expect(await blockersOf('ledger-copy-behind')).toMatchObject([{ place: 'vault', count: rows[0]!.size }])
  await setPlace(`ledger_to = ${rows[0]!.size}`)
  expect(await blockersOf('ledger-copy-behind')).toEqual([])
})

test('an expired attestation is a blocker', async () => {
  await setPlace(`state = 'attestation-over', attested_until = '2026-11-01', fault = 'its review was due'`)
  const [expired] = await blockersOf('attestation-over')
  expect(expired).toMatchObject({ place: 'vault', fault: 'its review was due' })
  expect(expired!.since!.toString()).toBe('2026-11-01T22:00:00Z')
})
