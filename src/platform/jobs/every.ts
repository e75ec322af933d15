// Work that comes round.
// In: an interval, the name of a lock, the work. Out: the work done by one process at a time. Never: two at once, a
// swallowed error, a process kept alive for it.
import { setTimeout as wait } from 'node:timers/promises'
import type { Pool, PoolClient } from 'pg'
import { noteTurn } from './turns.ts'

export type EveryOptions = {
  pool: Pool
  intervalMs: number
  /** Two works of the same name never run at once, in whatever process on whatever machine. */
  lockName: string
  /** `signal` is aborted by `stop()` and when the connection that holds the lock is lost: then end soon. */
  work: (signal: AbortSignal) => Promise<void>
  /** The work (or getting the lock) failed; the next turn comes all the same. */
  onError: (error: Error) => void
}

export type Repeating = {
  /** No further turn; resolves when the running one has ended. */
  stop: () => Promise<void>
}

/** Does `work` at once and then `intervalMs` after the end of each turn; a turn is skipped while another process has it. */
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
  while (!ending.aborted) {
    const beganAt = performance.now()
    const told = (how: 'done' | 'elsewhere' | 'failed') =>
      noteTurn(options.lockName, how, (performance.now() - beganAt) / 1000)
    try {
      told((await withLock(options.pool, options.lockName, ending, options.work)) ? 'done' : 'elsewhere')
    } catch (error) {
      told('failed')
      options.onError(error instanceof Error ? error : new Error(String(error)))
    }
    await wait(options.intervalMs, undefined, { signal: ending, ref: false }).catch(() => undefined)
  }
}

/** @returns whether the lock was free and the work was done */
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
    // A connection that may still hold the lock is closed, and the lock with it.
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
