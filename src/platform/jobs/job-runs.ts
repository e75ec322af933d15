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

/** A job that is stalled, and for how long. */
export interface StalledJob {
  /** The lock's name without its prefix. */
  job: string
  /** Why: another session has its lock, its runs fail, or a run does not end. */
  code: 'job-elsewhere' | 'job-fails' | 'job-hangs'
  /** Time since the last done run, or since the start of the run that hangs. */
  agoMs: number
}

interface Progress {
  intervalMs: number
  /** Instants of performance.now(). */
  doneMs: number
  /** Start of the current run; undefined between runs. */
  beganMs: number | undefined
  last: 'done' | 'elsewhere' | 'failed'
  /** How long runs may be missing. */
  patienceMs: number
  /** How long a run may last. */
  longestMs: number
}

/** A job is stalled if no run was done for three intervals, and for at least this long. */
export const stalledAfterMs = 300_000
/** A run that lasts longer hangs: a sweep or an ingestion after a long stop may last an hour. */
export const longestRunMs = 3 * 3_600_000

/** Jobs that this process repeats at present, by the name of their lock. */
const progress = new Map<string, Progress>()

/** Records that the process begins to repeat a job. */
export function followJob(
  work: string,
  { intervalMs, patienceMs = stalledAfterMs, longestMs = longestRunMs }: Partial<Progress> & { intervalMs: number },
): Progress {
  const begun: Progress = {
    ...{ intervalMs, patienceMs, longestMs, beganMs: undefined },
    ...{ doneMs: performance.now(), last: 'done' },
  }
  progress.set(work, begun)
  return begun
}

/** Records that the process no longer repeats a job. */
export function forgetJob(work: string, followed: Progress): void {
  if (progress.get(work) === followed) progress.delete(work)
}

/**
 * Returns the stalled jobs. Only for a process that should run all its jobs itself: elsewhere another process may run them.
 * @param nowMs performance.now()
 */
export function stalledJobs(nowMs = performance.now()): StalledJob[] {
  return [...progress].flatMap(([work, { intervalMs, doneMs, beganMs, last, patienceMs, longestMs }]): StalledJob[] => {
    const job = work.replace(/^seloste\./, '')
    if (beganMs !== undefined && nowMs - beganMs > longestMs)
      return [{ job, code: 'job-hangs', agoMs: nowMs - beganMs }]
    const agoMs = nowMs - doneMs
    if (last === 'done' || agoMs <= Math.max(patienceMs, 3 * intervalMs)) return []
    return [{ job, code: last === 'failed' ? 'job-fails' : 'job-elsewhere', agoMs }]
  })
}
