/**
 * Checks every promise of the description at the start and every five minutes (every minute if a round takes less than two
 * seconds), and the promises about the sweep after each sweep. A broken promise raises an alarm in the log.
 */
import { setTimeout as wait } from 'node:timers/promises'
import type { PromiseId } from '#description/promises.ts'
import type { Clock } from '#platform/clock/clock.ts'
import { every, withLock, type EveryOptions } from '#platform/jobs/every.ts'
import type { Log } from '#platform/log/log.ts'
import type { SafeguardsDatabase } from '#safeguards/tables.ts'
import { checkPromises, type CheckedPromise } from '#use/evidence/check-promises.ts'
import type { CheckContext } from '#use/evidence/promise.ts'
import type { Versions } from '../../roles/follow-versions.ts'

export interface PromiseChecks {
  /** Checks the promises about the sweep again. Call it after each sweep. */
  swept: () => Promise<void>
  /** Checks the promise about the audit log again. Call it after each verification of the log. */
  logVerified: () => Promise<void>
  stop: () => Promise<void>
}

export interface PromiseChecksOptions extends Omit<
  CheckContext,
  'db' | 'versions' | 'version' | 'now' | 'afresh' | 'intervalFactor' | 'signal'
> {
  db: SafeguardsDatabase
  pool: EveryOptions['pool']
  versions: Pick<Versions, 'all' | 'at'>
  clock: Clock
  log: Log
  /** The first check waits for this sweep, so that recordings that became due during a stop do not break a promise. */
  firstSweep: Promise<void>
  intervalMs?: number
  /** Longest duration of a round after which the next one is at the usual interval. */
  quickMs?: number
}

/** Interval of rounds. A slow round is followed by a pause of `pauseIntervals` intervals. */
const roundMs = 60_000
const pauseIntervals = 4.5
const quickRoundMs = 2_000
/** Longest wait for the first sweep: another process may run it, or it takes long. */
const sweepWaitMs = 60_000
const lockName = 'seloste.evidence'
const sweepPromises: readonly PromiseId[] = [
  'history.term',
  'recordings.floor',
  'recordings.ceiling',
  'history.tells-recorded',
]

/** Starts checking. One process checks at a time, on any machine. */
export function startPromiseChecks(options: PromiseChecksOptions): PromiseChecks {
  const { pool, clock, log, firstSweep, versions, ...context } = options
  const intervalMs = options.intervalMs ?? roundMs
  const stopping = new AbortController()
  let isFirstRoundDone = false
  let pausedUntil = 0
  let rechecking: Promise<void> = Promise.resolve()

  async function check(signal: AbortSignal, which?: readonly PromiseId[]): Promise<void> {
    const now = clock.now()
    const checking: CheckContext = {
      ...context,
      versions: versions.all,
      version: versions.at(now),
      now,
      afresh: !isFirstRoundDone,
      intervalFactor: intervalMs / roundMs,
      signal,
    }
    const { broken, newlyBroken, restored, errors } = await checkPromises(checking, which)
    for (const { promise, error } of errors)
      log.error({ err: error, promise }, 'cannot check a promise of the register description')
    // The first round of this process raises an alarm for every broken promise; later rounds only for newly broken ones.
    for (const finding of isFirstRoundDone ? newlyBroken : broken) alarm(finding)
    for (const { promise, facts } of restored)
      log.warn({ promise, facts }, 'a promise of the register description holds again')
    if (which === undefined && !signal.aborted) isFirstRoundDone = true
  }

  function alarm({ promise, rule, remedy, facts, fault }: CheckedPromise): void {
    log.error({ promise, rule, facts, fault, remedy }, 'a promise of the register description does not hold')
  }

  const onError = (error: unknown) => {
    log.error({ err: error }, 'cannot check the promises; after 15 minutes they count as broken')
  }
  const rounds = every({
    pool,
    intervalMs,
    lockName,
    // The time for which results are valid. Checks after a sweep hold the lock too.
    patienceMs: 900_000,
    work: async (signal) => {
      await Promise.race([firstSweep, wait(sweepWaitMs, undefined, { signal, ref: false }).catch(() => undefined)])
      if (signal.aborted || performance.now() < pausedUntil) return
      const [first, startedAt] = [!isFirstRoundDone, performance.now()]
      await check(signal)
      const endedAt = performance.now()
      // The first round uses no earlier results, so its duration does not predict the next one's.
      if (!first && endedAt - startedAt > (options.quickMs ?? quickRoundMs))
        pausedUntil = endedAt + intervalMs * pauseIntervals
    },
    onError,
  })

  /** Checks some promises again. Does nothing before the first round, or while another process checks. */
  function recheck(which: readonly PromiseId[]): Promise<void> {
    if (isFirstRoundDone) {
      rechecking = withLock(pool, lockName, stopping.signal, (signal) => check(signal, which)).then(
        () => undefined,
        onError,
      )
    }
    return rechecking
  }

  return {
    swept: () => recheck(sweepPromises),
    logVerified: () => recheck(['log.whole']),
    async stop() {
      stopping.abort()
      await Promise.all([rounds.stop(), rechecking])
    },
  }
}
