import type { Kysely } from 'kysely'
import { every, type EveryOptions } from '#platform/jobs/every.ts'
import type { Log } from '#platform/log/log.ts'
import type { RegisterTables } from '#register/tables.ts'
import { drawSamplesDue, endQualityOver } from '#use/quality/sampling.ts'

export interface QualityOptions {
  pool: EveryOptions['pool']
  db: Kysely<RegisterTables>
  log: Log
}

const lookMs = 10_000
const endMs = 60 * 60_000

/**
 * What the custodian does for quality evaluation: draws the samples of the weeks that are over, and ends what is over. The
 * first end before anybody looks: a restored backup shows nobody an evaluation whose recording is gone.
 */
export async function keepQuality({ pool, db, log }: QualityOptions): Promise<{ stop: () => Promise<void> }> {
  const end = async () => {
    const evaluations = await endQualityOver(db)
    if (evaluations > 0) log.info({ evaluations }, 'evaluations that ended with their recordings a month ago are gone')
  }
  await end()
  const drawing = every({
    pool,
    intervalMs: lookMs,
    lockName: 'seloste.quality-draws',
    work: async () => {
      const recordings = await drawSamplesDue(db)
      if (recordings > 0) log.info({ recordings }, 'recordings were drawn for evaluation')
    },
    onError: (error) => {
      log.error({ err: error }, 'recordings could not be drawn for evaluation; it is tried again')
    },
  })
  const ending = every({
    pool,
    intervalMs: endMs,
    lockName: 'seloste.quality-ends',
    work: end,
    onError: (error) => {
      log.error({ err: error }, 'what is over of evaluations could not be ended; it is tried again in an hour')
    },
  })
  return {
    async stop() {
      await Promise.all([drawing.stop(), ending.stop()])
    },
  }
}
