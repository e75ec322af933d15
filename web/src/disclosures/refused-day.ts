import { refusalKey } from '../api/refusal.ts'
import type { Word } from '../language/use-words.ts'

const dayRefusals = [
  'research.due-date-late',
  'research.due-date-past',
  'research.day-not-later',
  'research.day-ahead',
  'research.day-before',
] as const

/** Returns the text key of a refusal about the form's day, shown at the field; undefined for other refusals. */
export function refusedDay(error: unknown): Word | undefined {
  const key = refusalKey(error)
  return dayRefusals.some((one) => one === key) ? (`error.${key}` as Word) : undefined
}
