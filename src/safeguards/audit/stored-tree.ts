/** Reads the tree from the database, without verifying it. */
import { sql } from 'kysely'
import { selectValue } from '#platform/database/select-value.ts'
import type { SafeguardsDatabase } from '../tables.ts'
import type { ReadTreeHashes } from './tree.ts'

/** Tables of a tree: the audit log's here, and the destruction ledger's (ledger/ledger-tree.ts). */
export interface TreeTables {
  leaf: string
  subtree: string
  checkpoint: string
  cosignature: string
}

export const auditTree: TreeTables = {
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
