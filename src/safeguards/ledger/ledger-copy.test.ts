import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { makeDestructionEntry, openTestLedger } from '#test/audit/open-ledger.ts'
import { seededRandom } from '#test/audit/random-corruptions.ts'
import { createTestDatabase } from '#test/database/create-test-database.ts'
import { makeSigner, readCheckpoint, signCheckpoint } from '../audit/note.ts'
import type { SafeguardTables } from '../tables.ts'
import { readLedgerCopy, type KnownHead } from './read-ledger-copy.ts'

const database = await createTestDatabase<SafeguardTables>()
const ledger = await openTestLedger(database)
const all = Array.from({ length: 300 }, () => makeDestructionEntry())
await ledger.append(...all.slice(0, 200))
const headAt200 = await ledger.seal()
const older = await ledger.copyInto(new Map<string, Buffer>())
await ledger.append(...all.slice(200))
await ledger.seal()
const whole = await ledger.copyInto(new Map<string, Buffer>())

const readCopy = (
  files: Map<string, Buffer>,
  options: { known?: KnownHead[]; from?: number; key?: typeof ledger.key } = {},
) => readLedgerCopy((name) => Promise.resolve(files.get(name)), { key: ledger.key, ...options })
const problemsOf = async (files: Map<string, Buffer>, known: KnownHead[] = []) =>
  (await readCopy(files, { known })).problems.map(({ code, number }) => ({
    code,
    ...(number !== undefined && { number }),
  }))
const changed = (name: string, change: (text: string) => string) =>
  new Map(whole).set(name, Buffer.from(change((whole.get(name) ?? Buffer.alloc(0)).toString('utf8'))))
const lines = (text: string) => text.split('\n').slice(0, -1)

describe('a copy of the ledger', () => {
  test('is files of 256 entries and a signed head, and returns the entries', async () => {
    expect([...whole.keys()]).toEqual(['entries/0000000001', 'entries/0000000257', 'head'])
    const copy = await readCopy(whole)
    expect(copy.problems).toEqual([])
    expect(copy.size).toBe(300)
    expect(copy.entries.map(({ entry }) => entry.id)).toEqual(all.map(({ id }) => id))
    expect(copy.entries[0]?.entry).toMatchObject({ kind: 'recording', cause: 'caller', targets: all[0]?.targets })
  })

  test('is updated with the files from its end on', async () => {
    const files = new Map(older)
    const written = await ledger.copyInto(new Map<string, Buffer>(), 200)
    for (const [name, bytes] of written) files.set(name, bytes)
    expect(files).toEqual(whole)
    const start = await readCopy(files, { from: 201 })
    expect(start.entries.map(({ number }) => number)).toEqual(Array.from({ length: 100 }, (_, n) => 201 + n))
  })

  test('whose new head was not written still counts as the earlier copy', async () => {
    const files = new Map(whole).set('head', older.get('head') as Buffer)
    expect(await readCopy(files)).toMatchObject({ size: 200, problems: [] })
  })
})

describe('errors of a copy are reported exactly:', () => {
  const size = (n: number): KnownHead => ({ source: 'the witness w1', size: n, root: Buffer.alloc(32) })
  test.each<[string, () => Map<string, Buffer>, object[], KnownHead[]?]>([
    ['the copy is empty', () => new Map(), [{ code: 'head-missing' }]],
    [
      'the copy ends before the size in its head',
      () => changed('entries/0000000257', (text) => `${lines(text).slice(0, 3).join('\n')}\n`),
      [{ code: 'truncated', number: 260 }],
    ],
    [
      'the last line is incomplete',
      () => changed('entries/0000000257', (text) => text.slice(0, -1)),
      [{ code: 'truncated', number: 300 }],
    ],
    [
      'a file is missing',
      () => new Map([...whole].filter(([name]) => !name.endsWith('001'))),
      [{ code: 'truncated', number: 1 }],
    ],
    [
      'an entry was altered',
      () => changed('entries/0000000001', (text) => text.replace('"caller"', '"official"')),
      [{ code: 'entry-altered', number: 1 }],
    ],
    [
      'two entries changed places',
      () =>
        changed(
          'entries/0000000001',
          (text) => lines(text).with(4, lines(text)[5]!).with(5, lines(text)[4]!).join('\n') + '\n',
        ),
      [{ code: 'entry-misplaced', number: 5 }, { code: 'entry-misplaced', number: 6 }, { code: 'root-differs' }],
    ],
    ['the head is not a signed note', () => changed('head', () => 'gone\n'), [{ code: 'head-unreadable' }]],
    [
      'the head has another size',
      () => changed('head', (text) => text.replace('\n300\n', '\n299\n')),
      [{ code: 'head-unsigned' }],
    ],
    ['the copy is older than the head known elsewhere', () => older, [{ code: 'older' }], [size(300)]],
    ['the copy differs from the head known elsewhere', () => whole, [{ code: 'rewritten' }], [size(200)]],
  ])('%s', async (_, files, expected, known) => {
    expect(await problemsOf(files(), known)).toEqual(expected)
  })

  test('a ledger of another installation', async () => {
    const other = makeSigner(
      'seloste/muu/0/ledger',
      generateKeyPairSync('ed25519').privateKey.export({ format: 'der', type: 'pkcs8' }),
      'note',
    )
    const head = readCheckpoint((whole.get('head') as Buffer).toString('utf8'))!
    const note = signCheckpoint(other, { ...head, origin: other.name })
    expect(await problemsOf(new Map(whole).set('head', Buffer.from(note)))).toEqual([{ code: 'foreign' }])
    const forged = signCheckpoint({ ...other, name: ledger.key.name }, head)
    expect(await problemsOf(new Map(whole).set('head', Buffer.from(forged)))).toEqual([{ code: 'head-unsigned' }])
  })

  test('none, if the copy continues an earlier signed head', async () => {
    expect(await problemsOf(whole, [{ source: 'the witness w1', size: 200, root: headAt200!.root }])).toEqual([])
  })
})

describe('every random corruption is found', () => {
  const times = process.env['SELOSTE_LONG'] === '1' ? 10_000 : 250
  const known: KnownHead[] = [
    {
      source: 'the head beside the keys',
      size: 300,
      root: readCheckpoint((whole.get('head') as Buffer).toString('utf8'))!.root,
    },
  ]
  type Corruption = (files: Map<string, Buffer>, random: ReturnType<typeof seededRandom>) => void
  const entryFiles = ['entries/0000000001', 'entries/0000000257'] as const
  const inLines =
    (change: (all: string[], random: ReturnType<typeof seededRandom>) => string[]): Corruption =>
    (files, random) => {
      const name = random.pick(entryFiles)
      files.set(
        name,
        Buffer.from(
          change(lines((files.get(name) as Buffer).toString('utf8')), random)
            .map((line) => `${line}\n`)
            .join(''),
        ),
      )
    }
  const corruptions: Record<string, Corruption> = {
    'a bit': (files, random) => {
      const name = random.pick([...files.keys()])
      const bytes = Buffer.from(files.get(name) as Buffer)
      const at = random.below(bytes.length)
      bytes[at] = bytes[at]! ^ (1 << random.below(8))
      files.set(name, bytes)
    },
    'cut off': (files, random) => {
      const name = random.pick([...files.keys()])
      const bytes = files.get(name) as Buffer
      files.set(name, bytes.subarray(0, random.below(bytes.length)))
    },
    'bytes left out': (files, random) => {
      const name = random.pick([...files.keys()])
      const bytes = files.get(name) as Buffer
      const at = random.below(bytes.length)
      files.set(name, Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1 + random.below(80))]))
    },
    'a file gone': (files, random) => files.delete(random.pick([...files.keys()])),
    'files exchanged': (files) => {
      files
        .set(entryFiles[0], whole.get(entryFiles[1]) as Buffer)
        .set(entryFiles[1], whole.get(entryFiles[0]) as Buffer)
    },
    'a line gone': inLines((all, random) => all.toSpliced(random.below(all.length), 1)),
    'a line twice': inLines((all, random) => {
      const at = random.below(all.length - 1)
      return all.toSpliced(at, 0, all[at]!)
    }),
    'lines exchanged': inLines((all, random) => {
      const at = random.below(all.length - 1)
      return all.with(at, all[at + 1]!).with(at + 1, all[at]!)
    }),
    'a line of another ledger': inLines((all, random) => {
      const at = random.below(all.length)
      return all.with(at, all[at]!.replace(/"salt":"./, '"salt":"x'))
    }),
    'an older head': (files) => files.set('head', older.get('head') as Buffer),
    'an older copy': (files) => {
      for (const name of [...files.keys()]) files.delete(name)
      for (const [name, bytes] of older) files.set(name, bytes)
    },
  }

  test(`one of ${Object.keys(corruptions).length} kinds at a time, ${times} times`, async () => {
    const missed: string[] = []
    for (let seed = 1; seed <= times; seed++) {
      const random = seededRandom(seed)
      const kind = random.pick(Object.keys(corruptions))
      const files = new Map(whole)
      corruptions[kind]!(files, random)
      if ((await problemsOf(files, known)).length === 0) missed.push(`${seed}: ${kind}`)
    }
    expect(missed).toEqual([])
  }, 300_000)
})
