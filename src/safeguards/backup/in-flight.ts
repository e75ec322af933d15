/** Several things at once, but not more than so many. */
export interface InFlight {
  /** Begins when there is room; throws what an earlier one threw. */
  add: (work: () => Promise<void>) => Promise<void>
  /** Waits for all; throws what the first one threw. */
  all: () => Promise<void>
}

export function atMost(most: number): InFlight {
  const running = new Set<Promise<void>>()
  const failures: unknown[] = []
  const check = () => {
    if (failures.length > 0) throw failures[0]
  }
  return {
    async add(work) {
      while (running.size >= most) await Promise.race(running)
      check()
      const one: Promise<void> = work().then(
        () => void running.delete(one),
        (error: unknown) => {
          failures.push(error)
          running.delete(one)
        },
      )
      running.add(one)
    },
    async all() {
      while (running.size > 0) await Promise.race(running)
      check()
    },
  }
}
