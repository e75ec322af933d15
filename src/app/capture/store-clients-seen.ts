import type { ClientStatistics, ClientCounts } from '#capture/session/seen/client-statistics.ts'

const storeMs = 5_000
const deleteMs = 3_600_000

/**
 * Stores the statistics of what recording clients send, which the screens show. While the database is unavailable they are in memory, and
 * a crash loses them.
 */
export function storeClientsSeen(options: {
  store: (counts: ClientCounts) => Promise<void>
  deleteExpired: () => Promise<void>
  clients: ClientStatistics
  onFault: (error: unknown) => void
}): { stop: () => Promise<void> } {
  const { clients, onFault } = options
  let storing = Promise.resolve()
  let deletedAt = -Infinity

  async function store(): Promise<void> {
    const waiting = clients.take()
    try {
      for (let counts = waiting[0]; counts; counts = waiting[0]) {
        await options.store(counts)
        waiting.shift()
      }
      if (performance.now() - deletedAt < deleteMs) return
      deletedAt = performance.now()
      await options.deleteExpired()
    } catch (error) {
      clients.putBack(waiting)
      onFault(error)
    }
  }

  const timer = setInterval(() => (storing = storing.then(store)), storeMs)
  return {
    async stop() {
      clearInterval(timer)
      await storing
      await store()
    },
  }
}
