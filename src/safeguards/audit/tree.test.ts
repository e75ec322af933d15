import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { consistencyProof, edgeAt, emptyRoot, hashLeaf, isConsistent, RightEdge, type ReadTreeHashes } from './tree.ts'

const sha256 = (...parts: Buffer[]) => {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part)
  return hash.digest()
}

/** RFC 6962, section 2.1, literally. */
function mth(leaves: Buffer[]): Buffer {
  if (leaves.length === 0) return sha256()
  if (leaves.length === 1) return leaves[0] as Buffer
  let k = 1
  while (k * 2 < leaves.length) k *= 2
  return sha256(Buffer.from([1]), mth(leaves.slice(0, k)), mth(leaves.slice(k)))
}

function grow(leaves: Buffer[]) {
  const edge = new RightEdge()
  const stored = new Map<number, Buffer[]>([[0, leaves]])
  for (const leaf of leaves) {
    for (const { level, index, hash } of edge.append(leaf)) {
      if (!stored.has(level)) stored.set(level, [])
      const members = stored.get(level) as Buffer[]
      expect(index).toBe(members.length)
      members.push(hash)
    }
  }
  const read: ReadTreeHashes = async (level, from, to) => {
    const found = (stored.get(level) ?? []).slice(from, to)
    if (found.length !== to - from) throw new Error(`level ${level} lacks members in ${from}..${to}`)
    return found
  }
  return { edge, read }
}

const leavesOf = (count: number) => Array.from({ length: count }, (_, index) => hashLeaf(Buffer.from(`entry ${index}`)))

describe('the tree', () => {
  // The tree with which implementations of RFC 6962 are tested.
  const inputs = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f']
  const roots = [
    '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
    'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
    'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
    'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
    '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
    '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
    'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
    '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
  ]
  const known = inputs.map((hex) => hashLeaf(Buffer.from(hex, 'hex')))

  test('has the roots of the known answers', () => {
    const edge = new RightEdge()
    expect(edge.root().toString('hex')).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855')
    expect(edge.root()).toEqual(emptyRoot)
    for (const [index, leaf] of known.entries()) {
      edge.append(leaf)
      expect(edge.root().toString('hex')).toBe(roots[index])
    }
  })

  test.each([
    [
      1,
      8,
      [
        '96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7',
        '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
        '6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4',
      ],
    ],
    [
      6,
      8,
      [
        '0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a',
        'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0',
        'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
      ],
    ],
    [
      2,
      5,
      [
        '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
        'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
      ],
    ],
  ])('proves that %i leaves are a prefix of %i as the known answers do', async (older, newer, proof) => {
    const { read } = grow(known)
    expect((await consistencyProof(older, newer, read)).map((hash) => hash.toString('hex'))).toEqual(proof)
  })

  test('has the root by the RFC’s definition, at every size to 600 and around tile borders', async () => {
    const leaves = leavesOf(66_000)
    const { edge, read } = grow(leaves)
    expect(edge.root()).toEqual(mth(leaves))
    const sizes = [...Array(601).keys(), 1023, 4096, 65_535, 65_536, 65_537, 65_792, 65_793]
    for (const size of sizes) expect((await edgeAt(size, read)).root()).toEqual(mth(leaves.slice(0, size)))
  })

  test('continues from a restored edge without a difference', async () => {
    const leaves = leavesOf(66_000)
    const { read } = grow(leaves)
    const edge = await edgeAt(65_500, read)
    for (const leaf of leaves.slice(65_500)) edge.append(leaf)
    expect(edge.root()).toEqual(mth(leaves))
  })
})

describe('a consistency proof', () => {
  test('is valid for every older size, and for no other tree, root or proof', async () => {
    const leaves = leavesOf(300)
    const { read } = grow(leaves)
    const roots = Array.from({ length: 301 }, (_, size) => mth(leaves.slice(0, size)))
    const rootAt = (size: number) => roots[size]!
    const other = mth(leavesOf(301).slice(1))
    for (const newer of [1, 2, 3, 7, 8, 64, 255, 256, 257, 300]) {
      for (let older = 0; older <= newer; older++) {
        const proof = await consistencyProof(older, newer, read)
        const [earlier, later] = [
          { size: older, root: rootAt(older) },
          { size: newer, root: rootAt(newer) },
        ]
        expect(isConsistent(earlier, later, proof)).toBe(true)
        if (older === 0) continue
        expect(isConsistent({ ...earlier, root: other }, later, proof)).toBe(false)
        expect(isConsistent(earlier, { ...later, root: other }, proof)).toBe(false)
        expect(isConsistent(earlier, later, [...proof, other])).toBe(false)
        if (proof.length > 0) expect(isConsistent(earlier, later, proof.slice(1))).toBe(false)
        if (proof.length > 0) expect(isConsistent(earlier, later, proof.slice(0, -1))).toBe(false)
        if (proof.length > 0) expect(isConsistent(earlier, later, [other, ...proof.slice(1)])).toBe(false)
      }
    }
    expect(isConsistent({ size: 9, root: rootAt(9) }, { size: 8, root: rootAt(8) }, [])).toBe(false)
  })
})
