import type { Language } from '#description/register-description.ts'
import { termZone } from '#description/terms.ts'

const locales: Record<Language, string> = { fi: 'fi-FI', sv: 'sv-FI', en: 'en-FI' }
const between: Record<Language, string> = { fi: ' klo ', sv: ' kl. ', en: ' at ' }

/** 24.11.2026 */
export function formatDate(at: Temporal.Instant, language: Language): string {
  return format(at, language, { day: 'numeric', month: 'numeric', year: 'numeric' })
}

/** 24.11.2026 klo 15.40 */
export function formatInstant(at: Temporal.Instant, language: Language): string {
  const time = format(at, language, { hour: 'numeric', minute: '2-digit', hourCycle: 'h23' })
  return `${formatDate(at, language)}${between[language]}${time}`
}

/** The date alone where the instant begins a day. */
export function formatBeginning(at: Temporal.Instant, language: Language): string {
  return beginsDay(at) ? formatDate(at, language) : formatInstant(at, language)
}

/** The last day of what ends before `at`; with the time where that is within a day. */
export function formatEnding(at: Temporal.Instant, language: Language): string {
  return beginsDay(at) ? formatDate(at.subtract({ hours: 1 }), language) : formatInstant(at, language)
}

/** 31.12.2026, for a day without a time. */
export function formatDay(day: Temporal.PlainDate, language: Language): string {
  return formatDate(day.toZonedDateTime(termZone).toInstant(), language)
}

function beginsDay(at: Temporal.Instant): boolean {
  const local = at.toZonedDateTimeISO(termZone)
  return local.startOfDay().equals(local)
}

function format(at: Temporal.Instant, language: Language, options: Intl.DateTimeFormatOptions): string {
  return new Intl.DateTimeFormat(locales[language], { ...options, timeZone: termZone }).format(at.epochMilliseconds)
}
