import type { Clock } from './clock.ts'

/** What two clocks differ by without a step: they are read one after the other. */
const leastStepMs = 1_000

/** The time of day of something that began just now: it goes on where the clock is set meanwhile, so that it lasts as long as it lasts. */
export function timeFromNow(clock: Clock): () => Temporal.Instant {
  const apartMs = () => clock.now().epochMilliseconds - clock.monotonicMs()
  const began = apartMs()
  return () => {
    const stepMs = Math.round(apartMs() - began)
    return Math.abs(stepMs) < leastStepMs ? clock.now() : clock.now().subtract({ milliseconds: stepMs })
  }
}
