/**
 * Bootstrap confidence intervals of figures (Efron 1979), by resampling speakers with replacement. Speakers are resampled and not
 * recordings, because the results of one speaker's recordings are correlated.
 */
import { equalErrorOf, type Scored } from './rates.ts'
import { seeded } from './seeded.ts'

/** 95 % of the resampled figures are between these bounds. */
export interface Interval {
  low: number
  high: number
}

/** The enrolled speaker, and the speaker of the recording. */
export interface PersonTrial extends Scored {
  enrolled: string
  disclosed: string
}

const drawings = 200
const outside = 0.025

/**
 * Returns the interval of the best system's equal error rate, 0 to 1; NaN for fewer than two people.
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
