import { hash } from 'node:crypto'

/** Root of the empty tree: SHA-256 of nothing. */
export const emptyRoot = hash('sha256', '', 'buffer')

/** SHA-256(0x01 ‖ left ‖ right), RFC 6962 2.1. */
export function innerHash(left: Buffer, right: Buffer): Buffer {
  return hash('sha256', Buffer.concat([inner, left, right]), 'buffer')
}
const inner = Buffer.of(1)

interface Peak {
  /** It covers 2^height leaves. */
  height: number
  hash: Buffer
}

/** A Merkle tree that grows leaf by leaf and stores only its peaks (RFC 6962 2.1). */
export class GrowingTree {
  size = 0
  readonly #peaks: Peak[] = []
  readonly #onSubtree: ((height: number, index: number, hash: Buffer) => void) | undefined

  /** @param onSubtree called for each complete perfect subtree, over 2^height leaves from index * 2^height on */
  constructor(onSubtree?: (height: number, index: number, hash: Buffer) => void) {
    this.#onSubtree = onSubtree
  }

  add(leaf: Buffer): void {
    let peak: Peak = { height: 0, hash: leaf }
    this.size += 1
    for (let last = this.#peaks.at(-1); last?.height === peak.height; last = this.#peaks.at(-1)) {
      this.#peaks.pop()
      peak = { height: peak.height + 1, hash: innerHash(last.hash, peak.hash) }
      this.#onSubtree?.(peak.height, this.size / 2 ** peak.height - 1, peak.hash)
    }
    this.#peaks.push(peak)
  }

  root(): Buffer {
    const [last, ...before] = this.#peaks.toReversed()
    return last ? before.reduce((right, { hash: left }) => innerHash(left, right), last.hash) : emptyRoot
  }
}

export interface PathStep {
  side: 'left' | 'right'
  hash: Buffer
}

/**
 * Returns the audit path of a leaf in a tree of `size` leaves (RFC 6962 2.1.1), from the leaf up.
 * @param rootOver returns the root over the leaves from the first up to before the second
 */
export async function inclusionPath(
  index: number,
  size: number,
  rootOver: (from: number, to: number) => Promise<Buffer>,
): Promise<PathStep[]> {
  const down: PathStep[] = []
  let [from, to] = [0, size]
  while (to - from > 1) {
    const middle = from + largestPowerBelow(to - from)
    if (index < middle) {
      down.push({ side: 'right', hash: await rootOver(middle, to) })
      to = middle
    } else {
      down.push({ side: 'left', hash: await rootOver(from, middle) })
      from = middle
    }
  }
  return down.toReversed()
}

/** Returns the root of a leaf and its path. */
export function rootOfPath(leaf: Buffer, path: readonly PathStep[]): Buffer {
  return path.reduce(
    (own, { side, hash: other }) => (side === 'left' ? innerHash(other, own) : innerHash(own, other)),
    leaf,
  )
}

/** Largest power of two below a number greater than 1. */
export function largestPowerBelow(count: number): number {
  let power = 1
  while (power * 2 < count) power *= 2
  return power
}
