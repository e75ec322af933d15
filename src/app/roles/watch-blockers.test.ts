import { tmpdir } from 'node:os'
import { expect, test } from 'vitest'
import { createBlockers } from '#platform/blockers/blockers.ts'
import type { StalledJob } from '#platform/jobs/job-runs.ts'
import { watchBlockers } from './watch-blockers.ts'

test('a recording that has waited two minutes for the register raises the backlog blocker, with its age, until it is stored', async () => {
  const logged: string[] = []
  const blockers = createBlockers({
    now: () => Temporal.Instant.from('2026-11-30T12:00:00Z'),
    log: { error: (_, message) => logged.push(message), warn: (_, message) => logged.push(message) },
  })
  let backlog: { sinceMs: number; code: string } | undefined = { sinceMs: performance.now() - 119_000, code: 'x' }
  const watching = watchBlockers({
    blockers,
    volumes: { data: tmpdir() },
    oldestWaiting: () => backlog,
    intervalMs: 10,
  })
  try {
    expect(blockers.list().filter(({ kind }) => kind === 'backlog')).toEqual([])
    backlog = { sinceMs: performance.now() - 180_000, code: 'KEY_STORE_AWAY' }
    await expect
      .poll(() => blockers.list().map(({ kind, code, since }) => [kind, code, since.slice(0, 16)]))
      .toContainEqual(['backlog', 'KEY_STORE_AWAY', '2026-11-30T11:56'])
    backlog = undefined
    await expect.poll(() => blockers.list().filter(({ kind }) => kind === 'backlog')).toEqual([])
    expect(logged).toEqual(expect.arrayContaining(['work is blocked', 'a blocker was cleared; work resumes']))
  } finally {
    watching.stop()
  }
})

test('each job that does not run is a blocker of its own, unless the cause of its failures is already a blocker', async () => {
  const blockers = createBlockers({
    now: () => Temporal.Instant.from('2026-11-30T12:00:00Z'),
    log: { error: () => undefined, warn: () => undefined },
  })
  let stalled: StalledJob[] = [
    { job: 'watch', code: 'job-elsewhere', agoMs: 360_000 },
    { job: 'letters', code: 'job-fails', agoMs: 600_000 },
  ]
  const watching = watchBlockers({ blockers, volumes: {}, stalledJobs: () => stalled, intervalMs: 10 })
  const jobs = () =>
    blockers.list().flatMap(({ kind, about, code, since }) => (kind === 'job' ? [[about, code, since]] : []))
  const watchJob = ['watch', 'job-elsewhere', '2026-11-30T11:54:00Z']
  try {
    await expect.poll(jobs).toEqual([watchJob, ['letters', 'job-fails', '2026-11-30T11:50:00Z']])
    blockers.raise('database', { code: 'ECONNREFUSED' })
    await expect.poll(jobs).toEqual([watchJob])
    stalled = []
    await expect.poll(jobs).toEqual([])
  } finally {
    watching.stop()
  }
})
