import { parseDate, today, type CalendarDate } from '@internationalized/date'
import { zone } from '../format/instant.ts'
import { locales, type Language } from '../language/language.ts'

/** Retention of the history in months (R22): nothing earlier can be requested. */
const retentionMonths = 14

/** Reads a calendar month from the URL (2026-10); left out if it is invalid or no longer kept. */
export function readMonth(search: Record<string, unknown>): { month?: string } {
  const written = search['month']
  return typeof written === 'string' && selectableMonths().includes(written) ? { month: written } : {}
}

/** Returns the months that can be requested, current one first. */
export function selectableMonths(now: CalendarDate = today(zone)): string[] {
  const first = now.set({ day: 1 })
  return Array.from({ length: retentionMonths + 1 }, (_, back) => monthOf(first.subtract({ months: back })))
}

/** Returns the first instant and the end of a month in Finland. */
export function instantsOf(month: string): { from: string; to: string } {
  const first = parseDate(`${month}-01`)
  return {
    from: first.toDate(zone).toISOString(),
    to: first.add({ months: 1 }).toDate(zone).toISOString(),
  }
}

/** "lokakuu 2026" */
export function formatMonth(month: string, language: Language): string {
  return new Intl.DateTimeFormat(locales[language], { month: 'long', year: 'numeric', timeZone: 'UTC' }).format(
    Date.parse(`${month}-01T00:00:00Z`),
  )
}

function monthOf(day: CalendarDate): string {
  return day.toString().slice(0, 7)
}
