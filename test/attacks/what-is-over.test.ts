import { randomUUID } from 'node:crypto'
import { beforeEach, expect, test } from 'vitest'
import { admit } from '#register/admit.ts'
import type { RegisterTables } from '#register/tables.ts'
import { createTestDatabase } from '#test/database/create-test-database.ts'
import { callFacts, recordingFacts } from '#test/database/people.ts'

// What whoever has taken over capture, with its database role, can do to calls that were over before.
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

/** What is held of the call, as the owner of the database reads it. */
async function held(): Promise<Record<string, unknown> & { history_ends_at: string; destroy_at: string }> {
  const { rows } = await owner.query(
    `select s.official_person_id, s.official_phone, s.answered_at, s.ended_at as part_ended_at, c.ended_at, c.history_ends_at, c.end_inferred, c.trunk,
       r.state, r.call_ended_at, r.min_keep_until, r.destroy_at, r.expiry_month, r.sha256, r.size_bytes, end_of_recording(r) as ends
     from segment s join contact c on c.id = s.contact_id join recording r on r.segment_id = s.id where s.id = $1`,
    [call.segmentId],
  )
  return rows[0]
}

beforeEach(async () => {
  call = oldCall()
  await admit(capture.db, call)
})

/** Each of the statements as capture's database role, whether or not it is refused. */
async function attempt(statements: readonly string[]): Promise<void> {
  for (const statement of statements) await capture.pool.query(statement).catch(() => undefined)
}

test.each<[what: string, statements: readonly string[]]>([
  [
    'is handed to another official, its end moved to now first',
    [
      'update segment set ended_at = now()',
      'update segment set ended_at = null',
      `update segment set official_person_id = gen_random_uuid(), official_phone = '+358295121009'`,
    ],
  ],
  [
    'is handed to another official, by an end that is said to be inferred',
    [
      `update segment set marks = '{end-inferred}'`,
      'update contact set end_inferred = true',
      `select complete_fed_segment(id, contact_started_at, jsonb_build_object('ended_at', now())) from segment`,
      'update segment set ended_at = now()',
      `update segment set official_person_id = gen_random_uuid(), official_phone = '+358295121009'`,
    ],
  ],
  ['is kept as one that goes on', [`update recording set state = 'CAPTURING'`]],
  ['has its recording destroyed at the floor', ['update recording set destroy_at = min_keep_until']],
  [
    'has its recording kept beyond its term',
    [
      `update recording set destroy_at = now() + interval '4 months'`,
      'update recording set call_ended_at = now()',
      `update recording set min_keep_until = now() + interval '3 months'`,
      `update recording set expiry_month = '2099-01-01'`,
    ],
  ],
  ['has another digest and size', [`update recording set sha256 = '\\x00'`, 'update recording set size_bytes = 1']],
  [
    'has another end, or a history that is kept longer',
    [
      'update contact set ended_at = now()',
      'update contact set ended_at = null, history_ends_at = null',
      `update contact set history_ends_at = started_at + interval '14 months 20 days'`,
      `update contact set trunk = 'trunk:another'`,
    ],
  ],
])('a call that is over never %s', async (_what, statements) => {
  const before = await held()
  await attempt(statements)
  expect(await held()).toEqual(before)
})

test('a call that is over gets no later end by another part of it', async () => {
  call = oldCall(Temporal.Now.instant().subtract({ hours: 24 * 20 }))
  await admit(capture.db, call)
  const before = await held()
  const now = Temporal.Now.instant()
  const part = { ...call, segmentId: randomUUID(), answeredAt: now.subtract({ minutes: 1 }) }
  await admit(capture.db, { ...part, endedAt: now, recording: recordingFacts() }).catch(() => undefined)
  const after = await held()
  for (const end of ['history_ends_at', 'destroy_at'] as const) {
    expect(Date.parse(after[end]) - Date.parse(before[end]), end).toBeLessThan(25 * 3_600_000)
  }
})

test('a call that is over and had no caller gets none', async () => {
  const unknown = { kind: 'unparsed', key: null, raw: null } as const
  const caller = async (id: string) =>
    (await owner.query('select caller_kind, caller_key from contact where id = $1', [id])).rows
  const now = Temporal.Now.instant()
  for (const { startedAt, isOver } of [
    { startedAt: eightyDaysAgo, isOver: true },
    { startedAt: now.subtract({ hours: 1 }), isOver: false },
  ]) {
    const { recording: _, ...one } = { ...oldCall(startedAt), caller: unknown }
    await admit(capture.db, one)
    await admit(capture.db, { ...one, caller: callFacts().caller })
    const [told] = await caller(one.contactId)
    expect(told, `over: ${isOver}`).toMatchObject(
      isOver ? { caller_key: null } : { caller_key: callFacts().caller.key },
    )
  }
})

test('facts of a call that is over come in again and change nothing of it', async () => {
  const before = await held()
  await admit(capture.db, call)
  expect(await held()).toEqual(before)
})

test('a part that goes on is told again and has no end', async () => {
  for (const { startedAt } of [call, callFacts()]) {
    const { endedAt: _ended, ...one } = callFacts({ startedAt, answeredAt: startedAt })
    await admit(capture.db, one)
    await admit(capture.db, one)
    const { rows } = await owner.query(
      'select s.ended_at as part, c.ended_at as call from segment s join contact c on c.id = s.contact_id where s.id = $1',
      [one.segmentId],
    )
    expect(rows).toEqual([{ part: null, call: null }])
  }
})
