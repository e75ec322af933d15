/**
 * Pruning. In: for how many months the description keeps the log. Out: entries older than that gone, with their hashes
 * left in the tree, and an entry that says so. Never here: a term below the database's own floor.
 */
import { sql } from 'kysely'
import { safeguardsOf, type HoldingSafeguards } from '../tables.ts'

/**
 * Removes what is older (C9), and thins out old checkpoints.
 * @param months nothing where the log is kept without a limit
 * @returns how many entries went
 */
export async function pruneLog(holding: HoldingSafeguards, months: number | null): Promise<number> {
  const db = safeguardsOf(holding)
  await sql`select thin_checkpoints()`.execute(db)
  if (months === null) return 0
  for (let pruned = 0; ;) {
    const { rows } = await sql<{ entries: number }>`select entries from prune_audit(${months})`.execute(db)
    const gone = rows[0]?.entries
    if (gone === undefined) return pruned
    pruned += gone
  }
}
