import type { ChangeEffects } from '#description/changes/effects-of-change.ts'
import { sql, type QueryExecutorProvider } from 'kysely'
import { selectValue } from '#platform/database/select-value.ts'

/** Numbers of open requests and disclosures that a draft affects. */
export interface PendingConsequence {
  requests: number
  calls: number
  appointments: number
  /** Requests on which the Service Unit has not decided. */
  undecided: number
  /** Requests whose calls are not found yet. */
  unsettled: number
  /** Affected open disclosures without a decision. */
  disclosures: number
  items: number
  /** Earliest instant for the draft if it affects a request or a disclosure. */
  earliest: string
}

/** Counts what a draft affects; for the custodian. */
export async function countAffected(
  db: QueryExecutorProvider,
  { draft, effects, effectiveFrom }: { draft: string; effects: ChangeEffects; effectiveFrom: Temporal.Instant },
): Promise<PendingConsequence> {
  return selectValue(
    db,
    sql<PendingConsequence>`count_reached(${draft}::uuid, ${JSON.stringify(effects)}::jsonb, ${effectiveFrom.toString()}::timestamptz)`,
  )
}
