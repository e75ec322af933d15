// Promise: a caller's earlier request is served before their call is destroyed (1.6, R50). The attack: an official forbids a recording that
// reaches the register after the caller has asked to listen to the call.
import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { admit } from '#register/admit.ts'
import type { RegisterTables } from '#register/tables.ts'
import { callFacts, phone } from '#test/database/people.ts'
import { createTestDatabase } from '../database/create-test-database.ts'
import { openOffices } from '../requests/open-offices.ts'

const database = await createTestDatabase<RegisterTables>()
const { makeRecording, serve, forbidByOfficial, stateOf, people, admin } = await openOffices(database)
const end = Temporal.Now.instant().subtract({ hours: 3 })
const times = { startedAt: end.subtract({ minutes: 5 }), answeredAt: end.subtract({ minutes: 4 }), endedAt: end }

test.each(['LISTEN', 'COPY'] as const)(
  'a recording of a call that a feed had reported waits for a request with %s',
  async (kind) => {
    const contactId = randomUUID()
    const official = {
      personId: people.aino.id,
      unitId: people.aino.unitId,
      name: 'Aino',
      phone: phone('029 512 1001'),
    }
    const facts = callFacts({ contactId, ...times, official })
    await admit(admin, facts)
    await serve([contactId], { kinds: ['KNOW', kind] })
    const late = await makeRecording({ ...times, contactId, segmentId: facts.segmentId, callIds: facts.callIds })
    expect((await forbidByOfficial(late.id)).body).toMatchObject({ state: 'waiting' })
    expect((await stateOf(late.id)).state).toBe('RESTRICTED')
  },
)

test('a later part of a transferred call waits too', async () => {
  const first = await makeRecording(times)
  await serve([first.contactId], { kinds: ['KNOW', 'LISTEN'] })
  const late = await makeRecording({
    ...{ startedAt: times.startedAt, answeredAt: end, endedAt: end.add({ minutes: 4 }), contactId: first.contactId },
  })
  expect((await forbidByOfficial(late.id)).body).toMatchObject({ state: 'waiting' })
})

test('a recording of another call does not wait', async () => {
  const first = await makeRecording(times)
  await serve([first.contactId], { kinds: ['KNOW', 'LISTEN'] })
  const other = await makeRecording(times)
  await forbidByOfficial(other.id)
  expect((await stateOf(other.id)).state).toBe('DESTROYING')
})
