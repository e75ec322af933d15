import { createContext, use } from 'react'
import type { Problem } from '../../api/shapes.ts'
import { useLanguage } from '../../language/use-words.ts'
import { fieldOf, isIn, readAt, type Path } from '../edits.ts'

export interface FormState {
  /** The draft's document including unsaved edits. */
  document: unknown
  problems: Problem[]
  /** Without a value the field or list item is removed. */
  edit: (path: Path, value?: unknown) => void
  isOpen: (key: string, byDefault: boolean) => boolean
  setOpen: (key: string, open: boolean) => void
  /** Opens the sections around the field and focuses it. */
  goTo: (field: string) => void
}

export const FormContext = createContext<FormState | undefined>(undefined)

/** Returns the form around a field. */
export function useForm(): FormState {
  const state = use(FormContext)
  if (!state) throw new Error('useForm is called outside the form')
  return state
}

/**
 * Returns one field of the document: value, error and setter. `isWhole`: the page has no fields within it, so errors within it
 * are shown at it.
 */
export function useField(
  path: Path,
  { isWhole = false }: { isWhole?: boolean } = {},
): {
  id: string
  value: unknown
  error: string | undefined
  set: (value?: unknown) => void
} {
  const { document, problems, edit } = useForm()
  const { named } = useLanguage()
  const field = fieldOf(path)
  const own = problems.filter((problem) => (isWhole ? isIn(problem.field, field) : problem.field === field))
  return {
    id: fieldId(field),
    value: readAt(document, path),
    error:
      own.length > 0 ? own.map(({ message, remedy }) => `${named(message)} ${named(remedy)}`).join(' ') : undefined,
    set: (value) => edit(path, value),
  }
}

/** Returns the items of a list of the document. */
export function useItems(path: Path): unknown[] {
  const { document } = useForm()
  const items = readAt(document, path)
  return Array.isArray(items) ? items : []
}

/** Returns the id of a field's element. */
export function fieldId(field: string): string {
  return `f-${field}`
}
