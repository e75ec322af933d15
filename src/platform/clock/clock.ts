// Time as a parameter.
// In: nothing. Out: the time of day and a clock that only goes forward. Never: a Date, or a call to the system's clock
// anywhere else in the program.

export interface Clock {
  /** The time of day; the operator or NTP can set it back or forward. */
  now(): Temporal.Instant
  /** Milliseconds since some fixed moment of this process; never set, so durations are measured with it. */
  monotonicMs(): number
}

export const systemClock: Clock = {
  now: () => Temporal.Now.instant(),
  monotonicMs: () => performance.now(),
}
