/**
 * How far a figure may be off for the people it was measured with: they are drawn again and again, some twice and some not at
 * all, and the figure told anew (Efron 1979). Recordings of one person hit and miss together, so it is people that are drawn.
 */
import { equalErrorOf, type Scored } from './rates.ts'
import { seeded } from './seeded.ts'

/** Between these lie 95 of 100 drawings. */
export interface Interval {
  low: number
  high: number
}

/** Who is enrolled, and whose the recording is. */
export interface PersonTrial extends Scored {
  enrolled: string
  disclosed: string
}

const drawings = 200
const outside = 0.025

/**
 * Of the equal error rate of the best of several systems; 0 to 1, NaN of fewer than two people.
 *
 * @param systems the same trials, scored by each system
 */
export function equalErrorInterval(systems: readonly (readonly PersonTrial[])[]): Interval {
  const people = [...new Set(systems[0]?.map(({ disclosed }) => disclosed))].sort()
  if (people.length < 2) return { low: NaN, high: NaN }
  const place = new Map(people.map((person, at) => [person, at]))
  const sorted = systems.map((trials) => {
    const inOrder = trials.toSorted((one, other) => one.score - other.score)
    return {
      same: inOrder.map(({ same }) => same),
      enrolled: Uint16Array.from(inOrder, ({ enrolled }) => place.get(enrolled)!),
      disclosed: Uint16Array.from(inOrder, ({ disclosed }) => place.get(disclosed)!),
      weights: new Float64Array(inOrder.length),
    }
  })
  const chance = seeded('interval')
  const rates = Float64Array.from({ length: drawings }, () => {
    const times = new Float64Array(people.length)
    for (let draw = 0; draw < people.length; draw++) times[Math.floor(chance.uniform() * people.length)]!++
    return Math.min(
      ...sorted.map(({ same, enrolled, disclosed, weights }) => {
        for (let at = 0; at < weights.length; at++)
          weights[at] = times[enrolled[at]!]! * (same[at] ? 1 : times[disclosed[at]!]!)
        return equalErrorOf(same, weights)
      }),
    )
  }).sort()
  return { low: rates[Math.round(outside * (drawings - 1))]!, high: rates[Math.round((1 - outside) * (drawings - 1))]! }
}
