// R48: what officials see of their acts on their own calls; nobody else sees it.
import { beforeAll, expect, test } from 'vitest'
import type { RegisterTables } from '#register/tables.ts'
import { createTestDatabase } from '../database/create-test-database.ts'
import { openDestructionDesk } from './open-destruction-desk.ts'

const database = await createTestDatabase<RegisterTables>()
const ends = await openDestructionDesk(database)
const { makeRecording, forbidByOfficial, forbid, get, until, people } = ends

beforeAll(() => ends.startCustodian(), 60_000)

async function acts(name: 'aino' | 'bertil' | 'paula') {
  const { body } = await get(name, '/api/my-calls/acts')
  return body as unknown as { forbidden: object[]; asked: object[]; serviceUnit: { name: { fi: string } } }
}

test('officials see their own prohibitions and those they entered for callers, even after these are carried out', async () => {
  expect(await acts('aino')).toMatchObject({ forbidden: [], asked: [] })
  const [own, entries] = [await makeRecording(), await makeRecording()]
  await forbidByOfficial(own.id)
  await forbid('aino', entries.id, { party: 'CALLER', channel: 'CALL' })
  await until(own.id, 'DESTROYED')
  await until(entries.id, 'DESTROYED')
  const { forbidden } = await acts('aino')
  expect(forbidden).toMatchObject([
    { recordingId: entries.id, contactId: entries.contactId, party: 'CALLER', state: 'executed' },
    { recordingId: own.id, contactId: own.contactId, party: 'OFFICIAL', state: 'executed' },
  ])
  expect((await acts('bertil')).forbidden).toEqual([])
  expect((await acts('paula')).forbidden).toEqual([])
})

test('officials see their requests to the Service Unit with the due day, and without the person who handles them', async () => {
  await database.as().pool.query(
    `insert into subject_request (number, party, kinds, channel, language, received_at, due_at, entered_by, official_id)
     values ('P-2026-7', 'OFFICIAL', '{LISTEN}', 'LETTER', 'fi', now(), now() + interval '1 month', $1, $2)`,
    [people.paula.id, people.aino.id],
  )
  const { asked: request, serviceUnit } = await acts('aino')
  expect(request).toMatchObject([{ number: 'P-2026-7', kinds: ['LISTEN'] }])
  expect(JSON.stringify(request)).not.toContain(people.paula.id)
  expect(serviceUnit.name.fi).toMatch(/\S/)
  expect((await acts('bertil')).asked).toEqual([])
})
