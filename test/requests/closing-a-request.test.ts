// A request with a real call: the next step, what is unfinished, and what its closing releases (R45, R49; requirements
// 1.6).
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import type { RequestDetail } from '#app/http/contract/requests.ts'
import type { RegisterTables } from '#register/tables.ts'
import { eraseEndedRequests } from '#use/requests/erase-requests.ts'
import { createTestDatabase } from '../database/create-test-database.ts'
import { openDestructionDesk } from '../ends/open-destruction-desk.ts'
import { servedRequest } from './served-request.ts'

const database = await createTestDatabase<RegisterTables>()
const {
  makeRecording,
  makeRecordingUntil,
  as,
  post,
  get,
  admin,
  people,
  stateOf,
  forbidByOfficial,
  setDay,
  custodian,
} = await openDestructionDesk(database)
const clerkId = people.paula.id
const now = () => Temporal.Now.instant()

async function read(id: string): Promise<RequestDetail> {
  const { status, body } = await get('paula', `/api/requests/${id}`)
  expect(status).toBe(200)
  return body as unknown as RequestDetail
}
const close = (id: string, outcome: string) => post('paula', `/api/requests/${id}/close`, { outcome })
async function change(id: string, kinds: string[]) {
  const json = { kinds, language: 'fi', requester: { name: 'Pyytäjä Pyynnöllä' } }
  expect((await (await as('paula')).fetch(`/api/requests/${id}`, { method: 'PUT', json })).status).toBe(204)
}
const unfinishedIn = (body: object) => (body as { error?: { field?: string } }).error?.field

test('an appointment for a request to listen is booked first, and the request is urgent three days before the recording ends', async () => {
  const recording = await makeRecordingUntil(71)
  const request = { clerkId, contacts: [recording.contactId] }
  const [{ id }, other] = [
    await servedRequest(admin, { ...request, kinds: ['LISTEN', 'PROHIBIT'] }),
    await servedRequest(admin, { ...request, kinds: ['KNOW'] }),
  ]
  const { state, next, isUrgent, firstEnd } = await read(id)
  expect({ state, next, isUrgent }).toEqual({ state: 'CALL_FOUND', next: ['book', 'answer'], isUrgent: true })
  const day = (await stateOf(recording.id)).destroy_at!
  expect(Temporal.Instant.compare(Temporal.Instant.from(firstEnd!), day)).toBe(0)
  const known = await read(other.id)
  expect(known).toMatchObject({ isUrgent: false, next: ['answer'] })
  expect(known.firstEnd).toBeUndefined()
  await setDay(recording.id, now().subtract({ minutes: 1 }))
  expect(await read(id)).toMatchObject({ isUrgent: false, next: ['answer'] })
})

test('a requested prohibition that is not entered blocks an answer', async () => {
  const recording = await makeRecording()
  const { id, number } = await servedRequest(admin, { clerkId, contacts: [recording.contactId], kinds: ['PROHIBIT'] })
  expect(await read(id)).toMatchObject({ next: ['forbid'], unfinished: ['prohibition', 'letter'] })
  expect(unfinishedIn((await close(id, 'ANSWERED')).body)).toBe('prohibition,letter')
  const forbidden = { party: 'CALLER', channel: 'PHONE', reference: number }
  expect((await post('paula', `/api/recordings/${recording.id}/prohibitions`, forbidden)).status).toBe(200)
  expect(unfinishedIn((await close(id, 'ANSWERED')).body)).toBe('letter')
})

test('the letter about a prohibition does not answer the other kinds of the request, which stays open', async () => {
  const recording = await makeRecording()
  const { id, number } = await servedRequest(admin, {
    clerkId,
    contacts: [recording.contactId],
    kinds: ['KNOW', 'PROHIBIT'],
  })
  expect(await read(id)).toMatchObject({ next: ['forbid', 'answer'], unfinished: ['prohibition', 'letter'] })
  const report = { party: 'CALLER', channel: 'PHONE', reference: number }
  expect((await post('paula', `/api/recordings/${recording.id}/prohibitions`, report)).status).toBe(200)
  const send = (kind: string) =>
    sql`insert into letter (request_id, kind, language, template_version, content, delivered_at, delivered_by, delivered_how)
      values (${id}, ${kind}, 'fi', 1, '{}', now(), ${clerkId}, 'POST')`.execute(admin)
  await send('prohibition')
  expect(await read(id)).toMatchObject({ state: 'CALL_FOUND', next: ['answer'], unfinished: ['letter'] })
  expect(unfinishedIn((await close(id, 'ANSWERED')).body)).toBe('letter')
  await send('answer')
  expect(await read(id)).toMatchObject({ state: 'ANSWERED', next: ['close'], unfinished: [] })
  expect((await close(id, 'ANSWERED')).status).toBe(204)
})

test('each outcome needs its letter: ANSWERED and REFUSED one of their kind, WITHDRAWN none', async () => {
  const recording = await makeRecording()
  const { id } = await servedRequest(admin, { clerkId, contacts: [recording.contactId], state: 'FOUND' })
  await sql`insert into letter (request_id, kind, language, template_version, content, delivered_at, delivered_by, delivered_how)
    values (${id}, 'answer', 'fi', 1, '{}', now(), ${clerkId}, 'POST')`.execute(admin)
  const { unfinished: answered, unfinishedOtherwise } = await read(id)
  expect({ ANSWERED: answered, ...unfinishedOtherwise }).toEqual({
    ...{ ANSWERED: ['call'], REFUSED: ['letter'], WITHDRAWN: [] },
  })
  expect(unfinishedIn((await close(id, 'REFUSED')).body)).toBe('letter')
  expect((await close(id, 'WITHDRAWN')).status).toBe(204)
  expect((await read(id)).unfinishedOtherwise).toEqual({ REFUSED: [], WITHDRAWN: [] })
})

test('a prohibition waits for an inspection only while the request for it is open', async () => {
  const recording = await makeRecording()
  const { id, calls } = await servedRequest(admin, { clerkId, contacts: [recording.contactId], kinds: ['LISTEN'] })
  expect(calls[0]?.inspectionId).not.toBeNull()
  expect((await forbidByOfficial(recording.id)).status).toBe(200)
  expect((await stateOf(recording.id)).state).toBe('RESTRICTED')
  expect((await close(id, 'WITHDRAWN')).status).toBe(204)
  expect(await stateOf(recording.id)).toMatchObject({ state: 'DESTROYING', cause: 'official' })
})

test('an inspection added later delays a destruction from then on, and a removed one does not', async () => {
  const recording = await makeRecording()
  const day = now().subtract({ hours: 48 })
  const { id } = await servedRequest(admin, {
    clerkId,
    contacts: [recording.contactId],
    kinds: ['KNOW'],
    receivedAt: day,
  })
  const readInspections = () =>
    database
      .as()
      .pool.query<{ received: Temporal.Instant; outcome: string | null }>(
        'select received_at as received, outcome from inspection where request_id = $1 order by received_at',
        [id],
      )
      .then(({ rows }) => rows)
  expect(await readInspections()).toEqual([])
  const before = now()
  await change(id, ['KNOW', 'LISTEN'])
  const [opened] = await readInspections()
  expect(opened?.outcome).toBeNull()
  expect(Temporal.Instant.compare(opened!.received, before.subtract({ seconds: 1 }))).toBe(1)
  expect((await forbidByOfficial(recording.id)).status).toBe(200)
  expect((await stateOf(recording.id)).state).toBe('RESTRICTED')
  await change(id, ['KNOW'])
  expect((await readInspections()).map(({ outcome }) => outcome)).toEqual(['withdrawn'])
  expect((await stateOf(recording.id)).state).toBe('DESTROYING')
})

test('a found call that is not verified blocks the closing, and is removed if the request is withdrawn', async () => {
  const recording = await makeRecording()
  const { id, number } = await servedRequest(admin, { clerkId, contacts: [recording.contactId], state: 'FOUND' })
  expect(await read(id)).toMatchObject({ next: ['verify-call'], unfinished: ['call', 'letter'] })
  expect((await close(id, 'WITHDRAWN')).status).toBe(204)
  const calls = await admin.selectFrom('request_call').selectAll().where('request_id', '=', id).execute()
  expect(calls).toEqual([])
  const listened = await post('paula', `/api/recordings/${recording.id}/listenings`, {
    purpose: 'INSPECTION',
    reference: number,
  })
  expect(listened.code).toBe('not-found')
})

test('a request whose requester was erased is still readable, without the person', async () => {
  const recording = await makeRecording()
  const { id, number } = await servedRequest(admin, {
    clerkId,
    contacts: [recording.contactId],
    party: 'OFFICIAL',
    officialId: people.aino.id,
  })
  expect(await read(id)).toMatchObject({ requester: { name: 'Pyytäjä Pyynnöllä' }, official: { id: people.aino.id } })
  expect((await close(id, 'WITHDRAWN')).status).toBe(204)
  await sql`update subject_request set closed_at = now() - interval '30 days' where id = ${id}`.execute(admin)
  expect(await eraseEndedRequests(custodian)).toBe(1)
  const erased = await read(id)
  expect(erased).toMatchObject({
    number,
    state: 'CLOSED',
    closed: { outcome: 'WITHDRAWN' },
    calls: [{ state: 'MATCHED' }],
  })
  expect(erased.requester ?? erased.official ?? erased.calls[0]?.told ?? erased.calls[0]?.contact).toBeUndefined()
  const { body } = await get('paula', `/api/requests?state=closed&find=${number}`)
  expect(body['items']).toMatchObject([{ id, state: 'CLOSED' }])
})

test('a call whose recording an order keeps is shown like one without a recording to listen to', async () => {
  const [held, gone] = [await makeRecordingUntil(24), await makeRecordingUntil(24)]
  const requests = [held, gone].map(({ contactId }) =>
    servedRequest(admin, { clerkId, contacts: [contactId], kinds: ['LISTEN'] }),
  )
  const [ofHeld, ofGone] = await Promise.all(requests)
  const entered = await post('tuula', '/api/holds', {
    contactId: held.contactId,
    covers: 'both',
    provision: 'PKL 8:24',
    authority: 'Poliisi',
    orderReference: 'M-1',
    reference: 'T-1',
    until: now()
      .add({ hours: 24 * 30 })
      .toString(),
  })
  expect(entered.status).toBe(201)
  for (const { id } of [held, gone]) await setDay(id, now().subtract({ minutes: 1 }))
  const [one, other] = [await read(ofHeld!.id), await read(ofGone!.id)]
  const report = ({ next, state, unfinished: left, firstEnd, isUrgent }: RequestDetail) => ({
    next,
    state,
    left,
    firstEnd,
    isUrgent,
  })
  expect(report(one)).toEqual(report(other))
})
