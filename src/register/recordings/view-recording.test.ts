import { expect, test } from 'vitest'
import { viewRecording } from './view-recording.ts'

const now = Temporal.Instant.from('2026-11-26T00:32:00Z')
const own = Temporal.Instant.from('2027-01-26T00:28:00Z')
const row = { id: '0198c7a2-0000-7000-8000-000000000001', destroyed_at: null, min_keep_until: null, kept_at: now }

test('a recording that is being destroyed before its day is gone now, not on that day', () => {
  const destroying = { ...row, state: 'DESTROYING', cause: 'caller', destroy_at: own } as never
  expect(viewRecording(destroying, now)).toMatchObject({
    state: 'destroyed',
    destroyedAt: now.toString(),
    cause: 'caller',
  })
})

test('a recording past its day is gone since that day, whether or not it has been destroyed', () => {
  const overdue = { ...row, state: 'STORED', cause: null, destroy_at: now.subtract({ hours: 1 }) } as never
  expect(viewRecording(overdue, now)).toMatchObject({ state: 'destroyed', destroyedAt: '2026-11-25T23:32:00Z' })
})
