/**
 * A call to a number that moved from one official to another belongs to the official who had it when the call was
 * answered (R8, R11, R37).
 */
import { sql } from 'kysely'
import { describe, expect, test } from 'vitest'
import { inSession } from '#platform/database/connect.ts'
import { admit, type SegmentFacts } from '#register/admit.ts'
import type { RegisterTables } from '#register/tables.ts'
import { decideDirectoryChange, listDirectoryChanges } from '#safeguards/people/directory-changes.ts'
import { changePerson, enterIntoDirectory } from '#safeguards/people/change-people.ts'
import type { Session } from '#safeguards/people/session.ts'
import { createTestDatabase } from '#test/database/create-test-database.ts'
import { callFacts, enterTestPerson, phone, recordingFacts } from '#test/database/people.ts'
import { readShippedDescription } from '#test/database/describe-from.ts'
import { openTestFeed } from '#test/database/test-feed.ts'

const database = await createTestDatabase<RegisterTables>()
const admin = database.as().db
const desk = database.as('seloste_desk').db
const capture = database.as('seloste_capture').db
const { numbering } = await readShippedDescription()
const now = Temporal.Now.instant().round('second')
const moved = now.subtract({ hours: 1 })

/** Moves a number from Aino to Berta as of an hour ago; capture's copy of the directory is older. */
async function moveNumber(written: string) {
  const aino = await enterTestPerson(admin, desk, { name: `Aino ${written}`, unit: 'Entinen', phone: written })
  const berta = await enterTestPerson(admin, desk, { name: `Berta ${written}`, unit: 'Nykyinen' })
  await sql`update person_phone set valid_to = ${moved}::timestamptz where person_id = ${aino.id}`.execute(admin)
  await sql`insert into person_phone (person_id, phone_key, valid_from)
    values (${berta.id}, ${phone(written)}, ${moved}::timestamptz)`.execute(admin)
  const recordedCall = (changes: Partial<SegmentFacts> = {}) =>
    callFacts({
      ...{ startedAt: now.subtract({ minutes: 11 }), answeredAt: now.subtract({ minutes: 10 }) },
      endedAt: now.subtract({ minutes: 5 }),
      official: { personId: aino.id, unitId: aino.unitId, name: `Aino ${written}`, phone: phone(written) },
      decision: { record: true, reason: 'drawn', ruleId: 'r', ruleVersion: 1, share: 0.5, draw: 0.1 },
      recording: recordingFacts({ startedAt: now.subtract({ minutes: 10 }), endedAt: now.subtract({ minutes: 5 }) }),
      ...changes,
    })
  const named = { official_person_id: berta.id, official_unit_id: berta.unitId, official_name: `Berta ${written}` }
  return { aino, berta, recordedCall, named }
}

const segmentOf = (id: string) =>
  admin.selectFrom('segment').selectAll().where('contact_id', '=', id).executeTakeFirstOrThrow()
const attributionEntries = async (id: string) =>
  (
    await sql<{
      detail: unknown
    }>`select detail from audit_entry where object_id = ${id} and action = 'call.attributed'`.execute(admin)
  ).rows.map(({ detail }) => detail)
const enterConsent = (person: { id: string }) =>
  sql`insert into person_recording_consent (person_id, valid_from) values (${person.id}, ${moved}::timestamptz - interval '1 day')`.execute(
    admin,
  )

test('a call reported by a capture that was disconnected during the move belongs to the present holder, and the log records it', async () => {
  const { berta, recordedCall, named } = await moveNumber('029 512 7101')
  const facts = recordedCall()
  const { contactId } = await admit(capture, facts)
  const entries = [{ segment: facts.segmentId, person: berta.id }]
  expect(await segmentOf(contactId)).toMatchObject({ ...named, marks: [] })
  expect(await attributionEntries(contactId)).toEqual(entries)
  // Reported again, with capture's old directory data.
  await admit(capture, facts)
  expect(await segmentOf(contactId)).toMatchObject({ ...named, marks: [] })
  expect(await attributionEntries(contactId)).toEqual(entries)
})

test('a call belongs to the present holder while it rings, while it continues and after it has ended', async () => {
  const { berta, recordedCall, named } = await moveNumber('029 512 7102')
  const { answeredAt, endedAt, recording, ...rings } = recordedCall()
  const { contactId } = await admit(capture, rings)
  await admit(capture, { ...rings, answeredAt })
  expect(await segmentOf(contactId)).toMatchObject(named)
  await admit(capture, { ...rings, answeredAt, endedAt, recording })
  expect(await segmentOf(contactId)).toMatchObject({ ...named, ended_at: endedAt })
  expect(await attributionEntries(contactId)).toEqual([{ segment: rings.segmentId, person: berta.id }])
})

test('a call recorded with the former holder’s consent but without the present one’s is marked for review', async () => {
  const { aino, recordedCall, named } = await moveNumber('029 512 7103')
  await enterConsent(aino)
  const facts = recordedCall()
  const { contactId } = await admit(capture, facts)
  await admit(capture, facts)
  expect(await segmentOf(contactId)).toMatchObject({ ...named, marks: ['needs-review'] })
})

test('a call that both consented to, or that was not recorded, is not marked for review', async () => {
  const { aino, berta, recordedCall, named } = await moveNumber('029 512 7104')
  await enterConsent(aino)
  const unrecorded = recordedCall({ recording: undefined, decision: { record: false, reason: 'not-drawn' } })
  const { contactId: first } = await admit(capture, unrecorded)
  expect(await segmentOf(first)).toMatchObject({ ...named, marks: [] })
  await enterConsent(berta)
  const { contactId: second } = await admit(capture, recordedCall())
  expect(await segmentOf(second)).toMatchObject({ ...named, marks: [] })
})

test('a call before the move, or at a number missing from the directory, stays the former holder’s', async () => {
  const { aino, recordedCall } = await moveNumber('029 512 7105')
  const before = moved.subtract({ minutes: 10 })
  const times = { startedAt: before, answeredAt: before, endedAt: before.add({ minutes: 5 }) }
  const { contactId: earlier } = await admit(
    capture,
    recordedCall({ ...times, recording: recordingFacts({ startedAt: before, endedAt: times.endedAt }) }),
  )
  expect(await segmentOf(earlier)).toMatchObject({ official_person_id: aino.id })
  const elsewhere = { personId: aino.id, unitId: aino.unitId, name: 'Aino', phone: phone('029 512 7199') }
  const { contactId: other } = await admit(capture, recordedCall({ official: elsewhere }))
  expect(await segmentOf(other)).toMatchObject({ official_person_id: aino.id })
  expect(await attributionEntries(other)).toEqual([])
})

test('a call that ended a day before a late entry moved the number stays as it is, also if reported again', async () => {
  const { aino, berta, recordedCall } = await moveNumber('029 512 7106')
  const longAgo = now.subtract({ hours: 30 })
  const facts = recordedCall({
    ...{ startedAt: longAgo, answeredAt: longAgo, endedAt: longAgo.add({ minutes: 5 }), recording: undefined },
    decision: { record: false, reason: 'not-drawn' },
  })
  const { contactId } = await admit(capture, facts)
  await sql`delete from person_phone where person_id = ${aino.id}`.execute(admin)
  await sql`update person_phone set valid_from = '2020-01-02' where person_id = ${berta.id}`.execute(admin)
  await admit(capture, facts)
  expect(await segmentOf(contactId)).toMatchObject({ official_person_id: aino.id })
})

test('a call reported by a feed with an old copy of the directory belongs to the present holder', async () => {
  const { aino, berta, named } = await moveNumber('029 512 7107')
  const { deliver } = await openTestFeed(database, [
    {
      ...{ personId: aino.id, unitId: aino.unitId, name: 'Aino', phoneKey: phone('029 512 7107') },
      ...{ consentedFrom: null, from: Temporal.Instant.from('2020-01-01T00:00:00Z'), to: null },
    },
  ])
  const fields = {
    ...{ callId: ['id'], startedAt: ['start'], answeredAt: ['answer'], endedAt: ['end'] },
    ...{ caller: ['caller'], called: ['called'], official: ['official'] },
  }
  const at = (minutes: number) => now.subtract({ minutes }).toString()
  const problems = await deliver(
    { source: 'csv', fields },
    `id;start;answer;end;caller;called;official\nfed-7107;${at(11)};${at(10)};${at(5)};+358407107107;029497000;0295127107\n`,
  )
  expect(problems).toEqual([])
  const [segment] = await admin
    .selectFrom('segment')
    .selectAll()
    .where('official_phone', '=', phone('029 512 7107'))
    .execute()
  expect(segment).toMatchObject(named)
  expect(await attributionEntries(segment!.contact_id)).toEqual([{ segment: segment!.id, person: berta.id }])
})

describe('a directory change that needs a second person', () => {
  const enter = (name: string, more: object = {}) => enterTestPerson(admin, desk, { name, ...more })
  const request = { from: now.subtract({ hours: 5 }) }
  const right = { role: 'ADMINISTRATOR', purposes: [], scope: { kind: 'none', units: [], numbers: [] } }

  async function administrators() {
    const [mallory, bea] = [await enter('Mallory', { right }), await enter('Bea', { right })]
    return { mallory, session: await mallory.signIn(), other: await bea.signIn() }
  }
  const callOfUnknown = (written: string) => callFacts({ official: { name: phone(written), phone: phone(written) } })
  const holderOf = async (id: string) => (await segmentOf(id)).official_person_id
  const changeOf = async (session: Session, id: string) => (await listDirectoryChanges(desk, session, id))[0]!

  test('assigns calls whose official was unknown: one administrator alone cannot assign them', async () => {
    const { mallory, session, other } = await administrators()
    const written = '029 512 7201'
    const { contactId } = await admit(capture, callOfUnknown(written))
    const change = { ...request, addPhones: [written] }
    expect(await changePerson(desk, { session }, mallory.id, change, numbering)).toMatchObject({
      waits: true,
      phones: [],
    })
    expect(await holderOf(contactId)).toBeNull()
    // An administrator alone cannot assign them by entering a person or a file, nor directly in the database.
    const newcomer = { userId: 'uusi.7201', name: 'Uusi', employedFrom: request.from, phones: [written] }
    expect(await enterIntoDirectory(desk, { session }, newcomer, numbering)).toMatchObject({ waits: true, phones: [] })
    const direct = inSession(desk, { 'seloste.session': session.token }, (tx) =>
      sql`insert into person_phone (person_id, phone_key, valid_from)
        values (${mallory.id}, ${phone(written)}, ${request.from}::timestamptz)`.execute(tx),
    )
    await expect(direct).rejects.toThrow('person.needs-confirmation')
    expect(await holderOf(contactId)).toBeNull()

    const waiting = await changeOf(other, mallory.id)
    expect(waiting.fromConfirmation).toBe(false)
    expect(await decideDirectoryChange(desk, other, waiting.id, true)).toEqual({ done: true })
    expect(await holderOf(contactId)).toBe(mallory.id)
    expect(await attributionEntries(contactId)).toHaveLength(1)
  })

  test('is neither the addition of a number without answered calls, nor of a number from after its calls', async () => {
    const { mallory, session } = await administrators()
    const { contactId } = await admit(capture, callOfUnknown('029 512 7202'))
    for (const change of [
      { ...request, addPhones: ['029 512 7203'] },
      { from: Temporal.Now.instant(), addPhones: ['029 512 7202'] },
    ])
      expect(await changePerson(desk, { session }, mallory.id, change, numbering)).toMatchObject({ waits: false })
    expect(await holderOf(contactId)).toBeNull()
  })

  test('moves another’s number when it is confirmed: earlier calls stay the former holder’s, also in the directory', async () => {
    const { session, other } = await administrators()
    const written = '029 512 7204'
    const aino = await enter('Aino', { phone: written })
    const berta = await enter('Berta')
    const official = { personId: aino.id, unitId: aino.unitId, name: 'Aino', phone: phone(written) }
    const { contactId } = await admit(capture, callFacts({ official }))
    await changePerson(desk, { session }, aino.id, { ...request, endPhones: [written] }, numbering)
    await changePerson(desk, { session }, berta.id, { ...request, addPhones: [written] }, numbering)
    const waiting = await changeOf(other, berta.id)
    expect(waiting).toMatchObject({ fromConfirmation: true, wanted: { from: request.from.toString() } })
    // A desk without a session learns nothing about the number's calls, neither from this change nor from an invented
    // one.
    const alone = sql<{ holds: boolean }>`select holds_from_confirmation(${waiting.id}::uuid) as holds`.execute(desk)
    expect((await alone).rows).toEqual([{ holds: false }])
    const invented = { person_id: berta.id, wanted: { add: [phone(written)], from: request.from.toString() } }
    await expect(
      sql`select holds_from_confirmation(jsonb_populate_record(null::directory_change, ${JSON.stringify(invented)}::jsonb))`.execute(
        desk,
      ),
    ).rejects.toThrow('does not exist')
    const before = Temporal.Now.instant()
    expect(await decideDirectoryChange(desk, other, waiting.id, true)).toEqual({ done: true })
    const { rows } = await sql<{ since: Temporal.Instant }>`
      select valid_from as since from person_phone where phone_key = ${phone(written)} and person_id = ${berta.id}`.execute(
      admin,
    )
    expect(Temporal.Instant.compare(rows[0]!.since, before)).toBeGreaterThan(0)
    expect(await holderOf(contactId)).toBe(aino.id)
  })

  test('takes effect at its date if that is later than the confirmation', async () => {
    const { session, other } = await administrators()
    const written = '029 512 7205'
    await enter('Aino', { phone: written })
    const berta = await enter('Berta')
    const from = now.add({ hours: 48 })
    const content = { from, addPhones: [written] }
    await sql`update person_phone set valid_to = ${from}::timestamptz where phone_key = ${phone(written)}`.execute(
      admin,
    )
    await changePerson(desk, { session }, berta.id, content, numbering)
    const waiting = await changeOf(other, berta.id)
    expect(await decideDirectoryChange(desk, other, waiting.id, true)).toEqual({ done: true })
    const { rows } = await sql`select valid_from as since from person_phone where person_id = ${berta.id}`.execute(
      admin,
    )
    expect(rows).toEqual([{ since: from }])
  })
})
