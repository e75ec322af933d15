import { refusalKey } from '../api/refusal.ts'
import type { Word } from '../language/use-words.ts'

const ofDays = [
  'research.due-date-late',
  'research.due-date-past',
  'research.day-not-later',
  'research.day-ahead',
  'research.day-before',
] as const

/** The sentence of a refusal that is about the day of a form: it stands at the day. Nothing where it is about something else. */
export function refusedDay(error: unknown): Word | undefined {
  const key = refusalKey(error)
  return ofDays.some((one) => one === key) ? (`error.${key}` as Word) : undefined
}
