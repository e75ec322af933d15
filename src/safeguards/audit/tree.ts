/** The Merkle tree of RFC 6962, section 2.1, in steps of 256: roots, subtrees and consistency proofs. */
import { hash } from 'node:crypto'

/** Members of a tile: a member of level n + 1 is the root over 256 members of level n. */
export const tileWidth = 256

const binaryLevels = 8
const leafPrefix = Buffer.from([0])
const innerPrefix = Buffer.from([1])

/** SHA-256(0x00 || bytes). */
export function hashLeaf(entry: Buffer): Buffer {
  return sha256(Buffer.concat([leafPrefix, entry]))
}

/** SHA-256(0x01 || left || right). */
export function hashInner(left: Buffer, right: Buffer): Buffer {
  return sha256(Buffer.concat([innerPrefix, left, right]))
}

export const emptyRoot: Buffer = sha256(Buffer.alloc(0))

/** A whole subtree over `tileWidth ** level` leaves, counted from 0 within its level. */
export interface Subtree {
  level: number
  index: number
  hash: Buffer
}

/** The growing edge of the tree: for each level, the members of its last tile that is not full. */
export class RightEdge {
  #levels: Buffer[][]
  #size: number

  constructor(size = 0, levels: readonly (readonly Buffer[])[] = []) {
    this.#size = size
    this.#levels = levels.map((members) => [...members])
  }

  get size(): number {
    return this.#size
  }

  /** Appends a leaf. Returns the subtrees it completed. */
  append(leaf: Buffer): Subtree[] {
    const whole: Subtree[] = []
    let member = leaf
    for (let level = 0; ; level++) {
      const members = (this.#levels[level] ??= [])
      members.push(member)
      if (members.length < tileWidth) break
      member = rootOf(members)
      this.#levels[level] = []
      whole.push({ level: level + 1, index: (this.#size + 1) / tileWidth ** (level + 1) - 1, hash: member })
    }
    this.#size += 1
    return whole
  }

  root(): Buffer {
    let root: Buffer | undefined
    for (const members of this.#levels) {
      // From the right: a perfect subtree for each binary digit of the number of members, smallest first.
      let end = members.length
      for (let width = 1; width <= end; width *= 2) {
        if ((members.length & width) === 0) continue
        const left = rootOf(members.slice(end - width, end))
        root = root ? hashInner(left, root) : left
        end -= width
      }
    }
    return root ?? emptyRoot
  }

  copy(): RightEdge {
    return new RightEdge(this.#size, this.#levels)
  }
}

/** Returns the number of members in the last tile of each level, from level 0. */
export function edgeWidths(size: number): number[] {
  const widths: number[] = []
  for (let rest = size; rest > 0; rest = Math.floor(rest / tileWidth)) widths.push(rest % tileWidth)
  return widths
}

/** Reads members [from, to) of a level. Level 0 are leaves. */
export type ReadTreeHashes = (level: number, from: number, to: number) => Promise<Buffer[]>

/** Returns the right edge of the tree at a size. */
export async function edgeAt(size: number, read: ReadTreeHashes): Promise<RightEdge> {
  const levels = await Promise.all(
    edgeWidths(size).map(async (width, level) => {
      const end = Math.floor(size / tileWidth ** level)
      return width === 0 ? [] : read(level, end - width, end)
    }),
  )
  return new RightEdge(size, levels)
}

/** MTH(D[from:to]) where from is a multiple of the smallest power of two that is at least to - from. */
async function rootOfRange(from: number, to: number, read: ReadTreeHashes): Promise<Buffer> {
  const width = to - from
  if (!isPowerOfTwo(width)) {
    const left = largestPowerBelow(width)
    const [one, other] = await Promise.all([rootOfRange(from, from + left, read), rootOfRange(from + left, to, read)])
    return hashInner(one, other)
  }
  const level = Math.floor(Math.log2(width) / binaryLevels)
  const step = tileWidth ** level
  return rootOf(await read(level, from / step, to / step))
}

/** RFC 6962, section 2.1.2: proves that the tree of `older` leaves is a prefix of that of `newer`. */
export async function consistencyProof(older: number, newer: number, read: ReadTreeHashes): Promise<Buffer[]> {
  if (older === 0 || older === newer) return []
  return subProof(older, 0, newer, true)

  async function subProof(size: number, from: number, to: number, known: boolean): Promise<Buffer[]> {
    if (size === to - from) return known ? [] : [await rootOfRange(from, to, read)]
    const left = largestPowerBelow(to - from)
    return size <= left
      ? [...(await subProof(size, from, from + left, known)), await rootOfRange(from + left, to, read)]
      : [...(await subProof(size - left, from + left, to, false)), await rootOfRange(from, from + left, read)]
  }
}

/** Verifies a consistency proof of RFC 6962 by the algorithm of RFC 9162, section 2.1.4.2. */
export function isConsistent(
  older: { size: number; root: Buffer },
  newer: { size: number; root: Buffer },
  proof: readonly Buffer[],
): boolean {
  if (older.size > newer.size) return false
  if (older.size === newer.size) return proof.length === 0 && older.root.equals(newer.root)
  if (older.size === 0) return proof.length === 0
  const path = isPowerOfTwo(older.size) ? [older.root, ...proof] : [...proof]
  let [one, last] = [BigInt(older.size - 1), BigInt(newer.size - 1)]
  while (one & 1n) [one, last] = [one >> 1n, last >> 1n]
  const first = path.shift()
  if (!first) return false
  let [oldRoot, newRoot] = [first, first]
  for (const step of path) {
    if (last === 0n) return false
    if ((one & 1n) === 1n || one === last) {
      oldRoot = hashInner(step, oldRoot)
      newRoot = hashInner(step, newRoot)
      while ((one & 1n) === 0n && one !== 0n) [one, last] = [one >> 1n, last >> 1n]
    } else {
      newRoot = hashInner(newRoot, step)
    }
    ;[one, last] = [one >> 1n, last >> 1n]
  }
  return last === 0n && oldRoot.equals(older.root) && newRoot.equals(newer.root)
}

/** Returns the root over a power of two of members. */
function rootOf(members: readonly Buffer[]): Buffer {
  let row = members
  while (row.length > 1) {
    const above: Buffer[] = []
    for (let at = 0; at < row.length; at += 2) above.push(hashInner(row[at] as Buffer, row[at + 1] as Buffer))
    row = above
  }
  return row[0] as Buffer
}

function sha256(bytes: Buffer): Buffer {
  return hash('sha256', bytes, 'buffer')
}

function isPowerOfTwo(count: number): boolean {
  return Number.isInteger(Math.log2(count))
}

function largestPowerBelow(count: number): number {
  let power = 1
  while (power * 2 < count) power *= 2
  return power
}
