import { EntryCheck, type Disorder } from './check-entries.ts'
import { checkLedgerCopy } from './check-ledger-copy.ts'
import { RootCheck, type SeenCheckpoint, type TrustedKeys } from './check-roots.ts'
import { TreeCheck } from './check-tree.ts'
import { leafHashOf, readEntry } from './entry-bytes.ts'
import { tilePaths, tileWidth } from './export-paths.ts'
import { Findings, type Progress, type Report } from './report.ts'
import { separateAccepted } from './separate-accepted.ts'
import { readSignedFrom } from './signed-note.ts'

/** Files of an export, by path below its folder, with slashes. */
export interface ExportFiles {
  /** Undefined if there is no such file. */
  read: (path: string) => Promise<Buffer | undefined>
  list: () => Promise<string[]>
}

export interface ExportOptions {
  keys: TrustedKeys
  /** The trusted key as written: the export contains the same line. */
  keyLine: string
  seen?: readonly SeenCheckpoint[]
  onProgress?: (progress: Progress) => void
  signal?: AbortSignal | undefined
}

const hashBytes = 32
const levelBits = 8

/**
 * Verifies an export (docs/formats/audit-log.md, "The export") without its database.
 * @throws the signal's reason once it is aborted
 */
export async function verifyExport(files: ExportFiles, options: ExportOptions): Promise<Report> {
  const findings = new Findings()
  const unexpected = new Set(await files.list())
  const read = (path: string) => {
    unexpected.delete(path)
    return files.read(path)
  }

  const key = (await read('key'))?.toString('utf8')
  if (key === undefined) findings.add('file-missing', 'The file "key".')
  else if (key !== `${options.keyLine}\n`) findings.add('key-differs', 'It is in the file "key".')
  const roots = new RootCheck(findings, options.keys)
  const disorders = await readEarlier(read, roots, findings)
  const note = (await read('checkpoint'))?.toString('utf8')
  if (note === undefined) findings.add('checkpoint-missing', 'The file "checkpoint".')
  const newest = note === undefined ? undefined : roots.add(note, 'the newest checkpoint', 'own')
  for (const seen of options.seen ?? []) roots.add(seen.note, seen.source, 'seen')

  const size = newest?.size ?? 0
  const report = (checked: number) => {
    options.signal?.throwIfAborted()
    options.onProgress?.({ step: 'tree', checked, entries: size })
  }
  const inner: Buffer[][] = []
  const tree = new TreeCheck(findings, roots.expected, (height, _index, hash) => {
    if (height % levelBits === 0) (inner[height / levelBits] ??= []).push(hash)
  })
  const signedFrom = readSignedFrom((await read('signed-from'))?.toString('utf8'), options.keys.log)
  const check = new EntryCheck(findings, options.keys.log, signedFrom)
  const absent: { from: number; to: number; path: string }[] = []
  const lost: number[] = []
  const seqs = new Set<number>()
  const bundles = tilePaths('entries', size)
  for (const tile of tilePaths(0, size)) {
    const from = tile.index * tileWidth
    report(from)
    const hashes = await readTile(read, tile.path, tile.width, findings, from)
    const bundle = bundles[tile.index]!
    const entries = await readBundle(read, bundle.path, bundle.width, findings, from)
    if (!entries) absent.push({ from, to: from + tile.width, path: bundle.path })
    for (let position = 0; position < tile.width; position++) {
      const index = from + position
      const bytes = entries?.[position]
      if (bytes?.length === 0) lost.push(index)
      const leafHash = hashes?.subarray(position * hashBytes, (position + 1) * hashBytes)
      const own = bytes && bytes.length > 0 ? checkExportedEntry(bytes, index, leafHash) : undefined
      if (own && leafHash && !own.hash.equals(leafHash)) {
        findings.add('entry-altered', `Index ${index}${own.seq === undefined ? '' : `, entry ${own.seq}`}.`, {
          leaf: index,
          seq: own.seq,
        })
      }
      tree.add(leafHash ?? own?.hash)
    }
  }
  tree.judge()
  await compareInner(read, inner, size, findings)
  check.judgePrunings()
  for (const disorder of disorders) check.checkOrder(disorder)
  const { notes: orderNotes, outOfOrder } = check.judgeOrder()
  const notes = [...orderNotes, ...roots.judgeWitnesses(check.newestAt, true)]

  let pruned = 0
  for (const { from, to, path } of absent) {
    if (to <= check.facts.minimumIndex) pruned += to - from
    else findings.add('file-missing', `The file "${path}", with the entries ${from} to ${to - 1}.`, { leaf: from })
  }
  for (const index of lost) {
    if (index >= check.facts.minimumIndex) findings.add('entry-lost', `Index ${index}.`, { leaf: index })
  }
  const ledger = await checkLedgerCopy(read, options.keys, check.facts, check.newestAt, findings)
  for (const path of unexpected) findings.add('file-unexpected', `The file "${path}".`)
  return {
    entries: size,
    pruned,
    pending: 0,
    checkpoints: tree.matching,
    witnesses: roots.cosigned,
    recordings: 0,
    destructions: ledger?.compared ?? 0,
    ...(ledger && { ledger: ledger.entries }),
    ...(newest && { newest: { origin: newest.origin, size, root: newest.root.toString('base64') } }),
    ...(notes.length > 0 && { notes }),
    ...(outOfOrder && { outOfOrder }),
    ...separateAccepted(check.facts, findings),
  }

  function checkExportedEntry(
    bytes: Buffer,
    index: number,
    leafHash: Buffer | undefined,
  ): { hash: Buffer; seq: number | undefined } {
    const entry = readEntry(bytes)
    const hash = leafHashOf(bytes)
    if (typeof entry === 'string') {
      findings.add('entry-unread', `Index ${index}: ${entry}.`, { leaf: index })
      return { hash, seq: undefined }
    }
    if (seqs.has(entry.seq))
      findings.add('entry-twice', `Entry ${entry.seq}, again at index ${index}.`, { leaf: index, seq: entry.seq })
    seqs.add(entry.seq)
    check.checkEntry(entry, index, leafHash?.equals(hash) === true)
    return { hash, seq: entry.seq }
  }
}

type Read = ExportFiles['read']

/** Reads earlier checkpoints, oldest first, one JSON object a line. */
async function readEarlier(read: Read, roots: RootCheck, findings: Findings): Promise<Disorder[]> {
  const disorders: Disorder[] = []
  const text = (await read('checkpoints.jsonl'))?.toString('utf8')
  if (text === undefined || text === '') return disorders
  if (!text.endsWith('\n')) findings.add('file-wrong', 'The last line of "checkpoints.jsonl" is cut off.')
  let before = { size: -1, signedAt: '' }
  for (const [number, line] of text.replace(/\n$/, '').split('\n').entries()) {
    const source = `line ${number + 1} of "checkpoints.jsonl"`
    const stored = readLine(line)
    if (!stored) {
      findings.add('checkpoint-unreadable', `${source} does not have the required format.`)
      continue
    }
    const checkpoint = roots.add(stored.note, source, 'own')
    if (!checkpoint) continue
    const message = `${source}: size ${checkpoint.size} of ${stored.signedAt}.`
    if (checkpoint.size < before.size) findings.add('checkpoint-order', message, { leaf: checkpoint.size })
    else if (stored.signedAt < before.signedAt) {
      const leaf = checkpoint.size
      disorders.push({ code: 'checkpoint-order', message, at: stored.signedAt, after: before.signedAt, leaf })
    }
    before = { size: checkpoint.size, signedAt: stored.signedAt }
  }
  return disorders
}

function readLine(line: string): { note: string; signedAt: string } | undefined {
  try {
    const { note, signedAt } = JSON.parse(line) as Record<string, unknown>
    if (typeof note !== 'string' || typeof signedAt !== 'string') return undefined
    // Must equal JSON.stringify's output, so that nothing is hidden in the line.
    if (JSON.stringify({ note, signedAt }) !== line) return undefined
    return /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/.test(signedAt) ? { note, signedAt } : undefined
  } catch {
    return undefined
  }
}

async function readTile(
  read: Read,
  path: string,
  width: number,
  findings: Findings,
  leaf: number,
): Promise<Buffer | undefined> {
  const bytes = await read(path)
  if (!bytes) findings.add('file-missing', `The file "${path}".`, { leaf })
  else if (bytes.length !== width * hashBytes) {
    findings.add('file-wrong', `"${path}" has ${bytes.length} bytes and should have ${width * hashBytes}.`, { leaf })
  } else return bytes
  return undefined
}

/** Returns the entries of a bundle; undefined if it is missing. An unreadable one is reported and has no entries. */
async function readBundle(
  read: Read,
  path: string,
  width: number,
  findings: Findings,
  leaf: number,
): Promise<Buffer[] | undefined> {
  const bytes = await read(path)
  if (!bytes) return undefined
  const entries: Buffer[] = []
  let at = 0
  while (at + 2 <= bytes.length && entries.length < width) {
    const length = bytes.readUInt16BE(at)
    if (at + 2 + length > bytes.length) break
    entries.push(bytes.subarray(at + 2, at + 2 + length))
    at += 2 + length
  }
  if (at === bytes.length && entries.length === width) return entries
  findings.add('file-wrong', `"${path}" does not consist of ${width} entries.`, { leaf: leaf + entries.length })
  return entries
}

/** Compares the tiles above the leaves with the roots computed from the leaves. */
async function compareInner(read: Read, inner: readonly Buffer[][], size: number, findings: Findings): Promise<void> {
  for (let level = 1; size >= tileWidth ** level; level++) {
    const expected = inner[level] ?? []
    for (const tile of tilePaths(level, Math.floor(size / tileWidth ** level))) {
      const first = tile.index * tileWidth
      const stored = await readTile(read, tile.path, tile.width, findings, first * tileWidth ** level)
      for (let index = 0; stored && index < tile.width; index++) {
        if (expected[first + index]?.equals(stored.subarray(index * hashBytes, (index + 1) * hashBytes))) continue
        findings.add('subtree-wrong', `"${tile.path}", hash ${index}.`, { leaf: (first + index) * tileWidth ** level })
      }
    }
  }
}
