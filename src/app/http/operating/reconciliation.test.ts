/** Differences between feeds and recordings, as the data protection officer and the administrator see them (R9, R13, AC8). */
import { sql } from 'kysely'
import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { admit, type SegmentFacts } from '#register/admit.ts'
import { admitFromFeed } from '#register/admit-from-feed.ts'
import { reportFeedProblem } from '#register/feed-progress.ts'
import type { RegisterTables } from '#register/tables.ts'
import { raiseAlarms } from '#safeguards/watch/raise-alarms.ts'
import { createTestDatabase } from '#test/database/create-test-database.ts'
import { callFacts, enterTestPerson, phone, recordingFacts } from '#test/database/people.ts'
import { makeTestRegister } from '#test/register/make-register.ts'
import { answer, openTestDesk, type Browser } from '#test/register/open-desk.ts'

const database = await createTestDatabase<RegisterTables>()
const register = await makeTestRegister(database)
const desk = await openTestDesk(database, register)
const owner = database.as().db
const [asDesk, capture, custodian] = (['seloste_desk', 'seloste_capture', 'seloste_custodian'] as const).map(
  (role) => database.as(role).db,
) as [typeof owner, typeof owner, typeof owner]
const none = { kind: 'none' as const, units: [], numbers: [] }
const all = { kind: 'all' as const, units: [], numbers: [] }
const outi = await enterTestPerson(owner, asDesk, {
  name: 'Outi Laine',
  right: { role: 'DATA_PROTECTION_OFFICER', purposes: [], scope: none },
})
const antti = await enterTestPerson(owner, asDesk, {
  name: 'Antti Aho',
  right: { role: 'ADMINISTRATOR', purposes: [], scope: none },
})
const sari = await enterTestPerson(owner, asDesk, {
  name: 'Sari Niemi',
  right: { role: 'SUPERVISOR', purposes: ['DEVELOPMENT'], scope: 'their unit' },
})
const matti = await enterTestPerson(owner, asDesk, {
  name: 'Matti',
  right: { role: 'MAINTENANCE', purposes: ['MAINTENANCE'], scope: all },
})
let officer: Browser
let administrator: Browser
let maintenance: Browser
let supervisor: Browser
beforeAll(async () => {
  ;[officer, administrator, maintenance, supervisor] = (await Promise.all(
    [outi, antti, matti, sari].map((person) => desk.signIn(person)),
  )) as [Browser, Browser, Browser, Browser]
})

const number = phone('029 497 000')
const now = Temporal.Now.instant().round('second')
const drawn = { record: true, reason: 'drawn', ruleId: 'r', ruleVersion: 1, share: 0.5, draw: 0.1 }
let callNumber = 0

beforeEach(async () => {
  await owner.transaction().execute(async (tx) => {
    await sql`set local session_replication_role = replica`.execute(tx)
    for (const table of ['contact', 'segment', 'call_identity', 'recording', 'fed_segment', 'feed', 'feed_problem'])
      await sql`delete from ${sql.table(table)}`.execute(tx)
    for (const table of ['reconciled_segment', 'reconciliation_note', 'alarm', 'watched_until'])
      await sql`delete from ${sql.table(table)}`.execute(tx)
  })
})

function call(hoursAgo: number, changed: Partial<SegmentFacts> = {}): SegmentFacts {
  const answeredAt = now.subtract({ minutes: Math.round(hoursAgo * 60) })
  return callFacts({
    callIds: [`cdr:exchange ${++callNumber}`],
    startedAt: answeredAt.subtract({ seconds: 10 }),
    answeredAt,
    endedAt: answeredAt.add({ minutes: 3 }),
    numberCalled: { key: number, kind: 'NATIONAL_SERVICE' },
    numberReached: { key: number },
    decision: drawn,
    ...changed,
  })
}

/** Enters a segment as a recording client reports it, with its recording. */
async function recordCall(facts: SegmentFacts): Promise<SegmentFacts> {
  const { answeredAt: startedAt, endedAt } = facts
  await admit(capture, { ...facts, recording: { ...recordingFacts(), startedAt: startedAt!, endedAt } })
  return facts
}

async function reportCall(facts: SegmentFacts, minutesAgo = 11): Promise<SegmentFacts> {
  await admitFromFeed(capture, 'exchange', [facts])
  await sql`update fed_segment set told_at = now() - make_interval(mins => ${minutesAgo})
    where contact_id = ${facts.contactId}::uuid or segment_id = ${facts.segmentId}::uuid`.execute(owner)
  return facts
}

async function reportProgress(
  feed: { name?: string; covers?: string[]; until?: Temporal.Instant; fault?: string } = {},
): Promise<void> {
  const { name = 'exchange', covers = null, until = now, fault } = feed
  const progress = { heard_at: now, told_from: now.subtract({ hours: 100 }), told_until: until, records: 3, calls: 2 }
  const whole = JSON.stringify({ ...progress, outside: 1, ...(fault && { fault }) })
  await sql`select report_feed(${name}, 'csv', ${covers}::text[], ${whole}::jsonb)`.execute(capture)
}

const read = (browser: Browser, query = '') => answer(browser.fetch(`/api/reconciliation${query}`))
const list = (browser: Browser, query: string) => answer(browser.fetch(`/api/reconciliation/calls?${query}`))
const week = { from: now.subtract({ hours: 160 }).toString(), to: now.toString() }
const explain = (browser: Browser, json: object) =>
  answer(
    browser.fetch('/api/reconciliation/explanations', {
      method: 'POST',
      json: { ...week, readAt: Temporal.Now.instant().toString(), note: 'Huoltokatko', ...json },
    }),
  )
const watch = () => raiseAlarms(custodian, [], Temporal.Now.instant())
const openAlarms = async () =>
  (await answer(officer.fetch('/api/alarms?state=open'))).body['items'] as { kind: string; count: number }[]

/** Sums the counts of all days. */
async function sums(): Promise<Record<string, number>> {
  const { body } = await read(officer, `?from=${week.from}&to=${week.to}`)
  const total: Record<string, number> = {}
  for (const row of body['counts'] as Record<string, unknown>[])
    for (const [key, value] of Object.entries(row))
      if (typeof value === 'number') total[key] = (total[key] ?? 0) + value
  return total
}

describe('counts', () => {
  test('of reported, expected, recorded, forbidden, missing and waiting segments add up, each segment once', async () => {
    await reportProgress()
    await reportCall(await recordCall(call(5)))
    await reportCall(call(6))
    await reportCall(call(7, { decision: { ...drawn, record: false, reason: 'not-drawn' } }))
    await reportCall(call(8, { answeredAt: undefined, decision: { record: false, reason: 'not-answered' } }))
    const forbidden = call(9, { captureFailure: 'forbidden' })
    await admit(capture, forbidden)
    await reportCall(forbidden)
    await reportCall(call(10), 2)
    await recordCall(call(40))
    await recordCall(call(3))
    expect(await sums()).toEqual({
      told: 6,
      expected: 3,
      recorded: 1,
      forbidden: 1,
      missing: 1,
      missingExplained: 0,
      waiting: 1,
      untold: 1,
      untoldExplained: 0,
      notYetTold: 1,
    })
  })

  test('have a call in the repeated hour on its day, which has twenty-five hours', async () => {
    const last = Temporal.Now.zonedDateTimeISO('Europe/Helsinki')
      .subtract({ days: 1 })
      .getTimeZoneTransition('previous')!
    const autumn = last.hour === 3 ? last : last.getTimeZoneTransition('previous')!
    const day = autumn.startOfDay()
    const night = autumn.toInstant().subtract({ minutes: 30 })
    for (const [at, n] of [night, night.add({ hours: 1 })].map((at, n) => [at, n] as const)) {
      const facts = call(1, { startedAt: at, answeredAt: at.add({ seconds: 5 }), endedAt: at.add({ minutes: 2 + n }) })
      await reportCall(facts)
    }
    await reportProgress()
    const { body } = await read(
      officer,
      `?from=${day.toInstant().toString()}&to=${day.add({ days: 1 }).toInstant().toString()}`,
    )
    expect(body['counts']).toMatchObject([{ day: day.toPlainDate().toString(), told: 2, missing: 2 }])
  })

  test('are empty without a feed, and a period that is too long or reversed is refused with its field', async () => {
    expect((await read(officer)).body).toMatchObject({ feeds: [], counts: [], mayExplain: true })
    for (const query of [
      '?from=2026-01-01T00:00:00Z&to=2026-06-01T00:00:00Z',
      '?from=2026-11-02T00:00:00Z&to=2026-11-01T00:00:00Z',
    ])
      expect(await read(officer, query)).toMatchObject({ status: 400, body: { error: { field: 'to' } } })
  })
})

describe('a feed', () => {
  const state = async () => ((await read(administrator)).body['feeds'] as { state: string }[])[0]

  test('is late if a recording client reports a call that the feed should have reported an hour ago', async () => {
    await reportProgress({ until: now.subtract({ hours: 4 }) })
    expect(await state()).toMatchObject({ state: 'well', records: 3, calls: 2, outside: 1 })
    const late = await recordCall(call(3))
    expect(await state()).toMatchObject({ state: 'behind', behindSince: late.endedAt!.toString() })
    await reportCall(late)
    expect(await state()).toMatchObject({ state: 'well' })
  })

  test('for other numbers is not late, a feed with a fault names the fault, and a feed whose process has ended is down', async () => {
    await reportProgress({ until: now.subtract({ hours: 4 }), covers: [phone('029 497 010')] })
    await recordCall(call(3))
    expect(await state()).toMatchObject({ state: 'well' })
    await reportProgress({ fault: 'login-refused' })
    expect(await state()).toMatchObject({ state: 'fault', fault: 'login-refused' })
    await sql`update feed set alive_at = now() - interval '6 minutes'`.execute(owner)
    expect(await state()).toMatchObject({ state: 'away' })
  })

  test('has its unreadable records by file, line and reason, page by page', async () => {
    await reportProgress()
    for (let line = 1; line <= 3; line++)
      await reportFeedProblem(capture, {
        id: Buffer.alloc(32, line),
        feed: 'exchange',
        file: 'Master.csv',
        line,
        reason: 'columns',
      })
    const first = await answer(administrator.fetch('/api/reconciliation/problems?limit=2'))
    expect(first.body['items']).toMatchObject([
      { line: 3 },
      { line: 2, file: 'Master.csv', reason: 'columns', feed: 'exchange' },
    ])
    const rest = await answer(
      administrator.fetch(
        `/api/reconciliation/problems?limit=2&cursor=${encodeURIComponent(String(first.body['next']))}`,
      ),
    )
    expect(rest.body).toEqual({ items: [expect.objectContaining({ line: 1 })] })
    expect((await read(administrator)).body['feeds']).toMatchObject([{ problems: 3 }])
  })
})

describe('a difference', () => {
  test('is listed by page without caller and official, with the known reason, and the reading is logged', async () => {
    await reportProgress()
    const lost = await reportCall(call(5))
    const silent = call(6, { captureFailure: 'no-playable-codec' })
    await admit(capture, silent)
    await reportCall(silent)
    await reportCall(call(30))
    const first = await list(maintenance, `kind=unrecorded&limit=2&from=${week.from}`)
    expect(first.body['items']).toMatchObject([
      {
        segmentId: lost.segmentId,
        contactId: lost.contactId,
        why: 'no-session',
        others: false,
        number,
        feed: 'exchange',
      },
      { segmentId: silent.segmentId, why: 'no-playable-codec' },
    ])
    expect(JSON.stringify(first.body)).not.toMatch(/Virtanen|\+35840/)
    const rest = await list(
      maintenance,
      `kind=unrecorded&from=${week.from}&cursor=${encodeURIComponent(String(first.body['next']))}`,
    )
    expect(rest.body['items']).toHaveLength(1)
    const reason = await list(officer, `kind=unrecorded&why=no-playable-codec&from=${week.from}`)
    expect(reason.body['items']).toMatchObject([{ segmentId: silent.segmentId }])
    const { rows } =
      await sql`select role, detail ->> 'kind' as kind from audit_entry where action = 'reconciliation.listed'
      order by seq desc limit 3`.execute(owner)
    expect(rows).toEqual([
      { role: 'DATA_PROTECTION_OFFICER', kind: 'unrecorded' },
      { role: 'MAINTENANCE', kind: 'unrecorded' },
      { role: 'MAINTENANCE', kind: 'unrecorded' },
    ])
  })

  test('disappears if the recording arrives after the feed has reported its call', async () => {
    await reportProgress()
    const late = await reportCall(call(5))
    expect((await list(officer, `kind=unrecorded&from=${week.from}`)).body['items']).toHaveLength(1)
    await recordCall({ ...late, segmentId: crypto.randomUUID() })
    expect((await list(officer, `kind=unrecorded&from=${week.from}`)).body['items']).toHaveLength(0)
    expect(await sums()).toMatchObject({ expected: 1, recorded: 1, missing: 0 })
  })

  test('is explained by the data protection officer only, and the last explanation closes the alarm with its note', async () => {
    await reportProgress()
    const [first, second] = [await reportCall(call(5)), await reportCall(call(6))]
    await watch()
    expect(await openAlarms()).toMatchObject([{ kind: 'unrecorded', count: 2 }])
    for (const browser of [administrator, maintenance, supervisor])
      expect(await explain(browser, { kind: 'unrecorded' })).toMatchObject({ status: 403 })
    expect(await explain(officer, { kind: 'unrecorded', segments: [first.segmentId] })).toMatchObject({
      status: 200,
      body: { explained: 1, alarmClosed: false },
    })
    await watch()
    expect(await openAlarms()).toMatchObject([{ kind: 'unrecorded' }])
    expect(await explain(officer, { kind: 'unrecorded', note: 'Levy oli täynnä' })).toMatchObject({
      body: { explained: 1, alarmClosed: true },
    })
    expect(await openAlarms()).toEqual([])
    expect(await explain(officer, { kind: 'unrecorded' })).toMatchObject({
      status: 409,
      body: { error: { code: 'reconciliation.nothing' } },
    })
    const explained = await list(officer, `kind=unrecorded&state=explained&from=${week.from}`)
    expect(explained.body['items']).toMatchObject([
      { segmentId: first.segmentId, explained: { by: 'Outi Laine', note: 'Huoltokatko' } },
      { segmentId: second.segmentId, explained: { note: 'Levy oli täynnä' } },
    ])
    await watch()
    expect(await openAlarms()).toEqual([])
    await reportCall(call(4))
    await watch()
    expect(await openAlarms()).toMatchObject([{ kind: 'unrecorded', count: 1 }])
  })

  test('that is explained while its alarm is being checked waits for the check, and then closes the alarm', async () => {
    await reportProgress()
    await reportCall(call(5))
    await watch()
    let isAnswered = false
    const explaining = await owner.transaction().execute(async (tx) => {
      await sql`select lock_alarm_kind('unrecorded')`.execute(tx)
      const answering = explain(officer, { kind: 'unrecorded' }).finally(() => (isAnswered = true))
      await new Promise((resolve) => setTimeout(resolve, 500))
      expect(isAnswered).toBe(false)
      return { answering }
    })
    expect(await explaining.answering).toMatchObject({ body: { explained: 1, alarmClosed: true } })
  })

  test('that arrived after the list was read, or is outside its filters, is not explained with it', async () => {
    await reportProgress()
    await reportCall(call(5), 12)
    await reportCall(call(6, { captureFailure: 'disk-full' }), 11)
    const readAt = Temporal.Now.instant().subtract({ seconds: 90 }).toString()
    expect(await explain(officer, { kind: 'unrecorded', readAt, why: 'no-session' })).toMatchObject({
      body: { explained: 1 },
    })
    expect(await explain(officer, { kind: 'unrecorded', number: '029 497 010' })).toMatchObject({ status: 409 })
    expect(await explain(officer, { kind: 'untold' })).toMatchObject({ status: 409 })
    expect(await sums()).toMatchObject({ missing: 2, missingExplained: 1 })
  })

  test('counted by an alarm that was closed with a note is explained, and a recording without a call found later is not', async () => {
    const branch = phone('029 497 010')
    await reportProgress({ covers: [number] })
    await reportProgress({ name: 'branch', covers: [branch], until: now.subtract({ hours: 60 }) })
    await recordCall(call(40))
    const behind = await recordCall(call(50, { numberReached: { key: branch } }))
    await watch()
    const [alarm] = (await openAlarms()) as unknown as { id: string; kind: string; count: number }[]
    expect(alarm).toMatchObject({ kind: 'untold', count: 1 })
    await answer(officer.fetch(`/api/alarms/${alarm!.id}/close`, { method: 'POST', json: { note: 'Testisoitto' } }))
    expect(await sums()).toMatchObject({ untold: 1, untoldExplained: 1, notYetTold: 1 })
    // The other feed has caught up without reporting its call. That call is earlier than every call that the closed alarm
    // counted.
    await reportProgress({ name: 'branch', covers: [branch] })
    await watch()
    expect(await openAlarms()).toMatchObject([{ kind: 'untold', count: 1 }])
    expect((await list(officer, `kind=untold&from=${week.from}`)).body['items']).toMatchObject([
      { segmentId: behind.segmentId, feed: 'branch' },
    ])
  })
})

test('counts are of whole days, and each read is logged: no chosen instants show when a call of somebody without a right was answered', async () => {
  await reportProgress()
  const day = now.toZonedDateTimeISO('Europe/Helsinki').startOfDay().subtract({ days: 2 })
  const noon = day.add({ hours: 12 }).toInstant()
  await recordCall(call(now.since(noon).total('hours')))
  const after = noon.add({ hours: 1 })
  const { body } = await read(officer, `?from=${after.toString()}&to=${after.add({ seconds: 1 }).toString()}`)
  expect((body['counts'] as { untold: number }[]).map(({ untold }) => untold)).toEqual([1])
  const { rows } = await sql<{ detail: unknown; role: string }>`
    select detail, role from audit_entry where action = 'reconciliation.read' and result = 'ok' order by seq desc limit 1`.execute(
    owner,
  )
  const logged = (at: Temporal.ZonedDateTime) => at.toInstant().toString({ fractionalSecondDigits: 6 })
  expect(rows).toEqual([
    { role: 'DATA_PROTECTION_OFFICER', detail: { from: logged(day), to: logged(day.add({ days: 1 })) } },
  ])
})

test('reconciliation is not visible to a supervisor', async () => {
  for (const path of ['', '/calls?kind=untold', '/problems'])
    expect(await answer(supervisor.fetch(`/api/reconciliation${path}`))).toMatchObject({
      status: 403,
      body: { error: { code: 'deny.role' } },
    })
})

test('database functions log the reading and the explanation of differences: the desk cannot write these entries itself', async () => {
  for (const action of [
    ...['reconciliation.read', 'reconciliation.listed', 'reconciliation.explained'],
    ...['call-flow.listed', 'call-flow.read'],
  ]) {
    await expect(
      sql`insert into audit_entry (action, result) values (${action}, 'ok')`.execute(database.as('seloste_desk').db),
    ).rejects.toThrow('row-level security')
  }
})
