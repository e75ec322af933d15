import { parseDate } from '@internationalized/date'
import { formatDate, zone } from '../format/instant.ts'
import type { Language } from '../language/language.ts'

/** Formats a day of the contract, `2026-11-26`, as `26.11.2026`. */
export function writeDay(day: string, language: Language): string {
  return formatDate(parseDate(day).toDate(zone).toISOString(), language)
}

/** Returns the day that ends at an instant: what is due at 0.00 is due on the day before. */
export function dayBefore(instant: string, language: Language): string {
  return formatDate(new Date(Date.parse(instant) - 1).toISOString(), language)
}
