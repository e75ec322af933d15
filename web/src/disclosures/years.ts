/** Reads the year of the log from the URL; the current year by default. */
export function readYear(search: Record<string, unknown>): { year?: number } {
  const year = Number(search['year'])
  return Number.isInteger(year) && year >= 2000 && year <= 9999 ? { year } : {}
}

/** Returns the years to choose from, latest first: the last six, and the one shown. */
export function yearsUntil(thisYear: number, shown: number): number[] {
  const last = Array.from({ length: 6 }, (_, back) => thisYear - back)
  return last.includes(shown) ? last : [...last, shown].sort((one, other) => other - one)
}
