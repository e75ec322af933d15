import type { Change } from '#description/describe-change.ts'
import { safeguardsOf, type HoldingSafeguards } from '#safeguards/tables.ts'

/** What each version changed, as it was told when the version was approved. */
export async function readChanges(holding: HoldingSafeguards): Promise<Map<number, readonly Change[]>> {
  const rows = await safeguardsOf(holding).selectFrom('description_version').select(['version', 'changes']).execute()
  return new Map(rows.map(({ version, changes }) => [version, changes]))
}
