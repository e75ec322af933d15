import type { Kysely } from 'kysely'
import type { Clock } from '#platform/clock/clock.ts'
import { every, type EveryOptions } from '#platform/jobs/every.ts'
import type { Log } from '#platform/log/log.ts'
import type { RegisterTables } from '#register/tables.ts'
import { makeLettersDue } from '#use/requests/letters/make-letter.ts'
import type { Versions } from '../roles/follow-versions.ts'

export interface LettersOptions {
  pool: EveryOptions['pool']
  db: Kysely<RegisterTables>
  versions: Versions
  clock: Clock
  log: Log
}

const lookMs = 15_000

/**
 * What the custodian does for letters: one that is due by itself (a recording was destroyed before it was heard; what was
 * forbidden is destroyed) lies on the desk to be sent within a minute.
 */
export function keepLetters({ pool, db, versions, clock, log }: LettersOptions): { stop: () => Promise<void> } {
  return every({
    pool,
    intervalMs: lookMs,
    lockName: 'seloste.letters',
    work: async () => {
      const letters = await makeLettersDue(db, versions.at(clock.now()).description, (error, request) => {
        log.error({ err: error, request }, 'a letter that is due could not be made; it is tried again')
      })
      if (letters > 0) log.info({ letters }, 'letters that are due lie on the desk to be sent')
    },
    onError: (error) => {
      log.error({ err: error }, 'letters that are due could not be looked for; it is tried again')
    },
  })
}
