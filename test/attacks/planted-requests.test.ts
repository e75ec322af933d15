// R36, R46: the database's owner plants a request, or changes one, so that the Service Unit can listen to
// another call under the request's number.
import { sql } from 'kysely'
import { beforeEach, expect, test } from 'vitest'
import type { RegisterTables } from '#register/tables.ts'
import { rightsScope } from '#use/evidence/rights-scope.ts'
import { createTestDatabase } from '../database/create-test-database.ts'
import { openGdprServiceUnit } from '../requests/open-gdpr-service-unit.ts'

const database = await createTestDatabase<RegisterTables>()
const { makeRecording, served, ask, admin, custodian, as, people, register } = await openGdprServiceUnit(database)

/** Counts listenings and log entries outside the scope of a request. */
async function countOutside() {
  const context = { db: custodian, keys: register.keys, afresh: true, now: Temporal.Now.instant() } as never
  const found = await rightsScope.check(context, undefined)
  return found === 'not-yet' ? found : found.facts.outside
}

/** Plays a recording as the clerk, under a request's number. */
async function play(recording: string, number: string) {
  const access = { purpose: 'INSPECTION', reference: number }
  const begun = await ask('paula', 'POST', `/api/recordings/${recording}/listenings`, access)
  expect(begun.status).toBe(201)
  const sound = await (await as('paula')).fetch(String(begun.body['audio']), { headers: { range: 'bytes=0-99' } })
  expect(sound.status).toBe(206)
}

let before = 0
beforeEach(async () => {
  before = Number(await countOutside())
})

test('a listening for a request and call that the log has is in scope', async () => {
  const { id, contactId } = await makeRecording()
  await play(id, (await served({ contacts: [contactId] })).number)
  expect(await countOutside()).toBe(before)
})

test('a listening for a planted request is found', async () => {
  const { id, contactId } = await makeRecording()
  await play(id, (await served({ contacts: [contactId], logged: false })).number)
  // The listening, and its entry in the log.
  expect(await countOutside()).toBe(before + 2)
})

test('a listening for another call, written into a request, is found', async () => {
  const [requested, other] = [await makeRecording(), await makeRecording()]
  const request = await served({ contacts: [requested.contactId] })
  await sql`
    update request_call k set contact_id = c.id, contact_started_at = c.started_at
    from contact c where k.request_id = ${request.id} and c.id = ${other.contactId}`.execute(admin)
  await play(other.id, request.number)
  expect(await countOutside()).toBe(before + 2)
})

test('finds a listening for an official’s request that was changed into a caller’s, for whom every part of the call can be played', async () => {
  const { id, contactId } = await makeRecording()
  const request = await served({ contacts: [contactId], party: 'OFFICIAL', officialId: people.aino.id })
  await sql`update subject_request set party = 'CALLER', official_id = null where id = ${request.id}`.execute(admin)
  await play(id, request.number)
  expect(await countOutside()).toBe(before + 2)
})
