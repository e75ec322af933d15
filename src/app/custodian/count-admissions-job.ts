import { every, type EveryOptions, type Repeating } from '#platform/jobs/every.ts'
import type { Log } from '#platform/log/log.ts'
import { countAdmissions, endAdmissionParts } from '#register/history/count-admissions.ts'

/** A row that is deleted before it was counted is missed by capture's own account alone: the shorter the better. */
const countMs = 60_000

/** Counts admissions into the audit log each minute. One process at a time. */
export function countAdmissionsJob({
  db,
  pool,
  log,
  intervalMs = countMs,
}: {
  db: Parameters<typeof countAdmissions>[0]
  pool: EveryOptions['pool']
  log: Log
  intervalMs?: number
}): Repeating {
  return every({
    pool,
    intervalMs,
    lockName: 'seloste.admissions',
    work: async (signal) => {
      await countAdmissions(db, signal)
      await endAdmissionParts(db)
    },
    onError: (error) => {
      log.error({ err: error }, 'admissions could not be counted into the audit log; retried in a minute')
    },
  })
}
