import { every, type EveryOptions, type Repeating } from '#platform/jobs/every.ts'
import type { Log } from '#platform/log/log.ts'
import { coarsenStudies, countStudies } from '#register/history/count-studies.ts'

/** So long after its end a call is in the counts. */
const countMs = 2_000
/** Days come to their term once a day; a standstill is made good within the hour. */
const coarsenMs = 60 * 60_000

/**
 * Keeps the counts of service-level studies beside the history (R4): calls tell that they have changed and wait for nobody, and
 * this counts them. One process at a time.
 */
export function keepStudies({
  db,
  pool,
  log,
}: {
  db: Parameters<typeof countStudies>[0]
  pool: EveryOptions['pool']
  log: Log
}): Repeating {
  const counting = every({
    pool,
    intervalMs: countMs,
    lockName: 'seloste.studies',
    work: async (signal) => {
      await countStudies(db, signal)
    },
    onError: (error) => {
      log.error({ err: error }, 'calls could not be counted for studies; it is tried again in a few seconds')
    },
  })
  const coarsening = every({
    pool,
    intervalMs: coarsenMs,
    lockName: 'seloste.studies-terms',
    work: async () => {
      const rows = await coarsenStudies(db)
      if (rows > 0) log.info({ rows }, 'counts of days past their term became part of their months')
    },
    onError: (error) => {
      log.error({ err: error }, 'counts past their term still have their days; it is tried again in an hour')
    },
  })
  return {
    async stop() {
      await Promise.all([counting.stop(), coarsening.stop()])
    },
  }
}
