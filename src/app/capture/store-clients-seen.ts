import type { ClientStatistics, ClientCounts } from '#capture/session/seen/client-statistics.ts'

const everyMs = 5_000
const forgetEveryMs = 3_600_000

/**
 * Stores the statistics of what clients send, which the pages show. While the database is unavailable they are kept in memory and
 * a crash loses them.
 */
export function storeClientsSeen(options: {
  store: (counts: ClientCounts) => Promise<void>
  forget: () => Promise<void>
  clients: ClientStatistics
  onFault: (error: unknown) => void
}): { stop: () => Promise<void> } {
  const { clients, onFault } = options
  let going = Promise.resolve()
  let forgotAt = -Infinity

  async function store(): Promise<void> {
    const waiting = clients.take()
    try {
      for (let counts = waiting[0]; counts; counts = waiting[0]) {
        await options.store(counts)
        waiting.shift()
      }
      if (performance.now() - forgotAt < forgetEveryMs) return
      forgotAt = performance.now()
      await options.forget()
    } catch (error) {
      clients.putBack(waiting)
      onFault(error)
    }
  }

  const timer = setInterval(() => (going = going.then(store)), everyMs)
  return {
    async stop() {
      clearInterval(timer)
      await going
      await store()
    },
  }
}
