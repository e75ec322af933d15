/** Renders, attacks and measures in processes of their own, so that two cores are used and CPU is counted per engine. */
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
  /** How many draws of the training speech a semi-informed attacker makes. */
  trainingSides: readonly Side[]
}

export type Job =
  { prepare: EngineName; side: Side; part: number; parts: number } | { attack: AttackJob } | { measure: EngineName }

export interface Found {
  trials?: Trial[]
  useLeft?: UseLeft
}

const processes = Number(process.env['SELOSTE_BENCH_PROCESSES'] ?? 2)

/** Of every engine: work that is spread over processes is of one state of the sources. */
export const allSources = () => engineNames.map(sourcesHash).join(' ')

/** All jobs, some at a time; what each found, in the order of the jobs. */
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
