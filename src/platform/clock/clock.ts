// Time as a parameter: wall clock and monotonic clock. Nothing else in the program reads the system's clock or uses Date.

export interface Clock {
  /** Wall clock; an operator or NTP may step it. */
  now(): Temporal.Instant
  /** Milliseconds since a fixed moment of this process. Never stepped: use it for durations. */
  monotonicMs(): number
}

export const systemClock: Clock = {
  now: () => Temporal.Now.instant(),
  monotonicMs: () => performance.now(),
}
