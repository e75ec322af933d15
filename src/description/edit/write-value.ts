import { parse } from 'yaml'

/** Longest line, unless a single text is longer. */
const lineLength = 120

/** Writes a value on one line. Within brackets and braces commas are significant, so more texts are quoted there. */
export function inlineText(value: unknown, inFlow: boolean): string {
  if (Array.isArray(value)) return `[${value.map((item) => inlineText(item, true)).join(', ')}]`
  if (!isFields(value)) return scalarText(value, inFlow)
  const fields = Object.entries(value).map(([key, item]) => inlineField(key, item))
  return fields.length === 0 ? '{}' : `{ ${fields.join(', ')} }`
}

/** Writes a field within braces. */
export function inlineField(key: string, value: unknown): string {
  return `${keyText(key)}: ${inlineText(value, true)}`
}

export function keyText(key: string): string {
  return scalarText(key, true)
}

/** Writes a field as lines of a block: short values on one line, others with a line for each field or item. */
export function fieldLines(key: string, value: unknown, indent: number): string[] {
  return lines(`${' '.repeat(indent)}${keyText(key)}:`, value, indent)
}

/** Writes a list item, like fieldLines. */
export function itemLines(value: unknown, indent: number): string[] {
  return lines(`${' '.repeat(indent)}-`, value, indent)
}

export function isFields(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function lines(before: string, value: unknown, indent: number): string[] {
  const inline = `${before} ${inlineText(value, false)}`
  if (!isNested(value) || (depth(value) <= (Array.isArray(value) ? 2 : 1) && inline.length <= lineLength))
    return [inline]
  const within = Array.isArray(value)
    ? value.flatMap((item) => itemLines(item, indent + 2))
    : Object.entries(value).flatMap(([key, item]) => fieldLines(key, item, indent + 2))
  if (!before.endsWith('-')) return [before, ...within]
  const [first, ...others] = within
  return [`${before} ${first!.trimStart()}`, ...others]
}

function isNested(value: unknown): value is object {
  return typeof value === 'object' && value !== null && Object.keys(value).length > 0
}

function depth(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0
  return 1 + Math.max(0, ...Object.values(value).map(depth))
}

function scalarText(value: unknown, inFlow: boolean): string {
  if (typeof value !== 'string') return String(value)
  return isPlain(value, inFlow) ? value : JSON.stringify(value)
}

/** Returns true if the text needs no quotation marks. */
function isPlain(text: string, inFlow: boolean): boolean {
  const form = inFlow ? plainInFlow : plain
  return text.length < 2000 && form.test(text) && !text.endsWith(' ') && parse(text) === text
}
const plain = /^[\p{L}\p{N}(](?:[^\p{C}\p{Zl}\p{Zp}#:[\]{}`\\]|:(?=[\p{L}\p{N}/]))*$/u
const plainInFlow = /^[\p{L}\p{N}(](?:[^\p{C}\p{Zl}\p{Zp}#:[\]{}`\\,]|:(?=[\p{L}\p{N}/]))*$/u
