// Official documents and people who are spoken of (C11, C12; L13, L14; LX6): entered by a clerk who sees no call for them.
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import type { RegisterTables } from '#register/tables.ts'
import { createTestDatabase } from '../database/create-test-database.ts'
import { openActs } from './open-acts.ts'

const database = await createTestDatabase<RegisterTables>()
const { kept, ask, people, entries, served } = await openActs(database)

type Party = 'OUTSIDER' | 'MENTIONED' | 'CALLER'
const enter = (party: Party, kinds: string[]) =>
  ask('paula', 'POST', '/api/requests', {
    ...{ party, kinds, channel: 'EMAIL', language: 'fi' },
    receivedAt: Temporal.Now.instant().subtract({ minutes: 5 }).toString(),
    requester: { name: 'Tiina Toimittaja' },
  })
const told = { day: '2026-11-20', time: '12:00', accuracy: 'HOURS', callerNumber: '040 123 4567' }
const decide = (id: string, json: object, name: 'riitta' | 'paula' = 'riitta') =>
  ask(name, 'POST', `/api/requests/${id}/openness-decision`, json)
const secret = { outcome: 'SECRET', provision: 'Laki 1346/1999 4 §' }

test('an outsider’s request for an official document is decided by the decision maker, with the provision; the clerk sees no call (LX6)', async () => {
  await kept()
  const entered = await enter('OUTSIDER', ['OPENNESS'])
  expect(entered.status).toBe(201)
  const id = entered.body['id'] as string
  await ask('paula', 'POST', `/api/requests/${id}/identification`, { how: 'PASSPORT' })
  const named = await ask('paula', 'POST', `/api/requests/${id}/calls`, told)
  expect(named.status).toBeGreaterThanOrEqual(400)

  const listed = async () => {
    const { body } = await ask('riitta', 'GET', '/api/request-decisions')
    return (body['openness'] as { requestId: string }[]).find(({ requestId }) => requestId === id)
  }
  expect(await listed()).toEqual({
    requestId: id,
    number: entered.body['number'],
    receivedAt: expect.any(String),
    dueAt: expect.any(String),
  })
  expect((await decide(id, secret, 'paula')).code).toBe('deny.role')
  expect((await decide(id, secret)).status).toBe(204)
  expect(await listed()).toMatchObject({ decision: { ...secret, by: { id: people.riitta.id, name: 'Riitta' } } })
  expect((await decide(id, { ...secret, outcome: 'REFERRED' })).code).toBe('openness.decided')
  const [entry] = await entries('openness.decided')
  expect(entry).toMatchObject({ person_id: people.riitta.id, reference: entered.body['number'], object_id: id })
  // The log has ids only.
  expect(JSON.stringify(entry)).not.toMatch(/Tiina|1346\/1999/)
})

test('a decision names the provision, and is made of a request for an official document alone', async () => {
  const { body } = await enter('OUTSIDER', ['OPENNESS'])
  expect((await decide(body['id'] as string, { outcome: 'SECRET', provision: ' ' })).code).toBe('input.invalid')
  // Of somebody whom there is not: individual numbers from 900 on are given to nobody.
  const coded = await decide(body['id'] as string, {
    ...secret,
    provision: 'Hakija 010190-951' + '0123456789ABCDEFHJKLMNPRSTUVWXY'[10190951 % 31]!,
  })
  expect([coded.code, coded.field]).toEqual(['input.identity-code', 'provision'])
  const other = await served({ kinds: ['KNOW'] })
  expect((await decide(other.id, secret)).code).toBe('not-found')
})

test('whoever entered the request does not decide on it', async () => {
  const { body } = await enter('OUTSIDER', ['OPENNESS'])
  await sql`update subject_request set entered_by = ${people.riitta.id} where id = ${body['id']}`.execute(
    database.as().db,
  )
  expect((await decide(body['id'] as string, secret)).code).toBe('openness.own')
})

test('a request for an official document is never mixed with a data subject’s own (L13)', async () => {
  expect((await enter('CALLER', ['KNOW', 'OPENNESS'])).code).toBe('request.not-offered')
  expect((await enter('OUTSIDER', ['COPY'])).code).toBe('request.not-offered')
})

test('somebody who was spoken of is served by hand: their request has its clock, and finds no call (C12)', async () => {
  const entered = await enter('MENTIONED', ['MENTIONED'])
  expect(entered.status).toBe(201)
  const id = entered.body['id'] as string
  await ask('paula', 'POST', `/api/requests/${id}/identification`, { how: 'PASSPORT' })
  expect((await ask('paula', 'POST', `/api/requests/${id}/calls`, told)).status).toBeGreaterThanOrEqual(400)
  const recording = await kept()
  expect(
    (
      await ask('paula', 'POST', `/api/requests/${id}/copies`, {
        recordingId: recording.id,
        method: 'PASSPHRASE',
        othersRights: 'WEIGHED',
      })
    ).code,
  ).toBe('request.not-asked')
})
