/**
 * The ledger as files for its copies (docs/formats/ledger.md). The signed head is written last: until then a copy is unchanged.
 */
import { sql } from 'kysely'
import { Fault } from '#platform/fault.ts'
import { newestCheckpoint } from '../audit/stored-tree.ts'
import { withCosignatures } from '../audit/witness/cosignatures.ts'
import type { SafeguardsDatabase } from '../tables.ts'
import { ledgerBytes, ledgerColumns, type LedgerRow } from './ledger-bytes.ts'
import { ledgerTree } from './ledger-tree.ts'

export const headFile = 'head'
/** Entries per file. */
export const fileEntries = 256

/** Returns the file of an index: its first entry's number, ten digits. */
export function fileOfIndex(index: number): string {
  const first = index - (index % fileEntries) + 1
  return `entries/${String(first).padStart(10, '0')}`
}

/** Formats a line of a copy, with its line end: number, hash, entry. */
export function lineOf(index: number, hash: Buffer, entry: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`${index + 1} ${hash.toString('hex')} `), entry, Buffer.from('\n')])
}

export interface LedgerFile {
  name: string
  bytes: Buffer
}

/** Returns the newest signed head with its cosignatures, if there is one. */
export async function newestHead(database: SafeguardsDatabase): Promise<{ size: number; note: string } | undefined> {
  const head = await newestCheckpoint(database, ledgerTree)
  return head && { size: head.size, note: await withCosignatures(database, head, ledgerTree) }
}

/**
 * Yields the files to write into a copy that has the entries up to `size`, in order; each replaces the one of its name. None if
 * no head was signed yet (seal-ledger.ts).
 * @param upTo a head; default: the newest
 */
export async function* ledgerFilesSince(
  database: SafeguardsDatabase,
  size: number,
  upTo?: { size: number; note: string },
): AsyncGenerator<LedgerFile> {
  const head = upTo ?? (await newestHead(database))
  if (!head) return
  for (let from = size - (size % fileEntries); from < head.size; from += fileEntries) {
    const to = Math.min(from + fileEntries, head.size)
    const lines = await linesBetween(database, from, to)
    yield { name: fileOfIndex(from), bytes: Buffer.concat(lines) }
  }
  yield { name: headFile, bytes: Buffer.from(head.note) }
}

async function linesBetween(database: SafeguardsDatabase, from: number, to: number): Promise<Buffer[]> {
  const { rows } = await sql<LedgerRow & { index: number; hash: Buffer }>`
    select l.index, l.hash, ${ledgerColumns}
    from ledger_leaf l join destruction_entry e on e.seq = l.seq
    where l.index >= ${from} and l.index < ${to} order by l.index`.execute(database)
  if (rows.length !== to - from) {
    throw new Fault(
      'ledger-altered',
      `the destruction ledger in the database lacks entries between ${from + 1} and ${to}: nothing was copied. Restore it with "seloste restore"`,
    )
  }
  return rows.map((row) => lineOf(row.index, row.hash, ledgerBytes(row)))
}
