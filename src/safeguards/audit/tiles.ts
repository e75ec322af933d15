/** The tree as files (C2SP tlog-tiles): the hashes of 256 members of a level in each. */
import { tileWidth, type ReadTreeHashes } from './tree.ts'

/** Returns the path of a tile or bundle: `tile/0/x001/234`, `tile/entries/005.p/17`. */
export function tilePath(level: number | 'entries', index: number, width = tileWidth): string {
  const digits = String(index)
  const padded = digits.padStart(Math.ceil(digits.length / 3) * 3, '0')
  const groups = padded.match(/.{3}/g) ?? []
  const parts = groups.map((group, n) => (n === groups.length - 1 ? group : `x${group}`))
  return ['tile', level, ...parts].join('/') + (width === tileWidth ? '' : `.p/${width}`)
}

/** Yields the tiles of a tree of `size` leaves that its tree of `before` leaves lacks. */
export async function* tilesSince(
  before: number,
  size: number,
  read: ReadTreeHashes,
): AsyncGenerator<{ path: string; bytes: Buffer }> {
  for (let level = 0; tileWidth ** level <= size; level++) {
    const members = Math.floor(size / tileWidth ** level)
    const done = Math.floor(before / tileWidth ** (level + 1))
    for (let index = done; index * tileWidth < members; index++) {
      const hashes = await read(level, index * tileWidth, Math.min(members, (index + 1) * tileWidth))
      yield { path: tilePath(level, index, hashes.length), bytes: Buffer.concat(hashes) }
    }
  }
}

/** Returns the paths of partial tiles and bundles of the tree of `before` leaves that are superseded at `size`. */
export function supersededTiles(before: number, size: number): string[] {
  const paths: string[] = []
  for (let level = 0; before !== size && tileWidth ** level <= before; level++) {
    const members = Math.floor(before / tileWidth ** level)
    const width = members % tileWidth
    if (width === 0 || Math.floor(size / tileWidth ** level) === members) continue
    const index = Math.floor(members / tileWidth)
    paths.push(tilePath(level, index, width))
    if (level === 0) paths.push(tilePath('entries', index, width))
  }
  return paths
}
