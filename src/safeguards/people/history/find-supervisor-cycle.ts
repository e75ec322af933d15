import { intersect, type Interval } from './intervals.ts'
import type { PersonHistory } from './person-history.ts'

/**
 * Returns a cycle of supervisors through a person, if there is one at some instant: ids, with the person first and last. Same
 * rule as the database's `refuse_supervisor_cycle`.
 */
export function findSupervisorCycle(
  person: PersonHistory,
  find: (id: string) => PersonHistory | undefined,
): string[] | undefined {
  const everyInstant = { from: person.placements[0]?.from ?? person.employedFrom, to: null }
  return walk(person, everyInstant, [person.id])

  function walk(current: PersonHistory, during: Interval, path: string[]): string[] | undefined {
    for (const placement of current.placements) {
      const { supervisorId } = placement
      if (supervisorId === null) continue
      const [time] = intersect(placement, during)
      if (!time) continue
      if (supervisorId === person.id) return [...path, supervisorId]
      // A cycle further up is reported for its own members.
      if (path.includes(supervisorId)) continue
      const above = find(supervisorId)
      const cycle = above && walk(above, time, [...path, supervisorId])
      if (cycle) return cycle
    }
    return undefined
  }
}
