import { sql } from 'kysely'
import { safeguardsOf, type HoldingSafeguards } from '#safeguards/tables.ts'

/** Erases what is personal of requests that were closed thirty days ago or longer; by the custodian. @returns how many */
export async function eraseRequestsOver(db: HoldingSafeguards): Promise<number> {
  const { rows } = await sql<{ erased: number }>`select erase_requests_over() as erased`.execute(safeguardsOf(db))
  return rows[0]!.erased
}
