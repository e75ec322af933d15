// A call is corrected, and then reported again under its former official, by another capture, a feed or a recording client
// (R9, R39, R49, R50, L10): it stays one call, of the new official.
import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import { describe, expect, test } from 'vitest'
import { forbidUse } from '#destruction/forbid-use.ts'
import { inSession } from '#platform/database/connect.ts'
import { admitFromFeed } from '#register/admit-from-feed.ts'
import { admit, type SegmentFacts } from '#register/admit.ts'
import type { RegisterTables } from '#register/tables.ts'
import { createTestDatabase } from '../database/create-test-database.ts'
import { callFacts, enterTestPerson, phone, recordingOf } from '../database/people.ts'
import { servedRequest } from '../requests/served-request.ts'

const database = await createTestDatabase<RegisterTables>()
const { db: admin } = database.as()
const desk = database.as('seloste_desk').db
const capture = database.as('seloste_capture').db
const [north, south] = [randomUUID(), randomUUID()]
const none = { kind: 'none' as const, units: [], numbers: [] }
const own = { role: 'OFFICIAL' as const, purposes: ['DEVELOPMENT' as const], scope: { ...none, kind: 'own' as const } }
const [aino, pia] = [
  await enterTestPerson(admin, desk, { name: 'Aino' }),
  await enterTestPerson(admin, desk, { name: 'Pia' }),
]
const bertil = await enterTestPerson(admin, desk, { name: 'Bertil', right: own })
const decisionMaker = { role: 'DECISION_MAKER' as const, purposes: [], scope: none }
const riitta = await (await enterTestPerson(admin, desk, { name: 'Riitta', right: decisionMaker })).signIn()
const officials = {
  aino: { personId: aino.id, unitId: aino.unitId, name: 'Aino', phone: phone('029 512 1001') },
  bertil: { personId: bertil.id, unitId: bertil.unitId, name: 'Bertil', phone: phone('029 512 1002') },
}

await sql`
  insert into person_phone (person_id, phone_key, valid_from)
  values (${aino.id}, ${officials.aino.phone}, now() - interval '1 year'), (${bertil.id}, ${officials.bertil.phone}, now() - interval '1 year')`.execute(
  admin,
)

type RecordedCall = SegmentFacts & { recording: NonNullable<SegmentFacts['recording']> }

/** Facts of a call of ten minutes, an hour ago, which was drawn and recorded. */
function callOf(official: SegmentFacts['official'] = officials.aino): RecordedCall {
  const startedAt = Temporal.Now.instant().subtract({ hours: 1 }).round('second')
  const times = { startedAt, answeredAt: startedAt.add({ seconds: 20 }), endedAt: startedAt.add({ minutes: 10 }) }
  const callIds = [`sipSessionId:${randomUUID()}`]
  const caller = { kind: 'e164' as const, key: phone(`040 ${Math.random().toFixed(7).slice(2)}`), raw: null }
  const facts = callFacts({ trunk: 'trunk:border', callIds, caller, ...times, ...(official && { official }) })
  return { ...facts, decision: { record: true, reason: 'drawn' }, recording: recordingOf(times) }
}

/** The same call, as another capture or client reports it. */
const reportedAgain = (call: SegmentFacts): RecordedCall => ({
  ...call,
  contactId: randomUUID(),
  segmentId: randomUUID(),
  recording: recordingOf(call),
})

/** Changes a part's official to Bertil by an approved correction. `meanwhile` runs before the decision is committed. */
async function correct(segmentId: string, meanwhile: () => Promise<void> = () => Promise.resolve()): Promise<void> {
  const { rows: parts } = await sql<{ contact: string }>`
    select contact_id as contact from segment where id = ${segmentId}`.execute(admin)
  const request = await servedRequest(admin, { clerkId: pia.id, kinds: ['RECTIFY'], contacts: [parts[0]!.contact] })
  const { rows } = await sql<{ id: string }>`
    insert into correction (request_id, segment_id, contact_id, contact_started_at, was_person_id, was_unit_id, becomes_person_id, becomes_unit_id, proposed_by)
    select ${request.id}::uuid, id, contact_id, contact_started_at, official_person_id, official_unit_id, ${bertil.id}::uuid, ${bertil.unitId}::uuid, ${pia.id}::uuid
    from segment where id = ${segmentId} returning id`.execute(admin)
  await inSession(desk, { 'seloste.session': riitta.token }, async (tx) => {
    await sql`select decide_correction(${rows[0]!.id}::uuid, 'APPROVED')`.execute(tx)
    await meanwhile()
  })
}

interface Part {
  id: string
  official: string | null
  state: string | null
  forbidden: number
  corrected: boolean
}
async function partsOf(call: SegmentFacts): Promise<Part[]> {
  const { rows } = await sql<Part>`
    select s.id, s.official_person_id as official, r.state,
      (select count(*)::int from prohibition p where p.recording_id = r.id) as forbidden,
      exists (select from correction c
        join audit_entry e on e.object_id = c.id and e.action = 'correction.decided' and e.detail ->> 'segment' = s.id::text
        join opened_entry l on l.object_id = c.id and l.object_kind = 'correction'
        where c.segment_id = s.id and c.outcome = 'APPROVED' and c.was_person_id = ${aino.id}) as corrected
    from contact k join segment s on s.contact_id = k.id and s.contact_started_at = k.started_at
    left join recording r on r.segment_id = s.id
    where k.caller_key = ${call.caller.key} order by s.seq`.execute(admin)
  return rows
}

async function bertilForbids({ recording }: SegmentFacts): Promise<void> {
  await sql`update recording set kept_at = now() where id = ${recording!.id}`.execute(admin)
  const source = { party: 'OFFICIAL', channel: 'OWN_CALLS' } as const
  expect(await forbidUse(desk, await bertil.signIn(), recording!.id, source)).toHaveProperty('id')
}
/** Sets a recording's row as the custodian leaves it after a destruction. */
async function destroy({ recording }: SegmentFacts): Promise<void> {
  await admin.transaction().execute(async (tx) => {
    await sql`set local session_replication_role = replica`.execute(tx)
    await sql`
      update recording set state = 'DESTROYED', cause = 'official', destroyed_at = now(), sha256 = null
      where id = ${recording!.id}`.execute(tx)
  })
}

describe('another capture’s copy of a call that arrives after a correction', () => {
  test('is the copy of the corrected part', async () => {
    const call = callOf()
    await admit(capture, call, north)
    await correct(call.segmentId)
    expect((await admit(capture, reportedAgain(call), south)).verdict).toBe('told')
    expect(await partsOf(call)).toMatchObject([{ id: call.segmentId, official: bertil.id }])
  })

  test('does not bring back a recording that was forbidden and destroyed', async () => {
    const call = callOf()
    await admit(capture, call, north)
    await correct(call.segmentId)
    await bertilForbids(call)
    await destroy(call)
    await admit(capture, reportedAgain(call), south)
    expect(await partsOf(call)).toMatchObject([{ id: call.segmentId, state: 'DESTROYED' }])
  })

  test.each([
    ['continues after it', false],
    ['continues after it and names its official later', true],
  ])('is the new official’s if it %s, and forbidden as the first one is', async (_how, isNamedLater) => {
    const call = callOf()
    await admit(capture, call, north)
    await correct(call.segmentId)
    await bertilForbids(call)
    const longer = reportedAgain({ ...call, endedAt: call.endedAt!.add({ minutes: 3 }) })
    if (isNamedLater) {
      const { official: _o, endedAt: _e, recording, ...unnamed } = longer
      const { stored: _s, endedAt: _r, ...begun } = recording
      await admit(capture, { ...unnamed, recording: begun }, south)
    }
    expect((await admit(capture, longer, south)).verdict).toBe('entered')
    const parts = await partsOf(call)
    expect(parts).toMatchObject([{ id: call.segmentId }, { id: longer.segmentId, forbidden: 1 }])
    expect(parts.map(({ official, corrected }) => ({ official, corrected }))).toEqual([
      { official: bertil.id, corrected: true },
      { official: bertil.id, corrected: true },
    ])
    // Capture reports the part again with the official it knows.
    await admit(capture, longer, south)
    expect((await partsOf(call))[1]).toMatchObject({ official: bertil.id })
  })

  test('is the new official’s if it arrives while the correction is decided', async () => {
    const call = callOf()
    await admit(capture, call, north)
    const longer = reportedAgain({ ...call, endedAt: call.endedAt!.add({ minutes: 3 }) })
    let admitted: ReturnType<typeof admit> | undefined
    await correct(call.segmentId, async () => {
      admitted = admit(capture, longer, south)
      const waits = sql`select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`
      await expect.poll(async () => (await waits.execute(admin)).rows.length, { timeout: 10_000 }).toBe(1)
    })
    expect((await admitted)?.verdict).toBe('entered')
    expect(await partsOf(call)).toMatchObject([{ official: bertil.id }, { id: longer.segmentId, official: bertil.id }])
  })

  test('is Aino’s if it is of another conversation of hers in the same call', async () => {
    const call = callOf()
    await admit(capture, call, north)
    await correct(call.segmentId)
    const later = reportedAgain({
      ...call,
      answeredAt: call.endedAt!.add({ minutes: 1 }),
      endedAt: call.endedAt!.add({ minutes: 3 }),
    })
    await admit(capture, later, south)
    expect(await partsOf(call)).toMatchObject([{ official: bertil.id }, { id: later.segmentId, official: aino.id }])
  })
})

/** The same call, as a feed reports it. */
function reportedByFeed(call: SegmentFacts, callIds = call.callIds): SegmentFacts {
  const { trunk: _t, recording: _r, ...facts } = reportedAgain(call)
  return { ...facts, callIds: [...callIds, `cdr:${randomUUID()}`] }
}

describe('a detail record of a call that arrives after its correction', () => {
  test.each([
    ['with the call’s id', true],
    ['without it', false],
  ])('is of the corrected part, %s', async (_how, hasId) => {
    const call = callOf()
    await admit(capture, call, north)
    await correct(call.segmentId)
    await admitFromFeed(capture, 'cdr', [reportedByFeed(call, hasId ? call.callIds : [])])
    expect(await partsOf(call)).toMatchObject([{ id: call.segmentId, official: bertil.id }])
  })

  test.each([
    ['with the call’s id', true],
    ['without it', false],
  ])('is of the corrected part if it names the new official, %s', async (_how, hasId) => {
    const call = callOf()
    await admit(capture, call, north)
    await correct(call.segmentId)
    await admitFromFeed(capture, 'cdr', [
      reportedByFeed({ ...call, official: officials.bertil }, hasId ? call.callIds : []),
    ])
    expect(await partsOf(call)).toMatchObject([{ id: call.segmentId, official: bertil.id }])
  })

  test('does not change the corrected official of a call whose official was not reported', async () => {
    const { official: _, ...call } = callOf()
    await admit(capture, call, north)
    await correct(call.segmentId)
    await admitFromFeed(capture, 'cdr', [reportedByFeed({ ...call, official: officials.aino }, [])])
    expect(await partsOf(call)).toMatchObject([{ id: call.segmentId, official: bertil.id }])
  })
})

test.each([
  ['with the call’s id', true],
  ['without it', false],
])(
  'a recording client’s report of a fed call that was corrected replaces the corrected part, %s',
  async (_how, hasId) => {
    const call = callOf()
    const fed = reportedByFeed(call)
    await admitFromFeed(capture, 'cdr', [fed])
    await correct(fed.segmentId)
    await admit(capture, { ...call, ...(!hasId && { callIds: [`sipCallId:${randomUUID()}`] }) }, north)
    expect(await partsOf(call)).toMatchObject([
      { id: call.segmentId, official: bertil.id, corrected: true, state: 'STORED' },
    ])
  },
)
