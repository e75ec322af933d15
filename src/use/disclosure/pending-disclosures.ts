/**
 * Open disclosures affected by a future change of the description (R27, R34, L29), for those who prepare or decide them: which,
 * how many items, and when they end.
 */
import { sql } from 'kysely'
import { requestDatabase, type Refused } from '#safeguards/access/database-request.ts'
import type { Session } from '#safeguards/people/session.ts'
import type { SafeguardsDatabase } from '#safeguards/tables.ts'

export interface PendingDisclosure {
  draft: string
  /** Version that the draft becomes. */
  version: number
  isApproved: boolean
  effectiveFrom: Temporal.Instant
  disclosure: { kind: 'RESEARCH' | 'AUTHORITY'; id: string; number: string }
  /** Affected items. */
  items: number
  /** When the first affected item ends because of the change. */
  endsAt: Temporal.Instant
}

interface Row {
  draft_id: string
  version: number
  state: string
  effective_from: Temporal.Instant
  kind: 'RESEARCH' | 'AUTHORITY'
  disclosure_id: string
  number: string
  items: string | number
  ends_at: Temporal.Instant
}

/** Lists open disclosures affected by submitted changes, or by approved ones not yet in force, of the kinds that the session may see. */
export async function listPendingDisclosures(
  db: SafeguardsDatabase,
  session: Session,
): Promise<{ items: PendingDisclosure[] } | Refused<'deny.role'>> {
  const statement = sql<Row>`select * from list_pending_disclosures()`
  const trace = { action: 'disclosures.read', object: { kind: 'disclosure' } } as const
  const answer = await requestDatabase(db, session, statement, ['deny.role'], trace)
  if ('refused' in answer) return answer
  return {
    items: answer.rows.map((row) => ({
      draft: row.draft_id,
      version: row.version,
      isApproved: row.state === 'APPROVED',
      effectiveFrom: row.effective_from,
      disclosure: { kind: row.kind, id: row.disclosure_id, number: row.number },
      items: Number(row.items),
      endsAt: row.ends_at,
    })),
  }
}
