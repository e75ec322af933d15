import { expect, test } from 'vitest'
import { systemClock } from './clock.ts'
import { makeTestClock } from './test-clock.ts'

test('the test clock advances as set, on both its clocks', () => {
  const clock = makeTestClock('2026-10-25T00:30:00Z')
  clock.advance({ hours: 1 })
  clock.advance(250)
  expect(clock.now().toString()).toBe('2026-10-25T01:30:00.25Z')
  expect(clock.monotonicMs()).toBe(3_600_250)
})

test('setting the time of day does not change the monotonic clock', () => {
  const clock = makeTestClock('2026-10-25T00:30:00Z')
  clock.advance(1_000)
  clock.set('2026-10-24T00:00:00Z')
  expect(clock.now().toString()).toBe('2026-10-24T00:00:00Z')
  expect(clock.monotonicMs()).toBe(1_000)
})

test('the monotonic clock never goes back', () => {
  const first = systemClock.monotonicMs()
  expect(systemClock.monotonicMs()).toBeGreaterThanOrEqual(first)
})
