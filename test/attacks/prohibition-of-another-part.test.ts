// A call with several parts, each at another capture node: an official forbids only the recording of their own
// conversation (R17, R23, R49).
import { randomUUID } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { forbidUse } from '#destruction/forbid-use.ts'
import { admit, type SegmentFacts } from '#register/admit.ts'
import { recordHeartbeat } from '#register/capture-nodes.ts'
import type { RegisterTables } from '#register/tables.ts'
import { createTestDatabase } from '#test/database/create-test-database.ts'
import { phone, recordingFacts } from '#test/database/people.ts'
import { makeTestPromises } from '#test/register/make-test-promises.ts'

const database = await createTestDatabase<RegisterTables>()
const { pool } = database.as()
const capture = database.as('seloste_capture').db
const { aino, colleague, decide } = await makeTestPromises(database)
const officials = {
  aino: { personId: aino.id, unitId: aino.unitId, name: 'Aino', phone: phone('029 512 1001') },
  kaisa: { personId: colleague.id, unitId: colleague.unitId, name: 'Kaisa', phone: phone('029 512 1002') },
}
const state = { draining: false, pressures: [], sessions: 0, recordings: 0, waiting: 0, blockers: [] }

/** Enters Kaisa's part at one node. `until`: in minutes from its start; ongoing if it is not given. */
async function kaisasPart(until?: number) {
  const startedAt = Temporal.Now.instant().subtract({ minutes: 20 })
  const { endedAt: _, ...going } = decide(true, {
    ...{ startedAt, answeredAt: startedAt.add({ seconds: 5 }), trunk: 'trunk:border', official: officials.kaisa },
  })
  const callIds = [`ucid:${randomUUID()}`]
  const part = recorded({ ...going, callIds }, going.answeredAt!, until && startedAt.add({ minutes: until }))
  const [north, south] = [randomUUID(), randomUUID()]
  await admit(capture, part, north)
  await pool.query('update recording set kept_at = now() where segment_id = $1', [part.segmentId])
  return { part, startedAt, north, south }
}

function recorded(facts: SegmentFacts, from: Temporal.Instant, to?: Temporal.Instant | 0): SegmentFacts {
  const { stored, endedAt: _, ...begun } = recordingFacts({ startedAt: from })
  if (!to) return { ...facts, recording: begun }
  return { ...facts, endedAt: to, recording: { ...begun, endedAt: to, stored: stored! } }
}

function nextPart(
  { part, startedAt }: Awaited<ReturnType<typeof kaisasPart>>,
  minute: number,
  official?: keyof typeof officials,
) {
  const { endedAt: _e, official: _o, ...rest } = part
  const answeredAt = startedAt.add({ minutes: minute })
  const next = { ...rest, segmentId: randomUUID(), answeredAt, ...(official && { official: officials[official] }) }
  return recorded(next, answeredAt)
}

async function kaisaForbids({ recording }: SegmentFacts): Promise<void> {
  const source = { party: 'OFFICIAL', channel: 'OWN_CALLS' } as const
  const forbidden = await forbidUse(database.as('seloste_desk').db, await colleague.signIn(), recording!.id, source)
  expect(forbidden).toHaveProperty('id')
}

async function forbids(part: SegmentFacts): Promise<boolean> {
  const { rows } = await pool.query('select from prohibition where recording_id = $1', [part.recording!.id])
  return rows.length > 0
}

test.each<[string, keyof typeof officials | undefined, keyof typeof officials]>([
  ['the next official, who is reported at once', 'aino', 'aino'],
  ['the next official, who is reported a moment later', undefined, 'aino'],
  ['the same official, to whom the call returned', 'kaisa', 'kaisa'],
  ['the same official, to whom the call returned, which is reported a moment later', undefined, 'kaisa'],
])('a later part of %s keeps its recording', async (_what, first, later) => {
  const call = await kaisasPart(5)
  await kaisaForbids(call.part)
  const next = nextPart(call, 6, first)
  await admit(capture, next, call.south)
  await admit(capture, { ...next, official: officials[later] }, call.south)
  expect(await forbids(next)).toBe(false)
})

test('a part that began during the forbidden one is forbidden only once the same official is reported', async () => {
  for (const later of ['aino', 'kaisa'] as const) {
    const call = await kaisasPart()
    const next = nextPart(call, 1)
    // The first node is down, so that the second node's part is entered.
    for (const id of [call.north, call.south])
      await recordHeartbeat(capture, { id, name: id, version: '1', startedAt: call.startedAt }, state)
    await pool.query(
      `update capture_node set steady_since = now() - interval '1 minute', alive_at = now() - interval '11 seconds' where id = $1`,
      [call.north],
    )
    await pool.query(`update capture_node set steady_since = now() - interval '1 minute' where id = $1`, [call.south])
    expect(await admit(capture, next, call.south)).toMatchObject({ verdict: 'entered' })
    await kaisaForbids(call.part)
    expect(await forbids(next)).toBe(false)
    await admit(capture, { ...next, official: officials[later] }, call.south)
    expect(await forbids(next)).toBe(later === 'kaisa')
  }
})

test('a node that records while the forbidden part runs continues as long as its official is not reported', async () => {
  const call = await kaisasPart()
  await kaisaForbids(call.part)
  const asked = async (official: string | undefined) => {
    const reported = {
      segmentId: randomUUID(),
      numberReached: call.part.numberReached.key,
      official,
      beganAt: call.startedAt,
      records: true,
    }
    const { rows } = await pool.query('select verdict, stops from resolve_duplicate_segment($1, $2, $3, $4)', [
      ...[call.south, call.part.contactId, call.startedAt.toString(), JSON.stringify(reported)],
    ])
    return rows as unknown[]
  }
  expect(await asked(undefined)).toEqual([{ verdict: 'beside', stops: false }])
  expect(await asked(officials.kaisa.personId)).toEqual([{ verdict: 'beside', stops: true }])
})

describe('an official’s conversation that two clients report under two numbers', () => {
  /** Enters Kaisa's part under another number. */
  async function enterUnderOtherNumber(
    { part }: Awaited<ReturnType<typeof kaisasPart>>,
    answeredAt: Temporal.Instant,
    node: string,
  ) {
    const numberReached = { key: phone('029 497 010') }
    const { endedAt: _, ...rest } = part
    const other = recorded({ ...rest, segmentId: randomUUID(), answeredAt, numberReached }, answeredAt)
    expect(await admit(capture, other, node)).toMatchObject({ verdict: 'entered' })
    return other
  }
  const prohibitions = async (...parts: SegmentFacts[]) => Promise.all(parts.map(forbids))

  test.each(['north', 'south'] as const)('is forbidden under both, at node %s', async (node) => {
    const call = await kaisasPart()
    const other = await enterUnderOtherNumber(call, call.startedAt.add({ seconds: 6 }), call[node])
    await kaisaForbids(other)
    expect(await prohibitions(call.part, other)).toEqual([true, true])
  })

  test.each(['north', 'south'] as const)('is forbidden under one reported later, at node %s', async (node) => {
    const call = await kaisasPart()
    await kaisaForbids(call.part)
    const other = await enterUnderOtherNumber(call, call.startedAt.add({ seconds: 6 }), call[node])
    expect(await prohibitions(call.part, other)).toEqual([true, true])
  })

  test('is forbidden under one that begins before the prohibition is committed, once that is stored', async () => {
    const call = await kaisasPart()
    const forbidding = await pool.connect()
    await forbidding.query('begin')
    await forbidding.query(
      `insert into prohibition (recording_id, party, channel, entered_by) values ($1, 'CALLER', 'LETTER', $2)`,
      [call.part.recording!.id, colleague.id],
    )
    const other = await enterUnderOtherNumber(call, call.startedAt.add({ seconds: 6 }), call.north)
    await forbidding.query('commit')
    forbidding.release()
    expect(await prohibitions(call.part, other)).toEqual([true, false])
    const ended = recorded(other, other.answeredAt!, call.startedAt.add({ minutes: 5 }))
    await admit(capture, { ...ended, recording: { ...ended.recording!, id: other.recording!.id } }, call.north)
    expect(await prohibitions(call.part, other)).toEqual([true, true])
  })

  test('is not forbidden with a part that the same official had before, at the same node', async () => {
    const call = await kaisasPart(4)
    const other = await enterUnderOtherNumber(call, call.startedAt.add({ minutes: 4 }), call.north)
    await kaisaForbids(other)
    expect(await prohibitions(call.part, other)).toEqual([false, true])
  })
})
