/**
 * Open disclosures affected by a future change of the description (R27, R34, L29), for those who prepare or decide them: which,
 * how many items, and when they end.
 */
import { sql } from 'kysely'
import { databaseAnswer } from '#safeguards/access/database-request.ts'

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

/** Lists open disclosures affected by submitted changes, or by approved ones not yet in force, of the kinds that the session may see. */
export const listPendingDisclosures = databaseAnswer(
  () => ({
    statement: sql<PendingDisclosure>`
      select draft_id as draft, version, state = 'APPROVED' as "isApproved", effective_from as "effectiveFrom",
        jsonb_build_object('kind', kind, 'id', disclosure_id, 'number', number) as disclosure, items::integer, ends_at as "endsAt"
      from list_pending_disclosures()`,
    refusals: ['deny.role'],
    action: 'disclosures.read',
    object: { kind: 'disclosure' },
  }),
  (items) => ({ items }),
)
