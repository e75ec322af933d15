// An unattended session plays no recording and does nothing irreversible before a new proof of identity.
import { sql } from 'kysely'
import { beforeAll, describe, expect, test } from 'vitest'
import { recordInspectionHolds } from '#destruction/destroy-blocked.ts'
import type { RegisterTables } from '#register/tables.ts'
import { storeDisclosureRules } from '#use/disclosure/disclosure-rules.ts'
import { createTestDatabase } from '../database/create-test-database.ts'
import { openGdprServiceUnit } from '../requests/open-gdpr-service-unit.ts'

const database = await createTestDatabase<RegisterTables>()
const acts = await openGdprServiceUnit(database)
const { makeRecording, served, makeCopy, as, admin, people, post, stateOf, forbidByOfficial } = acts
beforeAll(() => storeDisclosureRules(acts.custodian, acts.versions.at(Temporal.Now.instant()).description.disclosure))

/**
 * Sends a request from an unattended desk. Checks that it is refused, and sends it again after a new proof of identity.
 */
async function refusedUntilProved<A extends { status: number }>(
  name: keyof typeof people,
  request: () => Promise<A>,
): Promise<A> {
  await as(name)
  const proved = (ago: string) =>
    sql`update session set proved_at = now() - ${ago}::interval where person_id = ${people[name].id}`.execute(admin)
  await proved('16 minutes')
  expect(await request()).toMatchObject({ status: 403, code: 'confirm.fresh' })
  await proved('1 minute')
  return request()
}

test('making a requester’s copy, which shows its link and passphrase, needs a new proof', async () => {
  const recording = await makeRecording()
  const request = await served({ contacts: [recording.contactId] })
  expect((await refusedUntilProved('paula', () => makeCopy(request.id, recording.id))).status).toBe(201)
})

test('ending a preservation order needs a new proof', async () => {
  const { contactId } = await makeRecording()
  const until = Temporal.Now.instant()
    .add({ hours: 24 * 30 })
    .toString()
  const order = { contactId, covers: 'both', provision: '806/2011 8:24', authority: 'Poliisi', orderReference: 'R/1' }
  const entered = await post('tuula', '/api/holds', { ...order, until, reference: 'TURVA-1' })
  const end = `/api/holds/${entered.body['id'] as string}/end`
  expect((await refusedUntilProved('riitta', () => post('riitta', end, { note: 'Ohi' }))).status).toBe(204)
})

test('closing a request for which a forbidden recording waits needs a new proof, unlike closing other requests', async () => {
  const recording = await makeRecording()
  const request = await served({ contacts: [recording.contactId], kinds: ['LISTEN'] })
  await forbidByOfficial(recording.id)
  const close = (id: string) => post('paula', `/api/requests/${id}/close`, { outcome: 'WITHDRAWN' })
  const closed = await refusedUntilProved('paula', async () => {
    expect(await stateOf(recording.id)).toMatchObject({ state: 'RESTRICTED' })
    return close(request.id)
  })
  expect(closed.status).toBe(204)
  expect(await stateOf(recording.id)).toMatchObject({ state: 'DESTROYING' })
  await sql`update session set proved_at = now() - interval '1 hour' where person_id = ${people.paula.id}`.execute(
    admin,
  )
  const other = await served({ contacts: [(await makeRecording()).contactId], kinds: ['LISTEN'] })
  expect((await close(other.id)).status).toBe(204)
})

test.each([
  ['closing its request', (id: string) => post('paula', `/api/requests/${id}/close`, { outcome: 'WITHDRAWN' })],
  [
    'changing its kinds',
    (id: string) =>
      acts.ask('paula', 'PUT', `/api/requests/${id}`, {
        kinds: ['KNOW'],
        language: 'fi',
        requester: { name: 'Pyytäjä Pyynnöllä' },
      }),
  ],
] as const)(
  'ending the only inspection that keeps a recording past its term (C3) needs a new proof: by %s',
  async (_how, end) => {
    await recordInspectionHolds(acts.custodian, true)
    const recording = await acts.makeRecordingUntil(24)
    const hoursAgo = (hours: number) => Temporal.Now.instant().subtract({ hours })
    const request = await served({ contacts: [recording.contactId], kinds: ['LISTEN'], receivedAt: hoursAgo(2) })
    await acts.setDay(recording.id, hoursAgo(1))
    await sql`select settle_ends()`.execute(acts.custodian)
    expect(await stateOf(recording.id)).toMatchObject({ state: 'RESTRICTED' })
    expect((await refusedUntilProved('paula', () => end(request.id))).status).toBe(204)
    await sql`select settle_ends()`.execute(acts.custodian)
    expect(await stateOf(recording.id)).toMatchObject({ state: 'DESTROYING' })
    await recordInspectionHolds(acts.custodian, false)
  },
)

test('releasing an authority’s item for which a forbidden recording waits needs a new proof', async () => {
  const recording = await makeRecording()
  const ago = (minutes: number) => Temporal.Now.instant().subtract({ minutes }).toString()
  const request = (receivedAt: string) => ({
    ...{
      origin: 'REQUEST',
      authority: 'Poliisi',
      officer: 'M. Malli',
      caseNumber: '5560/R/1/26',
      aim: 'INVESTIGATION',
    },
    receivedAt,
  })
  const entered = await post('tuula', '/api/authority-disclosures', request(ago(10)))
  const url = `/api/authority-disclosures/${entered.body['id'] as string}`
  const item = { contactId: recording.contactId, recordingId: recording.id, what: 'RECORDING' }
  expect((await post('tuula', `${url}/items`, item)).status).toBe(201)
  await forbidByOfficial(recording.id)
  const later = () => acts.ask('tuula', 'PUT', url, request(ago(1)))
  expect((await refusedUntilProved('tuula', later)).status).toBe(204)
  expect((await refusedUntilProved('tuula', () => acts.ask('tuula', 'DELETE', `${url}/items/1`))).status).toBe(204)
})

describe('lifting a restriction of a requester’s recordings needs a new proof', () => {
  const close = (id: string) => post('paula', `/api/requests/${id}/close`, { outcome: 'WITHDRAWN' })
  const change = (id: string, name = 'Pyytäjä Pyynnöllä') =>
    acts.ask('paula', 'PUT', `/api/requests/${id}`, { kinds: ['KNOW'], language: 'fi', requester: { name } })
  const restricting = async (kind: 'OBJECTION' | 'RESTRICTION') => {
    const recording = await makeRecording()
    const request = await served({ contacts: [recording.contactId], kinds: ['KNOW', kind] })
    expect(await stateOf(recording.id)).toMatchObject({ state: 'RESTRICTED' })
    return { recording, ...request }
  }

  test.each([
    ['closing its request', close],
    ['changing its kinds', change],
  ] as const)('by %s', async (_how, lift) => {
    for (const kind of ['OBJECTION', 'RESTRICTION'] as const) {
      const { id, recording } = await restricting(kind)
      expect((await refusedUntilProved('paula', () => lift(id))).status).toBe(204)
      expect(await stateOf(recording.id)).toMatchObject({ state: 'STORED' })
    }
  })

  test.each([
    ['recording that the call is not the requester’s', 'verification', { isParty: false }],
    ['marking the call as unidentifiable', 'unidentifiable', {}],
  ])('by %s, while the call waits to be verified for another name', async (_how, path, json) => {
    const { id, recording, calls } = await restricting('OBJECTION')
    const request = { kinds: ['KNOW', 'OBJECTION'], language: 'fi', requester: { name: 'Toinen Nimi' } }
    expect((await acts.ask('paula', 'PUT', `/api/requests/${id}`, request)).status).toBe(204)
    expect((await post('paula', `/api/requests/${id}/identification`, { how: 'PASSPORT' })).status).toBe(204)
    const releaseCall = () => post('paula', `/api/requests/${id}/calls/${calls[0]!.id}/${path}`, json)
    expect((await refusedUntilProved('paula', releaseCall)).status).toBe(204)
    expect(await stateOf(recording.id)).toMatchObject({ state: 'STORED' })
  })

  test('by closing a request whose call waits to be verified for another name', async () => {
    const { id, recording } = await restricting('OBJECTION')
    const request = { kinds: ['KNOW', 'OBJECTION'], language: 'fi', requester: { name: 'Toinen Nimi' } }
    expect((await acts.ask('paula', 'PUT', `/api/requests/${id}`, request)).status).toBe(204)
    expect((await refusedUntilProved('paula', () => close(id))).status).toBe(204)
    expect(await stateOf(recording.id)).toMatchObject({ state: 'STORED' })
  })

  test('is needed only if a restriction is lifted: no other change asks for a new proof', async () => {
    const [restricts, other] = [await restricting('OBJECTION'), await served({ kinds: ['KNOW'] })]
    await as('paula')
    await sql`update session set proved_at = now() - interval '1 hour' where person_id = ${people.paula.id}`.execute(
      admin,
    )
    const request = { kinds: ['KNOW', 'OBJECTION', 'LOG_EXTRACT'], language: 'sv', requester: { name: 'Toinen Nimi' } }
    expect((await acts.ask('paula', 'PUT', `/api/requests/${restricts.id}`, request)).status).toBe(204)
    expect((await close(other.id)).status).toBe(204)
    const forbidden = await restricting('OBJECTION')
    await forbidByOfficial(forbidden.recording.id)
    expect((await close(forbidden.id)).status).toBe(204)
  })
})
