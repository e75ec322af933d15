import { randomUUID } from 'node:crypto'
import { beforeEach, describe, expect, test } from 'vitest'
import type { RegisterTables } from '#register/tables.ts'
import { createTestDatabase } from '#test/database/create-test-database.ts'
import { enterTestPerson } from '#test/database/people.ts'
import { listViewsToReview, listReviewMonths, signOffViews, type ReviewMonth } from '#safeguards/watch/reviews.ts'

const database = await createTestDatabase<RegisterTables>()
const { pool, db: admin } = database.as()
const desk = database.as('seloste_desk').db
const nothing = { kind: 'none' as const, units: [], numbers: [] }
const watcher = { role: 'DATA_PROTECTION_OFFICER' as const, purposes: [], scope: nothing }
const outi = await enterTestPerson(admin, desk, { name: 'Outi', right: watcher })
const olli = await enterTestPerson(admin, desk, { name: 'Olli', right: watcher })
const matti = await enterTestPerson(admin, desk, { name: 'Matti' })
const session = await outi.signIn()
const now = Temporal.Now.instant()
const thisMonth = now.toZonedDateTimeISO('Europe/Helsinki').toPlainDate().toPlainYearMonth()
const last = thisMonth.subtract({ months: 1 })
const old = thisMonth.subtract({ months: 3 })

beforeEach(async () => {
  await pool.query(
    'alter table audit_entry disable trigger append_only; alter table look_review disable trigger append_only',
  )
  await pool.query('delete from audit_pending; delete from audit_entry; delete from look_review')
  await pool.query(
    'alter table audit_entry enable trigger append_only; alter table look_review enable trigger append_only',
  )
})

async function viewCall(
  at: Temporal.ZonedDateTime,
  { person = matti.id, purpose = 'MAINTENANCE', action = 'contact.read', detail = {} } = {},
) {
  await pool.query(
    `insert into audit_entry (at, person_id, role, action, purpose, reference, object_kind, object_id, result, detail)
     values ($1, $2, 'MAINTENANCE', $3, $4, 'VIKA-1', 'contact', $5, 'ok', $6)`,
    [at.toInstant().toString(), person, action, purpose, randomUUID(), detail],
  )
}
const noonOf = (month: Temporal.PlainYearMonth, day = 2) =>
  month.toPlainDate({ day }).toZonedDateTime({ timeZone: 'Europe/Helsinki', plainTime: '12:00' })

async function listMonths(at = now): Promise<ReviewMonth[]> {
  const found = await listReviewMonths(desk, session, at)
  if ('refused' in found) throw new Error(found.refused)
  return found
}
async function viewsToReview(month: Temporal.PlainYearMonth, given = { after: 0, limit: 100 }) {
  const found = await listViewsToReview(desk, session, { month, ...given })
  if ('refused' in found) throw new Error(found.refused)
  return found
}

describe('months to review', () => {
  test('are the months with views by maintenance or the security unit, in Finnish time', async () => {
    const lastMoment = last
      .toPlainDate({ day: last.daysInMonth })
      .toZonedDateTime({ timeZone: 'Europe/Helsinki', plainTime: '23:59:59' })
    await viewCall(lastMoment)
    await viewCall(lastMoment.add({ seconds: 1 }), { purpose: 'CRIME_OR_MISUSE', action: 'listening.started' })
    await viewCall(noonOf(old), { purpose: 'DEVELOPMENT' })
    const found = await listMonths()
    expect(
      found.map(({ month, looks: views, listenings, people }) => [month.toString(), views, listenings, people]),
    ).toEqual([
      [thisMonth.toString(), 1, 1, 1],
      [last.toString(), 1, 0, 1],
    ])
    expect((await viewsToReview(last)).views).toHaveLength(1)
    expect((await viewsToReview(thisMonth)).views).toMatchObject([{ purpose: 'CRIME_OR_MISUSE' }])
  })

  test('are in progress, then due for review for fourteen days, then overdue', async () => {
    await viewCall(noonOf(last))
    const over = noonOf(thisMonth, 1).startOfDay()
    const stateAt = async (at: Temporal.ZonedDateTime) => (await listMonths(at.toInstant()))[0]?.state
    expect(await stateAt(over.subtract({ seconds: 1 }))).toBe('going-on')
    expect(await stateAt(over)).toBe('to-review')
    expect(await stateAt(over.add({ days: 14 }).subtract({ seconds: 1 }))).toBe('to-review')
    expect(await stateAt(over.add({ days: 14 }))).toBe('overdue')
  })
})

describe('a month’s views', () => {
  test('list person, time, purpose, reference and extent; reading them is logged', async () => {
    await viewCall(noonOf(last), { action: 'contacts.listed', detail: { contacts: [randomUUID(), randomUUID()] } })
    const found = await viewsToReview(last)
    expect(found.views).toMatchObject([
      {
        person: { id: matti.id, name: 'Matti' },
        action: 'contacts.listed',
        purpose: 'MAINTENANCE',
        reference: 'VIKA-1',
        contacts: 2,
      },
    ])
    const { rows } = await pool.query(
      `select person_id, detail ->> 'review' as review from audit_entry where action = 'log.read'`,
    )
    expect(rows).toEqual([{ person_id: outi.id, review: last.toString() }])
  })

  test('of a listening have the amount of audio that was served', async () => {
    const listening = randomUUID()
    await pool.query(
      `insert into listening (id, recording_id, person_id, right_id, session_hash, role, purpose, started_at, until)
       values ($1, gen_random_uuid(), $2, gen_random_uuid(), '', 'MAINTENANCE', 'MAINTENANCE', now(), now())`,
      [listening, matti.id],
    )
    await pool.query(
      `insert into listening_range (listening_id, from_ms, to_ms) values ($1, 0, 1500), ($1, 4000, 5000)`,
      [listening],
    )
    await viewCall(noonOf(last), { action: 'listening.started', detail: { listening } })
    expect((await viewsToReview(last)).views).toMatchObject([{ servedMs: 2500 }])
  })

  test('are paged without duplicates or gaps', async () => {
    for (let i = 0; i < 7; i++) await viewCall(noonOf(last, 2 + i))
    const seen: number[] = []
    let after: number | undefined = 0
    while (after !== undefined) {
      const page: Awaited<ReturnType<typeof viewsToReview>> = await viewsToReview(last, { after, limit: 3 })
      seen.push(...page.views.map(({ seq }) => seq))
      after = page.next
    }
    expect(seen).toHaveLength(7)
    expect(seen).toEqual([...new Set(seen)].sort((a, b) => a - b))
  })
})

describe('a sign-off', () => {
  test('is stored once with its note and cannot be changed', async () => {
    await viewCall(noonOf(last))
    expect(await signOffViews(desk, session, last, ' Compared with the faults. ')).toBeUndefined()
    expect((await listMonths())[0]).toMatchObject({
      state: 'reviewed',
      review: { by: 'Outi', note: 'Compared with the faults.' },
    })
    expect(await signOffViews(desk, await olli.signIn(), last, 'me too')).toEqual({ refused: 'review.done' })
    await expect(pool.query(`update look_review set note = 'x'`)).rejects.toThrow('append-only')
    const { rows } = await pool.query(
      `select result, detail from audit_entry where action = 'looks.reviewed' order by seq`,
    )
    expect(rows).toEqual([
      { result: 'ok', detail: { month: last.toString(), looks: 1 } },
      { result: 'refused:review.done', detail: { month: last.toString() } },
    ])
  })

  test('is possible once the month is over, and only if it has views to review', async () => {
    await viewCall(now.toZonedDateTimeISO('Europe/Helsinki').subtract({ seconds: 1 }))
    expect(await signOffViews(desk, session, thisMonth, 'early')).toEqual({ refused: 'review.not-over' })
    expect(await signOffViews(desk, session, old, 'nothing')).toEqual({ refused: 'not-found' })
  })

  test('cannot be made by a person whose own views are in the month', async () => {
    await viewCall(noonOf(last), { person: outi.id })
    expect(await signOffViews(desk, session, last, 'mine')).toEqual({ refused: 'review.own' })
    expect(await signOffViews(desk, await olli.signIn(), last, 'hers')).toBeUndefined()
  })

  test('can be made only by the data protection officer, who alone can read the lists', async () => {
    await viewCall(noonOf(last))
    const mattis = await matti.signIn()
    expect(await listReviewMonths(desk, mattis, now)).toEqual({ refused: 'deny.role' })
    expect(await listViewsToReview(desk, mattis, { month: last, after: 0, limit: 10 })).toEqual({
      refused: 'deny.role',
    })
    expect(await signOffViews(desk, mattis, last, 'fine')).toEqual({ refused: 'deny.role' })
  })
})
