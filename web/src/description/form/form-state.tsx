import { createContext, use } from 'react'
import type { Problem } from '../../api/shapes.ts'
import { useLanguage } from '../../language/use-words.ts'
import { fieldOf, isIn, readAt, type Path } from '../edits.ts'

export interface FormState {
  /** The draft's document with what is typed and not saved. */
  document: unknown
  problems: Problem[]
  /** Without a value the field, or the item of a list, is removed. */
  edit: (path: Path, value?: unknown) => void
  isOpen: (key: string, byDefault: boolean) => boolean
  setOpen: (key: string, open: boolean) => void
  /** Opens what the field stands in, and gives it the focus. */
  goTo: (field: string) => void
}

export const FormContext = createContext<FormState | undefined>(undefined)

/** The form that a field stands in. */
export function useForm(): FormState {
  const state = use(FormContext)
  if (!state) throw new Error('useForm is called outside the form')
  return state
}

/**
 * One field of the document: what it says, what is wrong with it, and how it is set. `isWhole`: the field has no fields
 * within it on the page, so that what is wrong within it is told at it.
 */
export function useAt(
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

/** The items of a list of the document. */
export function useItems(path: Path): unknown[] {
  const { document } = useForm()
  const items = readAt(document, path)
  return Array.isArray(items) ? items : []
}

/** The id of a field's element. */
export function fieldId(field: string): string {
  return `f-${field}`
}
