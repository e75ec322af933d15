/**
 * A requester's copy can be downloaded only while the requester is entitled to it (C1, R44, L9): the link of a refused
 * request opens nothing.
 */
import { sql } from 'kysely'
import { describe, expect, test } from 'vitest'
import type { RegisterTables } from '#register/tables.ts'
import { createTestDatabase } from '../database/create-test-database.ts'
import { enterTestPerson } from '../database/people.ts'
import { openGdprServiceUnit } from '../requests/open-gdpr-service-unit.ts'

const database = await createTestDatabase<RegisterTables>()
const acts = await openGdprServiceUnit(database)
const { ask: requestOf, readyCopy, fetchCopy, served, admin, copyOf } = acts

const close = async (id: string, outcome: string) =>
  expect((await requestOf('paula', 'POST', `/api/requests/${id}/close`, { outcome })).status).toBe(204)
const change = async (id: string, kinds: string[], name = 'Pyytäjä Pyynnöllä') =>
  expect(
    (await requestOf('paula', 'PUT', `/api/requests/${id}`, { kinds, language: 'fi', requester: { name } })).status,
  ).toBe(204)
async function send(request: string, kind: string, more: object = {}): Promise<void> {
  const { body } = await requestOf('paula', 'POST', `/api/requests/${request}/letters`, { kind, ...more })
  const sent = await requestOf('paula', 'POST', `/api/letters/${body['id'] as string}/delivery`, { how: 'POST' })
  expect(sent.status).toBe(204)
}
async function canDownload(link: string): Promise<boolean> {
  const { status } = await acts.desk.visitor.fetch(link)
  const fetched = await fetchCopy(link)
  await fetched.arrayBuffer()
  expect(fetched.status).toBe(status)
  return fetched.status === 200
}

describe('a copy that is ready', () => {
  test.each<[string, (id: string) => Promise<void>]>([
    ['is withdrawn', (id) => close(id, 'WITHDRAWN')],
    [
      'is refused',
      async (id) => {
        await send(id, 'refusal', { ground: 'EXCESSIVE' })
        await close(id, 'REFUSED')
      },
    ],
    ['no longer asks for a copy', (id) => change(id, ['RECTIFY'])],
    ['names another requester, who is not identified', (id) => change(id, ['COPY'], 'Toinen Nimi')],
  ])('cannot be downloaded after its request %s, and the log records its end', async (_what, act) => {
    const { id, link, request } = await readyCopy()
    await act(request.id)
    expect(await canDownload(link)).toBe(false)
    expect((await copyOf(id)).rows[0]).toMatchObject({ end_why: 'withdrawn', ended_by: acts.people.paula.id })
    const ended = (await acts.entries('subject-copy.ended')).filter(({ object_id: of }) => of === id)
    expect(ended).toMatchObject([{ person_id: acts.people.paula.id, reference: request.number }])
  })

  test('can be downloaded after the request was answered', async () => {
    const { link, request } = await readyCopy()
    await change(request.id, ['COPY'])
    await send(request.id, 'copy')
    await close(request.id, 'ANSWERED')
    expect(await canDownload(link)).toBe(true)
  })

  test('cannot be downloaded by an official after a correction assigns the call to another', async () => {
    const endedAt = Temporal.Now.instant().subtract({ hours: 48 })
    const recording = await acts.makeRecording({
      startedAt: endedAt.subtract({ minutes: 5 }),
      answeredAt: endedAt.subtract({ minutes: 4 }),
      endedAt,
    })
    const { aino, bertil } = acts.people
    const request = await served({
      contacts: [recording.contactId],
      kinds: ['COPY'],
      party: 'OFFICIAL',
      officialId: aino.id,
    })
    const { id, link } = (await acts.makeCopy(request.id, recording.id)).body as unknown as { id: string; link: string }
    await acts.ready(id)
    expect((await acts.desk.visitor.fetch(link)).status).toBe(200)
    const correctionRequest = await served({ contacts: [recording.contactId] })
    const { body } = await requestOf('paula', 'POST', `/api/requests/${correctionRequest.id}/corrections`, {
      ...{ segmentId: recording.segmentId, officialUserId: bertil.userId },
    })
    const decision = `/api/corrections/${body['id'] as string}/decision`
    expect((await requestOf('riitta', 'POST', decision, { outcome: 'APPROVED' })).status).toBe(204)
    expect(await canDownload(link)).toBe(false)
  })

  test('cannot be downloaded while the recording is restricted for the other party', async () => {
    const { link, recording } = await readyCopy()
    const other = await served({ contacts: [recording.contactId], kinds: ['RESTRICTION'] })
    expect(await canDownload(link)).toBe(false)
    await close(other.id, 'WITHDRAWN')
    expect(await canDownload(link)).toBe(true)
  })
})

test('a copy that is being made when its request is withdrawn never becomes ready', async () => {
  const { id, link, request } = await readyCopy()
  await sql`update subject_copy set ready_at = null, size_bytes = null where id = ${id}`.execute(admin)
  await close(request.id, 'WITHDRAWN')
  const { rows } = await sql<{ stored: boolean }>`select complete_subject_copy(${id}::uuid, 1000) as stored`.execute(
    admin,
  )
  expect(rows[0]!.stored).toBe(false)
  expect(await canDownload(link)).toBe(false)
})

test('a clerk who also answers calls cannot identify the requester of their own request, and so gets no file of a call that they may listen to', async () => {
  const { paula } = acts.people
  const right = {
    role: 'SERVICE_UNIT' as const,
    purposes: ['INSPECTION' as const],
    scope: { kind: 'all' as const, units: [], numbers: [] },
  }
  const other = await acts.desk.signIn(
    await enterTestPerson(admin, database.as('seloste_desk').db, { name: 'Pia', right }),
  )
  const entered = await requestOf('paula', 'POST', '/api/requests', {
    ...{ party: 'OFFICIAL', kinds: ['COPY'], channel: 'VISIT', language: 'fi', officialUserId: paula.userId },
    ...{ requester: { name: 'Paula' }, receivedAt: Temporal.Now.instant().subtract({ minutes: 10 }).toString() },
  })
  expect(entered.status).toBe(201)
  const path = `/api/requests/${entered.body['id'] as string}/identification`
  expect(await requestOf('paula', 'POST', path, { how: 'PERSONNEL' })).toMatchObject({
    status: 403,
    code: 'request.own',
  })
  expect((await other.fetch(path, { json: { how: 'PERSONNEL' } })).status).toBe(204)
})
