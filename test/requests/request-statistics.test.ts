import { sql } from 'kysely'
import { expect, test } from 'vitest'
import type { RegisterTables } from '#register/tables.ts'
import { createTestDatabase } from '../database/create-test-database.ts'
import { openServiceUnit } from './open-service-unit.ts'

const database = await createTestDatabase<RegisterTables>()
const { enteredRequest, act, admin, people } = await openServiceUnit(database)
/** Noon in Helsinki, this many days ago. */
const daysAgo = (days: number) =>
  Temporal.Now.zonedDateTimeISO('Europe/Helsinki').subtract({ days }).with({ hour: 12 }).round('hour').toInstant()

async function enterReceived(days: number, given: { kinds?: string[]; closedDaysAgo?: number; outcome?: string } = {}) {
  const { kinds = ['KNOW'], closedDaysAgo, outcome = 'ANSWERED' } = given
  const { id } = await enteredRequest({ kinds, receivedAt: daysAgo(days).toString() })
  if (closedDaysAgo !== undefined) {
    await sql`update subject_request set closed_at = ${daysAgo(closedDaysAgo)}::timestamptz, outcome = ${outcome} where id = ${id}`.execute(
      admin,
    )
  }
  return id
}

test('requests are counted by month, kind, channel and outcome, with response times and overdue ones', async () => {
  const month = (days: number) =>
    daysAgo(days).toZonedDateTimeISO('Europe/Helsinki').toPlainDate().toString().slice(0, 7)
  const id = await enterReceived(100, { closedDaysAgo: 90 })
  await enterReceived(100, { kinds: ['KNOW', 'LISTEN'], closedDaysAgo: 60 })
  await enterReceived(100, { closedDaysAgo: 95, outcome: 'WITHDRAWN' })
  await enterReceived(100)
  await enterReceived(1)
  for (const [n, state] of ['NOT_FOUND', 'NOT_IDENTIFIABLE', 'SEVERAL'].entries()) {
    await sql`insert into request_call (request_id, ordinal, state, told, looked_by) values (${id}, ${n + 1}, ${state}, '{}', ${people.paula.id})`.execute(
      admin,
    )
  }
  const day = (days: number) => daysAgo(days).toZonedDateTimeISO('Europe/Helsinki').toPlainDate().toString()
  const read = async (from: number, to: number, by?: keyof typeof people) =>
    act('GET', '', `/api/request-statistics?from=${day(from)}&to=${day(to)}`, undefined, by)
  expect((await read(100, 0)).body).toEqual({
    months: [
      { month: month(100), received: 4, answered: 2, refused: 0, withdrawn: 1, open: 1, late: 2, medianDays: 10 },
      { month: month(1), received: 1, answered: 0, refused: 0, withdrawn: 0, open: 1, late: 0 },
    ],
    kinds: [
      { kind: 'KNOW', count: 5 },
      { kind: 'LISTEN', count: 1 },
    ],
    channels: [{ channel: 'PHONE', count: 5 }],
    outcomes: [
      { outcome: 'NOT_FOUND', count: 1 },
      { outcome: 'NOT_IDENTIFIABLE', count: 1 },
    ],
  })
  expect((await read(99, 2)).body).toMatchObject({ months: [] })
  expect((await read(0, 100)).body).toMatchObject({ months: [] })
  for (const by of ['dora', 'riitta'] as const) expect((await read(100, 0, by)).status).toBe(200)
  for (const by of ['tuula', 'aino'] as const) expect((await read(100, 0, by)).code).toBe('deny.role')
})
