import { sweep, type Swept } from '#destruction/retention/sweep.ts'
import { finishDestructions, isOverdue } from '#destruction/retention/sweep-recordings.ts'
import type { Clock } from '#platform/clock/clock.ts'
import { every, type EveryOptions } from '#platform/jobs/every.ts'
import type { Log } from '#platform/log/log.ts'
import { ledgerPosition, noteRun } from '#safeguards/runs/note-run.ts'
import { noteWorkDone } from '#use/evidence/note-work-done.ts'

const sweepMs = 60 * 60_000
/** A destruction that was cut short goes on so soon; one that was forbidden is over within a minute. */
const finishMs = 3_000
/** What was taken in past its day is found so soon. */
const overdueMs = 60_000
/** What stands in the way is said once, and again as often. */
const sayAgainMs = 10 * 60_000

export interface RetentionJob {
  /** The first sweep has been, or has failed. */
  swept: Promise<void>
  /** Beside the sweep that comes round, where terms have become shorter: two at once do no harm. */
  sweepNow: () => Promise<void>
  stop: () => Promise<void>
}

/** What the custodian does for ends by their term: the hourly sweep, and whatever was cut short. */
export function startRetention(options: {
  expunging: Parameters<typeof sweep>[0]
  pool: EveryOptions['pool']
  clock: Clock
  log: Log
  /** After each sweep that went well. */
  onSwept: () => Promise<void>
  overdueMs?: number
}): RetentionJob {
  const { expunging, pool, clock, log, onSwept } = options
  const first = Promise.withResolvers<void>()
  const saying = sayOnce(log)
  let overdueRestsUntil = Infinity

  const sweeper = every({
    pool,
    intervalMs: sweepMs,
    lockName: 'seloste.sweep',
    work: async () => {
      await sweepAndNote()
      await noteWorkDone(expunging.db, 'sweep', clock.now())
      begun()
      await onSwept()
    },
    onError: (error) => {
      begun()
      log.error({ err: error }, 'the sweep failed; it runs again in an hour')
    },
  })
  const finisher = every({
    pool,
    intervalMs: finishMs,
    lockName: 'seloste.finish',
    work: async () => {
      const { destroyed, standsInTheWay, failures } = await finishDestructions(expunging, clock.now())
      if (destroyed > 0) log.info({ recordings: destroyed }, 'finished destroying what was cut short')
      for (const error of failures)
        log.error({ err: error }, 'a recording is blocked and could not be destroyed; it is tried again')
      saying.say(standsInTheWay)
    },
    onError: (error) => {
      log.error(
        { err: error },
        'destructions that were cut short could not go on; they are tried again in a few seconds',
      )
    },
  })

  // The sweep comes round each hour: what was taken in just after it would stand so long past its day.
  const overdue = every({
    pool,
    intervalMs: options.overdueMs ?? overdueMs,
    lockName: 'seloste.overdue',
    work: async () => {
      if (performance.now() < overdueRestsUntil || !(await isOverdue(expunging.db))) return
      try {
        await sweepAndNote()
      } finally {
        // What stays is told, and not swept at each minute.
        if (await isOverdue(expunging.db)) overdueRestsUntil = performance.now() + sayAgainMs
      }
    },
    onError: (error) => {
      log.error({ err: error }, 'recordings past their day could not be destroyed; it is tried again in ten minutes')
    },
  })

  function begun(): void {
    first.resolve()
    if (overdueRestsUntil === Infinity) overdueRestsUntil = 0
  }

  async function sweepOnce(): Promise<Omit<Swept, 'waiting'>> {
    const { waiting, ...swept } = await sweep(expunging, clock.now())
    if (swept.recordings + swept.contacts > 0) log.info(swept, 'ended what had come to its day')
    saying.say(waiting)
    return swept
  }

  /** The one that comes round is a run of the overview, whether it went well or not. */
  async function sweepAndNote(): Promise<void> {
    const { db } = expunging
    const before = await ledgerPosition(db)
    try {
      const { recordings, contacts, months, monthKeys, intakeDays } = await sweepOnce()
      const keys = monthKeys.length + intakeDays.length
      await noteRun(db, { work: 'sweep', recordings, contacts, months, keys }, before)
    } catch (error) {
      await noteRun(db, { work: 'sweep', fault: (error as { code?: string }).code ?? 'unknown' }, before)
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

/** One line to the operator for each thing that stands in the way, while it does. */
function sayOnce(log: Log): { say: (lines: readonly string[]) => void } {
  const said = new Map<string, number>()
  return {
    say(lines) {
      for (const line of lines) {
        const last = said.get(line)
        if (last !== undefined && performance.now() - last < sayAgainMs) continue
        said.set(line, performance.now())
        log.warn(
          { why: line },
          'recordings are blocked and not yet destroyed in every copy: bring the place back, or the old key goes without it at the deadline',
        )
      }
      for (const line of said.keys()) if (!lines.includes(line)) said.delete(line)
    },
  }
}
