// C: a clock that jumps back serves nothing that has expired: every view uses the register's time, not the desk's.
import { expect, test } from 'vitest'
import type { RegisterTables } from '#register/tables.ts'
import { createTestDatabase } from '../database/create-test-database.ts'
import { openDestructionDesk } from './open-destruction-desk.ts'

const database = await createTestDatabase<RegisterTables>()
const { makeRecording, makeRecordingUntil, post, get, serve, shiftMark } = await openDestructionDesk(database)
const access = { purpose: 'CRIME_OR_MISUSE', reference: 'TURVA-1' }
const query = new URLSearchParams(access).toString()

interface Shown {
  id: string
  segments: { recording: { id: string; state: string } }[]
}

test('a recording whose day was reached before the clock was set back counts as destroyed in the list, the call, the search and the player', async () => {
  const alive = await makeRecording()
  const over = await makeRecordingUntil(3)
  // Simulates a register whose time was four hours ahead of the present clock.
  await shiftMark('4 hours')
  const { body } = await get('tuula', `/api/contacts?${query}`)
  const items = body['items'] as Shown[]
  const stateIn = (id: string) =>
    items.flatMap(({ segments }) => segments).find(({ recording }) => recording.id === id)?.recording.state
  expect(stateIn(over.id)).toBe('expired')
  expect(stateIn(alive.id)).toBe('available')
  const { body: whole } = await get('tuula', `/api/contacts/${over.contactId}?${query}`)
  expect((whole as unknown as Shown).segments[0]!.recording.state).toBe('expired')
  const found = async (recorded: string) => {
    const { body: page } = await get('tuula', `/api/contacts?${query}&recorded=${recorded}`)
    return (page['items'] as Shown[]).map(({ id }) => id)
  }
  expect(await found('destroyed')).toEqual([over.contactId])
  expect(await found('available')).not.toContain(over.contactId)
  expect(await post('tuula', `/api/recordings/${over.id}/listenings`, access)).toMatchObject({
    code: 'recording.destroyed',
  })
  const { body: end } = await get('tuula', `/api/recordings/${over.id}/destruction?${query}`)
  expect(end).toEqual({ state: 'destroying', cause: 'retention' })
})

test('an inspection is urgent three days before, by the register’s time', async () => {
  const later = await makeRecordingUntil(74)
  const request = await serve([later.contactId], { kinds: ['LISTEN'] })
  const isUrgent = async () => {
    const { rows } = await database
      .as()
      .pool.query('select inspection_is_urgent(i) as so from inspection i where id = $1', [
        request.calls[0]?.inspectionId,
      ])
    return rows as unknown
  }
  await shiftMark('0 hours')
  expect(await isUrgent()).toEqual([{ so: false }])
  await shiftMark('4 hours')
  expect(await isUrgent()).toEqual([{ so: true }])
})
