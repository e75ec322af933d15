import { problemAt, describeProblem, type FieldPath, type FieldProblem, type Problem } from '../problem.ts'
import { characterName, readText } from '../read-text.ts'
import { rewriteText } from './rewrite-text.ts'
import { isFields } from './write-value.ts'

/**
 * Edit of a field: `['recordingPlan', 'rules', 0, 'share']`. An index one past a list's end appends. Without a value the field
 * or item is removed, and later items move up.
 */
export type TextEdit = { path: FieldPath; value?: unknown }

/** An edit that is impossible; nothing was changed. Code `edit.*` or `text.character`. */
export class EditFault extends Error {
  readonly problem: Problem

  constructor(problem: Problem) {
    super(`Line ${problem.line}, ${problem.field}: ${problem.message.en} ${problem.remedy.en}`)
    this.name = 'EditFault'
    this.problem = problem
  }
}

/**
 * Applies edits to the text, in order. Comments and unedited parts are unchanged to the letter. The result may be an invalid
 * description, as drafts may be.
 * @throws EditFault if the text is not YAML, a path does not exist, a value is invalid, or the text contains a NUL character,
 * which no database stores
 */
export function editDescription(text: string, edits: readonly TextEdit[]): string {
  const zero = text.indexOf('\0')
  if (zero >= 0) {
    const line = text.slice(0, zero).split('\n').length
    throw new EditFault(describeProblem(problemAt([], 'text.character', { letter: characterName('\0') }), line))
  }
  if (edits.length === 0) return text
  const reading = readText(text)
  if (!reading.ok) {
    const line = reading.problems[0]?.line ?? 1
    throw new EditFault(describeProblem(problemAt([], 'edit.unreadable', { line }), line))
  }
  const { document, file, toProblems } = reading.read
  const wanted = edits.reduce((before, { path, value }) => {
    if (!isValue(value)) fail(problemAt(path, 'edit.value'))
    return edited(before, path, 0, value)
  }, file)
  return rewriteText(text, document, wanted)

  function edited(at: unknown, path: FieldPath, depth: number, value: unknown): unknown {
    const part = path[depth]
    if (part === undefined) return value
    if (at === undefined || at === null) {
      if (value === undefined) return at
      return edited(typeof part === 'number' ? [] : {}, path, depth, value)
    }
    const isRemoved = value === undefined && depth === path.length - 1
    if (Array.isArray(at) && typeof part === 'number') {
      if (value === undefined && part >= at.length) return at
      if (part > at.length) return fail(problemAt(path, 'edit.no-place'))
      const items = [...(at as unknown[])]
      if (isRemoved) items.splice(part, 1)
      else items[part] = edited(items[part], path, depth + 1, value)
      return items
    }
    if (!isFields(at) || typeof part !== 'string' || part === '__proto__') {
      return fail(problemAt(path, 'edit.no-place'))
    }
    const fields = { ...at }
    if (isRemoved) Reflect.deleteProperty(fields, part)
    else if (value !== undefined || Object.hasOwn(fields, part)) {
      fields[part] = edited(Object.hasOwn(fields, part) ? fields[part] : undefined, path, depth + 1, value)
    }
    return fields
  }

  function fail(problem: FieldProblem): never {
    throw new EditFault(toProblems([problem])[0]!)
  }
}

/** Returns true for values that YAML and JSON share; undefined means removal. */
function isValue(value: unknown): boolean {
  if (value === undefined || value === null) return true
  if (typeof value === 'number') return Number.isFinite(value)
  if (typeof value === 'string' || typeof value === 'boolean') return true
  if (typeof value !== 'object') return false
  return Object.entries(value).every(([key, item]) => key !== '__proto__' && item !== undefined && isValue(item))
}
