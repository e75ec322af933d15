/** Rows of one height in a list too long to be made as a whole. */
export interface Visible {
  first: number
  /** Before which the visible ones end. */
  end: number
}

/** Rows made beyond what is seen, on either side. */
const beyond = 8

/** Which rows are seen in a window `height` high, scrolled down by `top`. */
export function visibleRows(top: number, height: number, rowHeight: number, count: number): Visible {
  const first = Math.max(0, Math.floor(top / rowHeight) - beyond)
  const end = Math.min(count, Math.ceil((top + height) / rowHeight) + beyond)
  return { first: Math.min(first, count), end: Math.max(end, 0) }
}

/** The blocks of rows that are needed for those that are seen. */
export function blocksOf({ first, end }: Visible, blockSize: number): number[] {
  if (end <= first) return []
  const from = Math.floor(first / blockSize)
  const to = Math.floor((end - 1) / blockSize)
  return Array.from({ length: to - from + 1 }, (_, block) => from + block)
}

/** The row that a key moves to; undefined for any other key. */
export function rowAfterKey(key: string, row: number, page: number, count: number): number | undefined {
  const moves: Readonly<Record<string, number>> = {
    ArrowDown: row + 1,
    ArrowUp: row - 1,
    PageDown: row + page,
    PageUp: row - page,
    Home: 0,
    End: count - 1,
  }
  const moved = moves[key]
  return moved === undefined ? undefined : Math.min(count - 1, Math.max(0, moved))
}

/** How far down to scroll so that a row is seen in whole; unchanged where it is. */
export function scrollTo(row: number, top: number, height: number, rowHeight: number): number {
  const [above, below] = [row * rowHeight, (row + 1) * rowHeight]
  if (above < top) return above
  return below > top + height ? below - height : top
}
