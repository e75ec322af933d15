/** The year of the log, as it stands in the address; this year unless it says otherwise. */
export function readYear(search: Record<string, unknown>): { year?: number } {
  const year = Number(search['year'])
  return Number.isInteger(year) && year >= 2000 && year <= 9999 ? { year } : {}
}

/** The years to choose from, the latest first: the last six, and the one that is shown. */
export function yearsUntil(thisYear: number, shown: number): number[] {
  const last = Array.from({ length: 6 }, (_, back) => thisYear - back)
  return last.includes(shown) ? last : [...last, shown].sort((one, other) => other - one)
}
