/** Child process that runs the jobs of work.ts. */
import { runAttack } from './attacks.ts'
import { speakers } from './recordings.ts'
import { prepare } from './renderings.ts'
import { useLeft } from './use-left.ts'
import { allSources, type Found, type Job, type Sizes } from './work.ts'

process.on('message', async ({ job, sizes, sources }: { job: Job; sizes: Sizes; sources: string }) => {
  if (sources !== allSources()) throw new Error('An engine was changed while the bench ran: run it again.')
  const all = await speakers(sizes.mostUtterances, sizes.mostCalls)
  const found: Found = {}
  if ('prepare' in job) {
    for (const [index, speaker] of all.entries())
      if (index % job.parts === job.part) await prepare(job.prepare, job.side, speaker)
  } else if ('attack' in job) found.trials = runAttack(job.attack, all, sizes.verifier, sizes.trainingSides)
  else found.useLeft = await useLeft(job.measure, all)
  process.send!(found)
})
