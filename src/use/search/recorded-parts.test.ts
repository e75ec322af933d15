import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { createTestDatabase } from '#test/database/create-test-database.ts'
import { openSearch } from '#test/register/open-search.ts'
import { recordProhibition } from '#test/register/destroy-recordings.ts'
import { enterTestPerson, phone, recordingFacts } from '#test/database/people.ts'
import { underGrant } from '#safeguards/access/grant.ts'
import type { RegisterTables } from '#register/tables.ts'

const database = await createTestDatabase<RegisterTables>()
const { pool } = database.as()
const { admin, desk, now, call, official, aino, grantFor } = await openSearch(database)

/** Returns the stored search conditions: those on recordings, and the number called of each segment. */
async function storedConditions() {
  const { rows } = await pool.query<{ conditions: unknown }>(`select jsonb_build_object(
    'recorded', (select jsonb_agg(to_jsonb(p) order by segment_id) from recorded_part p),
    'called', (select jsonb_agg(jsonb_build_array(id, number_called) order by id) from segment)) as conditions`)
  return rows[0]!.conditions
}

/** Returns the same conditions, rebuilt from contacts, segments and recordings. */
async function rebuiltConditions() {
  await pool.query('delete from recorded_part; update segment set number_reached = number_reached')
  await pool.query('select rebuild_recorded_parts()')
  return storedConditions()
}

async function expectStored() {
  const stored = await storedConditions()
  expect(stored).toEqual(await rebuiltConditions())
}

/** Enters a call that was recorded, and then transferred to another official. */
async function enterTransferredCall() {
  const recording = recordingFacts()
  const callIds = [`ucid:moved-${recording.id}`]
  const numberCalled = { key: phone('029 497 000'), kind: 'NATIONAL_SERVICE' as const }
  const [first, second] = [
    await call({ callIds, numberCalled, official: official('Bertil Berg'), recording }),
    await call({
      ...{ callIds, numberCalled, numberReached: { key: phone('029 497 010') } },
      official: official('Aino Virtanen', '029 512 1002', aino.id),
    }),
  ]
  expect(second.contactId).toBe(first.contactId)
  return { contactId: first.contactId, recorded: first.segmentId, moved: second.segmentId, recording: recording.id }
}

test('each segment of a recorded call has its recording, and recorded segments are marked', async () => {
  const { contactId, recorded, moved } = await enterTransferredCall()
  await call()
  const { rows } = await pool.query(
    'select segment_id, is_own, state, number_reached, number_called from recorded_part where contact_id = $1 order by is_own desc',
    [contactId],
  )
  expect(rows).toEqual([
    expect.objectContaining({ segment_id: recorded, is_own: true, state: 'o', number_called: '+35829497000' }),
    {
      ...{ segment_id: moved, is_own: false, state: 'o' },
      ...{ number_reached: '+35829497010', number_called: '+35829497000' },
    },
  ])
  await expectStored()
})

test('the search conditions follow a changed official, number or recording state', async () => {
  const { contactId, recorded, moved, recording } = await enterTransferredCall()
  const other = await enterTransferredCall()
  await admin
    .updateTable('segment')
    .set({ official_name: 'Kaisa Laine', official_unit_id: null })
    .where('id', '=', recorded)
    .execute()
  await admin
    .updateTable('segment')
    .set({ number_reached: phone('029 497 000') })
    .where('id', '=', moved)
    .execute()
  await admin
    .updateTable('contact')
    .set({ number_called: phone('029 497 001') })
    .where('id', '=', contactId)
    .execute()
  await admin.updateTable('recording').set({ kept_at: now() }).where('id', '=', recording).execute()
  const { rows } = await pool.query(
    `select n.name, p.state, p.number_called, s.number_called as of_segment from recorded_part p
     join segment s on s.id = p.segment_id join official_named n on n.id = p.official where p.contact_id = $1 order by n.name`,
    [contactId],
  )
  expect(rows).toEqual([
    { name: 'Aino Virtanen', state: 'a', number_called: '+35829497001', of_segment: '+35829497001' },
    { name: 'Kaisa Laine', state: 'a', number_called: '+35829497001', of_segment: '+35829497001' },
  ])
  await recordProhibition(database, recording)
  await admin
    .updateTable('recording')
    .set({ state: 'DESTROYED', destroyed_at: now(), cause: 'caller' })
    .where('id', '=', recording)
    .execute()
  await admin.deleteFrom('segment').where('id', '=', other.moved).execute()
  await expectStored()
  await admin.deleteFrom('recording').where('id', '=', recording).execute()
  await expectStored()
})

test('a recording that changes while a segment is added to its call is updated for that segment too', async () => {
  const recording = recordingFacts()
  const { contactId } = await call({ recording })
  const adding = await pool.connect()
  await adding.query('begin')
  await adding.query(
    `insert into segment (id, contact_id, contact_started_at, seq, number_reached, decision_record, decision_reason)
     select $1, id, started_at, 2, number_called, false, 'not-drawn' from contact where id = $2`,
    [randomUUID(), contactId],
  )
  let hasEnded = false
  const change = pool.query('update recording set kept_at = now() where id = $1', [recording.id]).finally(() => {
    hasEnded = true
  })
  const lockWaits = `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`
  await expect.poll(async () => hasEnded || (await pool.query(lockWaits)).rowCount === 1).toBe(true)
  await adding.query('commit')
  adding.release()
  await change
  const { rows } = await pool.query('select state from recorded_part where contact_id = $1', [contactId])
  expect(rows).toEqual([{ state: 'a' }, { state: 'a' }])
})

test('a search by an official who has answered no call reads no row of a call', async () => {
  const newcomer = await enterTestPerson(admin, desk, {
    name: 'Uusi',
    right: { role: 'OFFICIAL', purposes: ['DEVELOPMENT'], scope: { kind: 'own', units: [], numbers: [] } },
  })
  const [before, after] = await underGrant(desk, await grantFor(await newcomer.signIn()), async (tx) => {
    const countScans = async () => {
      const { rows } = await sql<{ scans: number }>`
        select sum(idx_scan + seq_scan)::integer as scans from pg_stat_xact_user_tables
        where relname ~ '^(contact|segment)_' or relname in ('recording', 'recorded_part')`.execute(tx)
      return rows[0]!.scans
    }
    const begun = await countScans()
    const found = await sql`
      select from search_contacts(jsonb_populate_record(null::contact_filters, '{"recorded": "true"}'), null, null, 1000)`.execute(
      tx,
    )
    expect(found.rows).toEqual([])
    return [begun, await countScans()]
  })
  expect(after).toBe(before)
})
