import { randomUUID } from 'node:crypto'
import { beforeEach, expect, test } from 'vitest'
import { admitFromFeed } from '#register/admit-from-feed.ts'
import { admit, type SegmentFacts } from '#register/admit.ts'
import { reportFeed } from '#register/feed-progress.ts'
import type { RegisterTables } from '#register/tables.ts'
import { createTestDatabase } from '#test/database/create-test-database.ts'
import { callFacts, phone, recordingFacts } from '#test/database/people.ts'

// An attacker with capture's database role cannot change calls that have ended.
const database = await createTestDatabase<RegisterTables>()
const owner = database.as().pool
const capture = database.as('seloste_capture')
const eightyDaysAgo = Temporal.Now.instant().subtract({ hours: 24 * 80 })
let call: ReturnType<typeof oldCall>

function oldCall(startedAt = eightyDaysAgo) {
  return callFacts({
    trunk: 'trunk:border',
    startedAt,
    answeredAt: startedAt.add({ seconds: 5 }),
    endedAt: startedAt.add({ minutes: 5 }),
    callIds: [`ucid:${randomUUID()}`],
    recording: {
      ...recordingFacts(),
      startedAt: startedAt.add({ seconds: 5 }),
      endedAt: startedAt.add({ minutes: 5 }),
      stored: { sizeBytes: 1_000, incomplete: false, packetsReceived: 9, packetsLost: 0, sha256: Buffer.alloc(32) },
    },
  })
}

/** Returns the call's rows as the owner of the database reads them. */
async function readCallRows(): Promise<Record<string, unknown> & { history_ends_at: string; destroy_at: string }> {
  const { rows } = await owner.query(
    `select s.official_person_id, s.official_phone, s.answered_at, s.ended_at as part_ended_at, c.ended_at, c.history_ends_at, c.end_inferred, c.trunk,
       r.state, r.call_ended_at, r.min_keep_until, r.destroy_at, r.expiry_month, r.sha256, r.size_bytes, recording_end_decision(r) as ends
     from segment s join contact c on c.id = s.contact_id join recording r on r.segment_id = s.id where s.id = $1`,
    [call.segmentId],
  )
  return rows[0]
}

/** Dates the admission back to the call's start, so that the call counts as old. */
const backdateAdmission = (id: string) => owner.query('update contact set admitted_at = started_at where id = $1', [id])

beforeEach(async () => {
  // Removes feeds, because a delayed feed moves back the limit from which calls are old.
  await owner.query('delete from feed')
  await owner.query('delete from capture_node')
  call = oldCall()
  await admit(capture.db, call)
  await backdateAdmission(call.contactId)
})

/** Runs each statement as capture's database role, and ignores refusals. */
async function tryAsCapture(statements: readonly string[]): Promise<void> {
  for (const statement of statements) await capture.pool.query(statement).catch(() => undefined)
}

test.each<[what: string, statements: readonly string[]]>([
  [
    'is assigned to another official after its end is moved to now',
    [
      'update segment set ended_at = now()',
      'update segment set ended_at = null',
      `update segment set official_person_id = gen_random_uuid(), official_phone = '+358295121009'`,
    ],
  ],
  [
    'is assigned to another official, by an end declared as inferred',
    [
      `update segment set marks = '{end-inferred}'`,
      'update contact set end_inferred = true',
      `select complete_fed_segment(id, contact_started_at, jsonb_build_object('ended_at', now())) from segment`,
      'update segment set ended_at = now()',
      `update segment set official_person_id = gen_random_uuid(), official_phone = '+358295121009'`,
    ],
  ],
  ['is kept like a call in progress', [`update recording set state = 'CAPTURING'`]],
  ['has its recording destroyed at its minimum term', ['update recording set destroy_at = min_keep_until']],
  [
    'has its recording kept beyond its term',
    [
      `update recording set destroy_at = now() + interval '4 months'`,
      'update recording set call_ended_at = now()',
      `update recording set min_keep_until = now() + interval '3 months'`,
      `update recording set expiry_month = '2099-01-01'`,
    ],
  ],
  ['gets another digest or size', [`update recording set sha256 = '\\x00'`, 'update recording set size_bytes = 1']],
  [
    'gets another end, or a history that is kept longer',
    [
      'update contact set ended_at = now()',
      'update contact set ended_at = null, history_ends_at = null',
      `update contact set history_ends_at = started_at + interval '14 months 20 days'`,
      `update contact set trunk = 'trunk:another'`,
    ],
  ],
])('an ended call never %s', async (_what, statements) => {
  const before = await readCallRows()
  await tryAsCapture(statements)
  expect(await readCallRows()).toEqual(before)
})

test('the end of an ended call is not postponed by another of its segments', async () => {
  call = oldCall(Temporal.Now.instant().subtract({ hours: 24 * 20 }))
  await admit(capture.db, call)
  const before = await readCallRows()
  const now = Temporal.Now.instant()
  await backdateAdmission(call.contactId)
  const part = { ...call, segmentId: randomUUID(), answeredAt: now.subtract({ minutes: 1 }) }
  await admit(capture.db, { ...part, endedAt: now, recording: recordingFacts() }).catch(() => undefined)
  const after = await readCallRows()
  for (const end of ['history_ends_at', 'destroy_at'] as const) {
    expect(Date.parse(after[end]) - Date.parse(before[end]), end).toBeLessThan(25 * 3_600_000)
  }
})

test('a call that was reopened is frozen two days after its start, and gets an end within a day of its start', async () => {
  const first = await readCallRows()
  await owner.query('update segment set ended_at = null where id = $1', [call.segmentId])
  await owner.query('update contact set ended_at = null, history_ends_at = null where id = $1', [call.contactId])
  const caller = async () =>
    (await owner.query('select caller_kind, caller_key from contact where id = $1', [call.contactId])).rows
  const [before, callerBefore] = [await readCallRows(), await caller()]
  await tryAsCapture([
    `update segment set official_person_id = gen_random_uuid(), official_name = 'Another', official_phone = '+358295121009'`,
    `select complete_part(id, started_at, jsonb_populate_record(null::told_part, jsonb_build_object('segment_id', '${call.segmentId}', 'contact_id', id,
       'caller_kind', 'e164', 'caller_key', '+358409999999', 'number_called', 'unknown', 'number_reached', 'unknown', 'decision_reason', 'x',
       'marks', '[]'::jsonb, 'ids', '[]'::jsonb))) from contact`,
  ])
  const { part_ended_at: _, ...official } = await readCallRows()
  expect(official).toEqual((({ part_ended_at: __, ...rest }) => rest)(before))
  expect(await caller()).toEqual(callerBefore)
  await expect(admit(capture.db, partOf(call, { official: another, recording: recordingFacts() }))).rejects.toThrow(
    /gets no recording/,
  )
  await admit(capture.db, partOf(call, { official: another }))
  expect((await parts(call.contactId))[1]).toMatchObject({ official_name: null, marks: ['needs-review'] })
  await tryAsCapture([
    `update segment set ended_at = contact_started_at + interval '28 days'`,
    'select settle_call_end(id, started_at, false) from contact',
  ])
  const after = await readCallRows()
  for (const end of ['history_ends_at', 'destroy_at'] as const) {
    expect(Date.parse(after[end]) - Date.parse(first[end]), end).toBeLessThan(25 * 3_600_000)
  }
})

test('an ended call without a caller does not get one later', async () => {
  const unknown = { kind: 'unparsed', key: null, raw: null } as const
  const caller = async (id: string) =>
    (await owner.query('select caller_kind, caller_key from contact where id = $1', [id])).rows
  const now = Temporal.Now.instant()
  for (const { startedAt, hasEnded } of [
    { startedAt: eightyDaysAgo, hasEnded: true },
    { startedAt: now.subtract({ hours: 1 }), hasEnded: false },
  ]) {
    const { recording: _, ...facts } = { ...oldCall(startedAt), caller: unknown }
    await admit(capture.db, facts)
    await admit(capture.db, { ...facts, caller: callFacts().caller })
    const [reported] = await caller(facts.contactId)
    expect(reported, `ended: ${hasEnded}`).toMatchObject(
      hasEnded ? { caller_key: null } : { caller_key: callFacts().caller.key },
    )
  }
})

test('repeated facts of an ended call change nothing in it', async () => {
  const before = await readCallRows()
  await admit(capture.db, call)
  expect(await readCallRows()).toEqual(before)
})

test('a continuing segment that is reported again gets no end', async () => {
  for (const { startedAt } of [call, callFacts()]) {
    const { endedAt: _ended, ...facts } = callFacts({ startedAt, answeredAt: startedAt })
    await admit(capture.db, facts)
    await admit(capture.db, facts)
    const { rows } = await owner.query(
      'select s.ended_at as part, c.ended_at as call from segment s join contact c on c.id = s.contact_id where s.id = $1',
      [facts.segmentId],
    )
    expect(rows).toEqual([{ part: null, call: null }])
  }
})

const another = { personId: randomUUID(), unitId: randomUUID(), name: 'Olli Outo', phone: phone('029 512 1009') }

/** Returns the segments of a call, with their officials. */
async function parts(contactId: string): Promise<{ id: string; official_name: string | null }[]> {
  const { rows } = await owner.query(
    `select id, official_name, official_phone, official_person_id, official_unit_id, number_reached, capture_failure, marks
     from segment where contact_id = $1 order by seq`,
    [contactId],
  )
  return rows
}

/** Builds a segment of the same call and time. */
const partOf = (facts: SegmentFacts, changes: Partial<SegmentFacts> = {}): SegmentFacts => {
  const { recording: _, ...rest } = facts
  return { ...rest, segmentId: randomUUID(), ...changes }
}

test('an ended call gets no segment with another official', async () => {
  const late = partOf(call, { official: another })
  await admit(capture.db, late)
  // Any report may be repeated without effect.
  await admit(capture.db, late)
  const fed = partOf(call, { official: another, trunk: undefined })
  await admitFromFeed(capture.db, 'mine', [fed]).catch(() => undefined)
  await tryAsCapture([
    `insert into segment (id, contact_id, contact_started_at, seq, number_reached, official_person_id, official_name, official_phone, answered_at,
       ended_at, decision_record, decision_reason, capture_state, marks)
     select gen_random_uuid(), contact_id, contact_started_at, 9, '+35829497000', gen_random_uuid(), 'Olli Outo', '+358295121009', answered_at,
       ended_at, false, 'not-drawn', 'not-recorded', '{}' from segment where id = '${call.segmentId}'`,
  ])
  const found = await parts(call.contactId)
  expect(found.length).toBeGreaterThan(1)
  for (const { id, ...part } of found) {
    if (id === call.segmentId) continue
    expect(part).toMatchObject({ official_name: null, official_phone: null, official_person_id: null })
    // The segment is marked for review.
    expect(part).toMatchObject({ marks: expect.arrayContaining(['needs-review']) })
  }
})

test('an ended call does not lose a segment to a declared replacement', async () => {
  const before = await readCallRows()
  for (const begun of ['contact_started_at', `contact_started_at + interval '1 second'`])
    await tryAsCapture([
      `select record_fed_segments('mine', contact_id, ${begun}, jsonb_build_array(jsonb_build_object('segment_id', id, 'ended_at', ended_at,
         'is_own', true))) from segment where id = '${call.segmentId}'`,
      `select record_fed_calls('mine', array[jsonb_populate_record(null::fed_call, jsonb_build_object('contact_id', contact_id, 'started_at',
         ${begun}, 'parts', jsonb_build_array(jsonb_build_object('segment_id', id, 'ended_at', ended_at))))])
       from segment where id = '${call.segmentId}'`,
    ])
  await admit(capture.db, partOf(call, { official: another }))
  expect(await readCallRows()).toEqual(before)
})

test('a call in progress does not lose a segment that a recording client reported', async () => {
  call = oldCall(Temporal.Now.instant().subtract({ minutes: 10 }))
  await admit(capture.db, call)
  await tryAsCapture([
    `select record_fed_segments('mine', contact_id, contact_started_at, jsonb_build_array(jsonb_build_object('segment_id', id, 'ended_at', ended_at,
       'is_own', true))) from segment where id = '${call.segmentId}'`,
  ])
  await admit(capture.db, partOf(call, { official: another }))
  expect((await parts(call.contactId)).map(({ id }) => id)).toContain(call.segmentId)
})

test('a segment that a feed reported of an old call stays, whoever is later reported as its official', async () => {
  const sixtyDaysAgo = Temporal.Now.instant().subtract({ hours: 24 * 60 })
  const aino = { name: 'Aino Asiamies', phone: phone('029 512 1001') }
  const fed = partOf(oldCall(sixtyDaysAgo), { trunk: undefined, official: aino })
  await admitFromFeed(capture.db, 'mine', [fed])
  await backdateAdmission(fed.contactId)
  await admit(capture.db, partOf(fed, { official: another }))
  expect((await parts(fed.contactId))[0]).toMatchObject({ id: fed.segmentId, official_name: 'Aino Asiamies' })
})

test('an ended call without a number, caller or official does not get one later, and keeps its waiting time', async () => {
  const unknown = 'unknown' as ReturnType<typeof phone>
  const incomplete = partOf(oldCall(), {
    caller: { kind: 'unparsed', key: null, raw: null },
    numberCalled: { key: unknown, kind: 'UNKNOWN' },
    numberReached: { key: unknown },
  })
  await admit(capture.db, incomplete)
  await backdateAdmission(incomplete.contactId)
  const whole = () =>
    owner.query(
      `select c.*, s.number_reached, s.official_phone from contact c join segment s on s.contact_id = c.id where c.id = $1`,
      [incomplete.contactId],
    )
  const { rows: before } = await whole()
  const facts = `jsonb_build_object('number_reached', '+35829497010', 'number_called', '+35829497010', 'number_kind', 'NATIONAL_SERVICE',
    'caller_kind', 'e164', 'caller_key', '+358401234567', 'official_phone', '+358295121009', 'started_at', contact_started_at - interval '9 days')`
  await tryAsCapture([
    `select complete_fed_segment(id, contact_started_at, ${facts}) from segment where id = '${incomplete.segmentId}'`,
  ])
  expect((await whole()).rows).toEqual(before)
})

test('an ended call whose end was not reported gets no caller and no other number', async () => {
  const unknown = { kind: 'unparsed', key: null, raw: null } as const
  const incomplete = partOf(oldCall(), {
    caller: unknown,
    callIds: ['ucid:10'],
    marks: ['end-inferred'],
    endInferred: true,
  })
  await admit(capture.db, incomplete)
  await backdateAdmission(incomplete.contactId)
  await admit(capture.db, { ...incomplete, caller: callFacts().caller })
  const { rows } = await owner.query('select caller_key from contact where id = $1', [incomplete.contactId])
  expect(rows).toEqual([{ caller_key: null }])
})

test('an ended call whose end was not reported gets its official’s name and number', async () => {
  call = oldCall()
  const inferred = partOf(call, {
    contactId: randomUUID(),
    callIds: ['ucid:9'],
    official: another,
    marks: ['end-inferred'],
  })
  await admit(capture.db, { ...inferred, endInferred: true })
  await backdateAdmission(inferred.contactId)
  await tryAsCapture([
    `update segment set official_name = 'Aino', official_phone = '+358295121001' where id = '${inferred.segmentId}'`,
  ])
  expect(await parts(inferred.contactId)).toMatchObject([
    { official_name: another.name, official_phone: another.phone },
  ])
})

test('an ended call cannot be reported as forbidden, nor its mark for review removed', async () => {
  const missed = partOf(oldCall(), { captureFailure: 'no-media', marks: ['needs-review'], callIds: ['ucid:8'] })
  await admit(capture.db, { ...missed, contactId: missed.segmentId })
  await backdateAdmission(missed.segmentId)
  const before = await parts(missed.segmentId)
  await tryAsCapture([
    `update segment set capture_failure = 'forbidden', marks = '{}', capture_state = 'recording' where id = '${missed.segmentId}'`,
  ])
  expect(await parts(missed.segmentId)).toEqual(before)
})

test('an ended call that was not recorded gets no recording', async () => {
  const incomplete = partOf(oldCall(), { contactId: randomUUID(), callIds: ['ucid:7'] })
  await admit(capture.db, incomplete)
  await backdateAdmission(incomplete.contactId)
  const { answeredAt, endedAt } = incomplete
  const recording = { ...recordingFacts(), startedAt: answeredAt!, endedAt: endedAt! }
  await admit(capture.db, { ...incomplete, recording }).catch(() => undefined)
  const { rows } = await owner.query('select id from recording where segment_id = $1', [incomplete.segmentId])
  expect(rows).toEqual([])
})

test('a new recording is in state CAPTURING, without terms and without having been ingested', async () => {
  const incomplete = partOf(oldCall(Temporal.Now.instant().subtract({ minutes: 10 })), {
    contactId: randomUUID(),
    callIds: ['ucid:6'],
  })
  await admit(capture.db, incomplete)
  for (const [column, value] of [
    ['min_keep_until', `now() + interval '2 years'`],
    ['expiry_month', `'2099-01-01'`],
    ['kept_at', 'now()'],
    ['destroyed_at', 'now()'],
    ['cause', `'caller'`],
  ] as const)
    await expect(
      capture.pool.query(
        `insert into recording (id, segment_id, contact_id, contact_started_at, number_reached, state, started_at, intake_day,
           recording_months, ${column})
         select gen_random_uuid(), id, contact_id, contact_started_at, '+35829497000', 'CAPTURING', now(), now()::date, 6, ${value}
         from segment where id = '${incomplete.segmentId}'`,
      ),
      column,
    ).rejects.toThrow('permission denied')
  for (const column of ['counted', 'waited_from', 'admitted_at'])
    await expect(
      capture.pool.query(`insert into contact (id, ${column}) values (gen_random_uuid(), null)`),
      column,
    ).rejects.toThrow('permission denied')
})

test('no call starts in the future, which would keep it longer', async () => {
  const ahead = oldCall(Temporal.Now.instant().add({ hours: 24 * 300 }))
  await expect(admit(capture.db, ahead)).rejects.toThrow('row-level security')
  const unrecorded = partOf(oldCall(Temporal.Now.instant().subtract({ minutes: 10 })), {
    contactId: randomUUID(),
    callIds: ['ucid:5'],
  })
  const startedAt = ahead.startedAt
  await expect(admit(capture.db, { ...unrecorded, recording: { ...recordingFacts(), startedAt } })).rejects.toThrow(
    'row-level security',
  )
})

test('the ids of an ended call cannot be reassigned', async () => {
  const ids = async () =>
    (await owner.query('select * from call_identity where contact_id = $1 order by 1', [call.contactId])).rows
  const before = await ids()
  expect(before).toHaveLength(1)
  await tryAsCapture([
    'update call_identity set contact_id = gen_random_uuid()',
    `update call_identity set external_id_hash = '\\x00'`,
    'update call_identity set contact_started_at = now()',
  ])
  expect(await ids()).toEqual(before)
})

test('a feed that was stopped for days adds another official’s segment to a recorded call, with the name', async () => {
  const nothing = { heardAt: undefined, from: undefined, records: 0, calls: 0, outside: 0 }
  const recorded = oldCall(Temporal.Now.instant().subtract({ hours: 24 * 20 }))
  await admit(capture.db, recorded)
  await backdateAdmission(recorded.contactId)
  const until = recorded.startedAt.subtract({ hours: 3 })
  await reportFeed(capture.db, { name: 'exchange', source: 'csv', covers: [] }, { ...nothing, until }, undefined)
  await owner.query(`update feed set first_at = first_at - interval '60 days'`)
  const answeredAt = recorded.endedAt!.add({ minutes: 1 })
  const transferred = partOf(recorded, {
    official: another,
    trunk: undefined,
    answeredAt,
    endedAt: answeredAt.add({ minutes: 2 }),
  })
  expect(await admitFromFeed(capture.db, 'exchange', [transferred])).toEqual({ added: 1, known: 0 })
  expect(await parts(recorded.contactId)).toMatchObject([{ id: recorded.segmentId }, { official_name: another.name }])
})

test('a capture node that was disconnected for days reports its segments of calls that others reported', async () => {
  const reportedByOthers = oldCall(Temporal.Now.instant().subtract({ hours: 24 * 4 }))
  await admit(capture.db, reportedByOthers)
  await backdateAdmission(reportedByOthers.contactId)
  const node = randomUUID()
  const sendHeartbeat = () =>
    capture.pool.query(
      `select capture_node_heartbeat($1, 'north', '1', now(), '{"draining": false, "pressures": [], "sessions": 0,
      "recordings": 0, "waiting": 1}')`,
      [node],
    )
  await sendHeartbeat()
  await owner.query(`update capture_node set alive_at = now() - interval '5 days'`)
  for (const isBack of [false, true]) {
    if (isBack) await sendHeartbeat()
    const part = partOf(reportedByOthers, { official: another, numberReached: { key: phone('029 497 010') } })
    const { answeredAt, endedAt } = part
    await admit(
      capture.db,
      { ...part, recording: { ...recordingFacts(), startedAt: answeredAt!, endedAt: endedAt! } },
      node,
    )
    expect((await parts(reportedByOthers.contactId)).at(-1), `back: ${isBack}`).toMatchObject({
      official_name: another.name,
    })
  }
})

test('an old call that is reported late gets all its officials, over any number of admissions', async () => {
  const first = partOf(oldCall(), { contactId: randomUUID(), callIds: ['ucid:4'], official: another })
  await admit(capture.db, first)
  await admit(capture.db, partOf(first, { official: { name: 'Aino Asiamies', phone: phone('029 512 1001') } }))
  expect(await parts(first.contactId)).toMatchObject([
    { official_name: another.name },
    { official_name: 'Aino Asiamies' },
  ])
})
