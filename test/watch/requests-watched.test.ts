// Clerks who serve requests are monitored (R21): a clerk who invents requesters leaves log entries of everything
// entered, searched, withdrawn and forbidden.
import { randomUUID } from 'node:crypto'
import { beforeEach, describe, expect, test } from 'vitest'
import type { RegisterTables } from '#register/tables.ts'
import { raiseAlarms } from '#safeguards/watch/raise-alarms.ts'
import { thresholds } from '#safeguards/watch/thresholds.ts'
import { createTestDatabase } from '#test/database/create-test-database.ts'

const database = await createTestDatabase<RegisterTables>()
const { pool } = database.as()
const custodian = database.as('seloste_custodian').db

/** Person of the entries: a different clerk in each test. */
let clerk = randomUUID()
beforeEach(async () => {
  clerk = randomUUID()
  await pool.query('delete from alarm; delete from watched_until')
})

interface Planted {
  action: string
  purpose?: string
  detail?: object
}
/** Inserts entries as the desk's functions write them, `minutesApart` minutes apart, the newest `minutesAgo` minutes ago. */
const plantMany = (
  times: number,
  { action, purpose = 'INSPECTION', detail = {} }: Planted,
  minutesApart = 0,
  minutesAgo = 1,
) =>
  pool.query(
    `insert into audit_entry (at, person_id, role, action, purpose, object_id, result, detail)
     select now() - make_interval(mins => $1 + n * $2), $3, 'SERVICE_UNIT', $4, $5, gen_random_uuid(), 'ok', $6
     from generate_series(0, $7 - 1) n`,
    [minutesAgo, minutesApart, clerk, action, purpose, detail, times],
  )
async function raiseAndList(): Promise<{ kind: string; count: number }[]> {
  await raiseAlarms(custodian, [], Temporal.Now.instant())
  const { rows } = await pool.query<{ kind: string; count: number }>(
    'select kind, count from alarm where person_id = $1',
    [clerk],
  )
  return rows
}

describe('a clerk with many actions for requesters', () => {
  const { searchesInDay, givenUpInDay, forbiddenInDay, officialsInWeek, copiesInWeek } = thresholds.requests
  test.each<[string, number, Planted, number]>([
    ['searches for calls', searchesInDay, { action: 'call.looked-for', detail: { call: 'id' } }, 10],
    ['withdraws calls', givenUpInDay, { action: 'call.given-up' }, 60],
    [
      'plays calls that turn out not to be the requester’s',
      givenUpInDay,
      { action: 'call.verified', detail: { isParty: false } },
      60,
    ],
    ['forbids', forbiddenInDay, { action: 'recording.forbidden' }, 30],
    [
      'enters requests of officials',
      officialsInWeek,
      { action: 'request.entered', detail: { party: 'OFFICIAL' } },
      1200,
    ],
    ['has copies made', copiesInWeek, { action: 'subject-copy.made' }, 1400],
  ])('who %s raises one alarm from %i on', async (_, threshold, planted, minutesApart) => {
    await plantMany(threshold - 1, planted, minutesApart)
    expect(await raiseAndList()).toEqual([])
    await plantMany(1, planted, 0, 0)
    expect(await raiseAndList()).toEqual([{ kind: 'requests', count: threshold }])
  })

  test('a clerk’s normal day raises no alarm', async () => {
    await plantMany(searchesInDay - 1, { action: 'call.looked-for', detail: { call: 'id' } })
    await plantMany(searchesInDay, { action: 'call.looked-for', detail: { call: 'id', result: 'one' } })
    await plantMany(searchesInDay, { action: 'call.verified', detail: { isParty: true } })
    await plantMany(searchesInDay, { action: 'request.entered', detail: { party: 'CALLER' } })
    await plantMany(forbiddenInDay, { purpose: '', action: 'recording.forbidden' })
    expect(await raiseAndList()).toEqual([])
  })
})
