import { applyTerms } from '#destruction/retention/apply-terms.ts'
import { monthsInForce } from '#description/term-steps.ts'
import type { Clock } from '#platform/clock/clock.ts'
import { every, type EveryOptions, type Repeating } from '#platform/jobs/every.ts'
import type { Log } from '#platform/log/log.ts'
import type { RegisterTables } from '#register/tables.ts'
import { storeDisclosureRules } from '#use/disclosure/disclosure-rules.ts'
import type { Kysely } from 'kysely'
import { recordEffect, storeNumbers } from '#safeguards/versions/versions.ts'
import type { Versions } from '../../roles/follow-versions.ts'

export interface ApplyVersionOptions {
  pool: EveryOptions['pool']
  db: Kysely<RegisterTables>
  versions: Pick<Versions, 'all' | 'at'>
  clock: Clock
  log: Log
  /** Called when retention terms became shorter: some recordings may be due. */
  onShortened: () => Promise<void>
  intervalMs?: number
}

const checkMs = 2_000
/** Terms are applied again after an hour: a call that was in progress when its term changed has ended by then. */
const reapplyMs = 60 * 60_000

/**
 * Applies a version when it comes into force: records its numbers and hash, and shortens terms of recordings (R1, R7, R25).
 * Polls every few seconds, since a rule may begin later than its version.
 */
export function applyVersion(options: ApplyVersionOptions): Repeating {
  const { pool, db, versions, clock, log, onShortened } = options
  let applied = ''
  let appliedAt: Temporal.Instant | undefined
  let storedNumbers = 0
  return every({
    pool,
    intervalMs: options.intervalMs ?? checkMs,
    lockName: 'seloste.obey',
    work: async () => {
      const now = clock.now()
      if (versions.all.length > storedNumbers) {
        const { length } = versions.all
        await storeNumbers(db, versions.all.slice(storedNumbers))
        storedNumbers = length
      }
      for (const { version, hash } of await recordEffect(db, versions.all, now)) {
        log.info({ version, hash }, 'a version of the register description came into force')
      }
      const { description } = versions.at(now)
      await storeDisclosureRules(db, description.disclosure, description.switches.transcripts)
      const terms = JSON.stringify([description.version, ...monthsInForce(description, now)])
      if (terms === applied && appliedAt && now.since(appliedAt).total('milliseconds') < reapplyMs) return
      const shortened = await applyTerms(db, description, now)
      applied = terms
      appliedAt = now
      if (shortened === 0) return
      log.info({ version: description.version, recordings: shortened }, 'shortened the term of recordings')
      await onShortened()
    },
    onError: (error) => {
      log.error({ err: error }, 'cannot apply the version in force to stored recordings; retrying')
    },
  })
}
