/** Differences between a feed's calls and the recordings raise an alarm (AC8). */
import { sql } from 'kysely'
import { beforeEach, expect, test } from 'vitest'
import { admit, type SegmentFacts } from '#register/admit.ts'
import { admitFromFeed } from '#register/admit-from-feed.ts'
import type { RegisterTables } from '#register/tables.ts'
import { raiseAlarms } from '#safeguards/watch/raise-alarms.ts'
import { createTestDatabase } from '#test/database/create-test-database.ts'
import { callFacts, phone, recordingFacts } from '#test/database/people.ts'

const database = await createTestDatabase<RegisterTables>()
const [owner, capture, custodian] = [
  database.as().db,
  database.as('seloste_capture').db,
  database.as('seloste_custodian').db,
]
const number = phone('029 497 000')
const now = Temporal.Now.instant().round('second')
const drawn = { record: true, reason: 'drawn', ruleId: 'r', ruleVersion: 1, share: 0.5, draw: 0.1 }
let callNumber = 0

beforeEach(async () => {
  await owner.transaction().execute(async (tx) => {
    await sql`set local session_replication_role = replica`.execute(tx)
    for (const table of [
      'contact',
      'segment',
      'call_identity',
      'recording',
      'fed_segment',
      'feed',
      'alarm',
      'watched_until',
    ])
      await sql`delete from ${sql.table(table)}`.execute(tx)
  })
})

function call(hoursAgo: number, changed: Partial<SegmentFacts> = {}): SegmentFacts {
  const answeredAt = now.subtract({ hours: hoursAgo })
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

/** Moves the reports into the past, so that a recording would have arrived. */
async function ageReports(): Promise<void> {
  await sql`update fed_segment set told_at = told_at - interval '11 minutes'`.execute(owner)
}

async function alarms() {
  const raised = await raiseAlarms(custodian, [], Temporal.Now.instant())
  return raised.map(({ kind, count }) => ({ kind, count }))
}

async function reportProgress(covers: readonly string[] | null): Promise<void> {
  const progress = JSON.stringify({
    heard_at: now,
    told_from: now.subtract({ hours: 80 }),
    told_until: now,
    records: 1,
    calls: 1,
    outside: 0,
  })
  await sql`select report_feed('exchange', 'csv', ${covers}::text[], ${progress}::jsonb)`.execute(capture)
}

test('a drawn call without a recording raises an alarm, once, and an undrawn or forbidden one raises none', async () => {
  const lost = call(2)
  await admitFromFeed(capture, 'exchange', [lost])
  await admitFromFeed(capture, 'exchange', [call(3, { decision: { ...drawn, record: false, reason: 'not-drawn' } })])
  const forbidden = call(4, { captureFailure: 'forbidden' })
  await admit(capture, forbidden)
  await admitFromFeed(capture, 'exchange', [forbidden])
  expect(await alarms()).toEqual([])
  await ageReports()
  expect(await alarms()).toEqual([{ kind: 'unrecorded', count: 1 }])
  expect(await alarms()).toEqual([])
  const { rows } = await sql<{ capture_failure: string; facts: unknown }>`
    select s.capture_failure, a.facts from alarm a, segment s where s.id = ${lost.segmentId}::uuid`.execute(owner)
  expect(rows).toEqual([{ capture_failure: 'no-session', facts: { calls: 1, numbers: 1, contacts: [lost.contactId] } }])
})

test('a recording whose call no feed reports in a day raises an alarm, if a feed reports that number', async () => {
  const recorded = (hoursAgo: number) => {
    const facts = call(hoursAgo)
    const { answeredAt: startedAt, endedAt } = facts
    return { ...facts, recording: { ...recordingFacts(), startedAt: startedAt!, endedAt } }
  }
  const [unreported, reported, young] = [recorded(40), recorded(50), recorded(20)]
  for (const facts of [unreported, reported, young]) await admit(capture, facts)
  await admitFromFeed(capture, 'exchange', [reported])
  await reportProgress([phone('029 497 099')])
  expect(await alarms()).toEqual([])
  await reportProgress([number])
  expect(await alarms()).toEqual([{ kind: 'untold', count: 1 }])
  const { rows } = await sql<{ contacts: unknown }>`select facts -> 'contacts' as contacts from alarm`.execute(owner)
  expect(rows).toEqual([{ contacts: [unreported.contactId] }])
})
