/** Probability that chance alone leaves the ordinary range, both tails together: 1 %. */
export const tailProbability = 0.01

/** Standard deviations beyond which the weight is negligible. */
const maxDeviations = 12

/**
 * Returns the narrowest range of counts that a binomial draw stays within in 99 of 100 cases: `calls` trials, each with the
 * same probability. Calls with different shares use their mean, which never narrows the range.
 */
export function ordinaryRange(calls: number, share: number): { low: number; high: number } {
  if (calls === 0 || share <= 0) return { low: 0, high: 0 }
  if (share >= 1) return { low: calls, high: calls }
  const odds = share / (1 - share)
  const mode = Math.min(calls, Math.floor((calls + 1) * share))
  const reach = Math.ceil(maxDeviations * Math.sqrt(calls * share * (1 - share))) + maxDeviations
  const first = Math.max(0, mode - reach)
  const last = Math.min(calls, mode + reach)
  // Weights relative to the most likely count: avoids factorials and underflow.
  const weights = new Float64Array(last - first + 1)
  weights[mode - first] = 1
  for (let count = mode; count < last; count++) {
    weights[count + 1 - first] = (weights[count - first]! * (calls - count) * odds) / (count + 1)
  }
  for (let count = mode; count > first; count--) {
    weights[count - 1 - first] = (weights[count - first]! * count) / ((calls - count + 1) * odds)
  }
  const tail = (weights.reduce((sum, weight) => sum + weight, 0) * tailProbability) / 2
  const end = (counts: readonly number[]): number => {
    let beyond = 0
    for (const count of counts) {
      beyond += weights[count - first]!
      if (beyond > tail) return count
    }
    return mode
  }
  const all = Array.from(weights, (_, index) => first + index)
  return { low: end(all), high: end(all.toReversed()) }
}
