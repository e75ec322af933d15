import { sweep, type Swept } from '#destruction/retention/sweep.ts'
import { finishDestructions, isOverdue } from '#destruction/retention/sweep-recordings.ts'
import type { Clock } from '#platform/clock/clock.ts'
import { every, type EveryOptions } from '#platform/jobs/every.ts'
import type { Log } from '#platform/log/log.ts'
import { ledgerPosition, recordRun } from '#safeguards/runs/record-run.ts'
import { recordWorkDone } from '#use/evidence/record-work-done.ts'

const sweepMs = 60 * 60_000
/** Interval for resuming interrupted destructions; forbidden recordings must be gone within a minute. */
const finishMs = 3_000
/** Interval of checks for recordings that were ingested after their term had ended. */
const overdueMs = 60_000
/** Each blocker is logged once, and again at this interval. */
const logAgainMs = 10 * 60_000

export interface RetentionJob {
  /** Resolves when the first sweep has ended or failed. */
  swept: Promise<void>
  /** Sweeps now, in addition to the schedule, when terms became shorter; concurrent sweeps are harmless. */
  sweepNow: () => Promise<void>
  stop: () => Promise<void>
}

/** Starts destruction by term in the custodian: the hourly sweep, and resumption of interrupted destructions. */
export function startRetention(options: {
  expunging: Parameters<typeof sweep>[0]
  pool: EveryOptions['pool']
  clock: Clock
  log: Log
  /** Called after each successful sweep. */
  onSwept: () => Promise<void>
  overdueMs?: number
}): RetentionJob {
  const { expunging, pool, clock, log, onSwept } = options
  const first = Promise.withResolvers<void>()
  const onceLog = createOnceLog(log)
  let overduePausedUntil = Infinity

  const sweeper = every({
    pool,
    intervalMs: sweepMs,
    lockName: 'seloste.sweep',
    work: async () => {
      await sweepAndRecord()
      await recordWorkDone(expunging.db, 'sweep', clock.now())
      onFirstSweep()
      await onSwept()
    },
    onError: (error) => {
      onFirstSweep()
      log.error({ err: error }, 'the retention sweep failed; retrying in an hour')
    },
  })
  const finisher = every({
    pool,
    intervalMs: finishMs,
    lockName: 'seloste.finish',
    work: async () => {
      const { destroyed, blockers, failures } = await finishDestructions(expunging, clock.now())
      if (destroyed > 0) log.info({ recordings: destroyed }, 'completed interrupted destructions')
      for (const error of failures)
        log.error({ err: error }, 'a recording is blocked and cannot be destroyed yet; retrying')
      onceLog.log(blockers)
    },
    onError: (error) => {
      log.error({ err: error }, 'cannot resume interrupted destructions; retrying in a few seconds')
    },
  })

  // Without this, a recording that is past its term when it is ingested would wait for the next hourly sweep.
  const overdue = every({
    pool,
    intervalMs: options.overdueMs ?? overdueMs,
    lockName: 'seloste.overdue',
    work: async () => {
      if (performance.now() < overduePausedUntil || !(await isOverdue(expunging.db))) return
      try {
        await sweepAndRecord()
      } finally {
        // Recordings that cannot be destroyed are logged, and retried after a longer pause.
        if (await isOverdue(expunging.db)) overduePausedUntil = performance.now() + logAgainMs
      }
    },
    onError: (error) => {
      log.error({ err: error }, 'cannot destroy recordings past their term; retrying in ten minutes')
    },
  })

  function onFirstSweep(): void {
    first.resolve()
    if (overduePausedUntil === Infinity) overduePausedUntil = 0
  }

  async function sweepOnce(): Promise<Omit<Swept, 'waiting'>> {
    const { waiting, ...swept } = await sweep(expunging, clock.now())
    if (swept.recordings + swept.contacts > 0) log.info(swept, 'destroyed or deleted records at the end of their term')
    onceLog.log(waiting)
    return swept
  }

  /** Sweeps, and records the run for the retention overview, also if it fails. */
  async function sweepAndRecord(): Promise<void> {
    const { db } = expunging
    const before = await ledgerPosition(db)
    try {
      const { recordings, contacts, months, monthKeys, intakeDays } = await sweepOnce()
      const keys = monthKeys.length + intakeDays.length
      await recordRun(db, { work: 'sweep', recordings, contacts, months, keys }, before)
    } catch (error) {
      await recordRun(db, { work: 'sweep', fault: (error as { code?: string }).code ?? 'unknown' }, before)
      throw error
    }
  }

  return {
    swept: first.promise,
    async sweepNow() {
      await sweepOnce()
    },
    async stop() {
      await Promise.all([sweeper.stop(), overdue.stop(), finisher.stop()])
    },
  }
}

/** Logs a line for each blocker, and repeats it every ten minutes while it lasts. */
function createOnceLog(log: Log): { log: (lines: readonly string[]) => void } {
  const logged = new Map<string, number>()
  return {
    log(lines) {
      for (const line of lines) {
        const last = logged.get(line)
        if (last !== undefined && performance.now() - last < logAgainMs) continue
        logged.set(line, performance.now())
        log.warn(
          { why: line },
          'recordings are blocked but not yet destroyed in every copy: make the place available; otherwise the old key is destroyed without it at the deadline',
        )
      }
      for (const line of logged.keys()) if (!lines.includes(line)) logged.delete(line)
    },
  }
}
