/** Recomputes the roots of the audit log and of the destruction ledger from what a database holds. */
import { auditTree, newestCheckpoint, storedHashReader, storedSize, type TreeTables } from '../audit/stored-tree.ts'
import { edgeAt } from '../audit/tree.ts'
import { ledgerTree } from '../ledger/ledger-tree.ts'
import type { SafeguardsDatabase } from '../tables.ts'

export interface TreeHead {
  /** Leaves in the database. */
  leaves: number
  /** Their root by RFC 6962, base64. */
  root: string
  /** Leaves and root of the newest checkpoint. */
  signed: { size: number; root: string } | undefined
}

export interface TreeHeads {
  auditLog: TreeHead
  ledger: TreeHead
}

export async function readTreeHeads(db: SafeguardsDatabase): Promise<TreeHeads> {
  return { auditLog: await headOf(db, auditTree), ledger: await headOf(db, ledgerTree) }
}

async function headOf(db: SafeguardsDatabase, tables: TreeTables): Promise<TreeHead> {
  const leaves = await storedSize(db, tables)
  const checkpoint = await newestCheckpoint(db, tables)
  return {
    leaves,
    root: (await edgeAt(leaves, storedHashReader(db, tables))).root().toString('base64'),
    signed: checkpoint && { size: checkpoint.size, root: checkpoint.root.toString('base64') },
  }
}
