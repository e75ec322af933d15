// C: a clock that jumps back serves nothing that has expired: every look goes by the register's time, not by the desk's.
import { expect, test } from 'vitest'
import type { RegisterTables } from '#register/tables.ts'
import { createTestDatabase } from '../database/create-test-database.ts'
import { openEnds } from './open-ends.ts'

const database = await createTestDatabase<RegisterTables>()
const { kept, keptUntil, post, get, shiftMark } = await openEnds(database)
const look = { purpose: 'INSPECTION', reference: 'PY-1' }
const query = new URLSearchParams(look).toString()

interface Shown {
  id: string
  segments: { recording: { id: string; state: string } }[]
}

test('a recording whose day was reached before the clock went back is destroyed for the list, the call, the search and the ear', async () => {
  const alive = await kept()
  const over = await keptUntil(3)
  // The register has been four hours further than the clock is now.
  await shiftMark('4 hours')
  const { body } = await get('paula', `/api/contacts?${query}`)
  const items = body['items'] as Shown[]
  const stateIn = (id: string) =>
    items.flatMap(({ segments }) => segments).find(({ recording }) => recording.id === id)?.recording.state
  expect(stateIn(over.id)).toBe('destroyed')
  expect(stateIn(alive.id)).toBe('available')
  const { body: whole } = await get('paula', `/api/contacts/${over.contactId}?${query}`)
  expect((whole as unknown as Shown).segments[0]!.recording.state).toBe('destroyed')
  const found = async (recorded: string) => {
    const { body: page } = await get('paula', `/api/contacts?${query}&recorded=${recorded}`)
    return (page['items'] as Shown[]).map(({ id }) => id)
  }
  expect(await found('destroyed')).toEqual([over.contactId])
  expect(await found('available')).not.toContain(over.contactId)
  expect(await post('paula', `/api/recordings/${over.id}/listenings`, look)).toMatchObject({
    code: 'recording.destroyed',
  })
  const { body: end } = await get('paula', `/api/recordings/${over.id}/destruction?${query}`)
  expect(end).toMatchObject({ state: 'destroyed', cause: 'retention' })
})

test('an inspection is urgent three days before, by the same time', async () => {
  const later = await keptUntil(74)
  const opened = await post('paula', '/api/inspections', {
    contactId: later.contactId,
    recordingIds: [later.id],
    reference: 'PY-2',
    receivedAt: Temporal.Now.instant().subtract({ hours: 1 }).toString(),
    party: 'CALLER',
  })
  expect(opened.status).toBe(201)
  const isUrgent = async () => {
    const { body } = await get('paula', '/api/inspections?state=open')
    return (body['items'] as { isUrgent: boolean }[]).map((one) => one.isUrgent)
  }
  await shiftMark('0 hours')
  expect(await isUrgent()).toEqual([false])
  await shiftMark('4 hours')
  expect(await isUrgent()).toEqual([true])
})
