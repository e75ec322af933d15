import { refusalKey } from '../api/refusal.ts'
import type { Word } from '../language/use-words.ts'

/** The directory's own refusals, and the form field of each. */
const fieldOf = {
  'person.user-id-taken': 'userId',
  'person.not-personal': 'userId',
  'person.name-missing': 'name',
  'person.not-a-number': 'phone',
  'person.phone-taken': 'phone',
  'person.phone-not-theirs': 'phone',
  'person.unknown-supervisor': 'supervisor',
  'person.circle': 'supervisor',
  'person.not-employed': 'day',
  'person.ends-before-it-begins': 'day',
  'person.overlap': undefined,
} as const
type Code = keyof typeof fieldOf
type FormField = Exclude<(typeof fieldOf)[Code], undefined>

/** Returns the text key of a refused change, and its field if it has one. */
export function refusalIn(error: unknown): { word: Word; field?: FormField } {
  const code = (error as { error?: { code?: string } } | null)?.error?.code ?? ''
  if (!(code in fieldOf)) return { word: `error.${refusalKey(error)}` as Word }
  const field = fieldOf[code as Code]
  return { word: `error.${code}` as Word, ...(field && { field }) }
}
