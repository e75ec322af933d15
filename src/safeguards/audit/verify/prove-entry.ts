import { entryText, leafHashOf, type LoggedEntry } from './entry-bytes.ts'
import { GrowingTree, inclusionPath, innerHash, largestPowerBelow, rootOfPath, type PathStep } from './merkle-tree.ts'

/** Reads hashes [from, to) of a level: level 0 are the leaves, each level above stands for 256 of the one below. */
export type ReadHashes = (level: number, from: number, to: number) => Promise<Buffer[]>

export interface EntryProof {
  leafHash: Buffer
  /** From the leaf up (RFC 6962 2.1.1). */
  path: PathStep[]
  /** True if entry, path and root match. */
  holds: boolean
}

const levelBits = 8

/** Proves that an entry is in the tree of a checkpoint, or finds that it is not. */
export async function proveEntry(
  entry: LoggedEntry,
  leaf: number,
  checkpoint: { size: number; root: Buffer },
  read: ReadHashes,
): Promise<EntryProof> {
  const leafHash = leafHashOf(entryText(entry))
  const path = await inclusionPath(leaf, checkpoint.size, (from, to) => rootOver(from, to, read))
  return { leafHash, path, holds: rootOfPath(leafHash, path).equals(checkpoint.root) }
}

/** Returns the root over a range that begins where a subtree of its size begins. */
async function rootOver(from: number, to: number, read: ReadHashes): Promise<Buffer> {
  const count = to - from
  const height = Math.floor(Math.log2(count))
  if (2 ** height === count) {
    const level = Math.floor(height / levelBits)
    const unit = 2 ** (level * levelBits)
    const tree = new GrowingTree()
    for (const hash of await read(level, from / unit, to / unit)) tree.add(hash)
    return tree.root()
  }
  const middle = from + largestPowerBelow(count)
  return innerHash(await rootOver(from, middle, read), await rootOver(middle, to, read))
}
