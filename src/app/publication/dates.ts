import type { Language } from '#description/closed-lists.ts'
import { dayText, lastDayText, momentText } from '#description/value-texts.ts'
import { termZone } from '#description/terms.ts'

/** Formats day and time: `24.11.2026 klo 15.40`, in English `24 Nov 2026 at 15:40`. */
export function formatInstant(at: Temporal.Instant, language: Language): string {
  return momentText(at)[language]
}

/** Formats the first instant of a period: the day alone if it is midnight, otherwise day and time. */
export function formatBeginning(at: Temporal.Instant, language: Language): string {
  return beginsDay(at) ? dayText(at)[language] : formatInstant(at, language)
}

/** Formats the end of a period: the day before if it is midnight, otherwise day and time. */
export function formatEnding(at: Temporal.Instant, language: Language): string {
  return beginsDay(at) ? lastDayText(at)[language] : formatInstant(at, language)
}

/** Formats a day without a time: 31.12.2026. */
export function formatDay(day: Temporal.PlainDate, language: Language): string {
  return dayText(day)[language]
}

function beginsDay(at: Temporal.Instant): boolean {
  const local = at.toZonedDateTimeISO(termZone)
  return local.startOfDay().equals(local)
}
