import { within, type Interval } from './intervals.ts'
import type { PersonHistory } from './person-history.ts'

/**
 * The way from a person through their supervisors back to themselves, where at some instant there is one: the ids, the
 * person first and last. The twin of the database's `supervisors_apart`.
 */
export function findCircle(
  person: PersonHistory,
  find: (id: string) => PersonHistory | undefined,
): string[] | undefined {
  const everyInstant = { from: person.placements[0]?.from ?? person.employedFrom, to: null }
  return walk(person, everyInstant, [person.id])

  function walk(current: PersonHistory, during: Interval, way: string[]): string[] | undefined {
    for (const placement of current.placements) {
      const { supervisorId } = placement
      if (supervisorId === null) continue
      const [time] = within(placement, during)
      if (!time) continue
      if (supervisorId === person.id) return [...way, supervisorId]
      // Another circle, further up: its own people tell of it.
      if (way.includes(supervisorId)) continue
      const above = find(supervisorId)
      const circle = above && walk(above, time, [...way, supervisorId])
      if (circle) return circle
    }
    return undefined
  }
}
