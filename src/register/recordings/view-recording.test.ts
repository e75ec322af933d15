import { expect, test } from 'vitest'
import { viewRecording } from './view-recording.ts'

const now = Temporal.Instant.from('2026-11-26T00:32:00Z')
const own = Temporal.Instant.from('2027-01-26T00:28:00Z')
const row = { id: '0198c7a2-0000-7000-8000-000000000001', destroyed_at: null, min_keep_until: null, kept_at: now }
const view = (given: object) => viewRecording({ ...row, ...given } as never, now)

test('a recording that is being destroyed early is shown as destroyed, and with its instant only after the destruction', () => {
  const destroying = { state: 'DESTROYING', cause: 'caller', destroy_at: own }
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
    destroyedAt: now.toString(),
  })
})

test('a recording that an order keeps past its term looks destroyed at its term, before and after the sweep', () => {
  const held = (seconds: number) => view({ state: 'RESTRICTED', cause: null, destroy_at: now.subtract({ seconds }) })
  expect(held(30)).toEqual({ id: row.id, state: 'expired', cause: 'retention' })
  const gone = { id: row.id, state: 'destroyed', destroyedAt: '2026-11-25T21:32:00Z', cause: 'retention' }
  expect(held(3 * 3600)).toEqual(gone)
  const ended = { state: 'DESTROYED', cause: 'hold-end', destroyed_at: now, destroy_at: now.subtract({ hours: 3 }) }
  expect(view(ended)).toEqual(gone)
})
