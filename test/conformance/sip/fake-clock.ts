import type { Clock } from '#capture/sip/timers.ts'

/** Clock that stands still until a test moves it. */
export interface FakeClock extends Clock {
  /** Runs the timers that are due within this time, in order, each at its own instant. */
  advance(milliseconds: number): void
}

export function createFakeClock(startMs = 1_700_000_000_000): FakeClock {
  let nowMs = startMs
  let order = 0
  const due = new Map<number, { atMs: number; run: () => void }>()
  return {
    nowMs: () => nowMs,
    after(delayMs, run) {
      const id = order++
      due.set(id, { atMs: nowMs + delayMs, run })
      return () => void due.delete(id)
    },
    advance(milliseconds) {
      const untilMs = nowMs + milliseconds
      for (;;) {
        const next = [...due]
          .filter(([, one]) => one.atMs <= untilMs)
          .sort((a, b) => a[1].atMs - b[1].atMs || a[0] - b[0])[0]
        if (next === undefined) break
        due.delete(next[0])
        nowMs = next[1].atMs
        next[1].run()
      }
      nowMs = untilMs
    },
  }
}
