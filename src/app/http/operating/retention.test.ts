import { beforeAll, describe, expect, test } from 'vitest'
import { openTestLedger } from '#test/audit/open-ledger.ts'
import { createTestDatabase } from '#test/database/create-test-database.ts'
import { callFacts, enterTestPerson, phone, recordingFacts } from '#test/database/people.ts'
import { makeTestRegister } from '#test/register/make-register.ts'
import { answer, openTestDesk, type Browser } from '#test/register/open-desk.ts'
import { sweepHistory } from '#destruction/retention/sweep-history.ts'
import { admit } from '#register/admit.ts'
import type { RegisterTables } from '#register/tables.ts'
import { ledgerPosition, recordRun } from '#safeguards/runs/record-run.ts'

const database = await createTestDatabase<RegisterTables>()
const register = await makeTestRegister(database)
const desk = await openTestDesk(database, register)
const { pool, db: admin } = database.as()
const capture = database.as('seloste_capture').db
const custodian = database.as('seloste_custodian').db
const none = { kind: 'none' as const, units: [], numbers: [] }
const now = Temporal.Now.zonedDateTimeISO('Europe/Helsinki')

const people = await Promise.all(
  (['DATA_PROTECTION_OFFICER', 'DECISION_MAKER'] as const).map((role) =>
    enterTestPerson(admin, database.as('seloste_desk').db, { name: role, right: { role, purposes: [], scope: none } }),
  ),
)
let officer: Browser
let decider: Browser
const read = async (browser = officer) => (await answer(browser.fetch('/api/retention'))).body as unknown as Overview
interface Overview {
  recordings: { held: number; restricted: number; dueToday: number; overdue: number; oldestDestroyAt?: string }
  history: { contacts: number; overdue: number; oldestEndsAt?: string }
  clock: { state: string }
  runs: object[]
  obstacles: { kind: string; count: number }[]
  may: Record<string, boolean>
}

/** Enters a call that ended this long ago, recorded or not. */
const call = (ago: Temporal.DurationLike, months?: number) => callThatEnded(now.subtract(ago), months)

/** Enters a call whose recording is due in this many hours, with a term of as many months as end exactly then. */
function callThatIsDue(hours: number) {
  const due = now.add({ hours })
  const months = [3, 2, 4, 5].find((term) => due.subtract({ months: term }).add({ months: term }).equals(due))
  return callThatEnded(due.subtract({ months: months! }), months)
}

async function callThatEnded(ended: Temporal.ZonedDateTime, months?: number) {
  const endedAt = ended.toInstant()
  const startedAt = endedAt.subtract({ minutes: 5 })
  const recording = months === undefined ? undefined : recordingFacts({ startedAt, endedAt, months })
  const facts = callFacts({ startedAt, answeredAt: startedAt, endedAt, ...(recording && { recording }) })
  const { contactId } = await admit(capture, facts)
  return { contactId, startedAt, recordingId: recording?.id ?? '' }
}

async function hold({ contactId, startedAt }: { contactId: string; startedAt: Temporal.Instant }) {
  await pool.query(
    `insert into preservation_order (contact_id, contact_started_at, covers, provision, authority, order_reference, reference, until, entered_by)
     values ($1, $2, 'both', 'PKL 8:24', 'Poliisi', '1', 'TY-1', now() + interval '1 month', $3)`,
    [contactId, startedAt.toString(), people[1]!.id],
  )
}

beforeAll(async () => {
  ;[officer, decider] = (await Promise.all(people.map((person) => desk.signIn(person)))) as [Browser, Browser]
})

describe('the overview of retention', () => {
  test('counts what is held, due and overdue, and what ends next, before and after the sweep', async () => {
    await call({ months: 1 }, 3)
    await callThatIsDue(5)
    await callThatIsDue(-3)
    await call({ months: 13 })
    await call({ months: 14, days: 2 })
    const before = await read()
    // All counts except the overdue ones are rounded to a multiple of five.
    expect(before.recordings).toMatchObject({ held: 5, restricted: 0, dueToday: 0, overdue: 1 })
    expect(before.history).toMatchObject({ contacts: 5, overdue: 1 })
    await sweepHistory(custodian)
    expect((await read()).history).toMatchObject({ contacts: 5, overdue: 0 })
    // The call of 13 months ago has a month left.
    const next = Temporal.Instant.from((await read()).history.oldestEndsAt!)
    expect(next.since(now.toInstant()).total('days')).toBeGreaterThan(25)
  })

  test('is the same for people who may know of orders and for those who may not, and reveals no order', async () => {
    const before = await read()
    const [old, overdue] = [await call({ months: 14, days: 3 }), await call({ months: 4 }, 3)]
    await hold(old)
    await hold(overdue)
    await pool.query('select settle_recording($1)', [overdue.recordingId])
    const [officers, deciders] = [await read(officer), await read(decider)]
    expect(officers.recordings).toEqual(before.recordings)
    expect(officers.history).toMatchObject({ contacts: 5, overdue: 0 })
    expect([deciders.recordings, deciders.history]).toEqual([officers.recordings, officers.history])
    expect(officers.obstacles.map(({ kind }) => kind)).not.toContain('prohibition-waits')
    expect(officers.may).toEqual({ confirmClock: true, seeHolds: false, seeStorage: true, seeRecalls: false })
    expect(deciders.may).toEqual({ confirmClock: true, seeHolds: true, seeStorage: true, seeRecalls: true })
    expect(JSON.stringify(officers)).not.toMatch(/PKL|Poliisi|TY-1/)
  })

  test('has the last runs with their results and ledger entries', async () => {
    // Simulates a rollback, which leaves a gap in the row numbers but none in the ledger's.
    await pool.query(`select nextval(pg_get_serial_sequence('destruction_entry', 'seq'))`)
    const after = await ledgerPosition(custodian)
    await pool.query(
      `insert into destruction_entry (object_kind, object_name, cause, done_by, targets) values ('intake-key', '2026-01-01', 'retention', 'sweep', '{}')`,
    )
    await recordRun(custodian, { work: 'sweep', recordings: 2, contacts: 3, months: ['2025-09'], keys: 1 }, after)
    await recordRun(custodian, { work: 'verification', recordings: 9, fault: 'body-forged' })
    // A run has the ledger's entry number, not the row's: undefined until the ledger has been signed.
    const { runs: unnumbered } = await read()
    expect(unnumbered[1]).not.toHaveProperty('ledger')
    await (await openTestLedger(database)).seal()
    const { rows } = await pool.query<{ size: number }>('select max(size)::integer as size from ledger_head')
    const size = rows[0]!.size
    expect(size).toBeLessThan(after + 2)
    const { runs, obstacles } = await read()
    expect(runs).toMatchObject([
      { work: 'verification', result: 'failed', recordings: 9, fault: 'body-forged' },
      {
        work: 'sweep',
        result: 'ok',
        recordings: 2,
        contacts: 3,
        months: ['2025-09'],
        keys: 1,
        ledger: { from: size, to: size },
      },
    ])
    expect(obstacles).toContainEqual(expect.objectContaining({ kind: 'verification-failed', count: 1 }))
    await recordRun(custodian, { work: 'verification', recordings: 9 })
    // A complete run without findings, after the failed one's round has ended.
    await recordRun(custodian, { work: 'verification', recordings: 9 })
    expect((await read()).obstacles.map(({ kind }) => kind)).not.toContain('verification-failed')
  })

  test('lists the blockers: a clock ahead, a failed sweep, days without counts, keys past their deadline', async () => {
    await recordRun(custodian, { work: 'sweep', fault: 'unknown' })
    await call({ days: 20 })
    await pool.query(`update clock_mark set at = now() - interval '2 days'`)
    await pool.query(
      `insert into month_key (expiry_month, version, state, retiring_since, deadline)
       values ('2027-01-01', 1, 'retiring', now() - interval '2 days', now() - interval '1 day')`,
    )
    const { obstacles, clock } = await read()
    expect(clock.state).toBe('ahead')
    expect(obstacles).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ kind: 'clock-ahead' }),
        expect.objectContaining({ kind: 'refused-by-database' }),
        expect.objectContaining({ kind: 'history-uncounted', count: 3 }),
        expect.objectContaining({ kind: 'key-store', count: 1, example: 'month-2027-01.v1' }),
      ]),
    )
    await pool.query(`update clock_mark set at = now() + interval '30 minutes'`)
    expect((await read()).clock.state).toBe('behind')
    await pool.query('update clock_mark set at = now()')
    await sweepHistory(custodian)
    expect((await read()).obstacles.map(({ kind }) => kind)).not.toContain('history-uncounted')
  })
})

describe('what is due', () => {
  const due = async (from: Temporal.ZonedDateTime, to: Temporal.ZonedDateTime, by: string, more = '') =>
    answer(
      officer.fetch(
        `/api/retention/due?from=${from.toInstant().toString()}&to=${to.toInstant().toString()}&by=${by}${more}`,
      ),
    )

  test('is counted by day and month, of all numbers and of one, in steps of five', async () => {
    for (let one = 0; one < 6; one++) await call({ days: 20 }, 3)
    await sweepHistory(custodian)
    const from = now.startOfDay()
    const sum = async (to: Temporal.ZonedDateTime, by: string, more = '') => {
      const { body } = await due(from, to, by, more)
      const items = body['items'] as { recordings: number; contacts: number; from: string; until: string }[]
      expect(items.every(({ recordings, contacts }) => recordings % 5 === 0 && contacts % 5 === 0)).toBe(true)
      const total = (of: 'recordings' | 'contacts') => items.reduce((all, item) => all + item[of], 0)
      return [total('recordings'), total('contacts')]
    }
    const year = from.add({ months: 14 })
    const whole = await sum(year, 'day')
    expect(whole.every((count) => count >= 5)).toBe(true)
    expect((await sum(year, 'month')).every((count) => count >= 5)).toBe(true)
    expect(await sum(year, 'day', `&number=${encodeURIComponent(phone('029 497 000'))}`)).toEqual(whole)
    expect(await sum(year, 'day', `&number=${encodeURIComponent(phone('029 497 009'))}`)).toEqual([0, 0])
  })

  test('shows no hour, no instant of one’s choice and no exact count of a number, and each read is logged', async () => {
    const { rows } = await pool.query<{ ends: string }>(
      `select history_ends_at::text as ends from contact where history_ends_at > now() order by history_ends_at desc limit 1`,
    )
    const end = Temporal.Instant.from(rows[0]!.ends.replace(' ', 'T')).toZonedDateTimeISO('Europe/Helsinki')
    const number = `&number=${encodeURIComponent(phone('029 497 000'))}`
    expect(await due(end.startOfDay(), end.startOfDay().add({ days: 1 }), 'hour', number)).toMatchObject({
      status: 400,
    })
    const around = await due(end.subtract({ seconds: 1 }), end.add({ seconds: 1 }), 'day', number)
    const day = { from: end.startOfDay(), until: end.startOfDay().add({ days: 1 }) }
    const items = around.body['items'] as { from: string; until: string; recordings: number; contacts: number }[]
    expect(items.map(({ from, until }) => [from, until])).toEqual([
      [day.from.toInstant().toString(), day.until.toInstant().toString()],
    ])
    expect(items.every(({ recordings, contacts }) => recordings % 5 === 0 && contacts % 5 === 0)).toBe(true)
    const { rows: logged } = await pool.query(
      `select person_id, role, result, detail from audit_entry where action = 'due.read' order by seq desc limit 1`,
    )
    expect(logged).toEqual([
      {
        person_id: people[0]!.id,
        role: 'DATA_PROTECTION_OFFICER',
        result: 'ok',
        detail: expect.objectContaining({ by: 'day', numbers: 1 }) as unknown,
      },
    ])
  })

  test('can be requested by day or month, for 15 months at most', async () => {
    for (const [days, by, status] of [
      [1, 'hour', 400],
      [457, 'day', 200],
      [470, 'month', 400],
      [0, 'day', 400],
    ] as const) {
      expect(await due(now, now.add({ days }), by), `${days} ${by}`).toMatchObject({ status })
    }
    expect(await due(now, now.add({ days: 1 }), 'day', '&number=x')).toMatchObject({ status: 400 })
  })
})
