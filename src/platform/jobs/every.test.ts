import { setTimeout as wait } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { createTestDatabase } from '#test/database/create-test-database.ts'
import { every, type Repeating } from './every.ts'
import { longestRunMs, stalledAfterMs, stalledJobs } from './job-runs.ts'

const database = await createTestDatabase()
const { pool } = database.as()

function failOnError(error: Error): void {
  throw error
}

test('two processes with the same job never run it at once', async () => {
  let running = 0
  let max = 0
  let runs = 0
  const work = async () => {
    running += 1
    max = Math.max(max, running)
    await wait(5)
    running -= 1
    runs += 1
  }
  const all: Repeating[] = [1, 2, 3].map(() =>
    every({ pool, intervalMs: 1, lockName: 'same', work, onError: failOnError }),
  )
  await expect.poll(() => runs).toBeGreaterThan(10)
  await Promise.all(all.map((job) => job.stop()))
  expect(max).toBe(1)
})

test('a job that throws is reported, and runs again', async () => {
  const errors: string[] = []
  const work = () => Promise.reject(new Error(`no ${errors.length}`))
  const repeating = every({ pool, intervalMs: 1, lockName: 'throws', work, onError: (e) => errors.push(e.message) })
  await expect.poll(() => errors.length).toBeGreaterThan(2)
  await repeating.stop()
  expect(errors.slice(0, 2)).toEqual(['no 0', 'no 1'])
})

test('a job is stalled while another session holds its lock, its runs fail or a run does not end, until a run is done', async () => {
  const [holder, runs] = [await pool.connect(), new Map<string, number>()]
  const { promise: ended, resolve: end } = Promise.withResolvers<void>()
  const countRun = (job: string) => runs.set(job, (runs.get(job) ?? 0) + 1)
  await holder.query(`select pg_advisory_lock(hashtextextended('seloste.held', 0))`)
  let isMended = false
  const failing = () => {
    countRun('failing')
    return isMended ? Promise.resolve() : Promise.reject(new Error('no'))
  }
  const options = { pool, intervalMs: 1, onError: () => undefined }
  const all = [
    every({ ...options, lockName: 'seloste.held', work: async () => void countRun('held') }),
    every({ ...options, lockName: 'seloste.failing', work: failing }),
    every({ ...options, lockName: 'seloste.hanging', work: () => (countRun('hanging'), ended) }),
    every({ ...options, lockName: 'seloste.well', work: async () => void countRun('well') }),
  ]
  // Files that share this process may have left jobs behind.
  const own = new Set(['held', 'failing', 'hanging', 'well'])
  const stalled = (aheadMs: number) =>
    stalledJobs(performance.now() + aheadMs).flatMap(({ job, code }) => (own.has(job) ? [`${job} ${code}`] : []))
  const later = stalledAfterMs + 1_000
  try {
    await expect.poll(() => stalled(later)).toEqual(['held job-elsewhere', 'failing job-fails'])
    await expect.poll(() => runs.get('hanging')).toBe(1)
    expect(stalled(0)).toEqual([])
    expect(stalled(longestRunMs + 1_000)).toContain('hanging job-hangs')
    await holder.query(`select pg_advisory_unlock(hashtextextended('seloste.held', 0))`)
    isMended = true
    end()
    await expect.poll(() => stalled(later)).toEqual([])
  } finally {
    end()
    holder.release()
    await Promise.all(all.map((job) => job.stop()))
  }
  expect(stalled(longestRunMs * 2)).toEqual([])
})

test('stop waits for the present run and allows no other', async () => {
  let begun = 0
  let ended = 0
  const work = async (signal: AbortSignal) => {
    begun += 1
    await wait(10_000, undefined, { signal }).catch(() => undefined)
    ended += 1
  }
  const repeating = every({ pool, intervalMs: 1, lockName: 'stops', work, onError: failOnError })
  await expect.poll(() => begun).toBe(1)
  await repeating.stop()
  expect([begun, ended]).toEqual([1, 1])
})

test('a job whose lock is lost with its connection is aborted', async () => {
  const reported: boolean[] = []
  const errors: Error[] = []
  const work = async (signal: AbortSignal) => {
    await pool.query(`select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory'
      and database = (select oid from pg_database where datname = current_database())`)
    await wait(10_000, undefined, { signal }).catch(() => undefined)
    reported.push(signal.aborted)
  }
  const repeating = every({ pool, intervalMs: 60_000, lockName: 'lost', work, onError: (error) => errors.push(error) })
  await expect.poll(() => reported).toEqual([true])
  await expect.poll(() => errors.length).toBe(1)
  await repeating.stop()
})
