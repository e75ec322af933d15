// C of quality.md: a clock that moves destroys nothing early and serves nothing late. Tests move the register's mark
// instead of the machine's clock: only the difference counts.
import { sql } from 'kysely'
import { beforeEach, describe, expect, test } from 'vitest'
import { destroyBlocked, endExpiredHolds } from '#destruction/destroy-blocked.ts'
import { advanceClock } from '#destruction/clock.ts'
import { sweep } from '#destruction/retention/sweep.ts'
import { recordingTerms } from '#description/terms.ts'
import type { RegisterTables } from '#register/tables.ts'
import { createTestDatabase } from '../database/create-test-database.ts'
import { callOfMonthsAgo } from '../register/make-register.ts'
import { answer } from '../register/open-desk.ts'
import { openDestructionDesk } from './open-destruction-desk.ts'

const database = await createTestDatabase<RegisterTables>()
const ends = await openDestructionDesk(database)
const { admin, custodian, makeRecordingUntil, makeRecording, stateOf, post, shiftMark, forbidByOfficial } = ends
const now = () => Temporal.Now.instant()
const runAll = async () => {
  const state = await advanceClock(custodian)
  await sweep(ends.expunging, now())
  await endExpiredHolds(custodian)
  await destroyBlocked(ends.expunging, now())
  return state
}
const listen = (id: string) => post('aino', `/api/recordings/${id}/listenings`, { purpose: 'DEVELOPMENT' })
async function readStops() {
  const { rows } = await database
    .as()
    .pool.query<{ open: boolean; confirmed: boolean | null }>(
      'select ended_at is null as open, confirmed from clock_stop order by since',
    )
  return rows
}

beforeEach(async () => {
  await shiftMark('0')
  await sql`update clock_mark set leapt = '0'`.execute(admin)
})

describe('a clock that is', () => {
  test('an hour ahead, as at a clock change, obeys the terms', async () => {
    await shiftMark('-1 hour')
    const [due, later] = [await makeRecordingUntil(-0.5), await makeRecordingUntil(0.5)]
    expect(await runAll()).toBe('right')
    expect(await stateOf(due.id)).toMatchObject({ state: 'DESTROYED', cause: 'retention' })
    expect(await stateOf(later.id)).toMatchObject({ state: 'STORED' })
  })

  test('an hour behind serves nothing that ended before, and destroys nothing early', async () => {
    const [ended, later] = [await makeRecordingUntil(0.5), await makeRecordingUntil(2)]
    await shiftMark('1 hour')
    expect(await runAll()).toBe('behind')
    expect(await listen(ended.id)).toMatchObject({ code: 'recording.destroyed' })
    expect((await listen(later.id)).status).toBe(201)
    expect(await stateOf(later.id)).toMatchObject({ state: 'STORED' })
  })

  test('a day behind serves nothing that ended before, and ends sessions', async () => {
    const ended = await makeRecordingUntil(12)
    expect((await listen(ended.id)).status).toBe(201)
    await shiftMark('24 hours')
    expect(await runAll()).toBe('behind')
    // The session has expired as well.
    expect(await listen(ended.id)).toMatchObject({ status: 401 })
    const aino = await ends.desk.signIn(ends.people.aino)
    const path = `/api/recordings/${ended.id}/listenings`
    expect(await answer(aino.fetch(path, { json: { purpose: 'DEVELOPMENT' } }))).toMatchObject({
      code: 'recording.destroyed',
    })
  })

  test('200 days ahead destroys nothing by its term and ends no order, and a prohibition is still carried out', async () => {
    const [due, forbidden, held] = [
      await makeRecordingUntil(-24 * 30),
      await makeRecording(),
      await makeRecording(callOfMonthsAgo(5)),
    ]
    const until = now().add({ hours: 1 }).toString()
    const order = { provision: '806/2011 8:24', authority: 'Poliisi', orderReference: 'R/1', reference: 'T-1', until }
    await post('tuula', '/api/holds', { contactId: held.contactId, covers: 'both', ...order })
    await shiftMark('-200 days')
    expect(await runAll()).toBe('ahead')
    expect(await stateOf(due.id)).toMatchObject({ state: 'STORED' })
    expect(await listen(due.id)).toMatchObject({ code: 'recording.destroyed' })
    await forbidByOfficial(forbidden.id)
    await runAll()
    expect(await stateOf(forbidden.id)).toMatchObject({ state: 'DESTROYED', cause: 'official' })
    expect(await stateOf(held.id)).toMatchObject({ state: 'RESTRICTED' })
    expect((await readStops()).filter(({ open }) => open)).toHaveLength(1)
    const entries = await admin
      .selectFrom('audit_entry')
      .select('action')
      .where('action', '=', 'clock.stopped')
      .execute()
    expect(entries).toHaveLength(1)
  })

  test('right again by itself destroys recordings at their terms, without a confirmation', async () => {
    const due = await makeRecordingUntil(-0.5)
    await shiftMark('-30 hours')
    expect(await runAll()).toBe('ahead')
    await shiftMark('-1 hour')
    expect(await runAll()).toBe('right')
    expect(await stateOf(due.id)).toMatchObject({ state: 'DESTROYED' })
    expect((await readStops()).at(-1)).toEqual({ open: false, confirmed: false })
  })
})

describe('a clock that is ahead counts as right once two people have confirmed it', () => {
  const confirm = (name: 'riitta' | 'dora' | 'asta' | 'matti' | 'tuula', text = now()) =>
    post(name, '/api/retention/clock', { now: text.toString() })

  test('by two different people with the right role, while it is ahead', async () => {
    expect((await confirm('riitta')).code).toBe('clock.right')
    const due = await makeRecordingUntil(-24 * 30)
    await shiftMark('-200 days')
    expect(await runAll()).toBe('ahead')
    for (const name of ['matti', 'tuula'] as const) expect((await confirm(name)).code).toBe('deny.role')
    expect((await confirm('dora', now().subtract({ hours: 24 }))).code).toBe('clock.changed-meanwhile')
    expect((await confirm('dora')).status).toBe(204)
    expect((await confirm('dora')).code).toBe('clock.own')
    expect(await runAll()).toBe('ahead')
    expect(await stateOf(due.id)).toMatchObject({ state: 'STORED' })
    expect((await confirm('asta')).status).toBe(204)
    expect(await runAll()).toBe('right')
    expect(await stateOf(due.id)).toMatchObject({ state: 'DESTROYED', cause: 'retention' })
    expect((await readStops()).at(-1)).toEqual({ open: false, confirmed: true })
  })

  test('only the custodian can move the mark, and by 26 hours at most', async () => {
    await shiftMark('-200 days')
    await advanceClock(custodian)
    for (const role of ['seloste_desk', 'seloste_capture', 'seloste_custodian']) {
      const { pool } = database.as(role)
      await expect(pool.query('update clock_mark set at = now()')).rejects.toThrow(/permission denied/)
      await expect(
        pool.query(`insert into clock_confirmation select id, gen_random_uuid(), 'x' from clock_stop`),
      ).rejects.toThrow()
    }
    const { rows } = await database.as().pool.query(`select now() - at > interval '199 days' as behind from clock_mark`)
    expect(rows).toEqual([{ behind: true }])
  })
})

// A term could end early or late in the local hour that the clock change skips or repeats (AC7).
test.each([
  ['skipped in March', '2026-09-28T03:30:00+03:00', 6],
  ['shown twice in October', '2026-04-25T03:30:00+03:00', 6],
])('a term in the hour %s is an instant never before the minimum nor past the maximum', (_when, ended, months) => {
  const { minKeepUntil, destroyAt, ceiling } = recordingTerms(Temporal.Instant.from(ended), months)
  expect(Temporal.Instant.compare(minKeepUntil, destroyAt)).toBeLessThan(0)
  expect(Temporal.Instant.compare(destroyAt, ceiling)).toBeLessThanOrEqual(0)
})
