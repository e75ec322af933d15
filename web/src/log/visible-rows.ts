/** Visible rows of a virtual list with rows of one height. */
export interface Visible {
  first: number
  /** Exclusive. */
  end: number
}

/** Rows rendered beyond the visible ones, on either side. */
const overscan = 8

/** Returns the rows visible in a window `height` high, scrolled down by `top`. */
export function visibleRows(top: number, height: number, rowHeight: number, count: number): Visible {
  const first = Math.max(0, Math.floor(top / rowHeight) - overscan)
  const end = Math.min(count, Math.ceil((top + height) / rowHeight) + overscan)
  return { first: Math.min(first, count), end: Math.max(end, 0) }
}

/** Returns the blocks that contain the visible rows. */
export function blocksOf({ first, end }: Visible, blockSize: number): number[] {
  if (end <= first) return []
  const from = Math.floor(first / blockSize)
  const to = Math.floor((end - 1) / blockSize)
  return Array.from({ length: to - from + 1 }, (_, block) => from + block)
}

/** Returns the row that a key moves to; undefined for other keys. */
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

/** Returns the scroll position that shows a row completely; unchanged if it is visible. */
export function scrollTo(row: number, top: number, height: number, rowHeight: number): number {
  const [above, below] = [row * rowHeight, (row + 1) * rowHeight]
  if (above < top) return above
  return below > top + height ? below - height : top
}
