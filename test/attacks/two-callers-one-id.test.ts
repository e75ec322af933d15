/**
 * Promise: nobody's call reaches another caller's contact (R9, R43, R44, R46). The attack: a call with the ids of
 * somebody else's, reported by another capture node or by a feed (docs/decisions/0111).
 */
import { randomUUID } from 'node:crypto'
import { beforeEach, describe, expect, test } from 'vitest'
import { hashCallId } from '#description/draw.ts'
import { admitFromFeed, admitNewFromFeed } from '#register/admit-from-feed.ts'
import { admit, type SegmentFacts } from '#register/admit.ts'
import type { RegisterTables } from '#register/tables.ts'
import { createTestDatabase } from '#test/database/create-test-database.ts'
import { callFacts, phone, recordingOf } from '#test/database/people.ts'

const database = await createTestDatabase<RegisterTables>()
const owner = database.as().pool
const capture = database.as('seloste_capture')
const [node, otherNode] = [randomUUID(), randomUUID()]
const [aino, bertil, unlisted] = [phone('029 512 1001'), phone('029 512 1002'), phone('029 512 9999')]
const withheld: SegmentFacts['caller'] = { kind: 'withheld', key: null, raw: null }
const unreported: SegmentFacts['caller'] = { kind: 'unparsed', key: null, raw: null }
const called = (written: string): SegmentFacts['caller'] => ({ kind: 'e164', key: phone(written), raw: null })
const [victim, stranger] = [called('040 123 4567'), called('050 999 8877')]

let id = ''
const noon = Temporal.Now.instant().subtract({ hours: 2 }).round('second')
beforeEach(async () => {
  id = `sipSessionId:${randomUUID()}`
  await owner.query('set session_replication_role = replica')
  await owner.query('truncate contact, segment, recording, call_identity, fed_segment, feed, capture_node cascade')
  await owner.query('set session_replication_role = default')
  await owner.query("select setval('late_question_count', 1), setval('fed_question_count', 1)")
})

/** Call of ten minutes that starts this many minutes after noon. */
function callOf(caller: SegmentFacts['caller'], minute: number, changes: Partial<SegmentFacts> = {}): SegmentFacts {
  const startedAt = noon.add({ minutes: minute })
  const times = { startedAt, answeredAt: startedAt.add({ seconds: 20 }), endedAt: startedAt.add({ minutes: 10 }) }
  return callFacts({
    ...{ trunk: 'trunk:border', callIds: [id], caller, official: { name: 'Aino Asiamies', phone: aino }, ...times },
    ...changes,
  })
}

const fedOf = (call: SegmentFacts, changes: Partial<SegmentFacts> = {}): SegmentFacts => ({
  ...call,
  trunk: undefined,
  recording: undefined,
  contactId: randomUUID(),
  segmentId: randomUUID(),
  callIds: [...call.callIds, `cdr:${randomUUID()}`],
  decision: { record: true, reason: 'drawn', ruleId: 'r', ruleVersion: 1, share: 1, draw: 0 },
  ...changes,
})

async function enterSegment(facts: SegmentFacts, by = node): Promise<string> {
  return (await admit(capture.db, facts, by)).contactId
}

interface Part {
  contact: string
  caller: string | null
  marks: string[]
  failure: string | null
}
async function partsOf(...facts: SegmentFacts[]): Promise<Part[]> {
  const { rows } = await owner.query<Part & { id: string }>(
    `select s.id, s.contact_id as contact, c.caller_key as caller, s.marks, s.capture_failure as failure
     from segment s join contact c on c.id = s.contact_id and c.started_at = s.contact_started_at`,
  )
  return facts.map(({ segmentId }) => {
    const [part, ...more] = rows.filter((row) => row.id === segmentId)
    expect(more).toEqual([])
    return part!
  })
}

describe('reported by another node, which does not know the first call', () => {
  test.each([
    ['hours later', stranger, 60],
    ['at the same time', stranger, 2],
    ['at the same instant', stranger, 0],
    ['with a withheld number', withheld, 2],
  ])(
    'a call under the first call’s id, %s, gets a contact of its own for review, however often either call is reported',
    async (_, other, at) => {
      const own = callOf(victim, 0)
      const strange = callOf(other, at, { official: { name: 'Bertil', phone: bertil } })
      const reports = [own, strange].flatMap((facts) => [
        { ...facts, endedAt: undefined },
        facts,
        { ...facts, recording: recordingOf(facts) },
      ])
      for (const [index, facts] of reports.entries()) {
        await enterSegment(facts, index < 3 ? node : otherNode)
        // The first call continues to be reported.
        if (index > 2) await enterSegment(own)
      }
      const [first, second] = await partsOf(own, strange)
      expect(first).toMatchObject({ contact: own.contactId, caller: victim.key, marks: [] })
      expect(second).toMatchObject({ contact: strange.contactId, caller: other.key, marks: ['needs-review'] })

      const transferred = callOf(victim, 10, { official: { name: 'Bertil', phone: bertil } })
      const strangers = callOf(other, at + 10)
      await enterSegment(transferred, otherNode)
      await enterSegment(strangers, node)
      expect(await partsOf(transferred, strangers)).toMatchObject([
        { contact: own.contactId, marks: [] },
        { contact: strange.contactId, marks: [] },
      ])
      expect((await owner.query('select id from contact')).rowCount).toBe(2)
    },
  )

  test.each([
    ['whose number is withheld in both', withheld, withheld],
    ['missing in the first report', unreported, victim],
    ['missing in the second report', victim, unreported],
  ])(
    'a transferred call of a caller %s is one contact, and a call under its id hours later belongs to it only if the first report had no caller',
    async (_, before, after) => {
      const [own, transferred, later] = [callOf(before, 0), callOf(after, 10), callOf(after, 60)]
      for (const facts of [own, transferred, later]) await enterSegment(facts, facts === own ? node : otherNode)
      const parts = await partsOf(own, transferred, later)
      expect(parts.map(({ contact }) => contact === own.contactId)).toEqual([true, true, before === unreported])
      expect(parts[1]?.marks).toEqual([])
      expect(parts[2]?.marks).toEqual(before === unreported ? [] : ['needs-review'])
    },
  )

  test('a call transferred by an official missing from the directory, who is reported as its caller, is one contact', async () => {
    const own = callOf(victim, 0, { official: { name: 'Jokunen', phone: unlisted } })
    const transferred = callOf({ kind: 'e164', key: unlisted, raw: null }, 9)
    await enterSegment(own)
    await enterSegment(transferred, otherNode)
    expect(await partsOf(own, transferred)).toMatchObject([{ contact: own.contactId }, { contact: own.contactId }])
  })
})

test('a call at another node whose caller shows the number of the first call’s unlisted official is not its duplicate, and is marked for review', async () => {
  const withoutOfficial = { official: undefined, decision: { record: true, reason: 'drawn' } }
  const own = callOf(victim, 0, { official: { name: 'Jokunen', phone: unlisted }, decision: withoutOfficial.decision })
  const strange = callOf({ kind: 'e164', key: unlisted, raw: null }, 1, { ...withoutOfficial, endedAt: own.endedAt })
  const continued = (facts: SegmentFacts) => ({
    ...facts,
    endedAt: undefined,
    recording: { ...recordingOf(facts), id: facts.segmentId, stored: undefined, endedAt: undefined },
  })
  const ended = (facts: SegmentFacts) => ({ ...facts, recording: recordingOf(facts, { id: facts.segmentId }) })
  const verdicts = []
  for (const [facts, by] of [
    [continued(own), node],
    [continued(strange), otherNode],
    [ended(own), node],
    [ended(strange), otherNode],
  ] as const)
    verdicts.push((await admit(capture.db, facts, by)).verdict)
  expect(verdicts).toEqual(['entered', 'entered', 'entered', 'entered'])
  expect(await partsOf(own, strange)).toMatchObject([{ marks: [] }, { marks: ['needs-review'] }])
})

test('a call reported by two nodes is compared by its caller once, and not at each repeated report', async () => {
  const own = { ...callOf(victim, 0), endedAt: undefined }
  const again = { ...callOf(victim, 0), startedAt: own.startedAt.add({ seconds: 1 }), endedAt: undefined }
  await enterSegment(own)
  expect(await admit(capture.db, again, otherNode)).toMatchObject({ verdict: 'beside', contactId: own.contactId })
  const counted = async () => (await owner.query('select last_value as n from late_question_count')).rows
  const before = await counted()
  for (let n = 0; n < 3; n++)
    expect(await admit(capture.db, { ...again, contactId: own.contactId }, otherNode)).toMatchObject({
      verdict: 'beside',
    })
  expect(await counted()).toEqual(before)
})

test('a segment that its node assigns to a call belongs to it, whoever is reported as its caller', async () => {
  const own = callOf(victim, 0)
  await enterSegment(own)
  const joined = callOf(stranger, 5, { contactId: own.contactId, startedAt: own.startedAt })
  expect(await enterSegment(joined)).toBe(own.contactId)
})

test('guessing a call’s caller by its id is rate limited', async () => {
  await enterSegment(callOf(victim, 0))
  // Simulates earlier queries, after which 100 are left, and 50 more each second.
  await owner.query(`select setval('late_question_count', (extract(epoch from clock_timestamp()) * 50)::bigint - 100)`)
  let refused: unknown
  let request = 0
  for (let round = 0; round < 40 && refused === undefined; round++) {
    const client = await capture.pool.connect()
    try {
      await client.query('begin')
      await client.query(
        `select m.call from generate_series(1, 1000) n, match_by_ids(jsonb_populate_record(null::told_part, jsonb_build_object(
          'ids', $1::jsonb, 'started_at', $2::text, 'caller_kind', 'e164', 'caller_key', '+35840' || lpad(n::text, 7, '0'))), 'trunk:border', false) m`,
        [JSON.stringify([hashCallId(id)]), noon.toString()],
      )
      request += 1000
    } catch (error) {
      refused = (error as { code: string }).code
    } finally {
      await client.query('rollback')
      client.release()
    }
  }
  expect(refused).toBe('SL003')
  expect(request).toBeLessThan(10_000)
})

describe('records of a feed under one call id', () => {
  const reported = (facts: SegmentFacts) => admitFromFeed(capture.db, 'exchange', [facts])

  test('are each matched to their caller’s contact', async () => {
    const [own, strange] = [callOf(victim, 0), callOf(stranger, 2)]
    await enterSegment(own)
    await enterSegment(strange, otherNode)
    expect([...(await admitNewFromFeed(capture.db, 'exchange', [[fedOf(own)], [fedOf(strange)]]))]).toEqual([])
    for (const call of [strange, own]) expect(await reported(fedOf(call))).toEqual({ added: 0, known: 1 })
    const { rows } = await owner.query('select contact_id, segment_id from fed_segment order by answered_at')
    expect(rows).toEqual(
      [own, strange].map(({ contactId, segmentId }) => ({ contact_id: contactId, segment_id: segmentId })),
    )
  })

  test('add a further segment to its caller’s contact', async () => {
    const [own, strange] = [callOf(victim, 0), callOf(stranger, 2)]
    await enterSegment(own)
    await enterSegment(strange, otherNode)
    const [first, further] = [
      fedOf(strange),
      fedOf(callOf(stranger, 12, { official: { name: 'Bertil', phone: bertil } })),
    ]
    await admitFromFeed(capture.db, 'exchange', [
      first,
      { ...further, callIds: first.callIds, startedAt: first.startedAt },
    ])
    expect(await partsOf(further)).toMatchObject([{ contact: strange.contactId }])
  })

  test('a record of another caller gets a contact of its own, for review and marked as not joined', async () => {
    const own = callOf(victim, 0)
    await enterSegment(own)
    for (const [at, other] of [stranger, called('044 555 6666')].entries()) {
      const record = fedOf(callOf(other, at + 1))
      expect(await reported(record)).toEqual({ added: 1, known: 0 })
      expect(await partsOf(record)).toMatchObject([
        { contact: record.contactId, caller: other.key, marks: ['needs-review'], failure: 'not-joined' },
      ])
      // A repeated report changes nothing.
      expect(await reported(record)).toEqual({ added: 0, known: 1 })
    }
  })

  test.each([
    ['is matched if one call continued then', 30, 'own'],
    ['is matched to neither call if two were answered then', 0, 'none'],
  ] as const)('a record without a caller %s', async (_, apart, match) => {
    const ofBertil = { official: { name: 'Bertil', phone: bertil } }
    const [own, strange] = [callOf(withheld, 0), callOf(stranger, apart, ofBertil)]
    await enterSegment(own)
    await enterSegment(strange, otherNode)
    const record = fedOf(callOf(withheld, 0, { official: undefined }))
    expect(await reported(record)).toEqual(match === 'own' ? { added: 0, known: 1 } : { added: 1, known: 0 })
  })

  test('simultaneous calls under one id are one contact for each caller', async () => {
    const calls = [callOf(victim, 0), callOf(stranger, 3), callOf(victim, 30)].map((call) => fedOf(call))
    const added = await admitNewFromFeed(
      capture.db,
      'exchange',
      calls.map((call) => [call]),
    )
    for (const [index, call] of calls.entries()) if (!added.has(index)) await reported(call)
    const parts = await partsOf(...calls)
    expect(parts.map(({ caller }) => caller)).toEqual([victim.key, stranger.key, victim.key])
    expect(parts.map(({ contact }) => contact === parts[0]?.contact)).toEqual([true, false, true])
  })
})

describe('the caller withholds the number, and the detail record has it', () => {
  test.each([
    ['the recording client reports first', 'shared', false],
    ['the detail record comes first', 'shared', true],
    ['the recording client reports first, without a common id', 'none', false],
    ['the detail record comes first, without a common id', 'none', true],
  ] as const)('%s: one contact, without a number', async (_, ids, isFeedFirst) => {
    const own = callOf(withheld, 0)
    const fed = fedOf(callOf(victim, 0, ids === 'none' ? { callIds: [] } : {}))
    const steps = [() => enterSegment(own), () => admitFromFeed(capture.db, 'cdr', [fed])]
    for (const step of isFeedFirst ? steps.reverse() : steps) await step()
    // Both are reported again.
    for (const step of steps) await step()
    const { rows } = await owner.query('select caller_kind, caller_key, caller_raw from contact')
    expect(rows).toEqual([{ caller_kind: 'withheld', caller_key: null, caller_raw: null }])
    const { rows: parts } = await owner.query('select node, marks from segment')
    expect(parts).toEqual([{ node, marks: [] }])
  })

  test('the detail record of an unanswered call comes first: one contact, without a number', async () => {
    const unanswered = { answeredAt: undefined, official: undefined } as never
    await admitFromFeed(capture.db, 'cdr', [fedOf(callOf(victim, 0, unanswered))])
    await enterSegment(callOf(withheld, 0, unanswered))
    const { rows } = await owner.query('select caller_kind, caller_key from contact')
    expect(rows).toEqual([{ caller_kind: 'withheld', caller_key: null }])
  })

  test.each([
    ['with another official', { official: { name: 'Bertil', phone: bertil } }, 0],
    ['with the same official after the reported call', {}, 11],
  ])('a withheld call under the id of a reported one, %s, leaves that one its number', async (_, given, minute) => {
    const fed = fedOf(callOf(victim, 0))
    await admitFromFeed(capture.db, 'cdr', [fed])
    const own = callOf(withheld, minute, given)
    await enterSegment(own)
    const [reported, entered] = await partsOf(fed, own)
    expect(reported?.caller).toBe(victim.key)
    expect(entered).toMatchObject({ caller: null, marks: ['needs-review'] })
    expect(entered?.contact).not.toBe(reported?.contact)
  })

  test('a call that another client has reported with its number and another official keeps it', async () => {
    const seen = callOf(victim, 0)
    await enterSegment(seen)
    await admitFromFeed(capture.db, 'cdr', [fedOf(seen)])
    await enterSegment(callOf(withheld, 0, { official: { name: 'Bertil', phone: bertil } }), otherNode)
    expect((await partsOf(seen))[0]?.caller).toBe(victim.key)
  })
})
