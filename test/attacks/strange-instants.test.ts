// Promise: nothing that a capture reports prevents destroying, searching, counting or watching (R21, R22, R24). The
// attack: with capture's database role, instants that PostgreSQL can store and Temporal cannot represent.
import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { sweep } from '#destruction/retention/sweep.ts'
import { admit } from '#register/admit.ts'
import { listNodeStatuses } from '#register/capture-nodes.ts'
import { countAdmissions } from '#register/history/count-admissions.ts'
import { ingestRecording } from '#register/recordings/ingest-recording.ts'
import type { RegisterTables } from '#register/tables.ts'
import { listAlarms } from '#safeguards/watch/alarms.ts'
import { raiseAlarms } from '#safeguards/watch/raise-alarms.ts'
import { createTestDatabase } from '#test/database/create-test-database.ts'
import { callFacts, enterTestPerson } from '#test/database/people.ts'
import { makeDestroyer } from '#test/register/destroy-recordings.ts'
import { callOfMonthsAgo, makeTestRegister } from '#test/register/make-register.ts'
import { openSearch } from '#test/register/open-search.ts'

const database = await createTestDatabase<RegisterTables>()
const { db: admin, pool } = database.as()
const capture = database.as('seloste_capture')
const custodian = database.as('seloste_custodian').db
const desk = database.as('seloste_desk').db
const { search, call } = await openSearch(database)
const now = () => Temporal.Now.instant().round({ smallestUnit: 'millisecond', roundingMode: 'floor' })
const strange = ['infinity', '-infinity', '4000-01-01 00:00:00 BC', '12000-01-01']
const state = { draining: false, pressures: [], sessions: 0, recordings: 0, waiting: 0, blockers: [] }
const reception = { trunk: 'x', client: 'y', streams: [], oneWay: 'caller' }

/** Runs statements without triggers, to plant rows that the triggers now refuse. */
async function plant(...statements: readonly [string, unknown[]][]): Promise<void> {
  const client = await pool.connect()
  try {
    await client.query('set session_replication_role = replica')
    for (const [text, values] of statements) await client.query(text, values)
    await client.query('reset session_replication_role')
  } finally {
    client.release()
  }
}

async function ongoingCall() {
  const decision = {
    ...{ record: true, reason: 'drawn', ruleId: 'general', ruleVersion: 1, share: 0.1, draw: 0.05 },
  } as const
  const { endedAt: _open, ...going } = callFacts({ decision })
  await admit(capture.db, going)
  return going
}

const recordingOf = (id: string, when: string): [string, unknown[]] => [
  `insert into recording (id, segment_id, contact_id, contact_started_at, number_reached, state, started_at, intake_day, recording_months)
   select $1, s.id, s.contact_id, s.contact_started_at, '+35829497000', 'CAPTURING', $3::timestamptz, current_date, 6
   from segment s where s.id = $2`,
  [randomUUID(), id, when],
]

test.each(strange)('refuses a capture’s instant of %s, and a number that is too large', async (when) => {
  const { segmentId } = await ongoingCall()
  const { contactId } = await call({ endedAt: undefined, startedAt: now().subtract({ minutes: 5 }) })
  const reported = JSON.stringify([{ at: now().toString(), kind: 'contact', id: randomUUID(), started_at: when }])
  for (const [text, values] of [
    recordingOf(segmentId, when),
    [`update recording set size_bytes = 9223372036854775807`, []],
    [`update segment set ended_at = $2::timestamptz where contact_id = $1`, [contactId, when]],
    [`update segment set answered_at = $2::timestamptz where contact_id = $1`, [contactId, when]],
    [`update contact set history_ends_at = $2::timestamptz where id = $1`, [contactId, when]],
    [`select report_admissions($1, $2)`, [randomUUID(), reported]],
    [`select count_reception($1::timestamptz, $2, true, false)`, [when, JSON.stringify(reception)]],
    [`select capture_node_heartbeat($1, 'north', '1', $2::timestamptz, $3)`, [randomUUID(), when, state]],
  ] as [string, unknown[]][]) {
    const done = await capture.pool.query(text, values).then(
      ({ rowCount }) => rowCount,
      (error: Error) => error.message,
    )
    // The statement was refused, or affected no row.
    expect([0, expect.any(String)], text).toContainEqual(done)
  }
})

test('destroying, searching, counting and watching continue despite rows with such instants and numbers', async () => {
  const register = await makeTestRegister(database)
  const due = await register.record(callOfMonthsAgo(3), { months: 2 })
  await ingestRecording(register.ingest, due.id, now())
  await call({})
  for (const when of strange) {
    const going = await ongoingCall()
    const { contactId } = await call({ endedAt: undefined, startedAt: now().subtract({ minutes: 5 }) })
    const node = randomUUID()
    await plant(
      recordingOf(going.segmentId, when),
      [`update recording set size_bytes = 9223372036854775807 where id <> $1`, [due.id]],
      [`update segment set ended_at = $2::timestamptz, answered_at = $2 where contact_id = $1`, [contactId, when]],
      [`update contact set ended_at = $2::timestamptz, history_ends_at = 'infinity' where id = $1`, [contactId, when]],
      [`insert into admission_told (source, kind, id, started_at) values ($1, 'contact', $2, $3)`, ['x', node, when]],
      [`select capture_node_heartbeat($1, 'north', '1', $2::timestamptz, $3)`, [node, when, state]],
      ...Array.from({ length: 4 }, (): [string, unknown[]] => [
        `select count_reception($1::timestamptz, $2, true, false)`,
        [when, JSON.stringify(reception)],
      ]),
    )
  }

  const { expunging } = makeDestroyer(database, register)
  const swept = await sweep({ ...expunging, objects: register.objects }, now()).catch((error: Error) => error.message)
  const row = await admin.selectFrom('recording').select('state').where('id', '=', due.id).executeTakeFirst()
  expect(row?.state, JSON.stringify(swept)).toBe('DESTROYED')
  expect((await search({})).items.length).toBeGreaterThan(1)
  expect(await countAdmissions(custodian)).toBeGreaterThan(0)
  expect(await raiseAlarms(custodian, [], now())).toBeInstanceOf(Array)
  expect(await listNodeStatuses(custodian)).toHaveLength(strange.length)
  const nothing = { kind: 'none' as const, units: [], numbers: [] }
  const right = { role: 'DATA_PROTECTION_OFFICER' as const, purposes: [], scope: nothing }
  const session = await (await enterTestPerson(admin, desk, { name: 'Outi', right })).signIn()
  expect(await listAlarms(desk, session, { state: 'any' })).toMatchObject({ alarms: expect.any(Array) as unknown[] })
})
