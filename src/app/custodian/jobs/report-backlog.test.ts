import { Registry } from 'prom-client'
import { expect, test } from 'vitest'
import { createTestDatabase } from '#test/database/create-test-database.ts'
import { openDestructionDesk } from '#test/ends/open-destruction-desk.ts'
import { servedRequest } from '#test/requests/served-request.ts'
import { createBlockers } from '#platform/blockers/blockers.ts'
import { makeLog } from '#platform/log/log.ts'
import type { RegisterTables } from '#register/tables.ts'
import { reportBacklog } from './report-backlog.ts'

const database = await createTestDatabase<RegisterTables>()
const {
  admin,
  custodian,
  makeRecordingUntil,
  makeRecording: stored,
  people,
  stateOf,
} = await openDestructionDesk(database)
const { pool } = database.as()

test('an inspection that becomes urgent and an overdue recall are metrics and one log line each, and blockers are metrics', async () => {
  const [soon, later] = [await makeRecordingUntil(70), await stored()]
  for (const { contactId } of [soon, later]) {
    await servedRequest(admin, { clerkId: people.paula.id, contacts: [contactId], kinds: ['LISTEN'] })
  }
  await pool.query(
    `insert into disclosed_copy (disclosure, recipient, item, recording_id, state, recalled_at, due_at)
     values ('T-1', 'Laitos', 1, $1, 'RECALLED', now() - interval '5 days', now() - interval '1 day'),
            ('T-1', 'Laitos', 2, $1, 'RECALLED', now(), now() + interval '3 days')`,
    [later.id],
  )
  const registry = new Registry()
  const logged: string[] = []
  const log = makeLog({ name: 'custodian', write: (line) => logged.push(line), pretty: false })
  const { pool: custodians } = database.as('seloste_custodian')
  const blockers = createBlockers({ now: () => Temporal.Now.instant(), log })
  const reporting = reportBacklog({ db: custodian, pool: custodians, log, blockers, registry, intervalMs: 50 })
  try {
    await expect.poll(() => logged.length, { timeout: 10_000 }).toBe(2)
    await new Promise((resolve) => setTimeout(resolve, 300))
  } finally {
    await reporting.stop()
  }
  expect(logged.map((line) => JSON.parse(line) as object)).toEqual([
    expect.objectContaining({ level: 'warn', recall: expect.any(String) as string }),
    expect.objectContaining({ level: 'warn', inspection: expect.any(String) as string }),
  ])
  const metrics = await registry.metrics()
  expect(metrics).toContain('seloste_inspections_urgent 1')
  expect(metrics).toContain('seloste_recalls_overdue 1')
  expect(metrics).toContain('seloste_retention_obstacles{kind="backup-none"} 1')
  expect(metrics).toContain('seloste_retention_obstacles{kind="key-store"} 0')
  expect(logged.join('') + metrics).not.toContain('Laitos')
  expect(await stateOf(soon.id)).toMatchObject({ state: 'STORED' })
})
