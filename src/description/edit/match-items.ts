import { isFields } from './write-value.ts'

/** Most comparisons of items; longer lists are not matched. */
const maxComparisons = 4_000_000

/** Corresponding stretches of two lists: matched items, items only before, items only after. */
export type Stretch = { pairs: [before: number, after: number][]; removed: number[]; added: number[] }

/**
 * Matches the items of a list before and after a change, by name or by content if they have none. A comment can thus stay
 * with its item. Undefined if the lists are too long.
 */
export function matchItems(before: readonly unknown[], after: readonly unknown[]): Stretch[] | undefined {
  const [old, next] = [before.map(label), after.map(label)]
  const anchors = commonOrder(old, next)
  if (!anchors) return undefined
  const stretches: Stretch[] = []
  let [from, to] = [0, 0]
  for (const [left, right] of [...anchors, [old.length, next.length] as const]) {
    const [gapOld, gapNew] = [range(from, left), range(to, right)]
    const shared = Math.min(gapOld.length, gapNew.length)
    stretches.push({
      pairs: range(0, shared).map((index) => [gapOld[index]!, gapNew[index]!]),
      removed: gapOld.slice(shared),
      added: gapNew.slice(shared),
    })
    if (left < old.length) stretches.push({ pairs: [[left, right]], removed: [], added: [] })
    ;[from, to] = [left + 1, right + 1]
  }
  return stretches
}

/** Returns the longest common subsequence of labels. */
function commonOrder(old: readonly string[], next: readonly string[]): [number, number][] | undefined {
  let start = 0
  while (start < old.length && start < next.length && old[start] === next[start]) start += 1
  let end = 0
  const rest = Math.min(old.length, next.length) - start
  while (end < rest && old.at(-1 - end) === next.at(-1 - end)) end += 1
  const [rows, columns] = [old.length - end - start, next.length - end - start]
  if (rows * columns > maxComparisons) return undefined
  const width = columns + 1
  const longest = new Uint32Array((rows + 1) * width)
  for (let row = rows - 1; row >= 0; row -= 1) {
    for (let column = columns - 1; column >= 0; column -= 1) {
      const here = row * width + column
      longest[here] =
        old[start + row] === next[start + column]
          ? longest[here + width + 1]! + 1
          : Math.max(longest[here + width]!, longest[here + 1]!)
    }
  }
  const middle: [number, number][] = []
  let [row, column] = [0, 0]
  while (row < rows && column < columns) {
    const here = row * width + column
    if (old[start + row] === next[start + column]) {
      middle.push([start + row, start + column])
      row += 1
      column += 1
    } else if (longest[here + width]! >= longest[here + 1]!) row += 1
    else column += 1
  }
  return [
    ...range(0, start).map((index): [number, number] => [index, index]),
    ...middle,
    ...range(0, end).map((index): [number, number] => [old.length - end + index, next.length - end + index]),
  ]
}

/** Returns an item's name: id, number, purpose, or role with duty; the whole item if it has none. */
function label(item: unknown): string {
  if (!isFields(item)) return JSON.stringify(item)
  const { id, number, purpose, role, duty } = item
  const name = id ?? number ?? purpose ?? (role === undefined ? undefined : [role, duty])
  return JSON.stringify(name === undefined ? item : [name])
}

function range(from: number, to: number): number[] {
  return Array.from({ length: Math.max(0, to - from) }, (_, index) => from + index)
}
