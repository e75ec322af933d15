/** A tree in the database: reads it, without verifying it, and appends entries that wait for their places. */
import { sql, type RawBuilder } from 'kysely'
import { selectValue } from '#platform/database/select-value.ts'
import type { SafeguardsDatabase } from '../tables.ts'
import { type ReadTreeHashes, hashLeaf, type RightEdge, type Subtree } from './tree.ts'

/** Tables of a tree: the audit log's here, and the destruction ledger's (ledger/ledger-tree.ts). */
export interface TreeTables {
  entry: string
  /** Numbers of the entries that are not in the tree yet. */
  pending: string
  leaf: string
  subtree: string
  checkpoint: string
  cosignature: string
}

export const auditTree: TreeTables = {
  entry: 'audit_entry',
  pending: 'audit_pending',
  leaf: 'audit_leaf',
  subtree: 'audit_subtree',
  checkpoint: 'audit_checkpoint',
  cosignature: 'audit_cosignature',
}

/** Hashes of the tree are missing in the database. */
export class MissingTreeHashes extends Error {
  readonly level: number
  readonly from: number
  constructor(level: number, from: number, to: number) {
    super(`the tree lacks hashes of level ${level} between ${from} and ${to}`)
    this.level = level
    this.from = from
  }
}

/** Returns the stored hashes [from, to) of a level; fewer if some are missing. */
export async function storedHashes(
  db: SafeguardsDatabase,
  level: number,
  from: number,
  to: number,
  tables = auditTree,
): Promise<Buffer[]> {
  const table =
    level === 0 ? sql`${sql.table(tables.leaf)} where true` : sql`${sql.table(tables.subtree)} where level = ${level}`
  const { rows } = await sql<{ hash: Buffer }>`
    select hash from ${table} and index >= ${from} and index < ${to} order by index`.execute(db)
  return rows.map(({ hash }) => hash)
}

/**
 * Reads members of a level.
 * @throws MissingTreeHashes
 */
export function storedHashReader(db: SafeguardsDatabase, tables = auditTree): ReadTreeHashes {
  return async (level, from, to) => {
    const hashes = await storedHashes(db, level, from, to, tables)
    if (hashes.length !== to - from) throw new MissingTreeHashes(level, from, to)
    return hashes
  }
}

/** Returns the number of leaves: the last index plus one. */
export async function storedSize(database: SafeguardsDatabase, tables = auditTree): Promise<number> {
  return selectValue(database, sql<number>`(select coalesce(max(index) + 1, 0) from ${sql.table(tables.leaf)})`)
}

export interface StoredCheckpoint {
  size: number
  root: Buffer
  note: string
}

export async function newestCheckpoint(
  database: SafeguardsDatabase,
  tables = auditTree,
): Promise<StoredCheckpoint | undefined> {
  const { rows } = await sql<StoredCheckpoint>`
    select size, root, note from ${sql.table(tables.checkpoint)} order by size desc limit 1`.execute(database)
  return rows[0]
}

/** An entry that waits for its place, or that a crash left waiting although it has one. */
export interface WaitingEntry {
  /** Number under which it waits. */
  waiting: number
  /** Null if the entry was deleted. */
  seq: number
  has_leaf: boolean
}

/**
 * Reads waiting entries, in order.
 * @param columns of the entry, aliased `e`
 */
export async function readWaiting<Entry>(
  db: SafeguardsDatabase,
  columns: RawBuilder<Entry>,
  limit: number,
  tables = auditTree,
): Promise<(Entry & WaitingEntry)[]> {
  const { rows } = await sql<Entry & WaitingEntry>`
    select p.seq as waiting, l.seq is not null as has_leaf, ${columns}
    from ${sql.table(tables.pending)} p
    left join ${sql.table(tables.entry)} e on e.seq = p.seq
    left join ${sql.table(tables.leaf)} l on l.seq = p.seq
    order by p.seq limit ${sql.lit(limit)}`.execute(db)
  return rows
}

/** Puts waiting entries into the tree, and onto its right edge. */
export async function appendWaiting<Entry extends WaitingEntry>(
  tx: SafeguardsDatabase,
  edge: RightEdge,
  entries: readonly Entry[],
  bytesOf: (entry: Entry) => Buffer,
  tables = auditTree,
): Promise<void> {
  const from = edge.size
  const fresh = entries.filter((entry) => !entry.has_leaf)
  const hashes = fresh.map((entry) => hashLeaf(bytesOf(entry)))
  const whole: Subtree[] = hashes.flatMap((hash) => edge.append(hash))
  await sql`
    insert into ${sql.table(tables.leaf)} (index, seq, hash)
    select ${from} + n - 1, seq, hash
    from unnest(${fresh.map(({ seq }) => seq)}::bigint[], ${hashes}::bytea[]) with ordinality as u(seq, hash, n)`.execute(
    tx,
  )
  if (whole.length > 0) await tx.insertInto(tables.subtree).values(whole).execute()
  await sql`
    delete from ${sql.table(tables.pending)}
    where seq = any (${entries.map(({ waiting }) => waiting)}::bigint[])`.execute(tx)
}
