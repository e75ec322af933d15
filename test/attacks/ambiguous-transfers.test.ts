/**
 * A caller who shows another caller's number, or none, does not get the segment of the official to whom the other
 * caller's call was transferred (R9).
 */
import { sql } from 'kysely'
import { beforeEach, expect, test } from 'vitest'
import { admit, type SegmentFacts } from '#register/admit.ts'
import type { RegisterTables } from '#register/tables.ts'
import { createTestDatabase } from '#test/database/create-test-database.ts'
import { callFacts, phone, recordingFacts } from '#test/database/people.ts'
import { openTestFeed } from '#test/database/test-feed.ts'

const database = await createTestDatabase<RegisterTables>()
const [owner, capture] = [database.as().db, database.as('seloste_capture').db]
const [aino, cecilia, number] = ['0295121001', '0295121003', '029497000']
const officials = [aino, cecilia].map((own, at) => ({
  ...{ personId: `cccccccc-0000-4000-8000-00000000000${at}`, unitId: null, name: own, phoneKey: phone(own) },
  ...{ consentedFrom: null, from: Temporal.Instant.from('2020-01-01T00:00:00Z'), to: null },
}))
const { deliver, clear } = await openTestFeed(database, officials)
beforeEach(clear)

const begun = Temporal.Now.instant().subtract({ hours: 2 }).round('second')
const at = (seconds: number) => begun.add({ seconds })

/** Builds a line in the format of Kamailio's acc. */
const line = (seconds: number, method: string, id: string, from: string, to: string, user: string, by = '') =>
  `ACC: transaction answered: timestamp=${at(seconds).epochMilliseconds / 1000};method=${method};call_id=${id};code=200;src_user=${from};dst_ouser=${to};dst_user=${user};referred_by=${by}\n`

/**
 * Builds the lines of two calls: Aino transfers the first call to Cecilia, whose telephone rings for a while; meanwhile
 * Aino takes the second.
 */
const lines = (caller: string) =>
  [
    line(0, 'INVITE', 'first@a', caller, number, aino),
    line(60, 'BYE', 'first@a', caller, number, aino),
    line(63, 'INVITE', 'second@b', caller, number, aino),
    line(75, 'INVITE', 'passed-on@a', caller, cecilia, cecilia, `<sip:${aino}@edge>`),
    line(200, 'BYE', 'second@b', caller, number, aino),
    line(300, 'BYE', 'passed-on@a', caller, cecilia, cecilia),
  ].join('')

const session = (id: string, official: string, from: number, until: number): SegmentFacts =>
  callFacts({
    callIds: [`sipSessionId:${id}`],
    ...{ startedAt: at(from), answeredAt: at(from), endedAt: at(until) },
    caller: { kind: 'withheld', key: null, raw: null },
    official: { name: official, phone: phone(official) },
    recording: { ...recordingFacts(), startedAt: at(from), endedAt: at(until) },
    decision: { record: true, reason: 'drawn', ruleId: 'r', ruleVersion: 1, share: 0.5, draw: 0.1 },
  })

/** Returns each contact's officials and the second at which each answered. */
async function contacts() {
  const { rows } = await sql<{ parts: unknown }>`
    select (select jsonb_agg(jsonb_build_array(s.official_phone, extract(epoch from s.answered_at - ${begun}::timestamptz)::int)
      order by s.answered_at) from segment s where s.contact_id = c.id) as parts
    from contact c order by c.started_at`.execute(owner)
  return rows.map(({ parts }) => parts)
}

test.each(['anonymous', '+358931000000'])(
  'of two callers who show %s, the feed does not decide which of their calls was transferred',
  async (caller) => {
    expect(await deliver({ source: 'acc', name: 'acc' }, lines(caller))).toMatchObject([
      { reason: 'direction-unknown', line: 4 },
      { reason: 'direction-unknown', line: 6 },
    ])
    expect(await contacts()).toEqual([[[phone(aino), 0]], [[phone(aino), 63]]])
  },
)

test.each(['before', 'after'])(
  'a recording of the official to whom a call was transferred is not in another caller’s contact, whether it is reported before or after the record (%s)',
  async (when) => {
    const admitRecordings = async () => {
      await admit(capture, session('first@a', aino, 0, 60))
      await admit(capture, session('second@b', aino, 63, 200))
      await admit(capture, session('passed-on@a', cecilia, 75, 300))
    }
    if (when === 'before') await admitRecordings()
    await deliver({ source: 'acc', name: 'acc' }, lines('anonymous'))
    if (when === 'after') await admitRecordings()
    const found = await contacts()
    expect(found).toContainEqual([[phone(aino), 63]])
    expect(found).toContainEqual([[phone(cecilia), 75]])
  },
)
