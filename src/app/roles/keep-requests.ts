import type { Kysely } from 'kysely'
import { every, type EveryOptions } from '#platform/jobs/every.ts'
import type { Log } from '#platform/log/log.ts'
import type { RegisterTables } from '#register/tables.ts'
import { eraseRequestsOver } from '#use/requests/erase-requests.ts'

export interface RequestsOptions {
  pool: EveryOptions['pool']
  db: Kysely<RegisterTables>
  log: Log
}

const eraseMs = 60 * 60_000

/**
 * What the custodian does for requests of callers and officials: thirty days after one was closed, what is personal of it is
 * erased. The first time before anybody looks: a restored backup shows nobody what was over.
 */
export async function keepRequests({ pool, db, log }: RequestsOptions): Promise<{ stop: () => Promise<void> }> {
  const erase = async () => {
    const requests = await eraseRequestsOver(db)
    if (requests > 0)
      log.info({ requests }, 'the personal data of closed requests have come to their term and are erased')
  }
  await erase()
  const erasing = every({
    pool,
    intervalMs: eraseMs,
    lockName: 'seloste.requests',
    work: erase,
    onError: (error) => {
      log.error(
        { err: error },
        'the personal data of closed requests could not be erased; it is tried again in an hour',
      )
    },
  })
  return erasing
}
