import { expect, test } from 'vitest'
import { firstEnd, readInspectionState } from './inspection-shapes.ts'

test('the day that matters is that of the first recording still to be destroyed', () => {
  const one = (state: 'available' | 'destroyed', destroyAt?: string) => ({
    id: '0198c7a2-0000-7000-8000-000000000001',
    state,
    ...(destroyAt && { destroyAt }),
  })
  expect(
    firstEnd({
      recordings: [
        one('available', '2026-12-02T10:00:00Z'),
        one('destroyed', '2026-11-01T10:00:00Z'),
        one('available', '2026-12-01T10:00:00Z'),
        one('available'),
      ],
    }),
  ).toBe('2026-12-01T10:00:00Z')
  expect(firstEnd({ recordings: [one('destroyed', '2026-11-01T10:00:00Z')] })).toBeUndefined()
})

test('open inspections are shown unless the address says closed', () => {
  expect([readInspectionState({ state: 'closed' }), readInspectionState({ state: 'open' })]).toEqual([
    { state: 'closed' },
    {},
  ])
})
