/**
 * A restore of yesterday's backup keeps corrections made since the backup, with the restrictions and numbers that
 * belong to them (L9).
 */
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { inSession } from '#platform/database/connect.ts'
import type { RegisterTables } from '#register/tables.ts'
import { openBackedUpRegister, restoredAfter as restoreAfter } from '../backup/open-backup.ts'
import { createTestDatabase } from '../database/create-test-database.ts'
import { enterTestPerson } from '../database/people.ts'
import { servedRequest } from '../requests/served-request.ts'

const database = await createTestDatabase<RegisterTables>()
const register = await openBackedUpRegister(database)
await register.makeRecordings(1)
await register.seal()
const { db: admin } = database.as()
const desk = database.as('seloste_desk').db
const person = (name: string) => enterTestPerson(admin, desk, { name })
const none = { kind: 'none' as const, units: [], numbers: [] }
const right = { role: 'DECISION_MAKER' as const, purposes: [], scope: none }

const restoredAfter = (changesAfterBackup: () => Promise<void>) => restoreAfter(database, register, changesAfterBackup)

async function correct(
  request: string,
  segmentId: string,
  to: { id: string; unitId: string },
  by: string,
  token: string,
) {
  const { rows: made } = await sql<{ id: string }>`
    insert into correction (request_id, segment_id, contact_id, contact_started_at, was_person_id, was_unit_id, becomes_person_id, becomes_unit_id, proposed_by)
    select ${request}::uuid, id, contact_id, contact_started_at, official_person_id, official_unit_id, ${to.id}::uuid, ${to.unitId}::uuid, ${by}::uuid
    from segment where id = ${segmentId} returning id`.execute(admin)
  await inSession(desk, { 'seloste.session': token }, (tx) =>
    sql`select decide_correction(${made[0]!.id}::uuid, 'APPROVED')`.execute(tx),
  )
}

const assignSegment = (segment: string, id: string, unit: string) =>
  sql`update segment set official_person_id = ${id}, official_unit_id = ${unit}, official_name = 'Aino' where id = ${segment}`.execute(
    admin,
  )

test('replays a correction of a call that ended days ago', async () => {
  const [aino, bertil, pia] = [await person('Aino'), await person('Bertil'), await person('Pia')]
  const riitta = await (await enterTestPerson(admin, desk, { name: 'Riitta', right })).signIn()
  const [call] = await register.makeRecordings(1)
  await assignSegment(call!.segmentId, aino.id, aino.unitId)
  await sql`alter table segment disable trigger user`.execute(admin)
  await sql`update segment set ended_at = now() - interval '3 days', answered_at = now() - interval '3 days 1 minute' where id = ${call!.segmentId}`.execute(
    admin,
  )
  await sql`alter table segment enable trigger user`.execute(admin)
  const request = await servedRequest(admin, { clerkId: pia.id, kinds: ['RECTIFY'], contacts: [call!.contactId] })
  const { rows } = await restoredAfter(() => correct(request.id, call!.segmentId, bertil, pia.id, riitta.token))
  expect(await rows('select official_person_id from segment where id = $1', [call!.segmentId])).toEqual([
    { official_person_id: bertil.id },
  ])
})

test('an official’s restriction from before the backup still holds after the replay of a correction', async () => {
  const [aino, bertil, pia] = [await person('Aino'), await person('Bertil'), await person('Pia')]
  const riitta = await (await enterTestPerson(admin, desk, { name: 'Riitta', right })).signIn()
  const [call] = await register.makeRecordings(1)
  await assignSegment(call!.segmentId, aino.id, aino.unitId)
  const request = await servedRequest(admin, {
    ...{ clerkId: pia.id, kinds: ['RESTRICTION', 'RECTIFY'], contacts: [call!.contactId] },
    ...{ party: 'OFFICIAL', officialId: aino.id },
  })
  const state = 'select state from recording where id = $1'
  const { rows } = await restoredAfter(async () => {
    await correct(request.id, call!.segmentId, bertil, pia.id, riitta.token)
    const { rows: live } = await sql<{ state: string }>`select state from recording where id = ${call!.id}`.execute(
      admin,
    )
    expect(live).toEqual([{ state: 'RESTRICTED' }])
  })
  // Runs what the custodian does every few seconds.
  await rows('select settle_ends()')
  const restricted = await rows('select is_restricted(r) as is from recording r where id = $1', [call!.id])
  expect([await rows(state, [call!.id]), restricted]).toEqual([[{ state: 'RESTRICTED' }], [{ is: true }]])
})

test('a restriction for the new official, requested after a correction on the day of the loss, holds', async () => {
  const [aino, bertil, pia] = [await person('Aino'), await person('Bertil'), await person('Pia')]
  const riitta = await (await enterTestPerson(admin, desk, { name: 'Riitta', right })).signIn()
  const [call] = await register.makeRecordings(1)
  await assignSegment(call!.segmentId, aino.id, aino.unitId)
  const request = await servedRequest(admin, { clerkId: pia.id, kinds: ['RECTIFY'], contacts: [call!.contactId] })
  const { rows } = await restoredAfter(async () => {
    await correct(request.id, call!.segmentId, bertil, pia.id, riitta.token)
    await servedRequest(admin, {
      ...{ clerkId: pia.id, kinds: ['RESTRICTION'], contacts: [call!.contactId] },
      ...{ party: 'OFFICIAL', officialId: bertil.id },
    })
    const { rows: live } = await sql<{ state: string }>`select state from recording where id = ${call!.id}`.execute(
      admin,
    )
    expect(live).toEqual([{ state: 'RESTRICTED' }])
  })
  const restricted = await rows('select is_restricted(r) as is from recording r where id = $1', [call!.id])
  const requested = await rows(
    "select official_id from subject_request where party = 'OFFICIAL' order by entered_at desc limit 1",
  )
  expect([await rows('select state from recording where id = $1', [call!.id]), restricted, requested]).toEqual([
    [{ state: 'RESTRICTED' }],
    [{ is: true }],
    [{ official_id: bertil.id }],
  ])
})

test('a restriction requested by an official on the day of the loss holds even if a correction of that day had assigned their segment to another', async () => {
  const [aino, bertil, pia] = [await person('Aino'), await person('Bertil'), await person('Pia')]
  const riitta = await (await enterTestPerson(admin, desk, { name: 'Riitta', right })).signIn()
  const [call] = await register.makeRecordings(1)
  await assignSegment(call!.segmentId, aino.id, aino.unitId)
  let numbers: string[] = []
  const { rows, restored } = await restoredAfter(async () => {
    const rectify = await servedRequest(admin, { clerkId: pia.id, kinds: ['RECTIFY'], contacts: [call!.contactId] })
    await correct(rectify.id, call!.segmentId, bertil, pia.id, riitta.token)
    await sql`update subject_request set closed_at = now(), closed_by = ${pia.id}, outcome = 'ANSWERED' where id = ${rectify.id}`.execute(
      admin,
    )
    const restriction = await servedRequest(admin, {
      ...{ clerkId: pia.id, kinds: ['RESTRICTION'], contacts: [call!.contactId] },
      ...{ party: 'OFFICIAL', officialId: aino.id },
    })
    numbers = [rectify.number, restriction.number]
    const { rows: live } = await sql<{ state: string }>`select state from recording where id = ${call!.id}`.execute(
      admin,
    )
    expect(live).toEqual([{ state: 'RESTRICTED' }])
  })
  await rows('select settle_ends()')
  expect(await rows('select state from recording where id = $1', [call!.id])).toEqual([{ state: 'RESTRICTED' }])
  expect(await rows('select official_person_id from segment where id = $1', [call!.segmentId])).toEqual([
    { official_person_id: bertil.id },
  ])
  const known = await rows('select number, outcome, official_id from subject_request where number = any ($1)', [
    numbers,
  ])
  expect(known).toHaveLength(2)
  expect(known).toContainEqual({ number: numbers[0], outcome: 'ANSWERED', official_id: null })
  expect(known).toContainEqual({ number: numbers[1], outcome: null, official_id: aino.id })
  expect(restored.ledger).toMatchObject({ restrictions: 1, lostRequests: [] })
})

test('restores a restriction that was added on the day of the loss to a request whose call was found before, in the backup or by a correction', async () => {
  const [aino, bertil, pia] = [await person('Aino'), await person('Bertil'), await person('Pia')]
  const riitta = await (await enterTestPerson(admin, desk, { name: 'Riitta', right })).signIn()
  const [known, corrected] = await register.makeRecordings(2)
  await assignSegment(corrected!.segmentId, aino.id, aino.unitId)
  const ids = [known!.id, corrected!.id]
  const alsoRestrict = (id: string) =>
    sql`update subject_request set kinds = kinds || array['RESTRICTION'] where id = ${id}::uuid`.execute(admin)
  const before = await servedRequest(admin, { clerkId: pia.id, kinds: ['KNOW'], contacts: [known!.contactId] })
  const { rows } = await restoredAfter(async () => {
    await alsoRestrict(before.id)
    const rectify = await servedRequest(admin, {
      ...{ clerkId: pia.id, kinds: ['RECTIFY'], contacts: [corrected!.contactId] },
    })
    await correct(rectify.id, corrected!.segmentId, bertil, pia.id, riitta.token)
    await alsoRestrict(rectify.id)
    const { rows: live } = await sql`select distinct state from recording where id = any (${ids}::uuid[])`.execute(
      admin,
    )
    expect(live).toEqual([{ state: 'RESTRICTED' }])
  })
  await rows('select settle_ends()')
  expect(
    await rows('select state, is_restricted(r) as "is" from recording r where id = any ($1::uuid[])', [ids]),
  ).toEqual(ids.map(() => ({ state: 'RESTRICTED', is: true })))
})

test('the first request after a restore gets a new number, even if the year’s first was entered after the backup with a restriction', async () => {
  const pia = await person('Pia')
  const [call] = await register.makeRecordings(1)
  const year = Temporal.Now.zonedDateTimeISO('Europe/Helsinki').year
  await sql`delete from request_number`.execute(admin)
  const { rows, machine } = await restoredAfter(async () => {
    const id = crypto.randomUUID()
    await sql`insert into request_number (year, last) values (${year}, 1)`.execute(admin)
    await sql`insert into subject_request (id, number, party, kinds, channel, language, received_at, due_at, entered_by, identified_how, identified_at, identified_by)
      values (${id}, ${`P-${year}-1`}, 'CALLER', '{RESTRICTION}', 'PHONE', 'fi', now(), now() + interval '1 month', ${pia.id}, 'PASSPORT', now(), ${pia.id})`.execute(
      admin,
    )
    await sql`insert into subject_requester (request_id, name) values (${id}, 'Pyytäjä')`.execute(admin)
    await sql`insert into request_call (request_id, ordinal, state, told, contact_id, contact_started_at, looked_at, looked_by, verified_how, verified_at, verified_by)
      select ${id}::uuid, 1, 'MATCHED', '{"day": "2026-11-25", "time": "12:00", "accuracy": "HOURS"}', c.id, c.started_at, now(), ${pia.id}::uuid, 'RECORDING', now(), ${pia.id}::uuid
      from contact c where c.id = ${call!.contactId}`.execute(admin)
  })
  expect(await rows('select number from subject_request where number = $1', [`P-${year}-1`])).toHaveLength(1)
  // Numbers a request as enter_request does.
  const [number] = await rows(
    'insert into request_number as n (year, last) values ($1, 1) on conflict (year) do update set last = n.last + 1 returning n.last',
    [year],
  )
  const requestsOfNumber = await machine.pool.query('select from subject_request where number = $1', [
    `P-${year}-${number.last}`,
  ])
  expect(requestsOfNumber.rows).toHaveLength(0)
})

test('a consent withdrawn and a workstation removed on the day of the loss stay ended', async () => {
  const [aino, pia] = [await person('Aino'), await person('Pia')]
  const [workstation] = (
    await sql<{ id: string }>`
      with o as (insert into office (names, address, entered_by) values ('{"fi": "Turku"}', '{"fi": "Katu 1"}', ${pia.id}::uuid) returning id)
      insert into workstation (office_id, name, token_hash, enrolled_by) select id, 'kone', '\\x01', ${pia.id}::uuid from o returning id`.execute(
      admin,
    )
  ).rows
  await sql`insert into person_recording_consent (person_id, valid_from) values (${aino.id}::uuid, now() - interval '9 days')`.execute(
    admin,
  )
  const { rows, restored } = await restoredAfter(async () => {
    await sql`update person_recording_consent set valid_to = now() where person_id = ${aino.id}::uuid`.execute(admin)
    await sql`update workstation set ended_at = now(), ended_by = ${pia.id}::uuid where id = ${workstation!.id}::uuid`.execute(
      admin,
    )
  })
  expect(restored.ledger).toMatchObject({ consents: 1, workstations: 1 })
  expect(
    await rows('select from person_recording_consent where person_id = $1 and coalesce(valid_to > now(), true)', [
      aino.id,
    ]),
  ).toEqual([])
  expect(await rows('select from workstation where ended_at is null')).toEqual([])
})

test('a consent withdrawn and given again before the backup is in force after its restore', async () => {
  const aino = await person('Aino')
  await sql`insert into person_recording_consent (person_id, valid_from) values (${aino.id}::uuid, now() - interval '9 days')`.execute(
    admin,
  )
  await sql`update person_recording_consent set valid_to = now() - interval '2 days' where person_id = ${aino.id}::uuid`.execute(
    admin,
  )
  await sql`insert into person_recording_consent (person_id, valid_from) values (${aino.id}::uuid, now() - interval '1 day')`.execute(
    admin,
  )
  const { rows } = await restoredAfter(() => Promise.resolve())
  expect(
    await rows('select from person_recording_consent where person_id = $1 and valid_to is null', [aino.id]),
  ).toHaveLength(1)
})

test('a prohibition of the former official from before the backup does not count after its restore, and the call is marked for review (L16)', async () => {
  const [aino, bertil, pia] = [await person('Aino'), await person('Bertil'), await person('Pia')]
  const riitta = await (await enterTestPerson(admin, desk, { name: 'Riitta', right })).signIn()
  const [call] = await register.makeRecordings(1)
  await assignSegment(call!.segmentId, aino.id, aino.unitId)
  await sql`insert into person_recording_consent (person_id, valid_from) values (${aino.id}, now() - interval '1 year')`.execute(
    admin,
  )
  const contacts = [call!.contactId]
  const request = await servedRequest(admin, { clerkId: pia.id, kinds: ['LISTEN', 'RECTIFY'], contacts })
  await sql`
    insert into prohibition (recording_id, party, channel, entered_by)
    select id, 'OFFICIAL', 'OWN_CALLS', ${aino.id} from recording where segment_id = ${call!.segmentId}`.execute(admin)
  const { rows } = await restoredAfter(() => correct(request.id, call!.segmentId, bertil, pia.id, riitta.token))
  expect(
    await rows(
      `select s.marks, r.state, (select count(*)::integer from prohibition p where p.recording_id = r.id) as forbidden
        from segment s join recording r on r.segment_id = s.id where s.id = $1`,
      [call!.segmentId],
    ),
  ).toEqual([{ marks: ['needs-review'], state: 'STORED', forbidden: 0 }])
})
