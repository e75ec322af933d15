import type { Kysely } from 'kysely'
import { Gauge, type Registry } from 'prom-client'
import { every, type EveryOptions } from '#platform/jobs/every.ts'
import type { Log } from '#platform/log/log.ts'
import type { RegisterTables } from '#register/tables.ts'
import { countOpenRequests, eraseRequestsOver } from '#use/requests/erase-requests.ts'

export interface RequestsOptions {
  pool: EveryOptions['pool']
  db: Kysely<RegisterTables>
  log: Log
  registry: Registry
}

const eraseMs = 60 * 60_000

/**
 * What the custodian does for requests of callers and officials: thirty days after one was closed, what is personal of it is
 * erased. The first time before anybody looks: a restored backup shows nobody what was over.
 */
export async function keepRequests({
  pool,
  db,
  log,
  registry,
}: RequestsOptions): Promise<{ stop: () => Promise<void> }> {
  for (const which of ['open', 'overdue'] as const) {
    new Gauge({
      name: `seloste_requests_${which}`,
      help: `Requests of callers and officials that are ${which === 'open' ? 'not closed' : 'open after the day of their answer'}`,
      registers: [registry],
      async collect() {
        this.set((await countOpenRequests(db))[which])
      },
    })
  }
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
