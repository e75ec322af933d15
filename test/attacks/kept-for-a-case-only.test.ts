/**
 * A recording retained only for its caller's request may be played by the person who serves that request (1.6, C3), and
 * not by everybody who enters its number.
 */
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import type { RegisterTables } from '#register/tables.ts'
import { createTestDatabase } from '../database/create-test-database.ts'
import { enterTestPerson, phone } from '../database/people.ts'
import { callOfMonthsAgo } from '../register/make-register.ts'
import { answer } from '../register/open-desk.ts'
import { openGdprServiceUnit } from '../requests/open-gdpr-service-unit.ts'

const database = await createTestDatabase<RegisterTables>()
const { makeRecording, served, admin, custodian, desk, setDay, stateOf } = await openGdprServiceUnit(database)
const own = { kind: 'own' as const, units: [], numbers: [] }
const deskDb = database.as('seloste_desk').db
const maija = await enterTestPerson(admin, deskDb, {
  name: 'Maija',
  right: { role: 'OFFICIAL', purposes: ['DEVELOPMENT', 'INSPECTION'], scope: own },
})
const answeredByMaija = {
  official: { personId: maija.id, unitId: maija.unitId, name: 'Maija', phone: phone('029 512 1001') },
}

async function listeningStatus(recording: string, reference?: string, person = maija): Promise<number> {
  const browser = await desk.signIn(person)
  const json = { purpose: 'INSPECTION', ...(reference && { reference }) }
  return (await answer(browser.fetch(`/api/recordings/${recording}/listenings`, { json }))).status
}

async function forbidAsOfficial(recording: string): Promise<void> {
  const browser = await desk.signIn(maija)
  const json = { party: 'OFFICIAL', channel: 'OWN_CALLS' }
  expect((await answer(browser.fetch(`/api/recordings/${recording}/prohibitions`, { json }))).status).toBe(200)
  expect((await stateOf(recording)).state).toBe('RESTRICTED')
}

test('refuses the official a recording that waits for its caller, also with a request’s number', async () => {
  const { id: recording, contactId } = await makeRecording(answeredByMaija)
  const other = await served({ contacts: [(await makeRecording()).contactId], kinds: ['LISTEN'] })
  const request = await served({ contacts: [contactId], kinds: ['LISTEN'] })
  expect(await listeningStatus(recording, request.number)).toBe(201)
  await forbidAsOfficial(recording)
  for (const reference of [undefined, 'P-2026-1', other.number, request.number])
    expect(await listeningStatus(recording, reference)).toBe(403)
})

test('ends the official’s listening when they forbid the recording', async () => {
  const { id: recording, contactId } = await makeRecording(answeredByMaija)
  const request = await served({ contacts: [contactId], kinds: ['LISTEN'] })
  const browser = await desk.signIn(maija)
  const json = { purpose: 'INSPECTION', reference: request.number }
  const begun = await answer(browser.fetch(`/api/recordings/${recording}/listenings`, { json }))
  await forbidAsOfficial(recording)
  expect((await browser.fetch(begun.body['audio'] as string)).status).toBe(403)
})

test('refuses the recording to an official who also serves requests, if it is their own call', async () => {
  const { id: recording, contactId } = await makeRecording(answeredByMaija)
  const request = await served({ contacts: [contactId], kinds: ['LISTEN'] })
  await forbidAsOfficial(recording)
  await sql`insert into access_right select (jsonb_populate_record(null::access_right, to_jsonb(r) || jsonb_build_object(
    'id', gen_random_uuid(), 'person_id', ${maija.id}::uuid))).* from access_right r where r.role = 'SERVICE_UNIT' limit 1`.execute(
    admin,
  )
  expect(await listeningStatus(recording, request.number)).toBe(403)
  await sql`update access_right set revoked_at = now() where person_id = ${maija.id} and role = 'SERVICE_UNIT'`.execute(
    admin,
  )
})

test('refuses the official a recording that is past its term and kept only for its caller’s inspection (C3)', async () => {
  const { id: recording, contactId } = await makeRecording({ ...answeredByMaija, ...callOfMonthsAgo(5) })
  const receivedAt = Temporal.Now.instant().subtract({ hours: 5 })
  const request = await served({ contacts: [contactId], kinds: ['LISTEN'], receivedAt })
  await sql`update inspections_hold set held = true`.execute(admin)
  await setDay(recording, Temporal.Now.instant().subtract({ hours: 2 }))
  await sql`select settle_ends()`.execute(custodian)
  expect((await stateOf(recording)).state).toBe('RESTRICTED')
  for (const reference of [undefined, request.number]) expect(await listeningStatus(recording, reference)).toBe(404)
})

test('refuses the official a recording that its caller restricts and for which the caller’s identity must be verified again', async () => {
  const { id: recording, contactId } = await makeRecording(answeredByMaija)
  const request = await served({ contacts: [contactId], kinds: ['RESTRICTION'] })
  await sql`select settle_restrictions(${contactId}::uuid, q) from subject_request q where q.id = ${request.id}`.execute(
    admin,
  )
  await sql`update request_call set verify_again_since = now() where request_id = ${request.id}`.execute(admin)
  expect(await listeningStatus(recording, request.number)).toBe(403)
})

test('the evidence counts a forbidden recording that was played to its official as used', async () => {
  const { id: recording, contactId } = await makeRecording(answeredByMaija)
  const request = await served({ contacts: [contactId], kinds: ['LISTEN'] })
  expect(await listeningStatus(recording, request.number)).toBe(201)
  await forbidAsOfficial(recording)
  await sql`insert into listening_range (listening_id, at, from_ms, to_ms)
    select id, now() + interval '1 minute', 0, 900 from listening where recording_id = ${recording}`.execute(admin)
  const { rows } = await sql<{ used: string[]; allWait: boolean }>`
    select used, waiting = prohibitions as "allWait" from prohibitions_obeyed('{}')`.execute(custodian)
  expect(rows).toEqual([{ used: [recording], allWait: true }])
})
