/**
 * Quick check before the log is signed further: compares what is new and what was signed last with what the custodian keeps
 * outside the database. Returns the tree's right edge, or the problem. The full check is the verifier's (verify/).
 */
import { sql } from 'kysely'
import { safeguardsOf, type SafeguardsDatabase } from '../tables.ts'
import { entryBytes, entryColumns, type EntryRow } from './entry-bytes.ts'
import { acceptedFindings, type Finding } from './findings.ts'
import type { LogFolder } from './log-folder.ts'
import { readCheckpoint, signedBy, type Signer } from './note.ts'
import { minimumIndex } from './signed-entries.ts'
import { MissingTreeHashes, newestCheckpoint, storedHashReader, storedSize } from './stored-tree.ts'
import { edgeAt, emptyRoot, hashLeaf, type RightEdge } from './tree.ts'

export interface CheckedLog {
  edge: RightEdge
  /** Size of the newest signed checkpoint; undefined if there is none. */
  signedSize: number | undefined
  /** The checkpoint stored beside the keys, if the database lacks it. */
  unstored: { size: number; root: Buffer; note: string } | undefined
}

const entriesPerCheck = 1_000

/**
 * Checks the log before it is continued.
 * @param signer the log’s key; undefined if the key store has none
 */
export async function checkLog(
  db: SafeguardsDatabase,
  folder: LogFolder,
  signer: Signer | undefined,
): Promise<CheckedLog | { findings: Finding[] }> {
  const [note, stored, found] = [await folder.readCheckpoint(), await newestCheckpoint(db), await storedSize(db)]
  if (note === undefined && !stored) {
    const edge = await edgeIfPresent(db, found)
    return edge && found === 0 ? { edge, signedSize: undefined, unstored: undefined } : broken('checkpoint-missing')
  }
  if (!signer) return broken('key-missing')
  if (note === undefined) return broken('checkpoint-missing')
  const outsideCheckpoint = readOwnCheckpoint(signer, note)
  if (!outsideCheckpoint) return broken('checkpoint-altered')
  const { size, root } = outsideCheckpoint
  if (found < size) return { findings: [{ kind: 'leaves-missing', signed: size, found }] }
  if (!(await rootAt(db, size))?.equals(root)) return { findings: [{ kind: 'leaves-altered', signed: size }] }

  const findings: Finding[] = []
  if (stored) findings.push(...(await checkStored(db, signer, stored, found)))
  findings.push(...(await checkEntries(db, folder, signer, { size, found })), ...(await checkPending(db)))
  const isAccepted = await acceptedFindings(db)
  const open = findings.filter((finding) => !isAccepted(finding))
  if (open.length > 0) return { findings: open }
  const edge = await edgeIfPresent(db, found)
  if (!edge) return { findings: [{ kind: 'leaves-altered', found }] }
  const known = stored !== undefined && stored.size >= size
  return {
    edge,
    signedSize: known ? stored.size : size,
    unstored: known ? undefined : { size, root, note },
  }
}

function broken(kind: 'key-missing' | 'checkpoint-missing' | 'checkpoint-altered'): { findings: Finding[] } {
  return { findings: [{ kind }] }
}

/** Returns the checkpoint if the note is one of this log, signed by its key. */
export function readOwnCheckpoint(signer: Signer, note: string): { size: number; root: Buffer } | undefined {
  const read = readCheckpoint(note)
  if (!read || read.origin !== signer.name) return undefined
  const signed = signedBy(signer, read)
  return typeof signed === 'object' ? { size: read.size, root: read.root } : undefined
}

async function edgeIfPresent(db: SafeguardsDatabase, size: number): Promise<RightEdge | undefined> {
  return edgeAt(size, storedHashReader(db)).catch((error: unknown) => {
    if (error instanceof MissingTreeHashes) return undefined
    throw error
  })
}

async function rootAt(db: SafeguardsDatabase, size: number): Promise<Buffer | undefined> {
  return size === 0 ? emptyRoot : (await edgeIfPresent(db, size))?.root()
}

async function checkStored(
  db: SafeguardsDatabase,
  signer: Signer,
  stored: { size: number; root: Buffer; note: string },
  found: number,
): Promise<Finding[]> {
  const read = readOwnCheckpoint(signer, stored.note)
  if (read && stored.size > found) return [{ kind: 'leaves-missing', signed: stored.size, found }]
  const right =
    read?.size === stored.size && read.root.equals(stored.root) && (await rootAt(db, stored.size))?.equals(stored.root)
  return right ? [] : [{ kind: 'stored-checkpoint-altered', signed: stored.size }]
}

/** Compares the last entries with their leaves, and the leaves with those stored outside. */
async function checkEntries(
  db: SafeguardsDatabase,
  folder: LogFolder,
  signer: Signer,
  { size, found }: { size: number; found: number },
): Promise<Finding[]> {
  const from = Math.max(await minimumIndex(db, signer), found - entriesPerCheck, 0)
  const remembered = await folder.readLeaves(from, size)
  const { rows } = await sql<EntryRow & { index: number; leaf_seq: number | null; hash: Buffer; is_there: boolean }>`
    select l.index, l.seq as leaf_seq, l.hash, e.seq is not null as is_there, ${entryColumns}
    from audit_leaf l left join audit_entry e on e.seq = l.seq
    where l.index >= ${from} order by l.index`.execute(db)
  return rows.flatMap((row): Finding[] => {
    const { index } = row
    const known = remembered[index - from]
    if (known && !known.equals(row.hash)) return [{ kind: 'leaves-altered', index }]
    if (!row.is_there) return [{ kind: 'entry-missing', index, ...(row.leaf_seq !== null && { seq: row.leaf_seq }) }]
    const hash = hashLeaf(entryBytes(row))
    return hash.equals(row.hash) ? [] : [{ kind: 'entry-altered', index, seq: row.seq, hash: hash.toString('hex') }]
  })
}

/** Returns entries that wait for their place but no longer exist. */
async function checkPending(database: SafeguardsDatabase): Promise<Finding[]> {
  const rows = await safeguardsOf(database)
    .selectFrom('audit_pending')
    .leftJoin('audit_entry', 'audit_entry.seq', 'audit_pending.seq')
    .select('audit_pending.seq')
    .where('audit_entry.seq', 'is', null)
    .orderBy('audit_pending.seq')
    .limit(entriesPerCheck)
    .execute()
  return rows.map(({ seq }) => ({ kind: 'pending-missing', seq }))
}
