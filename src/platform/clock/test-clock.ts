import type { Clock } from './clock.ts'

export interface TestClock extends Clock {
  /** Steps the wall clock, as an operator would; the monotonic clock is unchanged. */
  set(now: Temporal.Instant | string): void
  /** Advances both clocks. */
  advance(duration: Temporal.DurationLike | number): void
}

/** Returns a clock that advances only on request. `advance(250)` means milliseconds. */
export function makeTestClock(start: Temporal.Instant | string): TestClock {
  let now = Temporal.Instant.from(start)
  let monotonicMs = 0
  return {
    now: () => now,
    monotonicMs: () => monotonicMs,
    set: (to) => {
      now = Temporal.Instant.from(to)
    },
    advance: (by) => {
      const duration = Temporal.Duration.from(typeof by === 'number' ? { milliseconds: by } : by)
      now = now.add(duration)
      monotonicMs += duration.total('milliseconds')
    },
  }
}
