import { expect, test } from 'vitest'
import { viewRecording } from './view-recording.ts'

const now = Temporal.Instant.from('2026-11-26T00:32:00Z')
const ownTerm = Temporal.Instant.from('2027-01-26T00:28:00Z')
const row = {
  id: '0198c7a2-0000-7000-8000-000000000001',
  destroyed_at: null,
  reported_destroyed_at: null,
  min_keep_until: null,
  kept_at: now,
}
const view = (changed: object, at = now) => viewRecording({ ...row, ...changed } as never, at)

test('a recording that is being destroyed early is shown as destroyed, and with its instant only after the destruction', () => {
  const destroying = { state: 'DESTROYING', cause: 'caller', destroy_at: ownTerm }
  expect(view(destroying)).toEqual({ id: row.id, state: 'destroyed', cause: 'caller' })
  const destroyed = { ...destroying, state: 'DESTROYED', destroyed_at: now.subtract({ seconds: 4 }) }
  expect(view(destroyed)).toMatchObject({ destroyedAt: '2026-11-26T00:31:56Z', cause: 'caller' })
})

test('a recording past its term that still exists, as under a wrong clock, has expired and is not reported as destroyed', () => {
  const overdue = { state: 'STORED', cause: null, destroy_at: now.subtract({ hours: 30 }) }
  expect(view(overdue)).toEqual({ id: row.id, state: 'expired', cause: 'retention' })
  expect(view({ ...overdue, state: 'DESTROYING', cause: 'retention' })).toMatchObject({ state: 'expired' })
  expect(view({ ...overdue, state: 'DESTROYED', cause: 'retention', destroyed_at: now })).toMatchObject({
    state: 'destroyed',
    destroyedAt: '2026-11-25T22:00:00Z',
  })
})

test('a recording that an order keeps past its term looks like one that was destroyed, at every second and after the order', () => {
  const day = { destroy_at: now }
  const kept = { ...day, state: 'RESTRICTED', cause: null, reported_destroyed_at: now.add({ seconds: 40 }) }
  const destroyed = { ...day, state: 'DESTROYED', cause: 'retention', destroyed_at: now.add({ seconds: 43 }) }
  const after = { ...kept, state: 'DESTROYED', cause: 'hold-end', destroyed_at: now.add({ hours: 24 * 60 }) }
  const expired = { id: row.id, state: 'expired', cause: 'retention' }
  const shownDestroyed = { id: row.id, state: 'destroyed', destroyedAt: '2026-11-25T22:00:00Z', cause: 'retention' }
  for (const recording of [kept, destroyed, after]) {
    for (const seconds of [0, 40, 43, 59]) expect(view(recording, now.add({ seconds }))).toEqual(expired)
    for (const seconds of [60, 3600]) expect(view(recording, now.add({ seconds }))).toEqual(shownDestroyed)
  }
  // Neither is over yet.
  const late = now.add({ hours: 30 })
  expect(view({ ...kept, reported_destroyed_at: null }, late)).toEqual(expired)
  expect(view({ ...day, state: 'STORED', cause: null }, late)).toEqual(expired)
})
