/** Renders, attacks and measures in child processes, to use two cores and to measure CPU time per engine. */
import { fork } from 'node:child_process'
import type { AttackJob, Trial } from './attacks.ts'
import { engineNames, sourcesHash, type EngineName } from './engines.ts'
import type { Side } from './renderings.ts'
import type { UseLeft } from './use-left.ts'
import type { VerifierSize } from './verifier.ts'

export interface Sizes {
  mostUtterances: number
  mostCalls: number
  verifier: VerifierSize
  /** The semi-informed attacker's draws of the training speech. */
  trainingSides: readonly Side[]
}

export type Job =
  { prepare: EngineName; side: Side; part: number; parts: number } | { attack: AttackJob } | { measure: EngineName }

export interface Found {
  trials?: Trial[]
  useLeft?: UseLeft
}

const processes = Number(process.env['SELOSTE_BENCH_PROCESSES'] ?? 2)

/** Returns the hashes of all engines, so that all processes work with the same sources. */
export const allSources = () => engineNames.map(sourcesHash).join(' ')

/** Runs all jobs, some in parallel, and returns their results in the order of the jobs. */
export async function runJobs(jobs: readonly Job[], sizes: Sizes): Promise<Found[]> {
  const results: Found[] = jobs.map(() => ({}))
  const waiting = [...jobs.keys()]
  const one = async () => {
    for (let at = waiting.shift(); at !== undefined; at = waiting.shift()) results[at] = await runOne(jobs[at]!, sizes)
  }
  await Promise.all(Array.from({ length: processes }, one))
  return results
}

const runOne = (job: Job, sizes: Sizes) =>
  new Promise<Found>((resolve, reject) => {
    const child = fork(`${import.meta.dirname}/worker.ts`, { serialization: 'advanced' })
    let found: Found | undefined
    child.on('message', (message: Found) => {
      found = message
      child.disconnect()
    })
    child.on('error', reject)
    child.on('exit', (code) => {
      if (found !== undefined) resolve(found)
      else reject(new Error(`A job of the bench ended with ${code}: ${JSON.stringify(job)}; its own words are above.`))
    })
    child.send({ job, sizes, sources: allSources() })
  })
