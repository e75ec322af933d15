// Several captures of one register: a call reported by two of them (R9, R17), its prohibition (R49), and nodes that go
// down.
import { randomUUID } from 'node:crypto'
import { beforeEach, describe, expect, test } from 'vitest'
import { createTestDatabase } from '#test/database/create-test-database.ts'
import { callFacts, colleagueOf, enterTestPerson, recordingFacts } from '#test/database/people.ts'
import { admit, type SegmentFacts } from './admit.ts'
import {
  endCallsOfSilentNodes,
  removeNode,
  recordNodeEnd,
  recordHeartbeat,
  listNodeStatuses,
  settleConferences,
} from './capture-nodes.ts'
import type { RegisterTables } from './tables.ts'

const database = await createTestDatabase<RegisterTables>()
const { db: owner, pool } = database.as()
const capture = database.as('seloste_capture').db
const clerk = await enterTestPerson(owner, database.as('seloste_desk').db, { name: 'Aino' })
let [north, south] = ['', '']

const state = { draining: false, pressures: [], sessions: 0, recordings: 0, waiting: 0, blockers: [] }
const sendHeartbeat = (id: string, name: string) =>
  recordHeartbeat(capture, { id, name, version: '1', startedAt: Temporal.Now.instant() }, state)

beforeEach(async () => {
  ;[north, south] = [randomUUID(), randomUUID()]
  await pool.query('delete from capture_node')
  await sendHeartbeat(north, 'north')
  await sendHeartbeat(south, 'south')
  // Both have sent heartbeats for a while.
  await pool.query(`update capture_node set steady_since = steady_since - interval '1 minute'`)
})

const simulateSilence = (node: string, seconds = 11) =>
  pool.query(`update capture_node set alive_at = clock_timestamp() - make_interval(secs => $2) where id = $1`, [
    node,
    seconds,
  ])

/** Returns a call in progress, and a second node's report of it. */
function callReportedTwice(): { first: SegmentFacts; second: SegmentFacts } {
  const { endedAt: _, ...ongoing } = callFacts({ official: colleagueOf(clerk) })
  const facts = (): SegmentFacts => {
    const { stored: _stored, endedAt: _ended, ...recording } = recordingFacts()
    const startedAt = Temporal.Now.instant()
    return {
      ...ongoing,
      ...{ segmentId: randomUUID(), contactId: randomUUID() },
      recording: { ...recording, id: randomUUID(), startedAt },
      captureState: 'recording',
      decision: { ...ongoing.decision, record: true },
    }
  }
  return { first: facts(), second: facts() }
}

function ended(facts: SegmentFacts, packetsReceived = 1000, more: Partial<SegmentFacts> = {}): SegmentFacts {
  const endedAt = Temporal.Now.instant()
  const stored = { sizeBytes: 1, sha256: Buffer.alloc(32), incomplete: false, packetsReceived, packetsLost: 0 }
  return { ...facts, endedAt, recording: { ...facts.recording!, endedAt, stored }, ...more }
}

const admitFrom = (facts: SegmentFacts, node: string) => admit(capture, facts, node)
async function inRegister(...all: SegmentFacts[]) {
  const { rows } = await pool.query<{ node: string; ended: boolean; state: string | null; beside: string | null }>(
    `select n.name as node, s.ended_at is not null as ended, r.state, s.beside from segment s left join recording r on r.segment_id = s.id
     left join capture_node n on n.id = s.node where s.id = any($1) order by s.seq`,
    [all.map(({ segmentId }) => segmentId)],
  )
  return rows.map(({ node, ended, state }) => [node, ended, state])
}

describe('a call that two nodes report', () => {
  test('is one contact and one segment, and the second node’s copy is deleted once the first node has reported everything', async () => {
    const { first, second } = callReportedTwice()
    const { contactId } = await admitFrom(first, north)
    expect(await admitFrom(second, south)).toEqual({ contactId, verdict: 'beside', stops: false })
    expect(await admitFrom(ended(second), south)).toMatchObject({ verdict: 'beside' })
    await admitFrom(ended(first), north)
    expect(await admitFrom(ended(second), south)).toEqual({ contactId, verdict: 'told' })
    expect(await inRegister(first, second)).toEqual([['north', true, 'STORED']])
  })

  test.each<[string, (first: SegmentFacts) => Promise<unknown>]>([
    ['sends no heartbeat', () => simulateSilence(north)],
    [
      'reports an inferred end',
      (first) => admitFrom(ended(first, 1000, { endInferred: true, marks: ['end-inferred'] }), north),
    ],
    ['recorded less of the call', (first) => admitFrom(ended(first, 700), north)],
    ['could not store the whole recording', (first) => admitFrom(incomplete(ended(first)), north)],
  ])('keeps the second node’s recording if the first node %s', async (_what, event) => {
    const { first, second } = callReportedTwice()
    await admitFrom(first, north)
    await admitFrom(second, south)
    await event(first)
    expect(await admitFrom(ended(second), south)).toMatchObject({ verdict: 'entered' })
    const { rows } = await pool.query('select beside from segment where id = $1', [second.segmentId])
    expect(rows).toEqual([{ beside: first.segmentId }])
    expect(await inRegister(second)).toEqual([['south', true, 'STORED']])
  })

  const voice = (track: 'caller' | 'official' | 'mixed') => ({
    ...{ track, codec: 'PCMA' as const, expected: 500, lost: 0, lostMs: 0, late: 0, duplicates: 0, stalledMs: 0 },
    ...{ firstMs: 0, lastMs: 9_980, jitterMs: 0, worstJitterMs: 0, senderReports: 0 },
  })
  function withVoices(facts: SegmentFacts, ...tracks: ('caller' | 'official' | 'mixed')[]): SegmentFacts {
    const stored = { ...facts.recording!.stored!, reception: { client: '', streams: tracks.map(voice), lostMs: 0 } }
    return { ...facts, recording: { ...facts.recording!, stored } }
  }
  const marksOf = async (...all: SegmentFacts[]) =>
    (
      await pool.query<{ marks: string[] }>('select marks from segment where id = any($1) order by seq', [
        all.map(({ segmentId }) => segmentId),
      ])
    ).rows.map(({ marks }) => marks)

  test('keeps both nodes’ recordings, for review, if each has another voice', async () => {
    const { first, second } = callReportedTwice()
    await admitFrom(first, north)
    await admitFrom(second, south)
    await admitFrom(withVoices(ended(first), 'official'), north)
    const half = withVoices(ended(second), 'caller')
    expect(await admitFrom(half, south)).toMatchObject({ verdict: 'entered' })
    // Also when the second node reports it again.
    expect(await admitFrom(half, south)).toMatchObject({ verdict: 'entered' })
    expect(await marksOf(first, second)).toEqual([['needs-review'], ['needs-review']])
    expect(await inRegister(first, second)).toEqual([
      ['north', true, 'STORED'],
      ['south', true, 'STORED'],
    ])
  })

  test.each([
    [['caller', 'official'], ['caller']],
    [['mixed'], ['caller', 'official']],
    [['caller', 'official'], ['mixed']],
  ] as const)(
    'whose first node has the voices %j needs no second recording with %j',
    async (firstVoices, secondVoices) => {
      const { first, second } = callReportedTwice()
      await admitFrom(first, north)
      await admitFrom(withVoices(ended(first), ...firstVoices), north)
      expect(await admitFrom(withVoices(ended(second), ...secondVoices), south)).toMatchObject({ verdict: 'told' })
      expect(await marksOf(first)).toEqual([[]])
    },
  )

  test('is marked if only the second node’s client reports that the network refutes the caller’s number', async () => {
    const { first, second } = callReportedTwice()
    await admitFrom(first, north)
    await admitFrom({ ...second, marks: ['caller-unverified'] }, south)
    expect(await marksOf(first)).toEqual([['caller-unverified']])
    await admitFrom(ended(first), north)
    expect(await admitFrom(ended({ ...second, marks: ['caller-unverified'] }), south)).toMatchObject({
      verdict: 'told',
    })
    expect(await marksOf(first)).toEqual([['caller-unverified']])
  })

  test('is a new segment if the second node reports it some time after the first has ended', async () => {
    const { first, second } = callReportedTwice()
    await admitFrom(first, north)
    await admitFrom(second, south)
    const past = Temporal.Now.instant().subtract({ seconds: 6 })
    await admitFrom(ended({ ...first, startedAt: first.startedAt.subtract({ seconds: 9 }) }), north)
    expect(await admitFrom(second, south)).toMatchObject({ verdict: 'beside' })
    await pool.query('update segment set ended_at = $2 where id = $1', [first.segmentId, past.toString()])
    await pool.query("update recording set started_at = started_at - interval '9 seconds' where segment_id = $1", [
      first.segmentId,
    ])
    expect(
      await admitFrom(
        { ...second, recording: { ...second.recording!, startedAt: past.subtract({ seconds: 1 }) } },
        south,
      ),
    ).toMatchObject({ verdict: 'entered' })
  })

  test('with another official, or at another number, is another call', async () => {
    const { first, second } = callReportedTwice()
    await admitFrom(first, north)
    const other = { ...second, official: { name: 'Muu', phone: '+358295121999' as typeof second.numberReached.key } }
    expect(await admitFrom(other, south)).toMatchObject({ verdict: 'entered' })
    expect(await inRegister(first, other)).toEqual([
      ['north', false, 'CAPTURING'],
      ['south', false, 'CAPTURING'],
    ])
  })

  describe('whose number is reported by one node only', () => {
    function makeFacts(): { known: SegmentFacts; unreported: SegmentFacts } {
      const { first, second } = callReportedTwice()
      const unknown = 'unknown' as typeof second.numberReached.key
      const { recording: _none, ...rest } = second
      return {
        known: first,
        unreported: {
          ...rest,
          ...{ numberCalled: { key: unknown, kind: 'UNKNOWN' }, numberReached: { key: unknown } },
          ...{ decision: { record: false, reason: 'unknown-number' }, captureState: 'not-recorded' },
          ...{ marks: ['unknown-number'], endedAt: Temporal.Now.instant().add({ milliseconds: 1 }) },
        },
      }
    }
    const parts = async ({ contactId }: { contactId: string }) => {
      const { rows } = await pool.query<Record<string, string>>(
        `select c.number_called as called, s.number_reached as reached, s.decision_reason as reason, n.name as node
         from contact c join segment s on s.contact_id = c.id join capture_node n on n.id = s.node where c.id = $1 order by s.seq`,
        [contactId],
      )
      return rows
    }
    const knownPart = { called: '+35829497000', reached: '+35829497000', reason: 'not-drawn', node: 'north' }

    test('by the first node: the second enters nothing, and deletes its copy once the first has reported everything', async () => {
      const { known, unreported } = makeFacts()
      const admitted = await admitFrom(known, north)
      expect(await admitFrom(unreported, south)).toEqual({ ...admitted, verdict: 'beside', stops: false })
      await admitFrom(ended(known), north)
      expect(await admitFrom(unreported, south)).toEqual({ contactId: admitted.contactId, verdict: 'told' })
      expect(await parts(admitted)).toEqual([knownPart])
    })

    test('by the second node, after the first has reported everything: both segments stay', async () => {
      const { known, unreported } = makeFacts()
      const admitted = await admitFrom(unreported, south)
      expect(await admitFrom(known, north)).toEqual(admitted)
      const before = { called: '+35829497000', reached: 'unknown', reason: 'unknown-number', node: 'south' }
      expect(await parts(admitted)).toEqual([before, knownPart])
    })

    test('by the second node, and with another official: it is another segment of the call', async () => {
      const { known, unreported } = makeFacts()
      const other = { name: 'Muu', phone: '+358295121999' as typeof known.numberReached.key }
      const admitted = await admitFrom({ ...unreported, official: other }, south)
      expect(await admitFrom(known, north)).toEqual(admitted)
      expect((await parts(admitted)).map(({ node }) => node)).toEqual(['south', 'north'])
    })
  })

  test('is entered by the same node as before, and not by a node that was disconnected itself', async () => {
    const { first, second } = callReportedTwice()
    await admitFrom(first, north)
    await simulateSilence(north)
    // The database was unreachable: south has not been steady long enough to report north as down.
    await pool.query('update capture_node set steady_since = clock_timestamp() where id = $1', [south])
    expect(await admitFrom(second, south)).toMatchObject({ verdict: 'beside' })
    expect(
      await admitFrom(
        { ...second, segmentId: randomUUID(), recording: { ...second.recording!, id: randomUUID() } },
        north,
      ),
    ).toMatchObject({ verdict: 'entered' })
  })
})

describe('a call whose sessions at two nodes have different officials', () => {
  const shared = async (node: string, activity: { speaking?: string[]; silent?: string[] } = {}) => {
    const parts = await settleConferences(capture, node, { speaking: [], silent: [], ...activity })
    return parts.map(({ segmentId, isShared }) => [segmentId, isShared])
  }
  async function conference(): Promise<{ atNorth: SegmentFacts; atSouth: SegmentFacts }> {
    const { first, second } = callReportedTwice()
    const bertil = await enterTestPerson(owner, database.as('seloste_desk').db, { name: 'Bertil' })
    const one = { ...first, official: { ...first.official!, personId: clerk.id } }
    const other = {
      ...second,
      official: { ...second.official!, personId: bertil.id, phone: '+358295121003' as never },
    }
    await admitFrom(one, north)
    await admitFrom(other, south)
    return { atNorth: one, atSouth: other }
  }

  test('is a conference at both while both officials speak with the caller', async () => {
    const { atNorth, atSouth } = await conference()
    const [northId, southId] = [atNorth.segmentId, atSouth.segmentId]
    // South does not report its session as speaking until the client has acknowledged it, and such a session stops no recording.
    expect(await shared(north, { speaking: [northId] })).toEqual([[northId, false]])
    expect(await shared(south, { silent: [southId] })).toEqual([[southId, true]])
    expect(await shared(north)).toEqual([[northId, false]])
    await shared(south, { speaking: [southId] })
    expect(await shared(north)).toEqual([[northId, true]])
    await shared(south, { silent: [southId] })
    expect(await shared(north)).toEqual([[northId, false]])
    await shared(south, { speaking: [southId] })
    await admitFrom(ended(atSouth), south)
    expect([await shared(north), await shared(south)]).toEqual([[[northId, false]], []])
    await admitFrom(ended(atNorth), north)
    expect(await shared(north)).toEqual([])
  })

  test('is marked for review if one of them is not in the directory, who may be the other under another number', async () => {
    const { first, second } = callReportedTwice()
    const one = { ...first, official: { ...first.official!, personId: clerk.id } }
    await admitFrom(one, north)
    await admitFrom({ ...second, official: { name: 'Muu', phone: '+358295121999' as never } }, south)
    await admitFrom(ended(one), north)
    const { rows } = await pool.query('select marks from segment where id = $1', [one.segmentId])
    expect(rows).toEqual([{ marks: ['needs-review'] }])
  })

  test('is no longer a conference once the other node is down', async () => {
    const { atNorth, atSouth } = await conference()
    await shared(south, { speaking: [atSouth.segmentId] })
    expect(await shared(north, { speaking: [atNorth.segmentId] })).toEqual([[atNorth.segmentId, true]])
    await simulateSilence(south)
    expect(await shared(north)).toEqual([[atNorth.segmentId, false]])
    await removeNode(owner, south)
    expect(await shared(south)).toEqual([])
  })
})

describe('a prohibition of a call that two nodes report (R49)', () => {
  const forbid = (facts: SegmentFacts) =>
    pool.query(`insert into prohibition (recording_id, party, channel, entered_by) values ($1, 'CALLER', 'CALL', $2)`, [
      facts.recording!.id,
      clerk.id,
    ])
  const states = async (...all: SegmentFacts[]) => {
    const { rows } = await pool.query<{ id: string; state: string }>(
      'select id, state from recording where id = any($1)',
      [all.map(({ recording }) => recording!.id)],
    )
    return new Map(rows.map(({ id, state }) => [id, state]))
  }

  test('stops a node whose copy is pending, and the register gets nothing of that copy', async () => {
    const { first, second } = callReportedTwice()
    await admitFrom(first, north)
    await admitFrom(second, south)
    await forbid(first)
    await pool.query('select settle_recording($1)', [first.recording!.id])
    expect(await admitFrom(second, south)).toMatchObject({ verdict: 'beside', stops: true })
    await admitFrom({ ...ended(first), recording: { ...first.recording!, gone: true } }, north)
    expect(await admitFrom({ ...ended(second), recording: { ...second.recording!, gone: true } }, south)).toMatchObject(
      {
        verdict: 'told',
      },
    )
  })

  test('applies to both recordings if both were kept', async () => {
    for (const which of ['first', 'second'] as const) {
      const both = callReportedTwice()
      await admitFrom(both.first, north)
      await simulateSilence(north)
      await admitFrom(both.second, south)
      await sendHeartbeat(north, 'north')
      await admitFrom(ended(both.first, 900, { endInferred: true, marks: ['end-inferred'] }), north)
      await admitFrom(ended(both.second), south)
      await forbid(both[which])
      await pool.query('select settle_recording($1)', [both[which].recording!.id])
      expect([...(await states(both.first, both.second)).values()]).toEqual(['DESTROYING', 'DESTROYING'])
    }
    const { rows } = await pool.query(
      `select count(*)::int as entries from audit_entry where action = 'recording.forbidden' and detail ? 'as'`,
    )
    expect(rows).toEqual([{ entries: 2 }])
  })

  test('stays in force if the call reaches another node', async () => {
    const { first, second } = callReportedTwice()
    await admitFrom(first, north)
    await forbid(first)
    await admitFrom({ ...ended(first), recording: { ...first.recording!, gone: true } }, north)
    const later = Temporal.Now.instant().add({ seconds: 1 })
    const again = { ...second, recording: { ...second.recording!, startedAt: later } }
    expect(await admitFrom(again, south)).toMatchObject({ verdict: 'entered' })
    expect((await states(again)).get(again.recording.id)).toBe('DESTROYING')
  })
})

describe('a node that goes down', () => {
  test('has its calls ended at its last heartbeat after a quarter of an hour, and reports the rest when it returns', async () => {
    const { first } = callReportedTwice()
    const { contactId } = await admitFrom(first, north)
    await simulateSilence(north, 14 * 60)
    expect(await endCallsOfSilentNodes(capture, south)).toBe(0)
    await simulateSilence(north, 16 * 60)
    // The last heartbeat was before the answer: the end is not before the answer.
    expect(await endCallsOfSilentNodes(capture, north)).toBe(0)
    expect(await endCallsOfSilentNodes(capture, south)).toBe(1)
    const read = async () => {
      const { rows } = await pool.query(
        `select c.end_inferred as inferred, s.marks, r.state, c.history_ends_at is not null as has_term from contact c join segment s on s.contact_id = c.id join recording r on r.segment_id = s.id where c.id = $1`,
        [contactId],
      )
      return rows as unknown[]
    }
    expect(await read()).toEqual([{ inferred: true, marks: ['end-inferred'], state: 'CAPTURING', has_term: true }])
    await sendHeartbeat(north, 'north')
    await admitFrom(ended(first), north)
    expect(await read()).toEqual([{ inferred: false, marks: [], state: 'STORED', has_term: true }])
  })

  test('keeps its calls while it drains with a program before 1.0.0', async () => {
    const { first } = callReportedTwice()
    await admitFrom(first, north)
    await simulateSilence(north, 16 * 60)
    const before = `select capture_node_lives($1, 'north', '0.9', now(), $2)`
    await database.as('seloste_capture').pool.query(before, [north, state])
    expect(await endCallsOfSilentNodes(capture, south)).toBe(0)
    await database.as('seloste_capture').pool.query('select capture_node_ends($1, 1)', [north])
    expect(await listNodeStatuses(owner)).toMatchObject([
      { name: 'north', state: 'ended', openCalls: 1 },
      { name: 'south' },
    ])
  })

  test('is listed as down until somebody removes it, and a node that has ended is listed as ended', async () => {
    const { first } = callReportedTwice()
    await admitFrom(first, north)
    await simulateSilence(north)
    await recordNodeEnd(capture, south, 0)
    const list = async () =>
      (await listNodeStatuses(owner)).map(({ name, state, openCalls }) => ({ name, state, openCalls }))
    expect(await list()).toEqual([
      { name: 'north', state: 'silent', openCalls: 1 },
      { name: 'south', state: 'ended', openCalls: 0 },
    ])
    expect(await removeNode(owner, north)).toBe(1)
    expect(await list()).toEqual([{ name: 'south', state: 'ended', openCalls: 0 }])
    await expect(listNodeStatuses(capture)).rejects.toThrow('permission denied')
  })

  test('is marked as sharing its name only while another live node has that name', async () => {
    const sharing = async () =>
      (await listNodeStatuses(owner)).flatMap(({ id, sharesName }) => (sharesName ? [id] : []))
    expect(await sharing()).toEqual([])
    await sendHeartbeat(south, 'north')
    expect((await sharing()).sort()).toEqual([north, south].sort())
    await simulateSilence(north)
    expect(await sharing()).toEqual([])
    await sendHeartbeat(north, 'north')
    await recordNodeEnd(capture, south, 0)
    expect(await sharing()).toEqual([])
  })
})

function incomplete(facts: SegmentFacts): SegmentFacts {
  const { stored, ...recording } = facts.recording!
  return { ...facts, recording: { ...recording, stored: { ...stored!, incomplete: true } } }
}
