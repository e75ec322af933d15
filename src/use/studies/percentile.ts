/** Length in seconds; `isAtLeast` if it is beyond the last bound. */
export interface Length {
  seconds: number
  isAtLeast?: true
}

/**
 * Returns the percentile of a histogram in whole seconds, interpolated linearly within a bin.
 * @param bins calls by bin, with at least one call; there is one bin more than bounds
 * @param bounds seconds, ascending: bin n has lengths from bound n-1 to before bound n
 */
export function percentile(bins: readonly number[], bounds: readonly number[], share: number): Length {
  const all = bins.reduce((sum, one) => sum + Math.max(0, one), 0)
  let remaining = all * share
  for (const [index, bound] of bounds.entries()) {
    const count = Math.max(0, bins[index] ?? 0)
    const from = bounds[index - 1] ?? 0
    if (count > 0 && remaining <= count) return { seconds: Math.round(from + ((bound - from) * remaining) / count) }
    remaining -= count
  }
  return { seconds: bounds.at(-1) ?? 0, isAtLeast: true }
}
