/** A bench's result: one row per number, with its yardstick from the same run and what is required. */
export interface Row {
  what: string
  /** With its unit: `14 ms`. */
  measured: string
  /** The yardstick, with its unit: `nginx 0.4 ms`. */
  yardstick?: string
  /** Ratio of the two, as the requirement states it: `x1.3`. */
  ratio?: string
  /** Target, in the words of the requirement: `p95 under 50 ms`. */
  target?: string
  /** True if the target was met; undefined if there is none. */
  isReached?: boolean
}

export const ratio = (measured: number, yardstick: number) => `x${(measured / yardstick).toFixed(2)}`
export const ms = (value: number) => `${value.toFixed(value < 10 ? 1 : 0)} ms`

/**
 * Returns a percentile of unsorted numbers.
 * @param share 0.95 for the 95th
 */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}
