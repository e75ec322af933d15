/** Rounds counts of calls for people without a right to the calls, to steps of five (docs/decisions/0053). The database has `round_to_five`. */

export function roundToFive(count: number): number {
  return 5 * Math.round(count / 5)
}

export function roundUpToFive(count: number): number {
  return 5 * Math.ceil(count / 5)
}
