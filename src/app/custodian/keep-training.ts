import type { Kysely } from 'kysely'
import { every, type EveryOptions } from '#platform/jobs/every.ts'
import type { Log } from '#platform/log/log.ts'
import type { RegisterTables } from '#register/tables.ts'
import { endTrainingOver } from '#use/training/sessions.ts'

export interface TrainingOptions {
  pool: EveryOptions['pool']
  db: Kysely<RegisterTables>
  log: Log
}

const endMs = 60 * 60_000

/**
 * What the custodian does for training: empties moments whose recordings are gone, ends what is over. The first before anybody
 * looks: a restored backup shows nobody the words of a moment whose recording is gone.
 */
export async function keepTraining({ pool, db, log }: TrainingOptions): Promise<{ stop: () => Promise<void> }> {
  const end = async () => {
    const sessions = await endTrainingOver(db)
    if (sessions > 0)
      log.info({ sessions }, 'training sessions and their lists are gone, fourteen months after their end')
  }
  await end()
  return every({
    pool,
    intervalMs: endMs,
    lockName: 'seloste.training-ends',
    work: end,
    onError: (error) => {
      log.error({ err: error }, 'what is over of training could not be ended; it is tried again in an hour')
    },
  })
}
