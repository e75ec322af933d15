import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { cosign, makeSigner, merkleRoot, signNote } from '#test/audit/seal-log.ts'
import { entryText, leafHashOf, readEntry, type LoggedEntry, canonicalJson } from './entry-bytes.ts'
import { tilePaths } from './export-paths.ts'
import { emptyRoot, GrowingTree, inclusionPath, rootOfPath } from './merkle-tree.ts'
import { cosignedAt, readCheckpoint, readVerifierKey, signedBy, type VerifierKey } from './signed-note.ts'

const format = readFileSync(new URL('../../../../docs/formats/audit-log.md', import.meta.url), 'utf8')
const knownEntry = /^ {4}(\{"action".*\})$/m.exec(format)![1]!
const knownHash = /leaf hash ([0-9a-f]{64})/.exec(format)![1]!

describe('an entry', () => {
  test('has the bytes and the hash of the format’s known answer', () => {
    const { v: _, ...entry } = JSON.parse(knownEntry) as LoggedEntry & { v: 1 }
    expect(entryText(entry)).toBe(knownEntry)
    expect(leafHashOf(knownEntry).toString('hex')).toBe(knownHash)
    expect(leafHashOf(Buffer.from(knownEntry)).toString('hex')).toBe(knownHash)
    expect(readEntry(Buffer.from(knownEntry))).toMatchObject({ seq: 7, action: 'contact.read' })
  })

  test.each([
    ['{', 'it is not JSON'],
    ['[]', 'it has no "v"'],
    [knownEntry.replace('"v":1', '"v":2'), 'its "v" does not have the required form'],
    [knownEntry.replace('"seq":7', '"seq":7.5'), 'its "seq" does not have the required form'],
    [knownEntry.replace('.012345Z', '.0123Z'), 'its "at" does not have the required form'],
    [knownEntry.replace('"v":1', '"v":1,"w":1'), 'it has unknown members'],
    [knownEntry.replace('"v":1', '"v": 1'), 'it is not canonical JSON (RFC 8785)'],
    [knownEntry.replace('"seq":7,"v":1', '"v":1,"seq":7'), 'it is not canonical JSON (RFC 8785)'],
    [knownEntry.replace('"shown":1', '"shown":1.0'), 'it is not canonical JSON (RFC 8785)'],
    [knownEntry.replace('"shown":1', '"shown":1,"shown":1'), 'it is not canonical JSON (RFC 8785)'],
  ])('that is invalid gets its error: %s', (bytes, wrong) => {
    expect(readEntry(Buffer.from(bytes))).toBe(wrong)
  })

  test('is encoded as in the example of RFC 8785', () => {
    const given = `{
      "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
      "string": "\\u20ac$\\u000F\\u000aA'\\u0042\\u0022\\u005c\\\\\\"\\/",
      "literals": [null, true, false] }`
    expect(canonicalJson(JSON.parse(given))).toBe(
      `{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\\u000f\\nA'B\\"\\\\\\\\\\"/"}`,
    )
    // RFC 8785, 3.2.3: in the order of UTF-16 code units.
    expect(canonicalJson({ '\u20ac': 1, '\r': 2, '\ufb33': 3, '1': 4, '\u{1f600}': 5, '\u0080': 6, '\u00f6': 7 })).toBe(
      `{"\\r":2,"1":4,"\u0080":6,"ö":7,"€":1,"😀":5,"\ufb33":3}`,
    )
  })
})

describe('the tree', () => {
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

  test('has the roots of the known answers of certificate transparency', () => {
    const tree = new GrowingTree()
    expect(tree.root()).toEqual(emptyRoot)
    expect(emptyRoot.toString('hex')).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855')
    const made = inputs.map((input) => {
      tree.add(leafHashOf(Buffer.from(input, 'hex')))
      return tree.root().toString('hex')
    })
    expect(made).toEqual(roots)
  })

  test('has, at every size up to 70, a path from each leaf to the root, which is valid for no other leaf', async () => {
    const leaves = Array.from({ length: 70 }, (_, n) => leafHashOf(String(n)))
    for (let size = 1; size <= leaves.length; size++) {
      const root = merkleRoot(leaves.slice(0, size))
      for (let index = 0; index < size; index++) {
        const path = await inclusionPath(index, size, (from, to) => Promise.resolve(merkleRoot(leaves.slice(from, to))))
        expect(rootOfPath(leaves[index]!, path)).toEqual(root)
        expect(rootOfPath(leafHashOf('another'), path)).not.toEqual(root)
      }
    }
  })

  test('reports every perfect subtree once', () => {
    const reported: string[] = []
    const tree = new GrowingTree((height, index) => reported.push(`${height}/${index}`))
    for (let n = 0; n < 9; n++) tree.add(leafHashOf(String(n)))
    expect(reported).toEqual(['1/0', '1/1', '2/0', '1/2', '1/3', '2/1', '3/0'])
  })

  test('is in files named as in tlog-tiles', () => {
    expect(tilePaths(0, 257).map(({ path }) => path)).toEqual(['tile/0/000', 'tile/0/001.p/1'])
    expect(tilePaths('entries', 256_001).at(-1)?.path).toBe('tile/entries/x001/000.p/1')
    expect(tilePaths(1, 256 * 1_068).at(-1)?.path).toBe('tile/1/x001/067')
  })
})

describe('a signature', () => {
  const log = makeSigner('seloste/koe/3', 1)
  const witness = makeSigner('witness.example/w1', 4)
  const key = readVerifierKey(log.verifierKey) as VerifierKey
  const witnessKey = readVerifierKey(witness.verifierKey) as VerifierKey
  const note = signNote(log, 5, leafHashOf('x'))
  const read = (text: string) => {
    const checkpoint = readCheckpoint(text)
    if (typeof checkpoint === 'string') throw new Error(checkpoint)
    return checkpoint
  }

  test('is valid for what the log signed, and for nothing else', () => {
    expect(signedBy(read(note), key)).toBe(true)
    expect(signedBy(read(note.replace('\n5\n', '\n6\n')), key)).toBe(false)
    const other = readVerifierKey(makeSigner('seloste/koe/3', 1).verifierKey) as VerifierKey
    expect(signedBy(read(note), other)).toBe(false)
  })

  test('of a witness covers the note and the time', () => {
    const line = cosign(witness, note, 1_790_000_000)
    const { text, signatures } = read(`${note}${line}\n`)
    expect(cosignedAt(text, signatures, witnessKey)).toBe(1_790_000_000)
    expect(cosignedAt(text, read(note).signatures, witnessKey)).toBe('none')
    expect(cosignedAt(text.replace('\n5\n', '\n6\n'), signatures, witnessKey)).toBe('wrong')
    const later = signatures.map(({ bytes, ...rest }) => {
      const changed = Buffer.from(bytes)
      changed[7] = changed[7]! ^ 1
      return { ...rest, bytes: changed }
    })
    expect(cosignedAt(text, later, witnessKey)).toBe('wrong')
  })

  test.each([
    ['not a note', 'is not a signed note'],
    [note.replace('\n5\n', '\n05\n'), 'is not a checkpoint'],
    [note.replace('\n5\n', '\n-5\n'), 'is not a checkpoint'],
    [note.replace('=\n\n', '=\nextension\n\n'), 'lines after the root'],
    [note.replace('— ', '- '), 'a signature line'],
    [note.trimEnd(), 'is not a signed note'],
  ])('of an invalid checkpoint is not read, and the problem is returned: %#', (text, wrong) => {
    expect(readCheckpoint(text)).toContain(wrong)
  })

  test('is not accepted for a changed key', () => {
    const [name, id, material] = log.verifierKey.split(/\+(.{8})\+/)
    expect(readVerifierKey(`${name!}x+${id!}+${material!}`)).toContain('the line was changed')
    expect(readVerifierKey(`${name!}+${id!}+${material!.slice(1)}`)).toContain('not a verifier key')
    expect(readVerifierKey('')).toContain('not a verifier key')
  })
})
