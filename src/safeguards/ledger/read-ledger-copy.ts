/** Reads and verifies a copy of the ledger (docs/formats/ledger.md). Returns its entries and its problems. */
import { readCheckpoint, signedBy, type SignedCheckpoint, type VerifierKey } from '../audit/note.ts'
import { hashLeaf, RightEdge } from '../audit/tree.ts'
import type { LedgerRow } from './ledger-bytes.ts'
import { fileEntries, fileOfIndex, headFile } from './ledger-copy.ts'

export const copyProblems = {
  'head-missing': 'no signed head: this is not a copy of a ledger, or an incomplete one',
  'head-unreadable': 'the head is not a signed checkpoint',
  foreign: 'the ledger belongs to another installation',
  'head-unsigned': 'the head is not signed by the log’s key',
  truncated: 'the ledger is shorter than its head says',
  'entry-unreadable': 'a line is not an entry',
  'entry-altered': 'the hash of an entry does not match the one stored with it',
  'entry-misplaced': 'an entry is in the wrong position',
  'root-differs': 'the entries do not match the signed head: one was replaced, added or removed',
  older: 'the copy is older than the ledger known elsewhere',
  rewritten: 'the ledger differs from the one known elsewhere',
} as const

export interface CopyProblem {
  code: keyof typeof copyProblems
  /** Number of the first entry concerned. */
  number?: number
  /** One line for an operator. */
  message: string
}

/** A head seen elsewhere: by a witness, in a stored file. */
export interface KnownHead {
  source: string
  size: number
  root: Buffer
}

/** An entry with its number. */
export interface CopiedEntry {
  number: number
  hash: Buffer
  entry: LedgerRow
}

export interface LedgerCopy {
  /** Entries under the head; 0 if there is no valid head. */
  size: number
  head: SignedCheckpoint | undefined
  /** The head's note as found. */
  note: string | undefined
  /** Entries from the requested number on; use them only if there are no problems. */
  entries: CopiedEntry[]
  problems: CopyProblem[]
}

/**
 * Reads a copy from its beginning and returns its entries from number `from` on.
 * @param read returns a file by its name in the copy, undefined if there is none
 * @param key verifies heads of the ledger (`ledgerKeyOf`)
 */
export async function readLedgerCopy(
  read: (name: string) => Promise<Buffer | undefined>,
  { key, known = [], from = 1 }: { key: VerifierKey; known?: readonly KnownHead[]; from?: number },
): Promise<LedgerCopy> {
  const copy: LedgerCopy = { size: 0, head: undefined, note: undefined, entries: [], problems: [] }
  const head = readHead(await read(headFile), key, copy)
  if (!head) return copy
  copy.head = head
  copy.size = head.size
  for (const { source, size } of known) {
    if (size > head.size) add(copy, 'older', `it has ${head.size} entries, and ${source} knows of ${size}`)
  }
  const edge = new RightEdge()
  for (let at = 0; at < head.size; at += fileEntries) {
    const lines = splitLines(await read(fileOfIndex(at)))
    const until = Math.min(at + fileEntries, head.size)
    for (let index = at; index < until; index++) {
      const line = lines[index - at]
      if (line === undefined) {
        add(
          copy,
          'truncated',
          `it has ${index} entries of ${head.size}; the file ${fileOfIndex(at)} ends there`,
          index + 1,
        )
        return copy
      }
      const found = readLine(line, index, copy)
      edge.append(found?.hash ?? hashLeaf(line))
      for (const one of known) {
        if (one.size === index + 1 && !edge.root().equals(one.root)) {
          add(copy, 'rewritten', `its first ${one.size} entries are not those that ${one.source} knows`)
        }
      }
      if (found && index + 1 >= from) copy.entries.push(found)
    }
  }
  if (!edge.root().equals(head.root)) add(copy, 'root-differs', `the head covers ${head.size} entries`)
  return copy
}

/** Returns true if the file that begins at this index is complete for a copy of this size, and each line has its hash. */
export function isIntactFile(bytes: Buffer | undefined, from: number, size: number): boolean {
  const copy: LedgerCopy = { size, head: undefined, note: undefined, entries: [], problems: [] }
  const lines = splitLines(bytes).slice(0, Math.min(fileEntries, size - from))
  for (const [at, line] of lines.entries()) readLine(line, from + at, copy)
  return lines.length === Math.min(fileEntries, size - from) && copy.problems.length === 0
}

function readHead(bytes: Buffer | undefined, key: VerifierKey, copy: LedgerCopy): SignedCheckpoint | undefined {
  if (!bytes) {
    add(copy, 'head-missing', `the file ${headFile} is missing`)
    return undefined
  }
  const note = bytes.toString('utf8')
  const head = readCheckpoint(note)
  // Base64 in another encoding decodes to the same bytes, but was altered.
  const isAsWritten = head?.signatures.every(({ name, id, signature, line }) => {
    return line === `— ${name} ${Buffer.concat([id, signature]).toString('base64')}`
  })
  if (!head || !isAsWritten || !Buffer.from(note).equals(bytes)) {
    add(copy, 'head-unreadable', `the file ${headFile} has ${bytes.length} bytes`)
    return undefined
  }
  if (head.origin !== key.name) {
    add(copy, 'foreign', `it is ${head.origin}, and this one is ${key.name}`)
    return undefined
  }
  if (typeof signedBy(key, head) === 'string') {
    add(copy, 'head-unsigned', `of size ${head.size}`)
    return undefined
  }
  copy.note = note
  return head
}

function readLine(line: Buffer, index: number, copy: LedgerCopy): CopiedEntry | undefined {
  const number = index + 1
  const [first, hex] = line.subarray(0, 90).toString('latin1').split(' ', 2)
  if (first === undefined || !/^[1-9][0-9]{0,15}$/.test(first) || !/^[0-9a-f]{64}$/.test(hex ?? '')) {
    add(copy, 'entry-unreadable', `entry ${number}`, number)
    return undefined
  }
  const bytes = line.subarray(first.length + 66)
  const hash = Buffer.from(hex ?? '', 'hex')
  if (line[first.length + 65] !== 0x20 || !hashLeaf(bytes).equals(hash)) {
    add(copy, 'entry-altered', `entry ${number}`, number)
    return { number, hash, entry: emptyEntry }
  }
  if (first !== String(number))
    add(copy, 'entry-misplaced', `found entry ${first} at the position of ${number}`, number)
  const entry = readEntry(bytes)
  if (!entry) add(copy, 'entry-unreadable', `entry ${number}`, number)
  return { number, hash, entry: entry ?? emptyEntry }
}

const emptyEntry: LedgerRow = {
  seq: 0,
  at: '',
  kind: '',
  id: null,
  name: null,
  cause: '',
  done_by: '',
  detail: {},
  targets: {},
  salt: '',
}

/** Parses an entry whose hash is right; undefined if another version of Seloste wrote it. */
function readEntry(bytes: Buffer): LedgerRow | undefined {
  try {
    const { v, ...entry } = JSON.parse(bytes.toString('utf8')) as { v: number } & LedgerRow
    return v === 1 ? entry : undefined
  } catch {
    return undefined
  }
}

/** A last line without its end is incomplete. */
function splitLines(bytes: Buffer | undefined): Buffer[] {
  const lines: Buffer[] = []
  let at = 0
  for (let end; bytes && (end = bytes.indexOf(0x0a, at)) >= 0; at = end + 1) lines.push(bytes.subarray(at, end))
  return lines
}

function add(copy: LedgerCopy, code: CopyProblem['code'], detail: string, number?: number): void {
  copy.problems.push({ code, ...(number !== undefined && { number }), message: `${copyProblems[code]} (${detail})` })
}
