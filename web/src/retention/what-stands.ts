import type { Obstacle, Retention } from './retention-shapes.ts'

/** The sweep comes round every hour; one that is this late does not run. */
const lateMs = 2 * 3_600_000

export type Standing = Omit<Obstacle, 'kind'> & { kind: Obstacle['kind'] | 'sweep-late' }

/**
 * What stands in the way of ends, but for the clock, which is told by itself: as the server found it, and that no sweep has
 * come round, which a server without its custodian cannot tell.
 */
export function whatStands({ obstacles, runs, asOf }: Pick<Retention, 'obstacles' | 'runs' | 'asOf'>): Standing[] {
  const last = runs.find(({ work }) => work === 'sweep')?.at
  const isLate = last !== undefined && Date.parse(asOf) - Date.parse(last) > lateMs
  return [
    ...(isLate ? [{ kind: 'sweep-late' as const, count: 0, since: last }] : []),
    ...obstacles.filter(({ kind }) => !kind.startsWith('clock-')),
  ]
}
