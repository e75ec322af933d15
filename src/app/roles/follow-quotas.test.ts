import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { weekStart } from '#description/local-time.ts'
import { connectDatabase } from '#platform/database/connect.ts'
import { admit, type SegmentFacts } from '#register/admit.ts'
import type { RegisterTables } from '#register/tables.ts'
import { createTestDatabase } from '#test/database/create-test-database.ts'
import { callFacts, phone } from '#test/database/people.ts'
import { followQuotas } from './follow-quotas.ts'

const database = await createTestDatabase<RegisterTables>()
const capture = database.as('seloste_capture').db
const folder = await mkdtemp(join(tmpdir(), 'seloste-quotas-'))
afterAll(() => rm(folder, { recursive: true }))

const now = Temporal.Now.instant()
const clock = { now: () => now, monotonicMs: () => 0 }
const number = phone('029 497 000')
const lastWeek = now.subtract({ hours: 7 * 24 })

function decidedCall(ruleId: string, answeredAt = now, record = true): SegmentFacts {
  const decision = { record, reason: record ? 'drawn' : 'quota-full', ruleId, ruleVersion: 1, share: 1, draw: 0.1 }
  return callFacts({
    startedAt: answeredAt,
    answeredAt,
    endedAt: answeredAt.add({ minutes: 1 }),
    numberReached: { key: number },
    decision: { ...decision, quotaUsed: 0 },
  })
}

async function follow(
  name: string,
  options: { leftBehind?: SegmentFacts[]; db?: typeof capture; onFault?: (error: unknown) => void } = {},
) {
  const { leftBehind = [], db = capture } = options
  const onFault =
    options.onFault ??
    ((error: unknown) => {
      throw error
    })
  return followQuotas({ db, clock, copyPath: join(folder, name), leftBehind, onFault })
}

const unreachable = () =>
  connectDatabase<RegisterTables>({
    url: 'postgres://nobody@127.0.0.1:1/none',
    applicationName: 'away',
    size: 1,
    onIdleError: () => undefined,
  })

test('counts the recordings of this and the previous week in the register, without calls that were not recorded', async () => {
  const ruleId = `rule-${randomUUID()}`
  for (const facts of [
    decidedCall(ruleId),
    decidedCall(ruleId),
    decidedCall(ruleId, now, false),
    decidedCall(ruleId, lastWeek),
  ]) {
    await admit(capture, facts)
  }
  const quotas = await follow('register.json')
  expect(quotas.used(now)({ id: ruleId }, { number })).toBe(2)
  expect(quotas.used(lastWeek)({ id: ruleId }, { number })).toBe(1)
  await quotas.stop()
})

test('a call that an earlier process has left in its spool counts once, whether it is in the register or not', async () => {
  const ruleId = `rule-${randomUUID()}`
  const [entered, waiting] = [decidedCall(ruleId), decidedCall(ruleId)]
  await admit(capture, entered)
  const quotas = await follow('left.json', { leftBehind: [entered, waiting] })
  expect(quotas.used(now)({ id: ruleId }, { number })).toBe(2)
  await quotas.stop()
})

test('without the database counts continue from the copy on disk', async () => {
  const ruleId = `rule-${randomUUID()}`
  await admit(capture, decidedCall(ruleId))
  const before = await follow('copy.json')
  before.count(decidedCall(ruleId))
  await before.stop()

  const away = unreachable()
  const faults: unknown[] = []
  const after = await follow('copy.json', { db: away.db, onFault: (error) => faults.push(error) })
  expect(faults).toHaveLength(1)
  expect(after.used(now)({ id: ruleId }, { number })).toBe(2)
  after.count(decidedCall(ruleId))
  expect(after.used(now)({ id: ruleId }, { number })).toBe(3)
  await after.stop()
  await away.close()
})

test('counts are readable for capture only, and contain no call', async () => {
  const { pool } = database.as('seloste_capture')
  const { fields } = await pool.query('select * from quota_counts($1, $2, $3)', [
    weekStart(lastWeek),
    weekStart(now),
    [],
  ])
  expect(fields.map(({ name }) => name)).toEqual(['rule_id', 'official_person_id', 'number_reached', 'recorded'])
  await expect(
    database.as('seloste_desk').pool.query('select * from quota_counts(now(), now(), $1)', [[]]),
  ).rejects.toThrow(/permission denied/)
})
