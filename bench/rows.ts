/** What a bench found: one row for each number, beside its yardstick from the same run and what is demanded of it. */
export interface Row {
  what: string
  /** With its unit: `14 ms`. */
  measured: string
  /** What it is measured against, with its unit: `nginx 0.4 ms`. */
  yardstick?: string
  /** Of the two, as the demand counts it: `x1.3`. */
  ratio?: string
  /** As it is written where it was asked for: `p95 under 50 ms`. */
  demand?: string
  /** Whether the demand was kept; nothing where there is none. */
  isReached?: boolean
}

export const ratio = (measured: number, yardstick: number) => `x${(measured / yardstick).toFixed(2)}`
export const ms = (value: number) => `${value.toFixed(value < 10 ? 1 : 0)} ms`

/** A percentile of numbers that need not be sorted. @param share 0.95 for the 95th */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}
