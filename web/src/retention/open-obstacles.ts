import type { Obstacle, Retention } from './retention-shapes.ts'

/** The sweep runs hourly; when this late it is not running. */
const lateMs = 2 * 3_600_000

export type OpenObstacle = Omit<Obstacle, 'kind'> & { kind: Obstacle['kind'] | 'sweep-late' }

/**
 * Returns the obstacles to destruction found by the server, without the clock, which is shown separately. Adds that no sweep
 * has run, which a server without its custodian cannot report.
 */
export function openObstacles({
  obstacles,
  runs,
  asOf,
}: Pick<Retention, 'obstacles' | 'runs' | 'asOf'>): OpenObstacle[] {
  const last = runs.find(({ work }) => work === 'sweep')?.at
  const isLate = last !== undefined && Date.parse(asOf) - Date.parse(last) > lateMs
  return [
    ...(isLate ? [{ kind: 'sweep-late' as const, count: 0, since: last }] : []),
    ...obstacles.filter(({ kind }) => !kind.startsWith('clock-')),
  ]
}
