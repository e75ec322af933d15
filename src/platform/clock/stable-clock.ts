import type { Clock } from './clock.ts'

/** Largest difference of the two clocks that is not a step: they are read one after the other. */
const minStepMs = 1_000

/**
 * Returns a wall clock for something that begins now. Later steps of the system's clock do not affect it, so durations stay
 * correct.
 */
export function startStableClock(clock: Clock): () => Temporal.Instant {
  const clockOffsetMs = () => clock.now().epochMilliseconds - clock.monotonicMs()
  const began = clockOffsetMs()
  return () => {
    const stepMs = Math.round(clockOffsetMs() - began)
    return Math.abs(stepMs) < minStepMs ? clock.now() : clock.now().subtract({ milliseconds: stepMs })
  }
}
