/** How often chance alone may go beyond an ordinary range, both ends together: once in a hundred. */
export const beyondChance = 0.01

/** Beyond so many standard deviations nothing is left to count. */
const farthest = 12

/**
 * The narrowest counts that a binomial draw keeps within in 99 of 100 cases: of so many calls, each recorded with the
 * same chance. Where calls had different shares their mean stands for them all, which makes the range no narrower than it
 * should be.
 */
export function ordinaryRange(calls: number, share: number): { low: number; high: number } {
  if (calls === 0 || share <= 0) return { low: 0, high: 0 }
  if (share >= 1) return { low: calls, high: calls }
  const odds = share / (1 - share)
  const most = Math.min(calls, Math.floor((calls + 1) * share))
  const reach = Math.ceil(farthest * Math.sqrt(calls * share * (1 - share))) + farthest
  const first = Math.max(0, most - reach)
  const last = Math.min(calls, most + reach)
  // Weights against the most likely count: no factorials, nothing too small to be held.
  const weights = new Float64Array(last - first + 1)
  weights[most - first] = 1
  for (let count = most; count < last; count++) {
    weights[count + 1 - first] = (weights[count - first]! * (calls - count) * odds) / (count + 1)
  }
  for (let count = most; count > first; count--) {
    weights[count - 1 - first] = (weights[count - first]! * count) / ((calls - count + 1) * odds)
  }
  const tail = (weights.reduce((sum, weight) => sum + weight, 0) * beyondChance) / 2
  const end = (counts: readonly number[]): number => {
    let beyond = 0
    for (const count of counts) {
      beyond += weights[count - first]!
      if (beyond > tail) return count
    }
    return most
  }
  const all = Array.from(weights, (_, place) => first + place)
  return { low: end(all), high: end(all.toReversed()) }
}
