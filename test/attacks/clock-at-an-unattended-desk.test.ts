// Promise: nothing is destroyed before its day (R23). The attack: confirm a clock that is ahead at two desks whose people have left them.
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { advanceClock } from '#destruction/clock.ts'
import { sweep } from '#destruction/retention/sweep.ts'
import type { RegisterTables } from '#register/tables.ts'
import { createTestDatabase } from '../database/create-test-database.ts'
import { openDestructionDesk } from '../ends/open-destruction-desk.ts'

const database = await createTestDatabase<RegisterTables>()
const ends = await openDestructionDesk(database)
const { admin, custodian, people, post, as, makeRecordingUntil, stateOf, shiftMark } = ends

test('a person without a passkey confirms a clock that is ahead only after a fresh proof of identity', async () => {
  const due = await makeRecordingUntil(-24)
  await shiftMark('-72 hours')
  expect(await advanceClock(custodian)).toBe('ahead')
  const { state } = await stateOf(due.id)
  for (const name of ['riitta', 'asta'] as const) {
    await as(name)
    await sql`update session set proved_at = now() - interval '10 hours', proved_by = now() - interval '10 hours'
      where person_id = ${people[name].id}`.execute(admin)
    const confirmed = await post(name, '/api/retention/clock', { now: Temporal.Now.instant().toString() })
    expect(confirmed).toMatchObject({ status: 403, code: 'confirm.fresh' })
  }
  await advanceClock(custodian)
  await sweep(ends.expunging, Temporal.Now.instant())
  expect((await stateOf(due.id)).state).toBe(state)
})
