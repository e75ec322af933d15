/** Limits concurrency. */
export interface InFlight {
  /** Starts work when there is room; throws an earlier error. */
  add: (work: () => Promise<void>) => Promise<void>
  /** Waits for all; throws the first error. */
  all: () => Promise<void>
}

export function limitInFlight(max: number): InFlight {
  let running = 0
  let ended = Promise.withResolvers<undefined>()
  const failures: unknown[] = []
  const check = () => {
    if (failures.length > 0) throw failures[0]
  }
  const begin = async (work: () => Promise<void>) => {
    running++
    try {
      await work()
    } catch (error) {
      failures.push(error)
    }
    running--
    ended.resolve(undefined)
    ended = Promise.withResolvers()
  }
  return {
    async add(work) {
      while (running >= max) await ended.promise
      check()
      void begin(work)
    },
    async all() {
      while (running > 0) await ended.promise
      check()
    },
  }
}
