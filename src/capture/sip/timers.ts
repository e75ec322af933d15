/** Clock of the transactions; a parameter, so that tests can control it. */
export interface Clock {
  /** Monotonic milliseconds since the epoch. */
  nowMs(): number
  /** Runs once after the delay; the returned function cancels it. */
  after(delayMs: number, run: () => void): () => void
}

/** RFC 3261 table 4, milliseconds: T1 round trip, T2 longest gap between retransmissions, T4 longest life of a message. */
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

/** A clock whose outstanding timers can all be cancelled at once, for a server that stops. */
export interface ScopedClock extends Clock {
  cancelAll(): void
}

/** `onBug` receives errors thrown by a timer's function: an error affects only that timer, not the process. */
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
