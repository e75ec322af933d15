import { expect, test } from 'vitest'
import { createTestDatabase } from '#test/database/create-test-database.ts'
import { makeDestroyer } from '#test/register/destroy-recordings.ts'
import { callOfMonthsAgo, makeTestRegister } from '#test/register/make-register.ts'
import { systemClock } from '#platform/clock/clock.ts'
import { makeLog } from '#platform/log/log.ts'
import type { ObjectFault } from '#platform/objects/faults.ts'
import { ingestRecording } from '#register/recordings/ingest-recording.ts'
import type { RegisterTables } from '#register/tables.ts'
import { startRetention } from './retention.ts'

const database = await createTestDatabase<RegisterTables>()
const register = await makeTestRegister(database)
const { expunging } = makeDestroyer(database, register)
const { db: admin } = database.as()
const { pool } = database.as('seloste_custodian')

const stateOf = async (id: string) =>
  (await admin.selectFrom('recording').select('state').where('id', '=', id).executeTakeFirstOrThrow()).state

test('a recording ingested after its retention end is destroyed without waiting for the hourly sweep, and recorded as a run', async () => {
  const logged: string[] = []
  const log = makeLog({ name: 'custodian', write: (line) => logged.push(line), pretty: false })
  const retention = startRetention({
    expunging,
    pool,
    clock: systemClock,
    log,
    onSwept: () => Promise.resolve(),
    overdueMs: 100,
  })
  try {
    await retention.swept
    const late = await register.record(callOfMonthsAgo(6))
    const young = await register.record(callOfMonthsAgo(5))
    for (const { id } of [late, young])
      // The sweep may destroy the late recording before its ingestion ends.
      await ingestRecording(register.ingest, id, systemClock.now()).catch((error: ObjectFault) => {
        if (id !== late.id || error.code !== 'object-missing') throw error
      })
    await expect.poll(() => stateOf(late.id), { timeout: 10_000 }).toBe('DESTROYED')
    expect(await stateOf(young.id)).toBe('STORED')
  } finally {
    await retention.stop()
  }
  const { rows } = await database
    .as()
    .pool.query('select recordings::integer from retention_run order by seq desc limit 1')
  expect(rows).toEqual([{ recordings: 1 }])
  expect(logged.join('')).not.toContain('"level":"error"')
})
