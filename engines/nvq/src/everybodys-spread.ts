/**
 * Values of a track spread as everybody's are: its quantiles become the shared ones, in order, straight lines between them. What a
 * mean and a deviation leave (how long the soft end is, how far the highest accents reach) says who speaks, and in which room.
 * In: a track's values. Out: a map that never turns their order. Never here: what they stand for.
 */
import { betweenKnots } from './between-knots.ts'

/** Shares of the values below which the knots lie. */
const shares = [0.04, 0.15, 0.3, 0.5, 0.7, 0.85, 0.96]
/** Of a normal distribution, in deviations; knots that would lie nearer than a part of this move apart. */
const normal = [-1.75, -1.04, -0.52, 0, 0.52, 1.04, 1.75]
const nearest = 0.35

/**
 * @param sorted rising, at least one value
 * @param shared where the knots come to lie
 * @param least deviation below which the values are not spread further
 */
export function spreadAsEverybody(
  sorted: ArrayLike<number>,
  shared: readonly number[],
  least: number,
): (value: number) => number {
  const at = (share: number) => sorted[Math.round(share * (sorted.length - 1))]!
  const deviation = Math.max(least, (at(shares.at(-1)!) - at(shares[0]!)) / (normal.at(-1)! - normal[0]!))
  const middle = (shares.length - 1) / 2
  const own = shares.map(at)
  const apart = (from: number, to: number) => nearest * deviation * Math.abs(normal[to]! - normal[from]!)
  for (let knot = middle + 1; knot < own.length; knot++)
    own[knot] = Math.max(own[knot]!, own[knot - 1]! + apart(knot, knot - 1))
  for (let knot = middle - 1; knot >= 0; knot--)
    own[knot] = Math.min(own[knot]!, own[knot + 1]! - apart(knot, knot + 1))
  const slope = (shared.at(-1)! - shared[0]!) / (own.at(-1)! - own[0]!)
  return (value) => {
    if (value <= own[0]!) return shared[0]! + (value - own[0]!) * slope
    if (value > own.at(-1)!) return shared.at(-1)! + (value - own.at(-1)!) * slope
    return betweenKnots(own, shared, value)
  }
}
