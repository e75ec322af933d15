import { parseDate } from '@internationalized/date'
import { formatDate, zone } from '../format/instant.ts'
import type { Language } from '../language/language.ts'

/** A day of the contract, `2026-11-26`, as it is written: `26.11.2026`. */
export function writeDay(day: string, language: Language): string {
  return formatDate(parseDate(day).toDate(zone).toISOString(), language)
}

/** The day at whose end an instant lies: what is due at 0.00 is due on the day before. */
export function dayBefore(instant: string, language: Language): string {
  return formatDate(new Date(Date.parse(instant) - 1).toISOString(), language)
}
