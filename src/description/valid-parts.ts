import { type DescriptionFile } from './description-file.ts'
import { type FieldPath, type FieldProblem } from './problem.ts'

/** Lists whose items are checked one by one: an invalid item does not prevent checks of the others. */
export const itemLists = [
  'purposes',
  'roles',
  'numbers',
  'recordingPlan.announcements',
  'recordingPlan.rules',
  'storage.sites',
  'disclosure.provisions',
] as const
export type ItemList = (typeof itemLists)[number]

/** The parts of a file that can be checked although other parts are unreadable. */
export type ValidParts = {
  /** Without unreadable sections; lists without their unreadable items. */
  file: Partial<DescriptionFile>
  /** Lists without their unreadable items: absence from them proves nothing. */
  shortened: ReadonlySet<string>
  /** Maps a path in this file to the original file. */
  asWritten: (path: FieldPath) => FieldPath
}

/** Removes the parts with problems: the item of a list, otherwise the section. */
export function keepValidParts(file: unknown, problems: readonly FieldProblem[]): ValidParts {
  const isObject = typeof file === 'object' && file !== null && !Array.isArray(file)
  const sound = (isObject ? structuredClone(file) : {}) as Record<string, unknown>
  const dropped = new Map<ItemList, Set<number>>()
  for (const { path, code } of problems) {
    // An additional field harms nothing.
    if (code === 'shape.unknown' || code === 'shape.misspelt' || code === 'text.character') continue
    const found = itemAt(path)
    if (found) dropped.set(found.list, (dropped.get(found.list) ?? new Set()).add(found.index))
    else if (typeof path[0] === 'string') sound[path[0]] = undefined
  }
  const originalIndexes = new Map<string, number[]>()
  for (const [list, indices] of dropped) {
    const parts = list.split('.')
    const holder = (parts.length === 1 ? sound : sound[parts[0]!]) as Record<string, unknown[]> | undefined
    const items = holder?.[parts.at(-1)!]
    if (!holder || !Array.isArray(items)) continue
    originalIndexes.set(
      list,
      items.map((_, index) => index).filter((index) => !indices.has(index)),
    )
    holder[parts.at(-1)!] = items.filter((_, index) => !indices.has(index))
  }
  return { file: sound, shortened: new Set(dropped.keys()), asWritten }

  function asWritten(path: FieldPath): FieldPath {
    const found = itemAt(path)
    const original = found && originalIndexes.get(found.list)?.[found.index]
    return original === undefined ? path : path.map((part, depth) => (depth === found?.depth ? original : part))
  }
}

function itemAt(path: FieldPath): { list: ItemList; index: number; depth: number } | undefined {
  for (const list of itemLists) {
    const parts = list.split('.')
    const index = path[parts.length]
    if (typeof index === 'number' && parts.every((part, depth) => path[depth] === part)) {
      return { list, index, depth: parts.length }
    }
  }
  return undefined
}
