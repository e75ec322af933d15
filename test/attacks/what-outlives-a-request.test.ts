// Promise: thirty days after a request is closed no table says which call it was, and nothing of a call outlives its fourteen months
// (R22, R52, L32). The attack: read the tables of copies, corrections, prohibitions, preservation orders and disclosures.
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { sweepHistory } from '#destruction/retention/sweep-history.ts'
import { admit } from '#register/admit.ts'
import type { RegisterTables } from '#register/tables.ts'
import { createTestDatabase } from '../database/create-test-database.ts'
import { callFacts, phone } from '../database/people.ts'
import { openOffices } from '../requests/open-offices.ts'
import { servedRequest } from '../requests/served-request.ts'

const database = await createTestDatabase<RegisterTables>()
const { makeRecording, admin, custodian, people, post, get } = await openOffices(database)
const { aino, bertil, paula, riitta } = people
const erase = async () => sql`select erase_closed_requests()`.execute(custodian)

test('a copy and a rejected correction of an erased request name no recording and no call', async () => {
  const { id, contactId, segmentId } = await makeRecording()
  const request = await servedRequest(admin, {
    ...{ clerkId: paula.id, contacts: [contactId], kinds: ['RECTIFY', 'COPY'], party: 'OFFICIAL', officialId: aino.id },
  })
  const { rows: found } = await sql<{ user_id: string }>`select user_id from person where id = ${bertil.id}`.execute(
    admin,
  )
  await post('paula', `/api/requests/${request.id}/corrections`, { segmentId, officialUserId: found[0]!.user_id })
  const { rows: made } = await sql<{ id: string }>`select id from correction`.execute(admin)
  expect(await post('riitta', `/api/corrections/${made[0]!.id}/decision`, { outcome: 'REJECTED' })).toMatchObject({
    status: 204,
  })
  await admin.transaction().execute(async (tx) => {
    await sql`set local session_replication_role = replica`.execute(tx)
    await sql`insert into subject_copy (request_id, recording_id, method, token_hash, made_by, expires_at, ready_at, size_bytes, ended_at, end_why)
      values (${request.id}, ${id}, 'PASSPHRASE', sha256('x'), ${paula.id}, now(), now(), 1, now(), 'taken')`.execute(
      tx,
    )
    await sql`update subject_request set closed_at = now() - interval '31 days', closed_by = ${paula.id}, outcome = 'ANSWERED',
      entered_at = now() - interval '40 days', received_at = now() - interval '40 days'`.execute(tx)
    await sql`update inspection set closed_at = now(), outcome = 'answered'`.execute(tx)
  })
  const named = async () => {
    const { rows } = await sql<{ table: string }>`
      select 'subject_copy' as table from subject_copy where request_id = ${request.id} and recording_id is not null
      union all select 'correction' from correction where request_id = ${request.id}`.execute(admin)
    return rows.map(({ table }) => table)
  }
  // A file that was not removed yet keeps the request.
  await erase()
  expect(await named()).toEqual(['subject_copy', 'correction'])
  await sql`update subject_copy set removed_at = now()`.execute(admin)
  await erase()
  expect(await named()).toEqual([])
  expect((await get('paula', `/api/requests/${request.id}`)).body).toMatchObject({ copies: [], corrections: [] })
})

test('a correction and a prohibition end with the history of their call', async () => {
  const endedAt = Temporal.Now.zonedDateTimeISO('Europe/Helsinki').subtract({ months: 14, days: 2 }).toInstant()
  const startedAt = endedAt.subtract({ minutes: 5 })
  const official = { personId: aino.id, unitId: aino.unitId, name: 'Aino', phone: phone('029 512 1001') }
  const { contactId } = await admit(
    database.as('seloste_capture').db,
    callFacts({ startedAt, answeredAt: startedAt, endedAt, official }),
  )
  const request = await servedRequest(admin, { clerkId: paula.id, contacts: [contactId], kinds: ['RECTIFY'] })
  await admin.transaction().execute(async (tx) => {
    await sql`set local session_replication_role = replica`.execute(tx)
    await sql`insert into correction (request_id, segment_id, contact_id, contact_started_at, was_person_id, becomes_person_id,
        proposed_at, proposed_by, decided_at, decided_by, outcome)
      select ${request.id}, s.id, s.contact_id, s.contact_started_at, ${aino.id}, ${bertil.id}, now() - interval '1 year', ${paula.id},
        now() - interval '1 year', ${riitta.id}, 'APPROVED' from segment s where s.contact_id = ${contactId}`.execute(
      tx,
    )
    await sql`update segment set official_person_id = ${bertil.id}, official_name = 'Bertil' where contact_id = ${contactId}`.execute(
      tx,
    )
    await sql`insert into recording (id, segment_id, contact_id, contact_started_at, number_reached, state, started_at, intake_day,
        recording_months, cause, destroyed_at)
      select gen_random_uuid(), s.id, s.contact_id, s.contact_started_at, s.number_reached, 'DESTROYED', s.answered_at,
        s.answered_at::date, 6, 'caller', s.ended_at from segment s where s.contact_id = ${contactId}`.execute(tx)
    await sql`insert into prohibition (recording_id, party, channel, received_at, executed_at, entered_by)
      select r.id, 'CALLER', 'PHONE', r.destroyed_at, r.destroyed_at, ${aino.id} from recording r where r.contact_id = ${contactId}`.execute(
      tx,
    )
  })
  await sweepHistory(custodian)
  const { rows } = await sql`
    select 'contact' as left from contact where id = ${contactId} union all select 'correction' from correction
    union all select 'prohibition' from prohibition where entered_by = ${aino.id}`.execute(admin)
  expect(rows).toEqual([])
})

test('an ended order and a disclosure to an authority keep only the month in which a deleted call began', async () => {
  const { tuula } = people
  const endedAt = Temporal.Now.zonedDateTimeISO('Europe/Helsinki').subtract({ months: 14, days: 2 }).toInstant()
  const startedAt = endedAt.subtract({ minutes: 5 })
  const official = { personId: aino.id, unitId: aino.unitId, name: 'Aino', phone: phone('029 512 1001') }
  const call = callFacts({ startedAt, answeredAt: startedAt, endedAt, official })
  const { contactId } = await admit(database.as('seloste_capture').db, call)
  await admin.transaction().execute(async (tx) => {
    await sql`set local session_replication_role = replica`.execute(tx)
    await sql`
      insert into preservation_order (contact_id, contact_started_at, covers, provision, authority, order_reference, reference, from_at, until,
        entered_by, ended_at)
      values (${contactId}, ${startedAt}, 'both', 'p', 'Poliisi', 'R/1', 'R/1', ${startedAt}, ${startedAt.add({ hours: 24 })}, ${tuula.id},
        ${startedAt.add({ hours: 24 })})`.execute(tx)
    await sql`
      with disclosure as (
        insert into authority_disclosure (number, origin, authority, officer, case_number, aim, received_at, entered_by)
        values ('V-2025-1', 'REQUEST', 'Poliisi', 'x', '1/R', 'INVESTIGATION', ${endedAt}, ${tuula.id}) returning id)
      insert into authority_item (disclosure_id, item, contact_id, contact_started_at, what, added_by)
      select id, 1, ${contactId}, ${startedAt}, 'IDENTIFICATION_DATA', ${tuula.id} from disclosure`.execute(tx)
  })
  const starts = async () =>
    (
      await sql<{ at: Temporal.Instant }>`
        select contact_started_at as at from preservation_order where contact_id = ${contactId} union all
        select contact_started_at from authority_item where contact_id = ${contactId}`.execute(admin)
    ).rows.map(({ at }) => at.toZonedDateTimeISO('Europe/Helsinki').toPlainDateTime().toString())
  expect((await starts()).map((at) => at.endsWith('-01T00:00:00'))).toEqual([false, false])
  await sweepHistory(custodian)
  const month = startedAt.toZonedDateTimeISO('Europe/Helsinki').toPlainDate().with({ day: 1 }).toString()
  expect(await starts()).toEqual([`${month}T00:00:00`, `${month}T00:00:00`])
})
