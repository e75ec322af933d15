import { randomUUID } from 'node:crypto'
import { beforeEach, expect, test } from 'vitest'
import { hashCallId } from '#description/draw.ts'
import { admitFromFeed, admitNewFromFeed } from '#register/admit-from-feed.ts'
import { admit, type SegmentFacts } from '#register/admit.ts'
import { allowFeed, reportFeed } from '#register/feed-progress.ts'
import type { RegisterTables } from '#register/tables.ts'
import { raiseAlarms } from '#safeguards/watch/raise-alarms.ts'
import { createTestDatabase } from '#test/database/create-test-database.ts'
import { callFacts, phone } from '#test/database/people.ts'

// An attacker with capture's database role learns nothing about calls from the functions that match telephone systems' records.
const database = await createTestDatabase<RegisterTables>()
const owner = database.as().pool
const capture = database.as('seloste_capture')
const custodian = database.as('seloste_custodian')
const now = Temporal.Now.instant()
const [node, otherNode] = [randomUUID(), randomUUID()]
const called = phone('029 497 000')
const [official, anotherOfficial] = [phone('029 512 1001'), phone('029 512 1002')]
const [caller, stranger] = [phone('040 123 4567'), phone('040 765 4321')]

/** A call that a recording client reported. */
function callOf(daysAgo: number, changes: Partial<SegmentFacts> = {}): SegmentFacts {
  const startedAt = now.subtract({ hours: 24 * daysAgo, minutes: 30 })
  return callFacts({
    trunk: 'trunk:border',
    startedAt,
    answeredAt: startedAt.add({ seconds: 20 }),
    endedAt: startedAt.add({ minutes: 5 }),
    caller: { kind: 'e164', key: caller, raw: null },
    official: { name: 'Aino Asiamies', phone: official },
    numberCalled: { key: called, kind: 'NATIONAL_SERVICE' },
    callIds: [`ucid:${randomUUID()}`],
    ...changes,
  })
}

/** The same call as a telephone system's record would report it. */
const fedOf = (call: SegmentFacts, changes: Partial<SegmentFacts> = {}): SegmentFacts => ({
  ...call,
  trunk: undefined,
  contactId: randomUUID(),
  segmentId: randomUUID(),
  callIds: [`cdr:${randomUUID()}`],
  ...changes,
})

beforeEach(async () => {
  await owner.query('set session_replication_role = replica')
  await owner.query('truncate contact, segment, recording, call_identity, fed_segment, feed, capture_node cascade')
  await owner.query('set session_replication_role = default')
  await owner.query(`alter sequence if exists fed_question_count restart`)
})

/** Returns capture's answer, and rolls the query back. */
async function answer(statement: string, values: unknown[]): Promise<unknown> {
  const client = await capture.pool.connect()
  try {
    await client.query('begin')
    const { rows } = await client.query(statement, values)
    return rows
  } catch (error) {
    return (error as { code: string }).code
  } finally {
    await client.query('rollback')
    client.release()
  }
}

const instant = (at: Temporal.Instant | undefined) => at?.toString() ?? null

function findDoubtful(number: string, from: Temporal.Instant, to: Temporal.Instant): Promise<unknown> {
  const parts = [
    { answered_at: instant(from), official_phone: null },
    { answered_at: null, official_phone: null },
  ]
  const reported = [{ place: 0, caller_key: number, started_at: instant(from), ended_at: instant(to), parts }]
  return answer(
    `select doubtful_fed_calls('mine', array(select c from jsonb_populate_recordset(null::fed_call, $1) c)) as places`,
    [JSON.stringify(reported)],
  )
}

function findMatch(call: SegmentFacts, query: { caller?: string | null; official?: string; id?: string }) {
  const part = {
    place: 0,
    segment_id: randomUUID(),
    answered_at: instant(call.answeredAt),
    ended_at: instant(call.endedAt),
    number_reached: called,
    official_phone: query.official ?? null,
  }
  return answer(`select contact, segment from match_fed_call('mine', $1, $2, null, $3, $4, $5)`, [
    query.id === undefined ? [] : [Buffer.from(hashCallId(query.id), 'hex')],
    query.caller ?? null,
    called,
    instant(call.startedAt),
    JSON.stringify([part]),
  ])
}

const whole = { from: now.subtract({ hours: 24 * 420 }), to: now }

test('a query of capture does not reveal whether a number called within fourteen months, nor whether it called at an instant', async () => {
  const old = callOf(80)
  await admit(capture.db, old, node)
  for (const tried of [
    (number: string) => findDoubtful(number, whole.from, whole.to),
    (number: string) => findDoubtful(number, old.startedAt, old.endedAt!),
    (number: string) => findMatch(old, { caller: number }),
  ])
    expect(await tried(caller)).toEqual(await tried(stranger))
})

test('a query for a call of several days reveals no more than a query for one day', async () => {
  const recent = callOf(2)
  await admit(capture.db, recent, node)
  const from = now.subtract({ hours: 24 * 6 })
  expect(await findDoubtful(caller, from, now)).toEqual(await findDoubtful(stranger, from, now))
  // A feed must find this call.
  expect(await findDoubtful(caller, recent.startedAt, recent.endedAt!)).toEqual([{ places: [0] }])
})

test('a query of capture does not reveal who answered an old call, with its id or without', async () => {
  const old = callOf(80)
  await admit(capture.db, old, node)
  const [id] = old.callIds
  for (const query of [{ caller: null }, { id: id! }])
    expect(await findMatch(old, { ...query, official })).toEqual(
      await findMatch(old, { ...query, official: anotherOfficial }),
    )
  const resolve = (by: string, reached: string) =>
    answer('select * from resolve_duplicate_segment($1, $2, $3, $4)', [
      otherNode,
      old.contactId,
      instant(old.startedAt),
      JSON.stringify({
        ...{ segmentId: randomUUID(), numberReached: reached, official: by, beganAt: old.answeredAt },
        ...{ endedAt: old.endedAt, records: false },
      }),
    ])
  expect(await resolve(official, called)).toEqual(await resolve(anotherOfficial, called))
  expect(await resolve(official, called)).toEqual(await resolve(official, phone('029 497 010')))
})

test('a query of capture does not reveal who called in an old call that only a feed reported, even to a query that looks like a late report of a recording client', async () => {
  const matchByFacts = async (call: SegmentFacts, number: string) => {
    const reported = {
      ...{
        caller_kind: 'e164',
        caller_key: number,
        number_called: called,
        number_reached: called,
        official_phone: null,
      },
      ...{ answered_at: instant(call.answeredAt), ended_at: instant(call.endedAt), end_inferred: false },
    }
    return answer('select m.call from match_by_facts(jsonb_populate_record(null::told_part, $1)) m', [
      JSON.stringify(reported),
    ])
  }
  const [old, recent] = [callOf(80), callOf(2)].map((call) => fedOf(call))
  for (const call of [old, recent]) await admitFromFeed(capture.db, 'exchange', [call!])
  expect(await matchByFacts(old!, caller)).toEqual(await matchByFacts(old!, stranger))
  // A node that was disconnected must find this call.
  expect(await matchByFacts(recent!, caller)).toEqual([{ call: recent!.contactId }])
})

test('quota counts cover only this week and the last, as whole weeks', async () => {
  const counted = { record: true, reason: 'drawn', ruleId: 'r', ruleVersion: 1, share: 1, draw: 0, quotaUsed: 0 }
  for (const daysAgo of [0, 80]) await admit(capture.db, callOf(daysAgo, { decision: counted }), node)
  const count = (from: string, to: string) => answer(`select recorded from quota_counts(${from}, ${to}, '{}')`, [])
  const week = (ago: number) =>
    `(date_trunc('week', now() at time zone 'Europe/Helsinki') - interval '${ago * 7} days') at time zone 'Europe/Helsinki'`
  // Half an hour ago may have been last week.
  const counts = [await count(week(0), week(-1)), await count(week(1), week(0))]
  expect(counts.flat()).toEqual([{ recorded: 1 }])
  for (const [from, to] of [
    [`now() - interval '81 days'`, `now() - interval '79 days'`],
    [week(11), week(10)],
    [week(12), week(11)],
    [`now() - interval '1 hour'`, 'now()'],
    [`${week(0)} + interval '1 second'`, week(-1)],
    [week(12), week(-1)],
  ] as const)
    expect(await count(from, to), `${from} to ${to}`).toBe('22023')
})

test('trying numbers one after another is rate limited, also in transactions that are rolled back', async () => {
  await admit(capture.db, callOf(1), node)
  let tried = 0
  let refused: unknown
  for (let round = 0; round < 400 && refused === undefined; round++) {
    const reported = Array.from({ length: 1_000 }, (_, index) => ({
      ...{ place: index, caller_key: `+35840${String(round * 1_000 + index).padStart(7, '0')}` },
      ...{ started_at: instant(now.subtract({ hours: 25 })), ended_at: instant(now.subtract({ hours: 24 })) },
      parts: [{ answered_at: instant(now.subtract({ hours: 25 })), official_phone: null }],
    }))
    const found = await answer(
      `select doubtful_fed_calls('mine', array(select c from jsonb_populate_recordset(null::fed_call, $1) c)) as places`,
      [JSON.stringify(reported)],
    )
    if (typeof found === 'string') refused = found
    else tried += reported.length
  }
  expect(refused).toBe('SL003')
  expect(tried).toBeLessThan(100_000)
})

test('a feed that was stopped for days finds the calls that a recording client reported meanwhile', async () => {
  const feed = { name: 'exchange', source: 'csv', covers: undefined }
  const progress = { heardAt: now, from: undefined, records: 0, calls: 0, outside: 0 }
  await reportFeed(capture.db, feed, { ...progress, until: now.subtract({ hours: 24 * 30 }) }, undefined)
  await owner.query(`update feed set first_at = first_at - interval '60 days'`)
  const calls = [29, 20, 1].map((daysAgo) => callOf(daysAgo, { official: undefined }))
  for (const call of calls) await admit(capture.db, call, node)
  for (const [at, call] of calls.entries()) {
    const reported = fedOf(call, { official: { name: 'Aino Asiamies', phone: official } })
    expect([...(await admitNewFromFeed(capture.db, 'exchange', [[reported]]))], `call ${at}`).toEqual([])
    expect(await admitFromFeed(capture.db, 'exchange', [reported]), `call ${at}`).toEqual({ added: 0, known: 1 })
    // It reports its position after some of them.
    await reportFeed(capture.db, feed, { ...progress, until: call.endedAt! }, undefined)
  }
})

test('a feed that capture invents, with reports until a month ago, changes and finds no call from before its first report', async () => {
  const old = callOf(20)
  await admit(capture.db, old, node)
  const progress = { heardAt: now, from: undefined, records: 0, calls: 0, outside: 0 }
  const invented = { name: 'invented', source: 'csv', covers: undefined }
  for (let report = 0; report < 3; report++)
    await reportFeed(capture.db, invented, { ...progress, until: now.subtract({ hours: 24 * 30 }) }, undefined)
  const { rows } = await owner.query(
    `select late_facts_from('7 days') > now() - interval '8 days' as is_recent from feed`,
  )
  expect(rows).toEqual([{ is_recent: true }])
  expect(await findMatch(old, { caller })).toEqual(await findMatch(old, { caller: stranger }))
})

test('a feed that has reported nothing for months matches none of their calls', async () => {
  const old = callOf(80)
  await admit(capture.db, old, node)
  const progress = {
    heardAt: now,
    from: undefined,
    records: 0,
    calls: 0,
    outside: 0,
    until: now.subtract({ hours: 24 * 90 }),
  }
  for (let report = 0; report < 3; report++)
    await reportFeed(capture.db, { name: 'quiet', source: 'csv', covers: undefined }, progress, undefined)
  expect(await findDoubtful(caller, old.startedAt, old.endedAt!)).toEqual(
    await findDoubtful(stranger, old.startedAt, old.endedAt!),
  )
  expect(await findMatch(old, { caller })).toEqual(await findMatch(old, { caller: stranger }))
})

test('a feed imports an archive for times without other reports, and for other times once an administrator allows the feed', async () => {
  const feed = { name: 'exchange', source: 'csv', covers: undefined }
  const progress = { heardAt: now, from: undefined, until: undefined, records: 0, calls: 0, outside: 0 }
  await reportFeed(capture.db, feed, progress, undefined)
  const reported = callOf(80)
  await admit(capture.db, reported, node)
  const [same, alone] = [fedOf(reported), fedOf(callOf(90))]
  expect([...(await admitNewFromFeed(capture.db, 'exchange', [[same], [alone]]))]).toEqual([1])
  await expect(admitFromFeed(capture.db, 'exchange', [same])).rejects.toMatchObject({ code: 'SL002' })
  // Calls in the register are matched at any age.
  expect(await admitFromFeed(capture.db, 'exchange', [alone])).toEqual({ added: 0, known: 1 })

  expect(await allowFeed(database.as().db, 'exchange', reported.startedAt.subtract({ hours: 1 }))).toBe(true)
  expect(await allowFeed(database.as().db, 'another', reported.startedAt)).toBe(false)
  await expect(allowFeed(capture.db, 'exchange', now.subtract({ hours: 9_000 }))).rejects.toThrow('permission denied')
  expect(await admitFromFeed(capture.db, 'exchange', [same])).toEqual({ added: 0, known: 1 })
})

test.each([
  [
    'a node that ended with a call waiting',
    async () => {
      const id = randomUUID()
      const state = '{"draining": false, "pressures": [], "sessions": 0, "recordings": 0, "waiting": 0}'
      await capture.pool.query(`select capture_node_heartbeat($1, 'spare', '1', now(), $2)`, [id, state])
      await capture.pool.query('select capture_node_shutdown($1, 1)', [id])
      await owner.query(
        `update capture_node set started_at = started_at - interval '5 days', alive_at = alive_at - interval '5 days',
           ended_at = ended_at - interval '5 days' where id = $1`,
        [id],
      )
    },
  ],
  [
    'a feed without numbers that reports only that it is alive',
    async () => {
      const feed = { name: 'spare', source: 'csv', covers: [] }
      const progress = { heardAt: now, from: undefined, records: 0, calls: 0, outside: 0 }
      await reportFeed(capture.db, feed, { ...progress, until: now }, undefined)
      await owner.query(
        `update feed set first_at = first_at - interval '5 days', told_until = told_until - interval '5 days'`,
      )
      await reportFeed(capture.db, feed, { ...progress, until: undefined }, undefined)
    },
  ],
] as const)('%s, left behind to keep old calls open to changes, raises an alarm', async (_, leaveBehind) => {
  await owner.query('delete from alarm')
  const found = async () => (await custodian.pool.query('select facts from find_late_window(3)')).rows
  expect(await found()).toEqual([])
  await leaveBehind()
  expect(await found()).toEqual([{ facts: { days: 5, sources: ['spare'] } }])
  await raiseAlarms(custodian.db, [], Temporal.Now.instant())
  const { rows } = await owner.query(`select count from alarm where kind = 'late-window' and closed_at is null`)
  expect(rows).toEqual([{ count: 1 }])
})
