import type texts from '#texts/server/change.json'
import { inEach, type KeyOf, type Values } from '#platform/texts/texts.ts'
import { type Change } from './change.ts'
import { fieldName, type FieldPath } from '../problem.ts'
import { languages, type Language, type Trilingual } from '../closed-lists.ts'
import { listText } from '../value-texts.ts'
import { inLanguage, changeText } from './words.ts'

/** Value in a sentence: one text for all languages, or one text per language. */
export type ChangeValue = string | Trilingual

/** Returns one change as a sentence in each language. */
export function sentence(path: FieldPath, key: KeyOf<typeof texts>, values: Values): Change {
  return { field: fieldName(path), text: changeText(key, values) }
}

/** Describes a value that was changed, added or removed. Empty if nothing changed. */
export function changed(
  path: FieldPath,
  label: ChangeValue,
  from: ChangeValue | undefined,
  to: ChangeValue | undefined,
): Change[] {
  if (isSame(from, to)) return []
  if (from === undefined) {
    return [sentence(path, 'change.new', { label, to: to! })]
  }
  if (to === undefined) {
    return [sentence(path, 'change.removed', { label, from })]
  }
  return [sentence(path, 'change.changed', { label, from, to })]
}

/** Describes a trilingual text: one sentence if all three changed, otherwise one for each language that did. */
export function changedTexts(
  path: FieldPath,
  label: ChangeValue,
  from: Partial<Trilingual> | undefined,
  to: Partial<Trilingual> | undefined,
): Change[] {
  const different = languages.filter((language) => from?.[language] !== to?.[language])
  const isWhole = different.length === languages.length && isFull(from) && isFull(to)
  if (isWhole) return changed(path, label, from && quoted(from), to && quoted(to))
  return different.flatMap((language) => {
    const [before, after] = [from?.[language], to?.[language]]
    return changed(
      [...path, language],
      inEach((reader) => `${textIn(label, reader)} ${inLanguage[language][reader]}`),
      before === undefined ? undefined : quoted(before),
      after === undefined ? undefined : quoted(after),
    )
  })
}

/** Describes a changed list as one value. */
export function changedList(
  path: FieldPath,
  label: ChangeValue,
  from: readonly ChangeValue[],
  to: readonly ChangeValue[],
): Change[] {
  return changed(path, label, listOrNone(from), listOrNone(to))
}

/** Adds the quotation marks of each language. */
export function quoted(text: ChangeValue): Trilingual {
  return inEach((reader) => (reader === 'en' ? `“${textIn(text, reader)}”` : `”${textIn(text, reader)}”`))
}

/** Returns a label of two parts, subject and aspect. */
export function aspectOf(subject: ChangeValue, aspect: ChangeValue): Trilingual {
  return inEach((reader) => `${textIn(subject, reader)}, ${textIn(aspect, reader)}`)
}

export function named(kind: Trilingual, name: ChangeValue): Trilingual {
  return inEach((reader) => `${kind[reader]} ${textIn(name, reader)}`)
}

/** Matches the items of two lists by name; items with the same name are matched in order. Indexes are those in `after`. */
export function matchByName<Item>(
  before: readonly Item[],
  after: readonly Item[],
  nameOf: (item: Item) => string,
): { added: [Item, number][]; removed: Item[]; matched: [before: Item, after: Item, index: number][] } {
  const left = [...before]
  const added: [Item, number][] = []
  const matched: [Item, Item, number][] = []
  after.forEach((item, index) => {
    const at = left.findIndex((one) => nameOf(one) === nameOf(item))
    if (at < 0) added.push([item, index])
    else matched.push([left.splice(at, 1)[0]!, item, index])
  })
  return { added, removed: left, matched }
}

/** Deep equality; the order of fields does not count. */
export function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one, inOrder) === JSON.stringify(other, inOrder)
}

function inOrder(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)))
}

function listOrNone(items: readonly ChangeValue[]): ChangeValue | undefined {
  return items.length === 0 ? undefined : listText(items)
}

function isFull(text: Partial<Trilingual> | undefined): text is Trilingual | undefined {
  return text === undefined || languages.every((language) => text[language] !== undefined)
}

function textIn(value: ChangeValue, reader: Language): string {
  return typeof value === 'string' ? value : value[reader]
}
