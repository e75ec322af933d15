import type { Endpoint } from '#platform/config/addresses.ts'
import { readDeskState } from '../desk-state.ts'
import { error, ok, unknown, type Finding } from './finding.ts'

/** Lists the blockers of a running Seloste, as in health and `seloste status`. */
export async function checkBlockers(http: Endpoint): Promise<Finding[]> {
  const { blockers } = await readDeskState(http)
  if (!blockers) return [unknown('blockers', 'blockers are unknown: the desk does not answer')]
  if (blockers.length === 0) return [ok('blockers', 'no blockers')]
  return blockers.map(({ kind, code, of, since, standsStill, remedy }) =>
    error(`blockers.${kind}`, `${code} (${of}), since ${since}: ${standsStill}`, remedy),
  )
}
