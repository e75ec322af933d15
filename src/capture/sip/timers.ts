/** Clock of the transactions. It is a parameter, so that tests can control it. */
export interface Clock {
  /** Monotonic milliseconds since the epoch. */
  nowMs(): number
  /** Runs a function once after a delay. Returns a function that cancels it. */
  after(delayMs: number, run: () => void): () => void
}

/** Timer values of RFC 3261 table 4, in ms: T1 round trip, T2 maximum interval of retransmissions, T4 maximum life of a message. */
export interface TimerValues {
  T1: number
  T2: number
  T4: number
}

export const rfcTimers: TimerValues = { T1: 500, T2: 4000, T4: 5000 }

export const systemClock: Clock = {
  nowMs: () => performance.timeOrigin + performance.now(),
  after(delayMs, run) {
    const timer = setTimeout(run, delayMs)
    return () => clearTimeout(timer)
  },
}

/** Clock that can cancel all its pending timers at once, when the server stops. */
export interface ScopedClock extends Clock {
  cancelAll(): void
}

/** Creates a scoped clock. `onBug` is called with errors thrown by a timer's function; they do not affect the process. */
export function scopeClock(clock: Clock, onBug: (error: unknown) => void): ScopedClock {
  const outstanding = new Set<() => void>()
  return {
    nowMs: () => clock.nowMs(),
    after(delayMs, run) {
      const cancel = clock.after(delayMs, () => {
        outstanding.delete(cancel)
        try {
          run()
        } catch (error) {
          onBug(error)
        }
      })
      outstanding.add(cancel)
      return () => {
        outstanding.delete(cancel)
        cancel()
      }
    },
    cancelAll() {
      for (const cancel of outstanding) cancel()
      outstanding.clear()
    },
  }
}
