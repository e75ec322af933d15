/**
 * A call must be verified to be the requester's own (R46). If the request is renamed, its calls are verified again, and
 * what protects their recordings stays.
 */
import { sql } from 'kysely'
import { describe, expect, test } from 'vitest'
import type { RequestDetail } from '#app/http/contract/requests.ts'
import type { RequestKind } from '#register/request-tables.ts'
import type { RegisterTables } from '#register/tables.ts'
import { makeLettersDue } from '#use/requests/letters/make-letter.ts'
import { createTestDatabase } from '../database/create-test-database.ts'
import { openGdprServiceUnit } from '../requests/open-gdpr-service-unit.ts'

const database = await createTestDatabase<RegisterTables>()
const acts = await openGdprServiceUnit(database)
const { ask: send, served, makeRecording, admin, stateOf, makeCopy, custodian, versions, forbid } = acts
type Kinds = RequestKind[]

const onRequest = (id: string, path: string, json?: object, method = 'POST') =>
  send('paula', method, `/api/requests/${id}${path}`, json)
async function read(id: string): Promise<RequestDetail> {
  const { status, body } = await onRequest(id, '', undefined, 'GET')
  expect(status).toBe(200)
  return body as unknown as RequestDetail
}
/** Renames the requester and identifies them again. */
async function renamed(id: string, kinds: Kinds, name = 'Toinen Nimi') {
  expect((await onRequest(id, '', { kinds, language: 'fi', requester: { name } }, 'PUT')).status).toBe(204)
  expect((await onRequest(id, '/identification', { how: 'PASSPORT' })).status).toBe(204)
}
const verify = (id: string, call: string, isParty: boolean) => onRequest(id, `/calls/${call}/verification`, { isParty })
const draft = (id: string, kind: string) => onRequest(id, '/letters', { kind })
const beginListening = (number: string, recording: string) =>
  send('paula', 'POST', `/api/recordings/${recording}/listenings`, { purpose: 'INSPECTION', reference: number })
const listenStatus = async (number: string, recording: string) => (await beginListening(number, recording)).status
async function listen(number: string, recording: string) {
  const begun = await beginListening(number, recording)
  expect(begun.status).toBe(201)
  const paula = await acts.as('paula')
  const sound = await paula.fetch(String(begun.body['audio']), { headers: { range: 'bytes=0-999' } })
  expect(sound.status).toBe(206)
}
async function requestFor(kinds: Kinds, options: Parameters<typeof served>[0] = {}) {
  const recording = await makeRecording()
  const request = await served({ contacts: [recording.contactId], kinds, ...options })
  return { ...request, recording, call: request.calls[0]!.id }
}

test('a call of a renamed request can be played to verify it again; before that it is not reported, copied, forbidden or corrected', async () => {
  const kinds: Kinds = ['LISTEN', 'COPY', 'RECTIFY', 'LOG_EXTRACT', 'PROHIBIT']
  const { id, number, recording, call } = await requestFor(kinds)
  await listen(number, recording.id)
  await renamed(id, kinds)
  const waits = await read(id)
  expect(waits.calls).toMatchObject([{ state: 'FOUND', verifyAgain: true, verification: { by: 'RECORDING' } }])
  expect(waits.calls[0]?.contact).toBeUndefined()
  expect(waits.next).toEqual(['verify-call'])
  const forbidIt = { party: 'CALLER', channel: 'PHONE', reference: number, endsCopy: true }
  const correction = { segmentId: recording.segmentId, officialUserId: acts.people.bertil.userId }
  const extract = `/api/contacts/${recording.contactId}/looks?reference=${number}`
  const acting = async () => [
    (await makeCopy(id, recording.id)).status,
    (await onRequest(id, '/corrections', correction)).status,
    (await draft(id, 'log-extract')).status,
    (await draft(id, 'answer')).status,
    (await send('paula', 'GET', extract)).status,
    (await forbid('paula', recording.id, forbidIt)).status,
  ]
  expect(await acting()).toEqual([404, 404, 409, 409, 404, 404])
  expect((await onRequest(id, '/slots', undefined, 'GET')).body).toMatchObject({ items: [] })
  expect(await verify(id, call, true)).toMatchObject({ status: 409, code: 'call.not-heard' })
  await listen(number, recording.id)
  expect((await verify(id, call, true)).status).toBe(204)
  const shown = await read(id)
  expect(shown.calls).toMatchObject([{ state: 'MATCHED', contact: { id: recording.contactId } }])
  expect(shown.calls[0]).not.toHaveProperty('verifyAgain')
  expect(await acting()).toEqual([201, 201, 201, 201, 200, 200])
})

test('keeps the inspection that protects the recording, and offers no appointment for it', async () => {
  const { id, recording, calls } = await requestFor(['LISTEN'])
  await renamed(id, ['LISTEN'])
  const inspections = await sql<{ id: string }>`
    select id from inspection where request_id = ${id} and closed_at is null`.execute(admin)
  expect(inspections.rows).toEqual([{ id: calls[0]!.inspectionId }])
  await acts.forbidByOfficial(recording.id)
  expect((await stateOf(recording.id)).state).toBe('RESTRICTED')
  const waiting = await sql<{ hears: string[] }>`select recordings_to_inspect(${id}::uuid) as hears`.execute(admin)
  expect(waiting.rows).toEqual([{ hears: [] }])
})

describe.each(['OBJECTION', 'RESTRICTION'] as const)('%s', (kind) => {
  test('continues while a name is corrected, and is reported only to a requester who is verified as the call’s party', async () => {
    const { id, number, recording, call } = await requestFor([kind])
    expect((await stateOf(recording.id)).state).toBe('RESTRICTED')
    await renamed(id, [kind])
    expect((await stateOf(recording.id)).state).toBe('RESTRICTED')
    expect((await draft(id, kind === 'OBJECTION' ? 'objection' : 'restriction')).code).toBe('letter.nothing-to-tell')
    expect(await verify(id, call, true)).toMatchObject({ status: 409, code: 'call.not-heard' })
    const { rows } = await sql<{ day: string; time: string; caller: string }>`
      select to_char(started_at at time zone 'Europe/Helsinki', 'YYYY-MM-DD') as day, caller_key as caller,
        to_char(started_at at time zone 'Europe/Helsinki', 'HH24:MI') as time from contact where id = ${recording.contactId}`.execute(
      admin,
    )
    const { day, time, caller } = rows[0]!
    await sql`update contact set caller_key = '+3584577' || (random() * 90000 + 10000)::integer where id = ${recording.contactId}`.execute(
      admin,
    )
    const own = await sql<{
      caller: string
    }>`select caller_key as caller from contact where id = ${recording.contactId}`.execute(admin)
    const report = { day, time, accuracy: 'MINUTES', callerNumber: own.rows[0]!.caller }
    const others = { ...report, callerNumber: `${caller}9` }
    expect(await onRequest(id, `/calls/${call}`, others, 'PUT')).toMatchObject({
      status: 409,
      code: 'call.fits-another',
    })
    expect((await stateOf(recording.id)).state).toBe('RESTRICTED')
    expect((await onRequest(id, `/calls/${call}`, report, 'PUT')).body).toMatchObject({
      state: 'FOUND',
      verifyAgain: true,
    })
    await listen(number, recording.id)
    expect((await verify(id, call, true)).status).toBe(204)
    expect((await stateOf(recording.id)).state).toBe('RESTRICTED')
    expect((await read(id)).calls).toMatchObject([{ state: 'MATCHED' }])
  })

  test('allows playback only for the new verification, and only if no other request restricts the recording', async () => {
    const recording = await makeRecording()
    const requests = { contacts: [recording.contactId], kinds: [kind] }
    const { id, number, calls } = await served(requests)
    expect(await listenStatus(number, recording.id)).toBe(403)
    await renamed(id, [kind])
    const other = await served(requests)
    expect(await listenStatus(number, recording.id)).toBe(403)
    expect((await onRequest(other.id, '/close', { outcome: 'WITHDRAWN' })).status).toBe(204)
    await listen(number, recording.id)
    expect((await verify(id, calls[0]!.id, true)).status).toBe(204)
    expect(await listenStatus(number, recording.id)).toBe(403)
  })

  test('ends if the requester with the other name is not a party, and their inspection ends with it', async () => {
    const { id, recording, call, calls } = await requestFor([kind, 'LISTEN'])
    await renamed(id, [kind, 'LISTEN'])
    expect((await onRequest(id, `/calls/${call}`, undefined, 'DELETE')).code).toBe('call.matched')
    expect((await verify(id, call, false)).status).toBe(204)
    expect((await stateOf(recording.id)).state).toBe('STORED')
    const { rows } = await sql`select outcome from inspection where id = ${calls[0]!.inspectionId}`.execute(admin)
    expect(rows).toEqual([{ outcome: 'withdrawn' }])
  })
})

test('a restriction that the requester was informed of does not end when the request gets another name, because that person could not be informed of its end (GDPR 18(3))', async () => {
  const { id, number, recording, call } = await requestFor(['RESTRICTION'])
  const { body } = await draft(id, 'restriction')
  expect((await send('paula', 'POST', `/api/letters/${body['id'] as string}/delivery`, { how: 'POST' })).status).toBe(
    204,
  )
  await renamed(id, ['RESTRICTION'])
  expect(await verify(id, call, false)).toMatchObject({ status: 409, code: 'call.restriction-told' })
  expect(await onRequest(id, `/calls/${call}/unidentifiable`)).toMatchObject({
    status: 409,
    code: 'call.restriction-told',
  })
  expect(await onRequest(id, '/close', { outcome: 'WITHDRAWN' })).toMatchObject({
    status: 409,
    code: 'request.unfinished',
  })
  expect((await stateOf(recording.id)).state).toBe('RESTRICTED')
  // Enters the old name again, so that the requester gets the letter.
  await renamed(id, ['RESTRICTION'], 'Pyytäjä Pyynnöllä')
  await listen(number, recording.id)
  expect((await verify(id, call, true)).status).toBe(204)
  expect((await draft(id, 'restriction-end')).status).toBe(201)
})

test('an inspection requested again together with a change of name keeps the recording', async () => {
  const { id, number, recording, call } = await requestFor(['LISTEN', 'KNOW'])
  const name = 'Pyytäjä Pyynnöllä'
  expect((await onRequest(id, '', { kinds: ['KNOW'], language: 'fi', requester: { name } }, 'PUT')).status).toBe(204)
  await renamed(id, ['LISTEN', 'KNOW'])
  await listen(number, recording.id)
  expect((await verify(id, call, true)).status).toBe(204)
  await acts.forbidByOfficial(recording.id)
  expect((await stateOf(recording.id)).state).toBe('RESTRICTED')
})

test('an automatic letter does not report to another name what was forbidden', async () => {
  const { id, number, recording } = await requestFor(['PROHIBIT'])
  await forbid('paula', recording.id, { party: 'CALLER', channel: 'PHONE', reference: number })
  await renamed(id, ['PROHIBIT'])
  await acts.startCustodian()
  await acts.until(recording.id, 'DESTROYED')
  await acts.stopCustodian()
  await makeLettersDue(custodian, versions.at(Temporal.Now.instant()).description, (error) => {
    throw error
  })
  expect((await read(id)).letters).toEqual([])
  expect((await draft(id, 'prohibition')).code).toBe('letter.nothing-to-tell')
})
