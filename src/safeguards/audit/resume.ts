/**
 * Continues the log after a break, with an operator's reason: restores the signed tree as far as its hashes are stored, and
 * records the acceptance in the log itself. Lost entries stay lost and are listed. A signed tree is never replaced by a new
 * one.
 */
import { sql } from 'kysely'
import { Fault } from '#platform/fault.ts'
import type { KeyStore } from '../keys/key-store.ts'
import { safeguardsOf, type SafeguardsDatabase, type Db } from '../tables.ts'
import { appendAudit, type AuditEntry } from './append.ts'
import { readOwnCheckpoint } from './check-log.ts'
import { entryBytes, entryColumns, type EntryRow } from './entry-bytes.ts'
import { acceptedFindings, describeFinding, recordBreak, openBreak, type Finding, type LogBreak } from './findings.ts'
import type { LogFolder } from './log-folder.ts'
import { readLogKey } from './log-key.ts'
import type { Signer } from './note.ts'
import { minimumIndex, signDetail } from './signed-entries.ts'
import { storedHashReader, storedSize, newestCheckpoint } from './stored-tree.ts'
import { hashLeaf, RightEdge } from './tree.ts'

export const sequencerLock = 'seloste.audit-log'

export interface Resumed {
  /** Findings, one line each. */
  findings: string[]
  /** Leaf hashes restored from beside the keys. */
  restored: number
  /** Leaves whose entry is lost, as ranges of indexes. */
  lost: string[]
}

const step = 65_536
/** Most list items in one entry: entries have a size limit. */
const maxListItems = 1_500

/**
 * Accepts the open break and repairs the tree, as the database owner and with the copies beside the keys.
 * @param accepted.lostFrom for a restore: leaves from this index on are newer than the backup, and only their missing entries
 * are accepted. A problem within the backup becomes a break again, for a person to look at.
 * @throws Fault `log-whole`, `audit-key-missing`, `audit-log-unknown`
 */
export async function resumeLog(
  database: SafeguardsDatabase,
  keys: KeyStore,
  folder: LogFolder,
  accepted: { reason: string; by: string; lostFrom?: number },
): Promise<Resumed> {
  const { reason, by, lostFrom } = accepted
  const db = safeguardsOf(database)
  const signer = await readLogKey(keys)
  return db.transaction().execute(async (tx) => {
    await sql`select pg_advisory_xact_lock(hashtextextended(${sequencerLock}, 0))`.execute(tx)
    const found = await openBreak(tx)
    if (!found) throw new Fault('log-whole', 'the audit log has no break to accept')
    if (!signer) {
      throw new Fault(
        'audit-key-missing',
        'the key that signed the log is not in the key store: restore keys/audit-log.key from a backup, then try again',
      )
    }
    const signed = await readSigned(tx, folder, signer)
    await sql`alter table audit_leaf disable trigger append_only`.execute(tx)
    await sql`alter table audit_subtree disable trigger append_only`.execute(tx)
    const restored = signed.leaves === 'beside the keys' ? await restoreLeaves(tx, folder, signed.size) : 0
    await rebuildTree(tx, signer)
    await sql`alter table audit_leaf enable trigger append_only`.execute(tx)
    await sql`alter table audit_subtree enable trigger append_only`.execute(tx)
    const minimum = await minimumIndex(tx, signer)
    const lost = await lostRanges(tx, Math.max(minimum, lostFrom ?? 0))
    const open = lostFrom === undefined ? [] : await unexplainedFindings(tx, found, { minimum, lostFrom })
    const explained = found.findings.filter((one) => !open.includes(one))
    await sql`delete from audit_pending p where not exists (select from audit_entry e where e.seq = p.seq)`.execute(tx)
    const findings = [...explained, ...lost.map(([index, to]): Finding => ({ kind: 'entries-lost', index, to }))]
    await tx
      .updateTable('audit_break')
      .set({
        findings: JSON.stringify(findings) as never,
        accepted_at: sql<Temporal.Instant>`clock_timestamp()`,
        reason,
        accepted_by: by,
      })
      .where('id', '=', found.id)
      .execute()
    await recordAccepted(tx, signer, found.id, findings, { reason, by })
    if (open.length > 0) await recordBreak(tx, open)
    if (signed.leaves === 'in the database') await folder.writeCheckpoint(signed.note)
    return { findings: explained.map(describeFinding), restored, lost: lost.map(writeRange) }
  })
}

/** Returns findings that a restore does not explain: those from before the backup, and entries of the backup that are missing. */
async function unexplainedFindings(
  tx: Db,
  { findings }: LogBreak,
  { minimum, lostFrom }: { minimum: number; lostFrom: number },
): Promise<Finding[]> {
  const isAccepted = await acceptedFindings(tx)
  const lost = (await lostRanges(tx, minimum, lostFrom)).flatMap(([from, to]) =>
    Array.from({ length: Math.min(to - from + 1, maxListItems) }, (_, n): Finding => ({
      kind: 'entry-missing',
      index: from + n,
    })),
  )
  const found = findings.filter(({ kind }) => kind !== 'leaves-missing')
  const isNamed = (one: Finding) => found.some(({ kind, index }) => kind === one.kind && index === one.index)
  return [...found, ...lost.filter((one) => !isAccepted(one) && !isNamed(one))].slice(0, maxListItems)
}

/** Returns the newest checkpoint whose tree can be reproduced in full, and where its leaves are. */
async function readSigned(
  tx: Db,
  folder: LogFolder,
  signer: Signer,
): Promise<{ size: number; note: string; leaves: 'beside the keys' | 'in the database' }> {
  const note = await folder.readCheckpoint()
  const remembered = note === undefined ? undefined : readOwnCheckpoint(signer, note)
  if (note !== undefined && remembered) {
    const root = await rootOf(remembered.size, (from, to) => folder.readLeaves(from, to))
    if (root?.equals(remembered.root)) return { size: remembered.size, note, leaves: 'beside the keys' }
  }
  const stored = await newestCheckpoint(tx)
  const known = stored && readOwnCheckpoint(signer, stored.note)
  const newest = !remembered || (known && known.size >= remembered.size) ? known : remembered
  const newestNote = newest === known ? stored?.note : note
  if (newest && newestNote !== undefined && (await storedSize(tx)) >= newest.size) {
    const read = storedHashReader(tx)
    const root = await rootOf(newest.size, (from, to) => read(0, from, to).catch(() => []))
    if (root?.equals(newest.root)) return { size: newest.size, note: newestNote, leaves: 'in the database' }
  }
  throw new Fault(
    'audit-log-unknown',
    'neither the database nor the folder audit-log has the leaves that were signed last: restore the folder audit-log from a backup, then try again',
  )
}

async function rootOf(
  size: number,
  read: (from: number, to: number) => Promise<Buffer[]>,
): Promise<Buffer | undefined> {
  const edge = new RightEdge()
  for (let at = 0; at < size; at += step) {
    const leaves = await read(at, Math.min(at + step, size))
    if (leaves.length < Math.min(step, size - at)) return undefined
    for (const leaf of leaves) edge.append(leaf)
  }
  return edge.root()
}

/** Restores the signed leaves in the database. Existing entries are matched by hash. */
async function restoreLeaves(tx: Db, folder: LogFolder, size: number): Promise<number> {
  const orphans = await entriesWithoutLeaf(tx)
  let restored = 0
  for (let at = 0; at < size; at += step) {
    const leaves = await folder.readLeaves(at, Math.min(at + step, size))
    const indexes = leaves.map((_, n) => at + n)
    const { rows } = await sql<{ index: number; hash: Buffer; is_missing: boolean }>`
      select u.index, u.hash, l.index is null as is_missing
      from unnest(${indexes}::bigint[], ${leaves}::bytea[]) as u(index, hash)
      left join audit_leaf l on l.index = u.index
      where l.hash is distinct from u.hash`.execute(tx)
    for (const { index, hash, is_missing: isMissing } of rows) {
      const seq = orphans.get(hash.toString('hex')) ?? null
      if (isMissing) await tx.insertInto('audit_leaf').values({ index, seq, hash }).execute()
      else await tx.updateTable('audit_leaf').set({ hash }).where('index', '=', index).execute()
    }
    restored += rows.length
  }
  return restored
}

async function entriesWithoutLeaf(tx: Db): Promise<Map<string, number>> {
  const { rows } = await sql<EntryRow>`
    select ${entryColumns} from audit_entry e
    where not exists (select from audit_leaf l where l.seq = e.seq)
      and not exists (select from audit_pending p where p.seq = e.seq)`.execute(tx)
  return new Map(rows.map((row) => [hashLeaf(entryBytes(row)).toString('hex'), row.seq]))
}

/** Rebuilds subtrees from the leaves; deletes checkpoints that are not this log's, or not of these leaves. */
async function rebuildTree(tx: Db, signer: Signer): Promise<void> {
  const [size, read, edge] = [await storedSize(tx), storedHashReader(tx), new RightEdge()]
  const checkpoints = await tx.selectFrom('audit_checkpoint').select(['size', 'root', 'note']).orderBy('size').execute()
  const due = checkpoints.values()
  let next = due.next()
  const wrong: number[] = []
  const judge = () => {
    for (; !next.done && next.value.size <= edge.size; next = due.next()) {
      const { size: at, root, note } = next.value
      const statement = readOwnCheckpoint(signer, note)
      const right =
        statement?.size === at && statement.root.equals(root) && at === edge.size && root.equals(edge.root())
      if (!right) wrong.push(at)
    }
  }
  await tx.deleteFrom('audit_subtree').execute()
  judge()
  for (let at = 0; at < size; at += step) {
    const subtrees = []
    for (const leaf of await read(0, at, Math.min(at + step, size))) {
      subtrees.push(...edge.append(leaf))
      judge()
    }
    if (subtrees.length > 0) await tx.insertInto('audit_subtree').values(subtrees).execute()
  }
  for (; !next.done; next = due.next()) wrong.push(next.value.size)
  if (wrong.length > 0) await tx.deleteFrom('audit_checkpoint').where('size', 'in', wrong).execute()
}

/** Returns ranges of leaves whose entry is missing. */
async function lostRanges(
  tx: Db,
  minimum: number,
  before = Number.MAX_SAFE_INTEGER,
): Promise<[from: number, to: number][]> {
  const { rows } = await sql<{ index: number; to: number }>`
    select min(index) as index, max(index) as to
    from (
      select l.index, l.index - row_number() over (order by l.index) as run
      from audit_leaf l left join audit_entry e on e.seq = l.seq
      where e.seq is null and l.index >= ${minimum} and l.index < ${before}
    ) lost
    group by run order by 1`.execute(tx)
  return rows.map(({ index, to }) => [index, to])
}

async function recordAccepted(
  tx: Db,
  signer: Signer,
  id: number,
  findings: readonly Finding[],
  { reason, by }: { reason: string; by: string },
): Promise<void> {
  const kinds = [...new Set(findings.map(({ kind }) => kind))]
  const indexes = findings.flatMap(({ index, to }) => (index === undefined ? [] : [writeRange([index, to ?? index])]))
  const seqs = findings.flatMap(({ kind, seq }) => (kind === 'pending-missing' ? [String(seq)] : []))
  await appendAccepted(tx, signer, { break: id, kinds, indexes, seqs, reason, by })
}

/**
 * Appends what an operator has accepted, in as many entries as needed, each signed with the log’s key: writing to the database
 * alone accepts nothing.
 */
export async function appendAccepted(
  database: SafeguardsDatabase,
  signer: Signer,
  { indexes, seqs, ...facts }: Record<string, unknown> & { indexes: string[]; seqs: string[] },
): Promise<void> {
  const parts = Math.max(1, Math.ceil(Math.max(indexes.length, seqs.length) / maxListItems))
  for (let part = 0; part < parts; part++) {
    const some = (items: readonly string[]) => items.slice(part * maxListItems, (part + 1) * maxListItems)
    const detail = { ...(facts as NonNullable<AuditEntry['detail']>), indexes: some(indexes), seqs: some(seqs) }
    const action = 'log.break-accepted'
    await appendAudit(database, {
      action,
      result: 'ok',
      object: { kind: 'log' },
      detail: signDetail(signer, action, detail),
    })
  }
}

export function writeRange([from, to]: readonly [number, number]): string {
  return from === to ? String(from) : `${from}-${to}`
}
