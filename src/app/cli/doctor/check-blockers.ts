import type { StandingBlocker } from '../../roles/read-health.ts'
import { error, ok, unknown, type Finding } from './finding.ts'

/** What a running Seloste says keeps it from its work: the list that health and `seloste status` have. */
export async function checkBlockers(address: string): Promise<Finding[]> {
  const told = await fetch(`http://${address}/health/ready`, { signal: AbortSignal.timeout(5_000) }).then(
    async (answer) => (await answer.json()) as { blockers?: StandingBlocker[] },
    () => undefined,
  )
  if (!told?.blockers) return [unknown('blockers', 'what stands still is not known: the desk does not answer')]
  if (told.blockers.length === 0) return [ok('blockers', 'nothing stands still')]
  return told.blockers.map(({ kind, code, of, since, standsStill, remedy }) =>
    error(`blockers.${kind}`, `${code} (${of}), since ${since}: ${standsStill}`, remedy),
  )
}
