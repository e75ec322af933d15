import { refusalKey } from '../api/refusal.ts'
import type { Word } from '../language/use-words.ts'

/** The refusals that the directory has of its own, and where in a form each belongs. */
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

/** What a refused change is told as: the word, and the field it is told at where it is one field's. */
export function refusalIn(error: unknown): { word: Word; field?: FormField } {
  const code = (error as { error?: { code?: string } } | null)?.error?.code ?? ''
  if (!(code in fieldOf)) return { word: `error.${refusalKey(error)}` as Word }
  const field = fieldOf[code as Code]
  return { word: `error.${code}` as Word, ...(field && { field }) }
}
