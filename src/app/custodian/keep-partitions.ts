import type { Clock } from '#platform/clock/clock.ts'
import { every, type EveryOptions, type Repeating } from '#platform/jobs/every.ts'
import type { Log } from '#platform/log/log.ts'
import { ensurePartitions } from '#register/history/partitions.ts'
import type { RegisterTables } from '#register/tables.ts'
import { endOldFeedback } from '#safeguards/feedback/feedback.ts'
import type { Kysely } from 'kysely'

const hourMs = 3_600_000

/** By the hour: the partitions of the months ahead, and the end of old feedback. */
export function keepPartitions(options: {
  db: Kysely<RegisterTables>
  pool: EveryOptions['pool']
  clock: Clock
  log: Log
}): Repeating {
  const { db, pool, clock, log } = options
  return every({
    pool,
    intervalMs: hourMs,
    lockName: 'seloste.prepare',
    work: async () => {
      await ensurePartitions(db, clock.now())
      await endOldFeedback(db)
    },
    onError: (error) => {
      log.error({ err: error }, 'partitions of the months ahead could not be made, or old feedback not be deleted')
    },
  })
}
