// An official may not, in another role, act on a request, hold or disclosure that keeps their own call.
import { sql } from 'kysely'
import { beforeAll, describe, expect, test } from 'vitest'
import type { RegisterTables } from '#register/tables.ts'
import { storeDisclosureRules } from '#use/disclosure/disclosure-rules.ts'
import { answer } from '#test/register/open-desk.ts'
import { password } from '../database/people.ts'
import { createTestDatabase } from '../database/create-test-database.ts'
import { openOffices } from '../requests/open-offices.ts'
import { servedRequest } from '../requests/served-request.ts'

const database = await createTestDatabase<RegisterTables>()
const desk = await openOffices(database)
const {
  makeRecording,
  makeInspection,
  addSlot,
  bookAppointment,
  recordOutcome,
  forbidByOfficial,
  admin,
  people,
  stateOf,
  post,
  as,
} = desk

const { aino, paula, riitta, tuula } = people
/** Gives Aino, an official, the rights of another person too. */
const addRightsOf = (other: { id: string }) =>
  sql`
    insert into access_right (id, person_id, role, duty, purposes, scope_kind, scope_units, scope_numbers, valid_from,
      valid_to, requested_by, approved_by, origin, request_id)
    select gen_random_uuid(), ${aino.id}::uuid, role, duty, purposes, scope_kind, scope_units, scope_numbers, valid_from,
      valid_to, requested_by, approved_by, origin, null
    from access_right where person_id = ${other.id}::uuid`.execute(admin)
beforeAll(async () => {
  const { description } = desk.versions.at(Temporal.Now.instant())
  await storeDisclosureRules(desk.custodian, description.disclosure)
  for (const other of [paula, riitta, tuula]) await addRightsOf(other)
})

async function send(method: string, path: string, json?: object) {
  return answer((await as('aino')).fetch(path, { method, ...(json && { json }) }))
}

describe('an official’s own call, whose caller waits to listen to its recording', () => {
  async function makeWaiting() {
    const recording = await makeRecording()
    const request = await makeInspection([recording])
    expect((await forbidByOfficial(recording.id)).body['state']).toBe('waiting')
    return { recording, request, url: `/api/requests/${request.id}` }
  }
  const own = { status: 403, code: 'request.own' }

  test('refuses an outcome of the appointment, before and after the prohibition', async () => {
    const recording = await makeRecording()
    const request = await makeInspection([recording])
    const appointment = await bookAppointment(request, await addSlot(24))
    const jar = await desk.openBrowser(aino)
    expect(await recordOutcome(appointment, 'WITHDRAWN', jar)).toMatchObject(own)
    expect((await forbidByOfficial(recording.id)).body['state']).toBe('waiting')
    expect(await recordOutcome(appointment, 'WITHDRAWN', jar)).toMatchObject(own)
    expect(await stateOf(recording.id)).toMatchObject({ state: 'RESTRICTED' })
    expect((await recordOutcome(appointment, 'WITHDRAWN')).status).toBe(204)
    expect(await stateOf(recording.id)).toMatchObject({ state: 'DESTROYING' })
  })

  test('refuses to forbid it in the caller’s name', async () => {
    const { recording, request } = await makeWaiting()
    const { rows } = await sql<{ number: string }>`select number from subject_request where id = ${request.id}`.execute(
      admin,
    )
    const forbid = { party: 'CALLER', channel: 'PHONE', reference: rows[0]!.number }
    expect(await send('POST', `/api/recordings/${recording.id}/prohibitions`, forbid)).toMatchObject(own)
    expect(await stateOf(recording.id)).toMatchObject({ state: 'RESTRICTED' })
    expect((await post('paula', `/api/recordings/${recording.id}/prohibitions`, forbid)).status).toBe(200)
  })

  test('refuses to close the request, and to remove listening from it', async () => {
    const { recording, url } = await makeWaiting()
    const change = { kinds: ['KNOW'], language: 'fi', requester: { name: 'Pyytäjä Pyynnöllä' } }
    expect(await send('PUT', url, change)).toMatchObject(own)
    expect(await send('POST', `${url}/close`, { outcome: 'WITHDRAWN' })).toMatchObject(own)
    expect(await stateOf(recording.id)).toMatchObject({ state: 'RESTRICTED' })
    expect((await post('paula', `${url}/close`, { outcome: 'WITHDRAWN' })).status).toBe(204)
  })

  test.each(['PROHIBIT', 'OBJECTION', 'RESTRICTION', 'COPY'] as const)(
    'refuses to close a request for %s without an open inspection, to rename its requester, and to remove a kind',
    async (kind) => {
      const recording = await makeRecording()
      const served = await servedRequest(admin, { clerkId: paula.id, contacts: [recording.contactId], kinds: [kind] })
      const { state } = await stateOf(recording.id)
      const url = `/api/requests/${served.id}`
      const entered = { kinds: [kind], language: 'fi', requester: { name: 'Pyytäjä Pyynnöllä' } }
      expect(await send('PUT', url, { ...entered, kinds: ['KNOW'] })).toMatchObject(own)
      expect(await send('PUT', url, { ...entered, requester: { name: 'Toinen Nimi' } })).toMatchObject(own)
      expect(await send('POST', `${url}/close`, { outcome: 'WITHDRAWN' })).toMatchObject(own)
      expect((await stateOf(recording.id)).state).toBe(state)
      expect((await send('PUT', url, { ...entered, kinds: [kind, 'KNOW'], language: 'sv' })).status).toBe(204)
      expect((await post('paula', `${url}/close`, { outcome: 'WITHDRAWN' })).status).toBe(204)
    },
  )

  test('refuses to verify the call as another’s, to mark it as unidentifiable, and to remove it from the request', async () => {
    const { contactId } = await makeRecording()
    const served = await servedRequest(admin, { clerkId: paula.id, contacts: [contactId], state: 'FOUND' })
    const url = `/api/requests/${served.id}/calls/${served.calls[0]!.id}`
    expect(await send('POST', `${url}/verification`, { isParty: false })).toMatchObject(own)
    expect(await send('POST', `${url}/unidentifiable`)).toMatchObject(own)
    expect(await send('DELETE', url)).toMatchObject(own)
    expect((await post('paula', `${url}/verification`, { isParty: false })).status).toBe(204)
  })

  test('lets the official, as host, close the room, but not with the outcome HEARD', async () => {
    const recording = await makeRecording()
    const { jar } = await desk.openRoom([recording], { host: aino })
    const body = { outcome: 'HEARD', password }
    expect(await jar.request('/api/room/close', body)).toMatchObject(own)
    expect((await jar.request('/api/room/close', {})).status).toBe(200)
  })
})

describe('an official’s own call that an order keeps', () => {
  test('refuses to let the official end the order, which somebody else can end', async () => {
    const { contactId } = await makeRecording()
    const until = Temporal.Now.instant()
      .add({ hours: 24 * 30 })
      .toString()
    const order = { contactId, covers: 'both', provision: '806/2011 8:24', authority: 'Poliisi', orderReference: 'R/1' }
    const entered = await post('tuula', '/api/holds', { ...order, until, reference: 'TURVA-1' })
    const end = `/api/holds/${entered.body['id'] as string}/end`
    expect(await post('aino', end, { note: 'Ohi' })).toMatchObject({ status: 403, code: 'hold.own' })
    expect((await post('riitta', end, { note: 'Ohi' })).status).toBe(204)
  })
})

describe('an official’s own call that nobody has put under an order', () => {
  test('refuses to let the official put it under an order, or prolong another person’s order', async () => {
    const { contactId } = await makeRecording()
    const inDays = (days: number) =>
      Temporal.Now.instant()
        .add({ hours: 24 * days })
        .toString()
    const order = { contactId, covers: 'both', provision: '806/2011 8:24', authority: 'Poliisi', orderReference: 'R/2' }
    const entry = { ...order, until: inDays(30), reference: 'TURVA-2' }
    expect(await post('aino', '/api/holds', entry)).toMatchObject({ status: 403, code: 'hold.own' })
    const entered = await post('tuula', '/api/holds', entry)
    const renewal = `/api/holds/${entered.body['id'] as string}/renewals`
    const later = { until: inDays(60), orderReference: 'R/3' }
    expect(await post('aino', renewal, later)).toMatchObject({ status: 403, code: 'hold.own' })
    expect(await post('tuula', renewal, later)).toMatchObject({ status: 403, code: 'hold.own' })
    expect((await post('riitta', renewal, later)).status).toBe(204)
  })
})

describe('an official’s own call that an authority requests', () => {
  const own = { status: 403, code: 'authority.own' }
  const request = (receivedAt = Temporal.Now.instant().subtract({ minutes: 1 })) => ({
    ...{
      origin: 'REQUEST',
      authority: 'Poliisi',
      officer: 'M. Malli',
      caseNumber: '5560/R/1/26',
      aim: 'INVESTIGATION',
    },
    receivedAt: receivedAt.toString(),
  })

  test('leaves the decision, removal, closing and correction of dates to other people', async () => {
    const recording = await makeRecording()
    const entered = await post('tuula', '/api/authority-disclosures', request())
    const url = `/api/authority-disclosures/${entered.body['id'] as string}`
    const item = { contactId: recording.contactId, recordingId: recording.id, what: 'BOTH' }
    const added = await post('tuula', `${url}/items`, item)
    expect(added.status).toBe(201)
    await forbidByOfficial(recording.id)
    expect(await send('PUT', url, request(Temporal.Now.instant()))).toMatchObject(own)
    expect(await send('DELETE', `${url}/items/${String(added.body['item'])}`)).toMatchObject(own)
    const refused = { outcome: 'REFUSED', reasons: 'Ei perustetta.', seen: '' }
    expect(await send('POST', `${url}/decision`, refused)).toMatchObject(own)
    expect(await stateOf(recording.id)).toMatchObject({ state: 'RESTRICTED' })
    expect((await post('riitta', `${url}/decision`, refused)).status).toBe(204)
    expect(await send('POST', `${url}/close`, {})).toMatchObject(own)
    expect(await stateOf(recording.id)).toMatchObject({ state: 'DESTROYING' })
  })
})
