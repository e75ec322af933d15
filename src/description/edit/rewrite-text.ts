import { isDeepStrictEqual } from 'node:util'
import { isMap, isNode, isScalar, isSeq, type Document, type Node, type Pair, type YAMLMap, type YAMLSeq } from 'yaml'
import { readText } from '../read-text.ts'
import { matchItems } from './match-items.ts'
import { fieldLines, inlineField, inlineText, isFields, itemLines, keyText } from './write-value.ts'

/** Replacement of a range of the text. */
type Patch = { from: number; to: number; text: string }

/** Position of a value: after a field's key, after a list's dash, or alone. */
type Slot = { node: Node | null; start: number; inFlow: boolean; key?: Node }

/** The values cannot be inserted by changing parts of this text. */
class NotPatchable extends Error {}

/**
 * Rewrites the text with other values. Everything unaffected stays to the letter: comments, order, quotation marks and line
 * breaks. A removed value takes the comment on its own line along; comments above it stay.
 * @param text the source of `document`
 * @param wanted the new values
 */
export function rewriteText(text: string, document: Document.Parsed, wanted: unknown): string {
  const changed = patchText(text, document, wanted)
  if (changed !== undefined) {
    const reading = readText(changed)
    if (reading.ok && isDeepStrictEqual(reading.read.file, wanted)) return changed
  }
  return serialiseAgain(document, wanted)
}

/** Serialises the document with the YAML writer: keeps comments, not line breaks. */
function serialiseAgain(document: Document.Parsed, wanted: unknown): string {
  const copy = document.clone() as Document
  change(copy.toJS(), wanted, [])
  return copy.toString({ lineWidth: 120 })

  function change(old: unknown, value: unknown, path: (string | number)[]): void {
    if (isDeepStrictEqual(old, value)) return
    if (isFields(old) && isFields(value)) {
      for (const key of Object.keys(old)) if (!Object.hasOwn(value, key)) copy.deleteIn([...path, key])
      for (const [key, item] of Object.entries(value)) change(old[key], item, [...path, key])
    } else if (path.length === 0) copy.contents = copy.createNode(value)
    else copy.setIn(path, copy.createNode(value))
  }
}

function patchText(text: string, document: Document.Parsed, wanted: unknown): string | undefined {
  const patches: Patch[] = []
  try {
    change({ node: document.contents, start: 0, inFlow: false }, document.toJS(), wanted)
  } catch (error) {
    if (error instanceof NotPatchable) return undefined
    throw error
  }
  return patches
    .sort((one, other) => other.from - one.from || other.to - one.to)
    .reduce((before, { from, to, text: put }) => before.slice(0, from) + put + before.slice(to), text)

  function change(slot: Slot, old: unknown, value: unknown): void {
    if (isDeepStrictEqual(old, value)) return
    const { node } = slot
    if (isMap(node) && isFields(old) && isFields(value) && Object.keys(old).some((key) => Object.hasOwn(value, key))) {
      changeFields(node, old, value)
    } else if (isSeq(node) && Array.isArray(old) && Array.isArray(value) && old.length > 0 && value.length > 0) {
      changeItems(node, old, value)
    } else replace(slot, value)
  }

  function changeFields(map: YAMLMap, old: Record<string, unknown>, value: Record<string, unknown>): void {
    const slots = map.items.map((pair) => slotOf(pair as Pair<Node, Node | null>, map.flow === true))
    const names = map.items.map(({ key }) => (isScalar(key) ? String(key.value) : ''))
    slots.forEach((slot, index) => {
      const name = names[index]!
      if (Object.hasOwn(value, name)) change(slot, old[name], value[name])
    })
    removeFrom(
      slots,
      names.map((name) => !Object.hasOwn(value, name)),
    )
    const added = Object.entries(value).filter(([key]) => !Object.hasOwn(old, key))
    if (slots[0]!.inFlow) {
      addInFlow(
        slots,
        slots.length,
        added.map(([key, item]) => inlineField(key, item)),
      )
    } else {
      const indent = columnOf(slots[0]!.start)
      addLines(
        slots,
        slots.length,
        added.flatMap(([key, item]) => fieldLines(key, item, indent)),
      )
    }
  }

  function changeItems(list: YAMLSeq, old: readonly unknown[], value: readonly unknown[]): void {
    const stretches = matchItems(old, value)
    if (!stretches) throw new NotPatchable()
    const inFlow = list.flow === true
    const slots = list.items.map((item): Slot => {
      const node = item as Node
      if (!isNode(node) || !node.range) throw new NotPatchable()
      return { node, inFlow, start: inFlow ? node.range[0] : dashBefore(node.range[0]) }
    })
    const gone = new Set(stretches.flatMap(({ removed }) => removed))
    let next = 0
    for (const { pairs, removed, added } of stretches) {
      for (const [left, right] of pairs) change(slots[left]!, old[left], value[right])
      next += pairs.length + removed.length
      const items = added.map((index) => value[index])
      if (inFlow) {
        addInFlow(
          slots,
          next,
          items.map((item) => inlineText(item, true)),
        )
      } else {
        const indent = columnOf(slots[0]!.start)
        addLines(
          slots,
          next,
          items.flatMap((item) => itemLines(item, indent)),
        )
      }
    }
    removeFrom(
      slots,
      slots.map((_, index) => gone.has(index)),
    )
  }

  function replace({ node, start, inFlow, key }: Slot, value: unknown): void {
    const inline = inlineText(value, inFlow)
    const range = node?.range
    if (!key && !range) throw new NotPatchable()
    const isWritten = node !== null && range && range[1] > range[0]
    const isOneLine = !inFlow && isShort(value)
    if (isWritten && (inFlow || (isOneLine && !isBlock(node)))) {
      patches.push({ from: range[0], to: range[1], text: inline })
      return
    }
    const indicator = key?.range ? text.indexOf(':', key.range[1]) : start
    const from = indicator + 1
    if (indicator < 0 || (!key && text[start] !== '-')) throw new NotPatchable()
    const to = isWritten ? endOf(node) : from
    if (text.slice(from, isWritten ? range[0] : from).includes('#')) throw new NotPatchable()
    if (inFlow) {
      patches.push({ from, to, text: ` ${inline}` })
      return
    }
    const indent = columnOf(start)
    const name = key && isScalar(key) ? String(key.value) : ''
    const [first, ...others] = key ? fieldLines(name, value, indent) : itemLines(value, indent)
    const put = [first!.slice(indent + (key ? keyText(name).length + 1 : 1)), ...others].join('\n')
    // A comment on the key's line would end up after the block's last line.
    if (others.length > 0 && !isBlank(text.slice(to, endOfLine(to)))) throw new NotPatchable()
    patches.push({ from, to, text: put })
  }

  function slotOf({ key, value }: Pair<Node, Node | null>, inFlow: boolean): Slot {
    if (!isNode(key) || !key.range) throw new NotPatchable()
    return { node: value, key, inFlow, start: key.range[0] }
  }

  /** Removes whole lines, or the text between two commas. */
  function removeFrom(slots: readonly Slot[], isGone: readonly boolean[]): void {
    for (let first = 0; first < slots.length; first += 1) {
      if (!isGone[first]) continue
      let last = first
      while (isGone[last + 1]) last += 1
      const [begin, next, before] = [slots[first]!, slots[last + 1], slots[first - 1]]
      const end = endOfSlot(slots[last]!)
      if (begin.inFlow) {
        if (next) patches.push({ from: begin.start, to: next.start, text: '' })
        else patches.push({ from: before ? endOfSlot(before) : begin.start, to: end, text: '' })
      } else if (isBlank(text.slice(startOfLine(begin.start), begin.start))) {
        // Removes lines one by one, so that the comments between them stay.
        for (const slot of slots.slice(first, last + 1)) {
          patches.push({ from: startOfLine(slot.start), to: afterLine(endOfSlot(slot)), text: '' })
        }
      } else {
        if (!next || !isBlank(text.slice(end, next.start))) throw new NotPatchable()
        patches.push({ from: begin.start, to: next.start, text: '' })
      }
      first = last
    }
  }

  function addInFlow(slots: readonly Slot[], at: number, items: readonly string[]): void {
    if (items.length === 0) return
    const next = slots[at]
    if (next) patches.push({ from: next.start, to: next.start, text: items.map((item) => `${item}, `).join('') })
    else {
      const end = endOfSlot(slots.at(-1)!)
      patches.push({ from: end, to: end, text: items.map((item) => `, ${item}`).join('') })
    }
  }

  function addLines(slots: readonly Slot[], at: number, lines: readonly string[]): void {
    if (lines.length === 0) return
    const before = slots[at - 1]
    if (!before) {
      const [first] = slots
      const indent = ' '.repeat(columnOf(first!.start))
      // The present item's line may begin with the list's dash: the first added line takes its place.
      const put = `${lines.join('\n').trimStart()}\n${indent}`
      patches.push({ from: first!.start, to: first!.start, text: put })
      return
    }
    const end = afterLine(endOfSlot(before))
    const opened = text[end - 1] === '\n' ? '' : '\n'
    patches.push({ from: end, to: end, text: `${opened}${lines.join('\n')}\n` })
  }

  function endOfSlot({ node, key, start }: Slot): number {
    return Math.max(start + 1, key?.range?.[1] ?? 0, node?.range && node.range[1] > node.range[0] ? endOf(node) : 0)
  }

  /** Returns the offset after a value. */
  function endOf(node: Node): number {
    if ((isMap(node) || isSeq(node)) && node.flow !== true) {
      const last = node.items.at(-1) as Node | Pair<Node, Node | null> | undefined
      if (isNode(last)) return endOf(last)
      if (last) return endOfSlot(slotOf(last, false))
    }
    const end = node.range?.[1] ?? 0
    return isBlock(node) ? text.slice(0, end).trimEnd().length : end
  }

  function dashBefore(position: number): number {
    const dash = text.lastIndexOf('-', position)
    if (dash < 0) throw new NotPatchable()
    return dash
  }

  function startOfLine(position: number): number {
    return text.lastIndexOf('\n', position - 1) + 1
  }

  function endOfLine(position: number): number {
    const end = text.indexOf('\n', position)
    return end < 0 ? text.length : end
  }

  function afterLine(position: number): number {
    return Math.min(text.length, endOfLine(position) + 1)
  }

  function columnOf(position: number): number {
    return position - startOfLine(position)
  }
}

function isShort(value: unknown): boolean {
  return typeof value !== 'object' || value === null || fieldLines('', value, 0).length === 1
}

function isBlock(node: Node): boolean {
  if (isMap(node) || isSeq(node)) return node.flow !== true
  return isScalar(node) && (node.type === 'BLOCK_FOLDED' || node.type === 'BLOCK_LITERAL')
}

function isBlank(text: string): boolean {
  return text.trim() === ''
}
