import { expect, test } from 'vitest'
import { createTestDatabase } from '#test/database/create-test-database.ts'
import { makeDestroyer } from '#test/register/destroy-recordings.ts'
import { callOfMonthsAgo, makeTestRegister } from '#test/register/make-register.ts'
import { ingestRecording, recordIngestFault } from '#register/recordings/ingest-recording.ts'
import type { RegisterTables } from '#register/tables.ts'
import { countWaiting } from './count-waiting.ts'

const database = await createTestDatabase<RegisterTables>()
const register = await makeTestRegister(database)
const { destroy } = makeDestroyer(database, register)
const custodian = database.as('seloste_custodian').db
const now = () => Temporal.Now.instant()

test('a recording counts as waiting from its call’s end until ingested, and as failed if ingestion fails', async () => {
  const endedAt = now().subtract({ minutes: 10 })
  const { id } = await register.record({
    startedAt: endedAt.subtract({ minutes: 5 }),
    answeredAt: endedAt.subtract({ minutes: 4 }),
    endedAt,
  })
  const { unsealed } = await countWaiting(custodian)
  expect(unsealed.recordings).toBe(1)
  expect(unsealed.oldestSeconds).toBeGreaterThan(599)
  await recordIngestFault(custodian, id, 'log-malformed')
  expect((await countWaiting(custodian)).failed).toBe(1)
  await ingestRecording(register.ingest, id, now())
  expect((await countWaiting(custodian)).failed).toBe(0)
  expect((await countWaiting(custodian)).unsealed).toEqual({ recordings: 0, oldestSeconds: 0 })
})

test('a recording past its term is overdue until it is destroyed', async () => {
  const before = (await countWaiting(custodian)).overdue
  expect(before).toEqual({ recordings: 0, contacts: 0 })
  const { id } = await register.record(callOfMonthsAgo(6))
  await ingestRecording(register.ingest, id, now())
  expect((await countWaiting(custodian)).overdue.recordings).toBe(1)
  await destroy(id)
  expect((await countWaiting(custodian)).overdue.recordings).toBe(0)
})

test('a contact past its fourteen months is overdue', async () => {
  await register.record(callOfMonthsAgo(14))
  expect((await countWaiting(custodian)).overdue.contacts).toBe(1)
})
