import { systemClock } from '../clock/clock.ts'

/** Counts of a job's runs in this process. */
export interface JobRuns {
  done: number
  /** Runs skipped because another process had the lock. */
  elsewhere: number
  failed: number
  /** Unix time in seconds of the last run here; 0 before the first. */
  lastDoneAt: number
  /** Duration of that run, in seconds. */
  lastSeconds: number
}

/** By the name of the job's lock. A process has few jobs, all named in the program. */
const known = new Map<string, JobRuns>()

/**
 * Records a run.
 * @param seconds duration
 */
export function recordJobRun(work: string, outcome: 'done' | 'elsewhere' | 'failed', seconds: number): void {
  const before = known.get(work) ?? { done: 0, elsewhere: 0, failed: 0, lastDoneAt: 0, lastSeconds: 0 }
  known.set(work, {
    ...before,
    [outcome]: before[outcome] + 1,
    ...(outcome === 'done' && { lastDoneAt: systemClock.now().epochMilliseconds / 1000, lastSeconds: seconds }),
  })
}

/** Returns every job of this process that has run. */
export function jobRuns(): ReadonlyMap<string, JobRuns> {
  return known
}
