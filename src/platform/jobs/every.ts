// Periodic jobs. An advisory lock of the database keeps a job from running twice at once, in any process on any machine. A job
// keeps no process alive.
import { setTimeout as wait } from 'node:timers/promises'
import type { Pool, PoolClient } from 'pg'
import { followJob, forgetJob, recordJobRun } from './job-runs.ts'

export type EveryOptions = {
  pool: Pool
  intervalMs: number
  /** Jobs with the same lock never run at the same time. */
  lockName: string
  /** `signal` aborts on `stop()` and when the connection that holds the lock is lost: end soon then. */
  work: (signal: AbortSignal) => Promise<void>
  /** The run, or getting the lock, failed; the next run follows as usual. */
  onError: (error: Error) => void
  /** How long runs may be missing, and how long a run may last, before the job counts as stalled (job-runs.ts). */
  patienceMs?: number
  longestMs?: number
}

export type Repeating = {
  /** Prevents further runs; resolves when the current one has ended. */
  stop: () => Promise<void>
}

/** Runs `work` at once and then `intervalMs` after the end of each run. A run is skipped while another process has the lock. */
export function every(options: EveryOptions): Repeating {
  const ending = new AbortController()
  const loop = repeat(options, ending.signal)
  return {
    stop: async () => {
      ending.abort()
      await loop
    },
  }
}

async function repeat(options: EveryOptions, ending: AbortSignal): Promise<void> {
  const followed = followJob(options.lockName, options)
  while (!ending.aborted) {
    const beganAt = performance.now()
    followed.beganMs = beganAt
    const report = (outcome: 'done' | 'elsewhere' | 'failed') => {
      const endedAt = performance.now()
      Object.assign(followed, { beganMs: undefined, last: outcome, ...(outcome === 'done' && { doneMs: endedAt }) })
      recordJobRun(options.lockName, outcome, (endedAt - beganAt) / 1000)
    }
    try {
      report((await withLock(options.pool, options.lockName, ending, options.work)) ? 'done' : 'elsewhere')
    } catch (error) {
      report('failed')
      options.onError(error instanceof Error ? error : new Error(String(error)))
    }
    await wait(options.intervalMs, undefined, { signal: ending, ref: false }).catch(() => undefined)
  }
  forgetJob(options.lockName, followed)
}

/**
 * Runs `work` if the lock is free.
 * @returns true if it ran
 */
export async function withLock(
  pool: Pool,
  lockName: string,
  ending: AbortSignal,
  work: (signal: AbortSignal) => Promise<void>,
): Promise<boolean> {
  const client = await pool.connect()
  const lost = new AbortController()
  const onLost = (error: Error) => lost.abort(error)
  client.on('error', onLost)
  let broken: Error | undefined
  try {
    if (!(await tryLock(client, lockName))) return false
    await work(AbortSignal.any([ending, lost.signal]))
    await client.query('select pg_advisory_unlock(hashtextextended($1, 0))', [lockName])
    return true
  } catch (error) {
    broken = error instanceof Error ? error : new Error(String(error))
    throw error
  } finally {
    client.removeListener('error', onLost)
    // Closes a connection that may still hold the lock, which releases it.
    client.release(broken)
  }
}

async function tryLock(client: PoolClient, lockName: string): Promise<boolean> {
  const { rows } = await client.query<{ locked: boolean }>(
    'select pg_try_advisory_lock(hashtextextended($1, 0)) as locked',
    [lockName],
  )
  return rows[0]?.locked === true
}
