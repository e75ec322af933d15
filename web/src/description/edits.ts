/**
 * The register description on the screen: its versions, drafts of the next one, the procedure between them, its numbers.
 * In: the contract's operations of the description. Out: pages. Never here: what a description may say; the server finds
 * every problem, and the pages show them all.
 */
import type { DraftEdit } from '../api/shapes.ts'

export type Path = DraftEdit['path']

/** What a document says at a path; undefined where there is nothing, or something of another shape on the way. */
export function readAt(document: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (at, part) => (typeof at === 'object' && at !== null ? (at as Record<string | number, unknown>)[part] : undefined),
    document,
  )
}

/** What a document says at a path as text; empty where there is none, or something that is no text. */
export function textAt(document: unknown, path: Path): string {
  const value = readAt(document, path)
  return typeof value === 'string' || typeof value === 'number' ? String(value) : ''
}

/** The document after the edits, in order; the one given stays as it was. */
export function applyEdits(document: unknown, edits: readonly DraftEdit[]): unknown {
  return edits.reduce((before, edit) => applyEdit(before, edit.path, edit.value), document)
}

/**
 * One more edit. A field that is edited again is said once, and one that is back as it was is not said at all; behind the
 * removal of a list's item nothing is drawn together, for places mean something else there.
 */
export function addEdit(document: unknown, edits: readonly DraftEdit[], edit: DraftEdit): DraftEdit[] {
  const kept = [...edits]
  for (let index = kept.length - 1; index >= 0; index -= 1) {
    const earlier = kept[index]!
    if (isRemovalOfItem(earlier)) break
    if (isSame(earlier.path, edit.path)) {
      kept.splice(index, 1)
      break
    }
    if (isWithin(earlier.path, edit.path) && edit.value !== undefined) {
      kept.splice(index, 1)
      continue
    }
    if (isWithin(edit.path, earlier.path)) break
  }
  const before = readAt(applyEdits(document, kept), edit.path)
  return isEqual(before, edit.value) ? kept : [...kept, edit]
}

/** `recordingPlan.rules[0].share`, as problems name fields. */
export function fieldOf(path: Path): string {
  const name = path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${part}`)).join('')
  return name.replace(/^\./, '')
}

/** The path of a field: `recordingPlan.rules[0].share` again in its parts. */
export function pathOf(field: string): Path {
  return [...field.matchAll(/[^.[\]]+/g)].map(([part]) => (/^\d+$/.test(part) ? Number(part) : part))
}

/** True where a field is the one that `start` names or is within it. */
export function isIn(field: string, start: string): boolean {
  return field === start || field.startsWith(`${start}.`) || field.startsWith(`${start}[`)
}

/**
 * True where a problem found before these edits may be settled by them, or stands elsewhere now: its field, or one around
 * or within it, is edited, or its list has lost an item.
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

/** True where `inner` is `outer` or a part of it. */
function isWithin(inner: Path, outer: Path): boolean {
  return outer.every((part, index) => inner[index] === part)
}

function isEqual(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}
