import { Counter, Gauge, type Registry } from 'prom-client'
import { jobRuns, type JobRuns } from './job-runs.ts'

/** Metrics of periodic jobs (every.ts): runs, and the time of the last one. */
export function measureJobs(registry: Registry): void {
  const registers = [registry]
  new Counter({
    name: 'seloste_job_turns_total',
    help: 'Runs of periodic jobs, by outcome: done, elsewhere (another process holds the job’s lock), failed',
    labelNames: ['job', 'outcome'],
    registers,
    collect() {
      this.reset()
      for (const [job, runs] of jobRuns()) {
        for (const outcome of ['done', 'elsewhere', 'failed'] as const) {
          this.inc({ job: nameOf(job), outcome }, runs[outcome])
        }
      }
    },
  })
  const gauge = (name: string, help: string, read: (runs: JobRuns) => number) =>
    new Gauge({
      name: `seloste_job_${name}`,
      help,
      labelNames: ['job'],
      registers,
      collect() {
        for (const [job, runs] of jobRuns()) if (runs.lastDoneAt > 0) this.set({ job: nameOf(job) }, read(runs))
      },
    })
  gauge('last_done_timestamp_seconds', 'Time of the last run of the job in this process', (runs) => runs.lastDoneAt)
  gauge('last_duration_seconds', 'Duration of the last run of the job', (runs) => runs.lastSeconds)
}

/** Returns the lock's name without the prefix: `seloste.sweep` is `sweep`. */
function nameOf(job: string): string {
  return job.replace(/^seloste\./, '')
}
