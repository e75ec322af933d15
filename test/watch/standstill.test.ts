/**
 * A blocker raises an alarm inside the register for people who can act, and the alarm closes itself when the blocker
 * has ended (docs/decisions/0085).
 */
import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import { afterAll, expect, test } from 'vitest'
import { startAlarms } from '#app/custodian/jobs/alarms.ts'
import { createBlockers } from '#platform/blockers/blockers.ts'
import { systemClock } from '#platform/clock/clock.ts'
import { makeLog } from '#platform/log/log.ts'
import { startMetrics } from '#platform/metrics/metrics.ts'
import { recordHeartbeat } from '#register/capture-nodes.ts'
import type { RegisterTables } from '#register/tables.ts'
import { listAlarms } from '#safeguards/watch/alarms.ts'
import { updateStandstillAlarm } from '#safeguards/watch/raise-standstill.ts'
import { createTestDatabase } from '#test/database/create-test-database.ts'
import { enterTestPerson } from '#test/database/people.ts'

const database = await createTestDatabase<RegisterTables>()
const { pool, db: admin } = database.as()
const desk = database.as('seloste_desk').db
const custodian = database.as('seloste_custodian')
const now = () => Temporal.Now.instant()
const ago = (minutes: number) => now().subtract({ minutes })
const nothing = { kind: 'none' as const, units: [], numbers: [] }
const enterHolder = (role: 'DATA_PROTECTION_OFFICER' | 'MAINTENANCE' | 'ADMINISTRATOR' | 'DECISION_MAKER') =>
  enterTestPerson(admin, desk, { name: role, right: { role, purposes: [], scope: nothing } }).then((one) =>
    one.signIn(),
  )
const officer = await enterHolder('DATA_PROTECTION_OFFICER')
const administrator = await enterHolder('ADMINISTRATOR')
const decider = await enterHolder('DECISION_MAKER')

async function alarms(session = administrator, state: 'open' | 'closed' | 'any' = 'open') {
  const found = await listAlarms(desk, session, { state })
  if ('refused' in found) throw new Error(found.refused)
  return found.alarms
}
const listEntries = async () => {
  const { rows } = await pool.query<{ action: string }>(
    `select action from audit_entry where action like 'alarm.%' and detail ->> 'kind' = 'standstill' order by seq`,
  )
  return rows.map(({ action }) => action)
}

test('a blocker that lasts two minutes raises one alarm for the operators, which stays until no blocker is left', async () => {
  const updateAlarm = (...state: { kind: string; since: Temporal.Instant }[]) =>
    updateStandstillAlarm(custodian.db, state, now())
  expect(await updateAlarm({ kind: 'disk', since: ago(1) })).toBeUndefined()
  expect(await alarms()).toEqual([])
  expect(await updateAlarm({ kind: 'disk', since: ago(3) })).toBe('raised')
  expect(await updateAlarm({ kind: 'disk', since: ago(3) }, { kind: 'backlog', since: ago(0) })).toBeUndefined()
  for (const session of [administrator, officer]) {
    expect(await alarms(session)).toMatchObject([
      { kind: 'standstill', count: 2, facts: { kinds: { disk: 1, backlog: 1 } }, isOwn: false },
    ])
  }
  expect(await listAlarms(desk, decider, { state: 'any' })).toEqual({ refused: 'deny.role' })
  expect(await updateAlarm()).toBe('over')
  expect(await updateAlarm()).toBeUndefined()
  expect(await alarms()).toEqual([])
  const [over] = await alarms(officer, 'closed')
  expect(over?.closed).toEqual({ at: expect.anything(), by: undefined, note: null })
  expect(await listEntries()).toEqual(['alarm.raised', 'alarm.closed'])
  expect(await updateAlarm({ kind: 'clock', since: ago(5) })).toBe('raised')
  expect(await updateAlarm()).toBe('over')
})

test('operators see no alarm of another kind, and only the custodian closes the alarm about blockers', async () => {
  await pool.query(
    `insert into alarm (kind, count, facts, threshold, first_at, last_at) values ('mass', 1, '{}', '{}', now(), now())`,
  )
  expect(await alarms(administrator, 'any')).not.toContainEqual(expect.objectContaining({ kind: 'mass' }))
  expect(await alarms(officer, 'any')).toContainEqual(expect.objectContaining({ kind: 'mass' }))
  for (const role of ['seloste_desk', 'seloste_capture']) {
    await expect(sql`select clear_standstill_alarm()`.execute(database.as(role).db)).rejects.toThrow(
      'permission denied',
    )
  }
  // An alarm of another kind cannot close without a person.
  await expect(pool.query(`update alarm set closed_at = now() where kind = 'mass'`)).rejects.toThrow(
    'alarm_closed_check',
  )
})

test('the alarm is raised by a blocker in the custodian or in a capture, and by a capture without a heartbeat', async () => {
  const log = makeLog({ name: 'custodian', write: () => undefined, pretty: false })
  const blockers = createBlockers({ now, log })
  const node = { id: randomUUID(), name: 'north', version: '1', startedAt: ago(60) }
  const state = { draining: false, pressures: [], sessions: 0, recordings: 0, waiting: 0 }
  const sendHeartbeat = (...active: { kind: 'disk'; code: string; since: string }[]) =>
    recordHeartbeat(database.as('seloste_capture').db, node, { ...state, blockers: active })
  await sendHeartbeat({ kind: 'disk', code: 'disk-low', since: ago(10).toString() })
  blockers.raise('key-store', { code: 'key-store-away', agoMs: 600_000 })
  const metrics = startMetrics('custodian')
  const watching = startAlarms({
    ...{ db: custodian.db, pool: custodian.pool, versions: { all: [] }, clock: systemClock, log },
    ...{ blockers, registry: metrics.registry, standstillMs: 50 },
  })
  afterAll(async () => {
    await watching.stop()
    metrics.stop()
  })
  const kinds = async () => (await alarms()).map(({ facts }) => facts['kinds'])
  await expect.poll(kinds).toEqual([{ 'key-store': 1, disk: 1 }])
  expect(await metrics.registry.metrics()).toMatch(/seloste_alarms_raised_total\{.*kind="standstill".*\} 1/)
  blockers.clear('key-store')
  await sql`update capture_node set alive_at = alive_at - interval '3 minutes'`.execute(admin)
  await expect.poll(kinds).toEqual([{ capture: 1 }])
  await sendHeartbeat()
  await expect.poll(kinds).toEqual([])
})
