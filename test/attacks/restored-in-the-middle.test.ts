/**
 * Work in progress when the machine was lost and yesterday's backup is restored (L9, R1, R52): what the restore cannot
 * bring back is reported.
 */
import { readFileSync } from 'node:fs'
import { sql, type RawBuilder } from 'kysely'
import { expect, test } from 'vitest'
import { seedDescriptionFile } from '#description/read-description.ts'
import type { RequestKind } from '#register/request-tables.ts'
import { inSession } from '#platform/database/connect.ts'
import type { RegisterTables } from '#register/tables.ts'
import { readVersions, versionAt } from '#safeguards/versions/versions.ts'
import { descriptionCurrent } from '#use/evidence/description-current.ts'
import { openBackedUpRegister, restoredAfter as restoreAfter } from '../backup/open-backup.ts'
import { createTestDatabase } from '../database/create-test-database.ts'
import { publishText } from '../database/describe-from.ts'
import { enterTestPerson } from '../database/people.ts'
import { servedRequest } from '../requests/served-request.ts'

const database = await createTestDatabase<RegisterTables>()
const register = await openBackedUpRegister(database)
await register.makeRecordings(1)
await register.seal()
const { db: admin, pool } = database.as()
const person = (name: string) => enterTestPerson(admin, database.as('seloste_desk').db, { name })

const restoredAfter = (changesAfterBackup: () => Promise<void>) => restoreAfter(database, register, changesAfterBackup)

test('keeps restrictions of the day of the loss, for requests entered or calls found after the backup', async () => {
  const [paula, aino] = [await person('Paula'), await person('Aino')]
  const [fresh, found, official, lifted] = await register.makeRecordings(4)
  const known = await servedRequest(admin, {
    ...{ clerkId: paula.id, kinds: ['OBJECTION'], contacts: [found!.contactId], state: 'FOUND' },
  })
  const ended = await servedRequest(admin, { clerkId: paula.id, kinds: ['RESTRICTION'] })
  await sql`update segment set official_person_id = ${aino.id}, official_name = 'Aino' where id = ${official!.segmentId}`.execute(
    admin,
  )
  let numbers: string[] = []
  const { rows, restored } = await restoredAfter(async () => {
    const made = await servedRequest(admin, {
      clerkId: (await person('Pia')).id,
      kinds: ['RESTRICTION'],
      contacts: [fresh!.contactId],
    })
    await sql`update request_call set state = 'MATCHED', verified_how = 'DETAILS', verified_at = now(), verified_by = ${paula.id}
      where id = ${known.calls[0]!.id}`.execute(admin)
    const officialsRequest = await servedRequest(admin, {
      ...{ clerkId: paula.id, kinds: ['RESTRICTION', 'RECTIFY'], contacts: [official!.contactId] },
      ...{ party: 'OFFICIAL', officialId: aino.id },
    })
    await sql`insert into request_call (request_id, ordinal, state, contact_id, contact_started_at, looked_by, verified_how, verified_at, verified_by)
      select ${ended.id}, 1, 'MATCHED', c.id, c.started_at, ${paula.id}::uuid, 'DETAILS', now(), ${paula.id}::uuid
      from contact c where c.id = ${lifted!.contactId}`.execute(admin)
    await sql`update subject_request set closed_at = now(), closed_by = ${paula.id}, outcome = 'WITHDRAWN' where id = ${ended.id}`.execute(
      admin,
    )
    numbers = [made.number, known.number, officialsRequest.number].sort()
    const before = await sql<{
      state: string
    }>`select state from recording where id = any (${[fresh!.id, found!.id, official!.id]}::uuid[])`.execute(admin)
    expect(before.rows.map(({ state }) => state)).toEqual(['RESTRICTED', 'RESTRICTED', 'RESTRICTED'])
  })
  const states = await rows('select id, state from recording where id = any ($1::uuid[])', [
    [fresh!.id, found!.id, official!.id, lifted!.id],
  ])
  expect(Object.fromEntries(states.map(({ id, state }) => [id, state]))).toEqual({
    ...{ [fresh!.id]: 'RESTRICTED', [found!.id]: 'RESTRICTED', [official!.id]: 'RESTRICTED', [lifted!.id]: 'STORED' },
  })
  expect(restored.ledger).toMatchObject({ restrictions: 3 })
  const [request] = await rows("select official_id from subject_request where party = 'OFFICIAL'")
  expect(request).toEqual({ official_id: aino.id })
  // The deadlines of the requests continue; the requester must be entered and identified again.
  const open = await rows(
    `select q.number, q.due_at > now() as has_time, r.name, q.identified_at from subject_request q
     left join subject_requester r on r.request_id = q.id where q.number = any ($1) and q.closed_at is null order by q.number`,
    [numbers],
  )
  expect(open.map(({ number }) => number)).toEqual(numbers)
  expect(open.every(({ has_time: hasTime }) => hasTime)).toBe(true)
  expect(open.filter(({ name }) => name === 'RESTORED: see the request')).toHaveLength(2)
})

test('reports lost requests, and closes a restored request that was closed after the backup', async () => {
  const paula = await person('Paula')
  const [recording] = await register.makeRecordings(1)
  const serve = (kinds: RequestKind[], contacts: string[] = []) =>
    servedRequest(admin, { clerkId: paula.id, kinds, contacts })
  const known = await serve(['RESTRICTION', 'KNOW'], [recording!.contactId])
  const numbers: string[] = []
  const { rows, restored } = await restoredAfter(async () => {
    numbers.push((await serve(['ERASURE'], [recording!.contactId])).number, (await serve(['PROHIBIT'])).number)
    const closed = await serve(['KNOW'])
    for (const { id } of [known, closed]) {
      await sql`update subject_request set closed_at = now(), closed_by = ${paula.id}, outcome = 'ANSWERED' where id = ${id}`.execute(
        admin,
      )
    }
  })
  expect(restored.ledger).toMatchObject({ lostRequests: numbers })
  const [recorded] = await rows(
    "select detail -> 'lostRequests' as it from audit_entry where action = 'backup.restored'",
  )
  expect(recorded).toEqual({ it: numbers })
  expect(await rows('select outcome from subject_request where id = $1', [known.id])).toEqual([{ outcome: 'ANSWERED' }])
  expect(await rows('select state from recording where id = $1', [recording!.id])).toEqual([{ state: 'STORED' }])
})

test('reports an appointment of the day of the loss, and ends an appointment that was moved', async () => {
  const [paula, pia] = [await person('Paula'), await person('Pia')]
  const [call] = await register.makeRecordings(1)
  const { id: request, number } = await servedRequest(admin, {
    ...{ clerkId: paula.id, kinds: ['LISTEN'], contacts: [call!.contactId] },
  })
  const { rows: slots } = await sql<{ id: string }>`
    with o as (insert into office (names, address, entered_by) values ('{"fi": "Turku"}', '{"fi": "Katu 1"}', ${pia.id}::uuid) returning id)
    insert into office_slot (office_id, starts_at, ends_at, host_id, added_by)
    select o.id, now() + t, now() + t + interval '1 hour', ${pia.id}::uuid, ${pia.id}::uuid
    from o, unnest(array[interval '5 days', interval '6 days']) t returning id`.execute(admin)
  const book = async (slot: { id: string }) => {
    const { rows: made } = await sql<{ id: string }>`
      insert into appointment (request_id, slot_id, needs, booked_by) values (${request}, ${slot.id}, '{HEARING_LOOP}', ${paula.id}) returning id`.execute(
      admin,
    )
    return made[0]!.id
  }
  const first = await book(slots[0]!)
  const { rows, restored } = await restoredAfter(async () => {
    await sql`update appointment set state = 'MOVED', ended_at = now(), ended_by = ${paula.id} where id = ${first}`.execute(
      admin,
    )
    await book(slots[1]!)
  })
  expect(await rows('select id, state from appointment')).toEqual([{ id: first, state: 'MOVED' }])
  expect(restored.ledger.lostAppointments).toEqual([
    expect.stringMatching(new RegExp(`^${number} [0-9-]{10}T[0-9:]{5}Z Turku$`)),
  ])
  const [recorded] = await rows(
    "select detail -> 'lostAppointments' as it from audit_entry where action = 'backup.restored'",
  )
  expect(recorded).toEqual({ it: restored.ledger.lostAppointments })
})

test('a version of the description approved after the backup is reported missing by the restore and by its promise', async () => {
  const seed = readFileSync(seedDescriptionFile, 'utf8')
  const { machine, restored } = await restoredAfter(() => publishText(pool, seed, Temporal.Now.instant()))
  const { rows } = await pool.query<{ version: number }>('select max(version) as version from description_version')
  expect(restored.lostVersions).toEqual([rows[0]!.version])
  const versions = await readVersions(machine.target.db)
  const now = Temporal.Now.instant()
  const check = () =>
    descriptionCurrent.check(
      {
        ...{ db: machine.target.db, versions, version: versionAt(versions, now), now },
        ...{ objects: machine.target.objects, keys: machine.keys, places: [], drawKey: new Uint8Array(), afresh: true },
      },
      undefined,
    )
  expect(await check()).toMatchObject({ holds: false, facts: { lost: 1 } })
  await machine.pool.query(
    `insert into description_version (version, text, hash, effective_from)
     select version + 1, text, hash, now() from description_version order by version desc limit 1`,
  )
  expect(await check()).toMatchObject({ facts: { lost: 0 } })
})

test('a call that a correction of the day of the loss assigned to another official stays assigned: the former official cannot play it', async () => {
  const none = { kind: 'none' as const, units: [], numbers: [] }
  const desk = database.as('seloste_desk').db
  const right = { role: 'DECISION_MAKER' as const, purposes: [], scope: none }
  const [aino, bertil, pia] = [await person('Aino'), await person('Bertil'), await person('Pia')]
  const riitta = await (await enterTestPerson(admin, desk, { name: 'Riitta', right })).signIn()
  const [call] = await register.makeRecordings(1)
  await sql`update segment set official_person_id = ${aino.id}, official_name = 'Aino' where id = ${call!.segmentId}`.execute(
    admin,
  )
  const request = await servedRequest(admin, {
    ...{ clerkId: pia.id, kinds: ['RECTIFY'], contacts: [call!.contactId] },
  })
  const { rows } = await restoredAfter(async () => {
    const { rows: made } = await sql<{ id: string }>`
      insert into correction (request_id, segment_id, contact_id, contact_started_at, was_person_id, becomes_person_id, becomes_unit_id, proposed_by)
      select ${request.id}::uuid, id, contact_id, contact_started_at, official_person_id, ${bertil.id}::uuid, ${bertil.unitId}::uuid, ${pia.id}::uuid
      from segment where id = ${call!.segmentId} returning id`.execute(admin)
    await inSession(desk, { 'seloste.session': riitta.token }, (tx) =>
      sql`select decide_correction(${made[0]!.id}::uuid, 'APPROVED')`.execute(tx),
    )
  })
  expect(
    await rows('select official_person_id, official_unit_id, official_name from segment where id = $1', [
      call!.segmentId,
    ]),
  ).toEqual([{ official_person_id: bertil.id, official_unit_id: bertil.unitId, official_name: 'Bertil' }])
})

test('a prohibition entered after an inspection or an authority’s request of the same day does not destroy the recording', async () => {
  const everything = { kind: 'all' as const, units: [], numbers: [] }
  const desk = database.as('seloste_desk').db
  const right = { role: 'SECURITY' as const, purposes: ['CRIME_OR_MISUSE' as const], scope: everything }
  const [paula, aino] = [await person('Paula'), await person('Aino')]
  const sini = await (await enterTestPerson(admin, desk, { name: 'Sini', right })).signIn()
  const [played, official, requested, over] = await register.makeRecordings(4)
  await sql`update disclosure_rules set authority = true`.execute(admin)
  await sql`update segment set official_person_id = ${aino.id}, official_name = 'Aino' where id = ${official!.segmentId}`.execute(
    admin,
  )
  const asSini = <Row>(statement: RawBuilder<Row>) =>
    inSession(desk, { 'seloste.session': sini.token }, (tx) => statement.execute(tx))
  const disclose = async () => {
    const received = sql`now() - interval '1 minute'`
    const { rows } = await asSini(
      sql<{ id: string; number: string }>`
        select id, number from save_authority(null, 'REQUEST', 'Poliisi', 'Komisario', '5530/R/1/26', 'INVESTIGATION', null, ${received})`,
    )
    return rows[0]!
  }
  const stateHere = async ({ id }: { id: string }) =>
    (await pool.query<{ state: string }>('select state from recording where id = $1', [id])).rows[0]!.state
  let [request, authority, empty, refused] = ['', '', '', '']
  let inspections: (string | null)[] = []
  const { machine, rows, restored } = await restoredAfter(async () => {
    const listens = { clerkId: (await person('Pia')).id, kinds: ['LISTEN' as const] }
    const callersRequest = await servedRequest(admin, { ...listens, contacts: [played!.contactId] })
    const officials = await servedRequest(admin, {
      ...{ ...listens, contacts: [official!.contactId], party: 'OFFICIAL', officialId: aino.id },
    })
    const withdrawn = await servedRequest(admin, { ...listens, contacts: [over!.contactId] })
    inspections = [callersRequest.calls[0]!.inspectionId, officials.calls[0]!.inspectionId]
    request = callersRequest.number
    const [one, other, third] = [await disclose(), await disclose(), await disclose()]
    await asSini(
      sql`select add_authority_item(${one.id}::uuid, ${requested!.contactId}::uuid, ${requested!.id}::uuid, 'BOTH')`,
    )
    await sql`update authority_disclosure set closed_at = now(), outcome = 'REFUSED', reasons = 'P', decided_at = now(), decided_by = ${paula.id}
      where id = ${third.id}`.execute(admin)
    ;[authority, empty, refused] = [one.number, other.number, third.number]
    for (const [{ id }, party] of [
      [played!, 'OFFICIAL'],
      [official!, 'CALLER'],
      [requested!, 'CALLER'],
      [over!, 'OFFICIAL'],
    ] as const) {
      await sql`insert into prohibition (recording_id, party, channel, received_at, entered_by)
        values (${id}::uuid, ${party}, 'LETTER', now(), ${paula.id}::uuid)`.execute(admin)
      await sql`select settle_recording(${id}::uuid)`.execute(admin)
    }
    expect(await stateHere(over!)).toBe('RESTRICTED')
    await sql`select end_inspection(i, null, 'withdrawn') from inspection i where id = ${withdrawn.calls[0]!.inspectionId}::uuid`.execute(
      admin,
    )
    const states = [
      await stateHere(played!),
      await stateHere(official!),
      await stateHere(requested!),
      await stateHere(over!),
    ]
    expect(states).toEqual(['RESTRICTED', 'RESTRICTED', 'RESTRICTED', 'DESTROYING'])
  })
  await machine.pool.query('select settle_ends()')
  const state = async ({ id }: { id: string }) =>
    (await rows('select state from recording where id = $1', [id]))[0].state as string
  expect(await state(played!)).toBe('RESTRICTED')
  expect(await state(official!)).toBe('RESTRICTED')
  expect(await state(requested!)).toBe('RESTRICTED')
  // The prohibition of this recording waited for nothing: the recording is destroyed.
  expect(await state(over!)).toBe('DESTROYING')
  expect(restored.ledger).toMatchObject({ cases: 3 })
  // The restore reports the requests that cannot be restored.
  expect(restored.ledger.lostRequests).toContain(empty)
  for (const number of [request, authority, refused]) expect(restored.ledger.lostRequests).not.toContain(number)
  // The authority's text is not stored beside the ledger either.
  const reported = await rows("select from opened_entry where object_kind = 'case' and detail::text like '%5530%'")
  expect(reported).toEqual([])
  // Each case can be completed: listened to, decided or released. Then the prohibition is carried out.
  const open = await rows(
    `select i.id, q.number = i.reference as has_request, q.official_id from inspection i join subject_request q on q.id = i.request_id
     where i.id = any ($1) and i.closed_at is null order by q.official_id nulls first`,
    [inspections],
  )
  expect(open).toEqual([
    { id: inspections[0], has_request: true, official_id: null },
    { id: inspections[1], has_request: true, official_id: aino.id },
  ])
  const [decided] = await rows(
    `select d.id, d.authority, i.what from authority_disclosure d join authority_item i on i.disclosure_id = d.id where d.number = $1`,
    [authority],
  )
  expect(decided).toMatchObject({ authority: 'RESTORED: see the request', what: 'BOTH' })
  // The log names what was replayed, so that no planted row can be taken for a replayed one.
  const [logged] = await rows(
    `select array_agg(distinct action order by action) as actions, bool_and(person_id is null) as is_nobodys,
       (select bool_and(case_is_logged(i.inspection_id, i.recording_id, '{}')) from inspection_recording i where i.inspection_id = any ($1)) as inspections,
       (select bool_and(case_is_logged(a.id, a.recording_id, '{}')) from authority_request a where a.disclosure_id = $2) as authority,
       (select bool_and(prohibition_is_logged(p, '{}')) from prohibition p) as prohibitions
     from audit_entry where detail @> '{"restored": true}'`,
    [inspections, decided.id],
  )
  expect(logged).toEqual({
    actions: expect.arrayContaining(['authority.item-added', 'inspection.opened', 'recording.forbidden']),
    is_nobodys: true,
    inspections: true,
    authority: true,
    prohibitions: true,
  })
  await machine.pool.query('select lift_authority_holds($1, $2)', [decided.id, [requested!.id]])
  await machine.pool.query("select end_inspection(i, null, 'withdrawn') from inspection i where id = $1", [
    inspections[0],
  ])
  expect(await state(requested!)).toBe('DESTROYING')
  expect(await state(played!)).toBe('DESTROYING')
})

test('a requester renamed since the backup is entered and identified again, and their calls are verified again (R46)', async () => {
  const scope = { kind: 'all' as const, units: [], numbers: [] }
  const right = { role: 'SERVICE_UNIT' as const, purposes: ['INSPECTION' as const], scope }
  const desk = database.as('seloste_desk').db
  const paula = await enterTestPerson(admin, desk, { name: 'Paula', right })
  const { token } = await paula.signIn()
  const [call] = await register.makeRecordings(1)
  const contacts = [call!.contactId]
  const request = await servedRequest(admin, { clerkId: paula.id, kinds: ['COPY'], contacts })
  const { rows } = await restoredAfter(async () => {
    await inSession(desk, { 'seloste.session': token }, (tx) =>
      sql`select change_request(${request.id}::uuid, '{COPY}', 'fi', '{"name": "Aivan Toinen"}')`.execute(tx),
    )
  })
  expect(
    await rows(
      `select q.identified_at, r.name, c.verify_again_since is not null as again
        from subject_request q join subject_requester r on r.request_id = q.id join request_call c on c.request_id = q.id
        where q.id = $1`,
      [request.id],
    ),
  ).toEqual([{ identified_at: null, name: 'RESTORED: see the request', again: true }])
})

test('a copy requested on the day of the loss opens an inspection of kind COPY after the restore', async () => {
  const paula = await person('Paula')
  const [call] = await register.makeRecordings(1)
  const contacts = [call!.contactId]
  let id = ''
  const { rows } = await restoredAfter(async () => {
    id = (await servedRequest(admin, { clerkId: paula.id, kinds: ['COPY'], contacts })).id
  })
  expect(await rows('select kind, closed_at from inspection where request_id = $1', [id])).toEqual([
    { kind: 'COPY', closed_at: null },
  ])
})
