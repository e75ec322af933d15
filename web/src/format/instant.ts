/** Formats instants in a language, always in Finnish time, never in the machine's time zone. */
import { locales, type Language } from '../language/language.ts'

export const zone = 'Europe/Helsinki'
const hourMs = 3_600_000
const between: Record<Language, string> = { fi: ' klo ', sv: ' kl. ', en: ' at ' }
const formatters = new Map<string, Intl.DateTimeFormat>()

/** `24.11.2026`; in English `24 Nov 2026`, as on the public pages. */
export function formatDate(instant: string, language: Language): string {
  const month = language === 'en' ? 'short' : 'numeric'
  return formatter(language, { day: 'numeric', month, year: 'numeric' }).format(new Date(instant))
}

/** `15.40`, with the offset in the hour that repeats in October (AC7): `3.50 (UTC+3)`. */
export function formatTime(instant: string, language: Language, precision: 'minutes' | 'seconds' = 'minutes'): string {
  const at = new Date(instant)
  const seconds = precision === 'seconds' ? ({ second: '2-digit' } as const) : {}
  const time = formatter(language, { hour: 'numeric', minute: '2-digit', hourCycle: 'h23', ...seconds }).format(at)
  return isAmbiguous(at) ? `${time} (${offset(at)})` : time
}

/** `24.11.2026 klo 15.40` */
export function formatInstant(instant: string, language: Language, precision?: 'minutes' | 'seconds'): string {
  return `${formatDate(instant, language)}${between[language]}${formatTime(instant, language, precision)}`
}

/** Date of the last day before an end: an end at midnight belongs to the day that it ends. */
export function formatLastDay(end: string, language: Language): string {
  return formatDate(new Date(Date.parse(end) - 1).toISOString(), language)
}

/** `24.11.2026 klo 15.40`, and for an end at midnight the day that it ends: `24.11.2026`. */
export function formatUntil(end: string, language: Language): string {
  const day = formatLastDay(end, language)
  return day === formatDate(end, language) ? formatInstant(end, language) : day
}

/** `24.11.2026 klo 15.40–15.52`, with both days if they differ. */
export function formatSpan(from: string, to: string, language: Language): string {
  const sameDay = formatDate(from, language) === formatDate(to, language)
  return sameDay
    ? `${formatInstant(from, language)}–${formatTime(to, language)}`
    : `${formatInstant(from, language)} – ${formatInstant(to, language)}`
}

/** Formats an end: the time only if it is on the day of `start`, otherwise date and time. */
export function formatEnd(instant: string, start: string, language: Language): string {
  const sameDay = formatDate(instant, language) === formatDate(start, language)
  return sameDay ? `${between[language].trim()} ${formatTime(instant, language)}` : formatInstant(instant, language)
}

/** Returns true if Finnish wall-clock time is ambiguous: the repeated hour in October. */
function isAmbiguous(at: Date): boolean {
  const here = wallClock(at)
  return [-hourMs, hourMs].some((ms) => wallClock(new Date(at.getTime() + ms)) === here)
}

function wallClock(at: Date): string {
  return formatter('fi', {
    day: 'numeric',
    month: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  }).format(at)
}

function offset(at: Date): string {
  const parts = formatter('fi', { hour: 'numeric', timeZoneName: 'shortOffset' }).formatToParts(at)
  return (parts.find((part) => part.type === 'timeZoneName')?.value ?? '').replace('GMT', 'UTC')
}

function formatter(language: Language, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = language + JSON.stringify(options)
  const known = formatters.get(key)
  if (known) return known
  const fresh = new Intl.DateTimeFormat(locales[language], { ...options, timeZone: zone })
  formatters.set(key, fresh)
  return fresh
}
