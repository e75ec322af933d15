import { every, type EveryOptions } from '#platform/jobs/every.ts'
import type { Log } from '#platform/log/log.ts'

const checkMs = 5_000

/**
 * Removes downloaded, withdrawn and expired objects periodically.
 * @param what kind of objects, such as `packages`, for the names of the lock and the log lines
 */
export function startRemoval({
  pool,
  log,
  what,
  removeEnded,
}: {
  pool: EveryOptions['pool']
  log: Log
  what: 'packages' | 'copies'
  removeEnded: () => Promise<number>
}): ReturnType<typeof every> {
  return every({
    pool,
    intervalMs: checkMs,
    lockName: `seloste.${what}`,
    work: async () => {
      const removed = await removeEnded()
      if (removed > 0) log.info({ [what]: removed }, `deleted expired ${what}`)
    },
    onError: (error) => {
      log.error({ err: error }, `cannot delete expired ${what}; they cannot be downloaded anyway`)
    },
  })
}
