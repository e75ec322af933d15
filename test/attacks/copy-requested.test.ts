/**
 * A copy that a caller requested, or that is kept for them, when an official forbids the recording later (1.6, L6,
 * L29).
 */
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import type { RegisterTables } from '#register/tables.ts'
import { createTestDatabase } from '../database/create-test-database.ts'
import { callOfMonthsAgo } from '../register/make-register.ts'
import { openGdprServiceUnit } from '../requests/open-gdpr-service-unit.ts'

const database = await createTestDatabase<RegisterTables>()
const acts = await openGdprServiceUnit(database)
const {
  makeRecording,
  served,
  ask: requestOf,
  admin,
  custodian,
  stateOf,
  setDay,
  forbidByOfficial,
  makeCopy,
  readyCopy,
  fetchCopy,
} = acts
const settle = () => sql`select settle_copies(), settle_ends()`.execute(custodian)
const lettersDue = async () =>
  (await sql<{ request: string; kind: string }>`select * from letters_due()`.execute(custodian)).rows
const close = async (request: string, outcome: string) =>
  (await requestOf('paula', 'POST', `/api/requests/${request}/close`, { outcome })).status

async function restrictByProhibition(recording: string): Promise<void> {
  expect((await forbidByOfficial(recording)).status).toBe(200)
  expect((await stateOf(recording)).state).toBe('RESTRICTED')
}

test('a requester who asked for a copy before the prohibition gets it, and its download destroys the recording', async () => {
  const { id: recording, contactId } = await makeRecording()
  const request = await served({ contacts: [contactId], kinds: ['COPY'] })
  await restrictByProhibition(recording)
  const made = await makeCopy(request.id, recording)
  expect(made.status).toBe(201)
  const copy = made.body as unknown as { id: string; link: string }
  await acts.ready(copy.id)
  await settle()
  expect((await stateOf(recording)).state).toBe('RESTRICTED')
  const fetched = await fetchCopy(copy.link)
  expect(fetched.status).toBe(200)
  await fetched.arrayBuffer()
  await expect.poll(async () => (await acts.copyOf(copy.id)).rows[0]?.['end_why']).toBe('taken')
  await settle()
  expect(await stateOf(recording)).toMatchObject({ state: 'DESTROYING', cause: 'official' })
})

test('a prohibition waits for a second copy too, if it was made after the first was fetched', async () => {
  const { id: recording, contactId } = await makeRecording()
  const request = await served({ contacts: [contactId], kinds: ['COPY'] })
  const first = (await makeCopy(request.id, recording)).body as unknown as { id: string }
  await acts.ready(first.id)
  await sql`select end_subject_copy(c, 'taken', null) from subject_copy c where id = ${first.id}`.execute(admin)
  await settle()
  const second = await makeCopy(request.id, recording)
  expect(second.status).toBe(201)
  await acts.ready((second.body as unknown as { id: string }).id)
  await restrictByProhibition(recording)
  await settle()
  expect((await stateOf(recording)).state).toBe('RESTRICTED')
})

test('a ready copy keeps the recording until its week is over, also after the request was answered', async () => {
  const copy = await readyCopy()
  await sql`update subject_request set kinds = '{COPY}' where id = ${copy.request.id}`.execute(admin)
  const letter = await requestOf('paula', 'POST', `/api/requests/${copy.request.id}/letters`, { kind: 'copy' })
  await requestOf('paula', 'POST', `/api/letters/${letter.body['id'] as string}/delivery`, { how: 'POST' })
  expect(await close(copy.request.id, 'ANSWERED')).toBe(204)
  await settle()
  await restrictByProhibition(copy.recording.id)
  await settle()
  expect((await stateOf(copy.recording.id)).state).toBe('RESTRICTED')
  const { rows } = await sql<{ leaves: boolean }>`
    select copy_is_releasable(c) as leaves from subject_copy c where id = ${copy.id}`.execute(admin)
  expect(rows[0]?.leaves).toBe(true)
  await sql`update subject_copy set expires_at = now() where id = ${copy.id}`.execute(admin)
  await settle()
  expect((await stateOf(copy.recording.id)).state).toBe('DESTROYING')
})

test('ending or changing a request for a copy needs a new proof of identity, and ends the wait of the prohibition', async () => {
  for (const end of ['WITHDRAWN', 'changed']) {
    const { id: recording, contactId } = await makeRecording()
    const request = await served({ contacts: [contactId], kinds: ['COPY', 'KNOW'] })
    await restrictByProhibition(recording)
    const endRequest = () =>
      end === 'changed'
        ? requestOf('paula', 'PUT', `/api/requests/${request.id}`, {
            ...{ kinds: ['KNOW'], language: 'fi', requester: { name: 'Pyytäjä Pyynnöllä' } },
          })
        : requestOf('paula', 'POST', `/api/requests/${request.id}/close`, { outcome: end })
    await sql`update session set proved_at = now() - interval '1 hour'`.execute(admin)
    expect((await endRequest()).body).toMatchObject({ error: { code: 'confirm.fresh' } })
    expect((await stateOf(recording)).state).toBe('RESTRICTED')
    await sql`update session set proved_at = now()`.execute(admin)
    expect((await endRequest()).status).toBe(204)
    expect((await stateOf(recording)).state).toBe('DESTROYING')
  }
})

test('informs a requester whose copy was not made in time that the recording was destroyed before', async () => {
  const { id: recording, contactId } = await makeRecording(callOfMonthsAgo(5))
  const request = await served({ contacts: [contactId], kinds: ['LISTEN', 'COPY'] })
  await setDay(recording, Temporal.Now.instant().subtract({ hours: 2 }))
  await settle()
  expect((await lettersDue()).filter((letter) => letter.request === request.id)).toEqual([
    { request: request.id, kind: 'destroyed-before' },
  ])
  const { rows } = await sql<{ count: number }>`
    select jsonb_array_length(letter_facts(q, 'destroyed-before', null) -> 'unheard') as count
    from subject_request q where q.id = ${request.id}`.execute(admin)
  expect(rows[0]?.count).toBe(1)
})

test('makes a copy of a restricted recording for the requester who restricted it', async () => {
  const { id: recording, contactId } = await makeRecording()
  const request = await served({ contacts: [contactId], kinds: ['RESTRICTION', 'COPY'] })
  await sql`select settle_restrictions(${contactId}::uuid, q) from subject_request q where q.id = ${request.id}`.execute(
    admin,
  )
  expect((await makeCopy(request.id, recording)).status).toBe(201)
})

test('offers no office time for a copy alone, and keeps the recording for the copy after the inspection has ended', async () => {
  const copyOnly = await served({ contacts: [(await makeRecording()).contactId], kinds: ['COPY'] })
  const { rows } = await sql<{ to: string[] }>`select recordings_to_inspect(${copyOnly.id}) as to`.execute(admin)
  expect(rows[0]?.to).toEqual([])
  const { id: recording, contactId } = await makeRecording()
  const both = await served({ contacts: [contactId], kinds: ['LISTEN', 'COPY'] })
  await restrictByProhibition(recording)
  await sql`select end_inspection(i, null, 'heard') from inspection i where request_id = ${both.id} and kind = 'LISTEN'`.execute(
    admin,
  )
  expect((await stateOf(recording)).state).toBe('RESTRICTED')
  expect((await makeCopy(both.id, recording)).status).toBe(201)
})

test('refuses a prohibition that would end the requester’s waiting copy, unless the prohibition states so', async () => {
  const { id: recording, contactId } = await makeRecording()
  const request = await served({ contacts: [contactId], kinds: ['COPY', 'PROHIBIT'] })
  const next = async () => (await acts.get('paula', `/api/requests/${request.id}`)).body['next'] as string[]
  expect(await next()).not.toContain('forbid')
  const made = await makeCopy(request.id, recording)
  await acts.ready((made.body as unknown as { id: string }).id)
  expect(await next()).not.toContain('forbid')
  const wish = { party: 'CALLER', channel: 'LETTER', reference: request.number }
  expect(await acts.forbid('paula', recording, wish)).toMatchObject({ status: 409, code: 'prohibition.copy-waits' })
  expect((await stateOf(recording)).state).toBe('STORED')
  expect((await acts.forbid('paula', recording, { ...wish, endsCopy: true })).status).toBe(200)
  expect((await stateOf(recording)).state).toBe('DESTROYING')
})

test('accepts the prohibition once the copy is fetched, and shows the prohibition as the request’s next step', async () => {
  const { id: recording, contactId } = await makeRecording()
  const request = await served({ contacts: [contactId], kinds: ['COPY', 'PROHIBIT'] })
  const { id } = (await makeCopy(request.id, recording)).body as unknown as { id: string }
  await acts.ready(id)
  await sql`select end_subject_copy(c, 'taken', null) from subject_copy c where id = ${id}`.execute(admin)
  expect((await acts.get('paula', `/api/requests/${request.id}`)).body['next']).toContain('forbid')
  const wish = { party: 'CALLER', channel: 'LETTER', reference: request.number }
  expect((await acts.forbid('paula', recording, wish)).status).toBe(200)
})
