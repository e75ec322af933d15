import type { ReachOfChange } from '#description/changes/reach-of-change.ts'
import { sql, type QueryExecutorProvider } from 'kysely'

/** What of open requests and disclosures the draft reaches: counts alone. */
export interface PendingConsequence {
  requests: number
  calls: number
  appointments: number
  /** Requests on which the Service Unit has not decided. */
  undecided: number
  /** Requests whose calls are not found yet. */
  unsettled: number
  /** Open disclosures on which nothing is decided, and what the draft reaches of their items. */
  disclosures: number
  items: number
  /** The draft may come into force at this instant at the earliest, if it reaches a request or a disclosure. */
  earliest: string
}

/** Counts what a draft reaches; the custodian's to ask. */
export async function countReached(
  db: QueryExecutorProvider,
  { draft, reach, effectiveFrom }: { draft: string; reach: ReachOfChange; effectiveFrom: Temporal.Instant },
): Promise<PendingConsequence> {
  const { rows } = await sql<{ pending: PendingConsequence }>`
    select count_reached(${draft}::uuid, ${JSON.stringify(reach)}::jsonb, ${effectiveFrom.toString()}::timestamptz) as pending`.execute(
    db,
  )
  return rows[0]!.pending
}
