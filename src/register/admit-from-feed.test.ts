import { randomUUID } from 'node:crypto'
import { sql, type Kysely } from 'kysely'
import { expect, test } from 'vitest'
import { createTestDatabase } from '#test/database/create-test-database.ts'
import { callFacts, phone } from '#test/database/people.ts'
import { admitFromFeed, admitNewFromFeed } from './admit-from-feed.ts'
import { admit, type SegmentFacts } from './admit.ts'
import type { RegisterTables } from './tables.ts'

const [batched, single] = [await createTestDatabase<RegisterTables>(), await createTestDatabase<RegisterTables>()]
const capture = batched.as('seloste_capture').db

let callers = 2000
function call(changed: Partial<SegmentFacts> = {}, minutesAgo = 60): SegmentFacts {
  const startedAt = Temporal.Now.instant().subtract({ minutes: minutesAgo })
  return callFacts({
    ...{ startedAt, answeredAt: startedAt.add({ seconds: 20 }), endedAt: startedAt.add({ minutes: 5 }) },
    caller: { kind: 'e164', key: phone(`040 777 ${callers++}`), raw: '040' },
    numberCalled: {
      key: phone('029 497 000'),
      kind: 'NATIONAL_SERVICE',
      name: { fi: 'Numero', sv: 'Nummer', en: 'Number' },
    },
    official: { name: 'Aino Virtanen', phone: phone('029 512 1001'), personId: randomUUID(), unitId: randomUUID() },
    ...changed,
  })
}

/** A segment of the same call, by another official. */
function nextSegmentOf(first: SegmentFacts): SegmentFacts {
  const answeredAt = first.endedAt!
  return { ...first, segmentId: randomUUID(), answeredAt, endedAt: answeredAt.add({ minutes: 2 }) }
}

/** Returns everything that calls of a feed leave in the register. */
async function registerContent(db: Kysely<RegisterTables>): Promise<unknown> {
  const { rows } = await sql<{ held: unknown }>`select jsonb_build_object(
    'contacts', (select jsonb_agg(to_jsonb(c) - 'admitted_at' order by id) from contact c),
    'segments', (select jsonb_agg(to_jsonb(s) order by id) from segment s),
    'ids', (select jsonb_agg(to_jsonb(i) order by external_id_hash) from call_identity i),
    'told', (select jsonb_agg(to_jsonb(f) - 'told_at' order by segment_id) from fed_segment f),
    'log', (select jsonb_agg(to_jsonb(e) - '{seq,at,salt}'::text[] order by object_id) from audit_entry e),
    'studies', (select count(distinct contact_id) from study_told),
    'officials', (select jsonb_agg(to_jsonb(o) - 'id' order by person_id) from official_named o)) as held`.execute(db)
  return rows[0]!.held
}

test('calls that a feed reports together are entered as if each had been reported alone', async () => {
  const transferred = call()
  const drawn = {
    record: true,
    reason: 'drawn',
    ruleId: 'r',
    ruleVersion: 2,
    share: 0.1,
    draw: 0.05,
    descriptionVersion: 1,
    drawnOn: 'ab'.repeat(32),
  }
  const calls = [
    [call()],
    [transferred, nextSegmentOf(transferred)],
    [call({ answeredAt: undefined, official: undefined, decision: { record: false, reason: 'not-answered' } })],
    [call({ caller: { kind: 'withheld', key: null, raw: null }, marks: ['needs-review'] })],
    [call({ caller: { kind: 'unparsed', key: null, raw: 'x'.repeat(80) } })],
    [call({ numberReached: { key: phone('029 497 010') } })],
    [call({ decision: drawn, callIds: ['ucid:1', 'ucid:2'] }, 60 * 24 * 40)],
  ]
  expect([...(await admitNewFromFeed(capture, 'exchange', calls))]).toEqual([0, 1, 2, 3, 4, 5, 6])
  for (const segments of calls) await admitFromFeed(single.as('seloste_capture').db, 'exchange', segments)
  expect(await registerContent(batched.as().db)).toEqual(await registerContent(single.as().db))
})

test('calls that are, or might be, in the register are left to the query for one call', async () => {
  const [known, recorded, duplicate] = [call(), call(), call()]
  await admitFromFeed(capture, 'exchange', [known])
  // The call as a recording client reports it, with its own ids.
  await admit(capture, {
    ...recorded,
    callIds: ['sip:of-the-client'],
    contactId: randomUUID(),
    segmentId: randomUUID(),
  })
  const calls = [[known], [recorded], [duplicate], [{ ...call(), callIds: duplicate.callIds }], [call()]]
  expect([...(await admitNewFromFeed(capture, 'exchange', calls))]).toEqual([4])
})

test('counted days are counted again if a feed reports calls in them, and others are not', async () => {
  const owner = batched.as().db
  await sql`insert into history_day (day, counted_at)
    select helsinki_day(now() - d * interval '1 day'), now() from unnest(array[50, 55, 60]) d`.execute(owner)
  const calls = [50, 60, 60].map((daysAgo) => [call({}, 60 * 24 * daysAgo)])
  expect((await admitNewFromFeed(capture, 'exchange', [...calls, [call()]])).size).toBe(4)
  const { rows } = await sql<{ ago: number }>`select d.ago from unnest(array[50, 55, 60]) d(ago)
    join history_day h on h.day = helsinki_day(now() - d.ago * interval '1 day') where h.counted_at is not null`.execute(
    owner,
  )
  expect(rows).toEqual([{ ago: 55 }])
})
