import { Registry } from 'prom-client'
import { expect, test } from 'vitest'
import { measureJobs } from './measure-jobs.ts'
import { recordJobRun } from './job-runs.ts'

test('each job is reported by name: its runs by result, its last end and duration', async () => {
  const registry = new Registry()
  measureJobs(registry)
  recordJobRun('seloste.measured', 'failed', 1)
  expect(await registry.metrics()).not.toMatch(/last_done_timestamp_seconds\{job="measured"/)
  recordJobRun('seloste.measured', 'done', 2.5)
  recordJobRun('seloste.measured', 'elsewhere', 0)
  const text = await registry.metrics()
  for (const outcome of ['done', 'elsewhere', 'failed']) {
    expect(text).toContain(`seloste_job_turns_total{job="measured",outcome="${outcome}"} 1`)
  }
  expect(text).toContain('seloste_job_last_duration_seconds{job="measured"} 2.5')
  const at = Number(/last_done_timestamp_seconds\{job="measured"\} ([\d.]+)/.exec(text)?.[1])
  expect(Math.abs(at - Temporal.Now.instant().epochMilliseconds / 1000)).toBeLessThan(60)
})
