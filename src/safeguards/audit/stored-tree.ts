/**
 * The tree as the database keeps it. In: levels and indexes. Out: hashes. Never here: whether they are right (the
 * sequencer's check and the verifier tell).
 */
import { sql } from 'kysely'
import { safeguardsOf, type HoldingSafeguards } from '../tables.ts'
import type { ReadMembers } from './tree.ts'

/** Where a log keeps its tree: the audit log here, and the destruction ledger (ledger/ledger-tree.ts). */
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

/** Members that should be in the database and are not. */
export class MembersMissing extends Error {
  readonly level: number
  readonly from: number
  constructor(level: number, from: number, to: number) {
    super(`the tree lacks hashes of level ${level} between ${from} and ${to}`)
    this.level = level
    this.from = from
  }
}

/** Reads members of a level from the database. Throws MembersMissing where one is not there. */
export function storedMembers(holding: HoldingSafeguards, tables = auditTree): ReadMembers {
  const db = safeguardsOf(holding)
  return async (level, from, to) => {
    const table =
      level === 0 ? sql`${sql.table(tables.leaf)} where true` : sql`${sql.table(tables.subtree)} where level = ${level}`
    const { rows } = await sql<{ hash: Buffer }>`
      select hash from ${table} and index >= ${from} and index < ${to} order by index`.execute(db)
    if (rows.length !== to - from) throw new MembersMissing(level, from, to)
    return rows.map(({ hash }) => hash)
  }
}

/** How many leaves the tree has: the last index and one. */
export async function storedSize(holding: HoldingSafeguards, tables = auditTree): Promise<number> {
  const { rows } = await sql<{ size: number }>`
    select coalesce(max(index) + 1, 0) as size from ${sql.table(tables.leaf)}`.execute(safeguardsOf(holding))
  return rows[0]?.size ?? 0
}

export interface StoredCheckpoint {
  size: number
  root: Buffer
  note: string
}

export async function newestCheckpoint(
  holding: HoldingSafeguards,
  tables = auditTree,
): Promise<StoredCheckpoint | undefined> {
  const { rows } = await sql<StoredCheckpoint>`
    select size, root, note from ${sql.table(tables.checkpoint)} order by size desc limit 1`.execute(
    safeguardsOf(holding),
  )
  return rows[0]
}
