/** A length in seconds; `isAtLeast` where it lies beyond the last bound. */
export interface Length {
  seconds: number
  isAtLeast?: true
}

/**
 * The length that a share of the calls does not exceed, from counts of calls between bounds: within a bin evenly spread, so it is
 * as exact as the bin is narrow. Whole seconds.
 * @param bins one more than there are bounds; at least one call
 * @param bounds seconds, rising: bin n holds lengths from bound n-1 until before bound n
 */
export function percentile(bins: readonly number[], bounds: readonly number[], share: number): Length {
  const all = bins.reduce((sum, one) => sum + Math.max(0, one), 0)
  let left = all * share
  for (const [place, bound] of bounds.entries()) {
    const count = Math.max(0, bins[place] ?? 0)
    const from = bounds[place - 1] ?? 0
    if (count > 0 && left <= count) return { seconds: Math.round(from + ((bound - from) * left) / count) }
    left -= count
  }
  return { seconds: bounds.at(-1) ?? 0, isAtLeast: true }
}
