/**
 * The tree as the database keeps it. In: levels and indexes. Out: hashes. Never here: whether they are right (the
 * sequencer's check and the verifier tell).
 */
import { sql } from 'kysely'
import { safeguardsOf, type HoldingSafeguards } from '../tables.ts'
import type { ReadMembers } from './tree.ts'

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
export function storedMembers(holding: HoldingSafeguards): ReadMembers {
  const db = safeguardsOf(holding)
  return async (level, from, to) => {
    const table = level === 0 ? sql`audit_leaf where true` : sql`audit_subtree where level = ${level}`
    const { rows } = await sql<{ hash: Buffer }>`
      select hash from ${table} and index >= ${from} and index < ${to} order by index`.execute(db)
    if (rows.length !== to - from) throw new MembersMissing(level, from, to)
    return rows.map(({ hash }) => hash)
  }
}

/** How many leaves the tree has: the last index and one. */
export async function storedSize(holding: HoldingSafeguards): Promise<number> {
  const { size } = await safeguardsOf(holding)
    .selectFrom('audit_leaf')
    .select(sql<number>`coalesce(max(index) + 1, 0)`.as('size'))
    .executeTakeFirstOrThrow()
  return size
}

export interface StoredCheckpoint {
  size: number
  root: Buffer
  note: string
}

export async function newestCheckpoint(holding: HoldingSafeguards): Promise<StoredCheckpoint | undefined> {
  return safeguardsOf(holding)
    .selectFrom('audit_checkpoint')
    .select(['size', 'root', 'note'])
    .orderBy('size', 'desc')
    .limit(1)
    .executeTakeFirst()
}

/** Below it there are hashes and no entries. */
export async function minimumIndex(holding: HoldingSafeguards): Promise<number> {
  const { minimum } = await safeguardsOf(holding)
    .selectFrom('audit_pruning')
    .select(sql<number>`coalesce(max(minimum_index), 0)`.as('minimum'))
    .executeTakeFirstOrThrow()
  return minimum
}
