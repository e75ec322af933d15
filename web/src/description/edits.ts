/** Edits of a description draft, as pure functions on its document. The server validates; pages show all its problems. */
import type { DraftEdit } from '../api/shapes.ts'

export type Path = DraftEdit['path']

/** Returns the value at a path; undefined if there is none or a parent has another shape. */
export function readAt(document: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (at, part) => (typeof at === 'object' && at !== null ? (at as Record<string | number, unknown>)[part] : undefined),
    document,
  )
}

/** Returns the text or number at a path, as text; empty for anything else. */
export function textAt(document: unknown, path: Path): string {
  const value = readAt(document, path)
  return typeof value === 'string' || typeof value === 'number' ? String(value) : ''
}

/** Returns the document after the edits, in order; the given one is unchanged. */
export function applyEdits(document: unknown, edits: readonly DraftEdit[]): unknown {
  return edits.reduce((before, edit) => applyEdit(before, edit.path, edit.value), document)
}

/**
 * Adds an edit. Repeated edits of a field are merged, and one back to the original is dropped. Edits before the removal of a
 * list item are not merged: indexes changed there.
 */
export function addEdit(document: unknown, edits: readonly DraftEdit[], edit: DraftEdit): DraftEdit[] {
  const result = [...edits]
  for (let index = result.length - 1; index >= 0; index -= 1) {
    const earlier = result[index]!
    if (isRemovalOfItem(earlier)) break
    if (isSame(earlier.path, edit.path)) {
      result.splice(index, 1)
      break
    }
    if (isWithin(earlier.path, edit.path) && edit.value !== undefined) {
      result.splice(index, 1)
      continue
    }
    if (isWithin(edit.path, earlier.path)) break
  }
  const before = readAt(applyEdits(document, result), edit.path)
  return isEqual(before, edit.value) ? result : [...result, edit]
}

/** Returns the path as a field name of problems: `recordingPlan.rules[0].share`. */
export function fieldOf(path: Path): string {
  const name = path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${part}`)).join('')
  return name.replace(/^\./, '')
}

/** Parses a field name: `recordingPlan.rules[0].share`. */
export function pathOf(field: string): Path {
  return [...field.matchAll(/[^.[\]]+/g)].map(([part]) => (/^\d+$/.test(part) ? Number(part) : part))
}

/** Returns true if a field is `start` or within it. */
export function isIn(field: string, start: string): boolean {
  return field === start || field.startsWith(`${start}.`) || field.startsWith(`${start}[`)
}

/**
 * Returns true if these edits may have resolved or moved a problem found before them: its field, or one around or within it, is
 * edited, or its list has lost an item.
 */
export function isTouched(field: string, edits: readonly DraftEdit[]): boolean {
  return edits.some((edit) => {
    const edited = fieldOf(edit.path)
    if (isIn(field, edited) || isIn(edited, field)) return true
    return isRemovalOfItem(edit) && isIn(field, fieldOf(edit.path.slice(0, -1)))
  })
}

function applyEdit(at: unknown, [part, ...rest]: Path, value: unknown): unknown {
  if (part === undefined) return value
  if (Array.isArray(at) && typeof part === 'number') {
    const items = [...(at as unknown[])]
    if (rest.length === 0 && value === undefined) items.splice(part, 1)
    else items[part] = applyEdit(items[part], rest, value)
    return items
  }
  const empty = typeof part === 'number' ? [] : {}
  if (typeof at !== 'object' || at === null) return value === undefined ? at : applyEdit(empty, [part, ...rest], value)
  const fields = { ...(at as Record<string, unknown>) }
  if (rest.length === 0 && value === undefined) Reflect.deleteProperty(fields, part)
  else fields[part] = applyEdit(fields[part], rest, value)
  return fields
}

function isRemovalOfItem(edit: DraftEdit): boolean {
  return edit.value === undefined && typeof edit.path.at(-1) === 'number'
}

function isSame(one: Path, other: Path): boolean {
  return one.length === other.length && isWithin(one, other)
}

/** Returns true if `inner` is `outer` or within it. */
function isWithin(inner: Path, outer: Path): boolean {
  return outer.every((part, index) => inner[index] === part)
}

function isEqual(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}
