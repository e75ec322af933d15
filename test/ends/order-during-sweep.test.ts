// L37: an order is entered at the moment at which the history of its call ends. One of the two comes first, the other
// respects its result, and neither stops half way.
import { sql, type Kysely } from 'kysely'
import { afterEach, expect, test } from 'vitest'
import { callFacts } from '#test/database/people.ts'
import { ensurePartitions } from '#register/history/partitions.ts'
import { admit } from '#register/admit.ts'
import type { RegisterTables } from '#register/tables.ts'
import { createTestDatabase } from '../database/create-test-database.ts'
import { openDestructionDesk } from './open-destruction-desk.ts'

const database = await createTestDatabase<RegisterTables>()
const { people, custodian, admin } = await openDestructionDesk(database)
const desk = database.as('seloste_desk').db
const capture = database.as('seloste_capture').db
const { token } = await people.tuula.signIn()

const open: { rollback: () => { execute: () => Promise<void> }; isCommitted: boolean; isRolledBack: boolean }[] = []
afterEach(async () => {
  for (const tx of open.splice(0)) if (!tx.isCommitted && !tx.isRolledBack) await tx.rollback().execute()
})
async function begin(db: Kysely<RegisterTables>) {
  const tx = await db.startTransaction().execute()
  open.push(tx)
  return tx
}

/** Enters a call of a past month whose own history lasts another day. */
async function enterCallMonthsAgo(months: number) {
  const endedAt = Temporal.Now.zonedDateTimeISO('Europe/Helsinki').subtract({ months }).with({ day: 15 }).toInstant()
  const startedAt = endedAt.subtract({ minutes: 5 })
  await ensurePartitions(custodian, startedAt)
  const { contactId } = await admit(capture, callFacts({ startedAt, answeredAt: startedAt, endedAt }))
  await setHistoryEnd(contactId, '1 day')
  return { contactId, startedAt }
}
/** Sets the end of a call's history, bypassing every guard. */
async function setHistoryEnd(contactId: string, inTime: string) {
  await admin.transaction().execute(async (tx) => {
    await sql`set local session_replication_role = replica`.execute(tx)
    await sql`update contact set history_ends_at = now() + ${inTime}::interval where id = ${contactId}`.execute(tx)
  })
}
async function enterOrder(contactId: string) {
  const tx = await begin(desk)
  await sql`select set_config('seloste.session', ${token}, true)`.execute(tx)
  const entered =
    sql`select enter_order(${contactId}::uuid, 'history', '806/2011 8:24', 'Poliisi', 'R/1', now() + interval '30 days', 'TURVA-1')`
      .execute(tx)
      .then(
        () => 'entered' as const,
        (error: Error) => error.message,
      )
  return { tx, entered }
}
const endHistory = async (db: Kysely<RegisterTables>, id: string) =>
  (await sql<{ gone: string[] }>`select end_history(array[${id}::uuid]) as gone`.execute(db)).rows[0]!.gone
const dropMonth = async (db: Kysely<RegisterTables>, month: Temporal.PlainDate) =>
  (await sql<{ outcome: string }>`select outcome from drop_history_month(${month}::date)`.execute(db)).rows[0]!.outcome
async function exists(contactId: string) {
  return (await admin.selectFrom('contact').select('id').where('id', '=', contactId).execute()).length === 1
}
async function countDays(month: Temporal.PlainDate) {
  for (let day = month; day.month === month.month; day = day.add({ days: 1 })) {
    await sql`select count_history_day(${day}::date, true)`.execute(custodian)
  }
  await sql`select count_history_day(${month.add({ months: 1 })}::date, true)`.execute(custodian)
}
const monthOf = (at: Temporal.Instant) => at.toZonedDateTimeISO('UTC').toPlainDate().with({ day: 1 })

test('the sweep skips a call for which an order is being entered, and does not end it afterwards', async () => {
  const { contactId } = await enterCallMonthsAgo(14)
  const { tx, entered } = await enterOrder(contactId)
  expect(await entered).toBe('entered')
  await setHistoryEnd(contactId, '-1 minute')
  expect(await endHistory(custodian, contactId)).toEqual([])
  await tx.commit().execute()
  expect(await endHistory(custodian, contactId)).toEqual([])
  expect(await exists(contactId)).toBe(true)
})

test('a month is not dropped while an order for one of its calls is being entered, or afterwards', async () => {
  const { contactId, startedAt } = await enterCallMonthsAgo(17)
  const month = monthOf(startedAt)
  await countDays(month)
  const { tx, entered } = await enterOrder(contactId)
  expect(await entered).toBe('entered')
  await setHistoryEnd(contactId, '-1 minute')
  expect(await dropMonth(custodian, month)).toBe('busy')
  await tx.commit().execute()
  expect(await dropMonth(custodian, month)).toBe('held')
  expect(await exists(contactId)).toBe(true)
})

test('an order for a call whose month is being dropped waits, and is refused once it is dropped', async () => {
  const { contactId, startedAt } = await enterCallMonthsAgo(18)
  const month = monthOf(startedAt)
  await countDays(month)
  await setHistoryEnd(contactId, '-1 minute')
  const sweep = await begin(custodian)
  expect(await dropMonth(sweep, month)).toBe('dropped')
  const { entered } = await enterOrder(contactId)
  const first = await Promise.race([entered, new Promise((resolve) => setTimeout(resolve, 300, 'waits'))])
  expect(first).toBe('waits')
  await sweep.commit().execute()
  expect(await entered).toBe('not-found')
})

test('an order is found by the time of its call, not by the day on which it was entered', async () => {
  const { contactId, startedAt } = await enterCallMonthsAgo(13)
  const isHeld = async () =>
    (
      await sql<{ held: boolean }>`
        select history_held_between(${startedAt}::timestamptz - interval '1 day', ${startedAt}::timestamptz + interval '1 day') as held`.execute(
        custodian,
      )
    ).rows[0]!.held
  expect(await isHeld()).toBe(false)
  const { tx, entered } = await enterOrder(contactId)
  expect(await entered).toBe('entered')
  await tx.commit().execute()
  expect(await isHeld()).toBe(true)
})

test('an order for a call that is being ended waits, and is refused once it has ended', async () => {
  const { contactId } = await enterCallMonthsAgo(14)
  // Between these two instants the sweep considers the history ended, and the order's transaction does not.
  await database.as().pool.query(
    `create or replace function destruction_now() returns timestamptz
     language sql stable security definer as $$ select now() + interval '2 days' $$`,
  )
  const sweep = await begin(custodian)
  expect(await endHistory(sweep, contactId)).toEqual([contactId])
  const { entered } = await enterOrder(contactId)
  expect(await Promise.race([entered, new Promise((resolve) => setTimeout(resolve, 300, 'waits'))])).toBe('waits')
  await sweep.commit().execute()
  expect(await entered).toBe('not-found')
})
