// Promise: a prohibition reaches every recording of the call (R49, R50), and a decided correction stays (R39). The attack: the machine is lost
// on the day of the request, and the call or its recording is reported after the restore, by a spool or by detail records read again.
import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { inSession } from '#platform/database/connect.ts'
import { admitFromFeed } from '#register/admit-from-feed.ts'
import { admit } from '#register/admit.ts'
import type { RegisterTables } from '#register/tables.ts'
import { callFacts, enterTestPerson, phone, recordingOf } from '#test/database/people.ts'
import { openBackedUpRegister, restoredAfter } from '../backup/open-backup.ts'
import { createTestDatabase } from '../database/create-test-database.ts'
import { servedRequest } from '../requests/served-request.ts'

const database = await createTestDatabase<RegisterTables>()
const register = await openBackedUpRegister(database)
await register.makeRecordings(1)
await register.seal()
const { db: admin } = database.as()
const desk = database.as('seloste_desk').db
const person = (name: string) => enterTestPerson(admin, desk, { name })
const right = {
  role: 'DECISION_MAKER' as const,
  purposes: [],
  scope: { kind: 'none' as const, units: [], numbers: [] },
}

test.each(['before', 'after'])(
  'a recording that is reported after the restore is destroyed if a request of the day of the loss forbade the use of its call, known %s the backup',
  async (known) => {
    const pia = await person('Pia')
    const facts = callFacts()
    if (known === 'before') await admit(admin, facts)
    const { machine, rows } = await restoredAfter(database, register, async () => {
      if (known === 'after') await admit(admin, facts)
      const request = { clerkId: pia.id, kinds: ['KNOW', 'PROHIBIT'] as const, contacts: [facts.contactId] }
      const { id } = await servedRequest(admin, request)
      await sql`update subject_request set closed_at = now(), closed_by = ${pia.id}, outcome = 'ANSWERED' where id = ${id}`.execute(
        admin,
      )
    })
    const recorded = { ...facts, decision: { ...facts.decision, record: true, reason: 'drawn' } }
    const recording = recordingOf(recorded)
    await admit(machine.target.db as typeof admin, { ...recorded, recording }, randomUUID())
    expect(await rows('select state from recording where id = $1', [recording.id])).toEqual([{ state: 'DESTROYING' }])
  },
  60_000,
)

test('a call that a detail record reports again after the restore is that of the official to whom a correction of the day of the loss gave it', async () => {
  const [aino, bertil, pia] = [await person('Aino'), await person('Bertil'), await person('Pia')]
  const { token } = await (await enterTestPerson(admin, desk, { name: 'Riitta', right })).signIn()
  const official = { personId: aino.id, unitId: aino.unitId, name: 'Aino', phone: phone('029 512 1001') }
  // Another caller than in the other tests, whose calls have the same times.
  const facts = callFacts({ official, caller: { kind: 'e164', key: phone('040 555 1234'), raw: null } })
  const { machine, rows } = await restoredAfter(database, register, async () => {
    await admitFromFeed(admin, 'pbx', [facts])
    const { id } = await servedRequest(admin, { clerkId: pia.id, kinds: ['RECTIFY'], contacts: [facts.contactId] })
    const made = await sql<{ id: string }>`
      insert into correction (request_id, segment_id, contact_id, contact_started_at, was_person_id, was_unit_id, becomes_person_id,
        becomes_unit_id, proposed_by)
      select ${id}::uuid, s.id, contact_id, contact_started_at, official_person_id, official_unit_id, ${bertil.id}::uuid,
        ${bertil.unitId}::uuid, ${pia.id}::uuid
      from segment s where s.id = ${facts.segmentId} returning id`.execute(admin)
    await inSession(desk, { 'seloste.session': token }, (tx) =>
      sql`select decide_correction(${made.rows[0]!.id}::uuid, 'APPROVED')`.execute(tx),
    )
  })
  await admitFromFeed(machine.target.db as typeof admin, 'pbx', [facts])
  expect(await rows('select official_person_id, reported_phone from segment where id = $1', [facts.segmentId])).toEqual(
    [{ official_person_id: bertil.id, reported_phone: phone('029 512 1001') }],
  )
}, 60_000)

test('a request from home of an identified requester that the restore loses is named, unless it was accepted or discarded', async () => {
  const send = (digest: string) =>
    sql`select submit_identified_home_request('CALLER', '{KNOW}', 'fi', '{"name": "Maija Meikäläinen"}', 'eilen', null, now(),
      sha256(${digest}::bytea))`.execute(admin)
  await send('before')
  const { restored } = await restoredAfter(database, register, async () => {
    await send('discarded')
    await send('lost')
    await sql`delete from home_request where fetch_digest <> sha256('lost')`.execute(admin)
  })
  expect(restored.ledger.lostRequests).toEqual([expect.stringMatching(/^from home \d{4}-\d\d-\d\dT\d\d:\d\dZ$/)])
}, 60_000)

test.each(['corrected', 'verified again under another name'])(
  'a recording that is reported after the restore is destroyed if its call was forbidden and %s on the day of the loss',
  async (what) => {
    const [aino, bertil, pia] = [await person('Aino'), await person('Bertil'), await person('Pia')]
    const { token } = await (await enterTestPerson(admin, desk, { name: 'Riitta', right })).signIn()
    const official = { personId: aino.id, unitId: aino.unitId, name: 'Aino', phone: phone('029 512 1001') }
    // Other callers than in the other tests, whose calls have the same times.
    const caller = phone(what === 'corrected' ? '040 555 1235' : '040 555 1236')
    const facts = callFacts({ official, caller: { kind: 'e164', key: caller, raw: null } })
    await admit(admin, facts)
    const asked = { clerkId: pia.id, kinds: ['RECTIFY', 'PROHIBIT'] as const, contacts: [facts.contactId] }
    const { id } = await servedRequest(admin, asked)
    const { machine, rows } = await restoredAfter(database, register, async () => {
      if (what === 'corrected') {
        const made = await sql<{ id: string }>`
          insert into correction (request_id, segment_id, contact_id, contact_started_at, was_person_id, was_unit_id, becomes_person_id,
            becomes_unit_id, proposed_by)
          select ${id}::uuid, s.id, contact_id, contact_started_at, official_person_id, official_unit_id, ${bertil.id}::uuid,
            ${bertil.unitId}::uuid, ${pia.id}::uuid
          from segment s where s.id = ${facts.segmentId} returning id`.execute(admin)
        await inSession(desk, { 'seloste.session': token }, (tx) =>
          sql`select decide_correction(${made.rows[0]!.id}::uuid, 'APPROVED')`.execute(tx),
        )
      } else {
        await sql`update subject_request set identified_at = null, identified_how = null, identified_by = null where id = ${id}`.execute(
          admin,
        )
        await sql`update subject_request set identified_at = now(), identified_how = 'PASSPORT', identified_by = ${pia.id}
          where id = ${id}`.execute(admin)
      }
      await sql`update subject_request set closed_at = now(), closed_by = ${pia.id}, outcome = 'ANSWERED' where id = ${id}`.execute(
        admin,
      )
    })
    const recorded = { ...facts, decision: { ...facts.decision, record: true, reason: 'drawn' } }
    const recording = recordingOf(recorded)
    await admit(machine.target.db as typeof admin, { ...recorded, recording }, randomUUID())
    expect(await rows('select state from recording where id = $1', [recording.id])).toEqual([{ state: 'DESTROYING' }])
  },
  60_000,
)
