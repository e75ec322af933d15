import { dryRunTerms, type TermConsequence } from '#destruction/retention/dry-run.ts'
import { reachOfChange } from '#description/changes/reach-of-change.ts'
import { termZone } from '#description/terms.ts'
import type { Clock } from '#platform/clock/clock.ts'
import type { RegisterTables } from '#register/tables.ts'
import { countReached, type PendingConsequence } from '#safeguards/versions/count-reached.ts'
import { readDraftToTry } from '#safeguards/versions/draft-to-try.ts'
import { tryShares, type ShareConsequence } from '#use/shares/try-shares.ts'
import type { Kysely } from 'kysely'

/** What a draft would do to what is held: counts alone. Instants are written as text, for the way to the desk. */
export interface TriedDraft {
  at: string
  effectiveFrom: string
  terms: (Omit<TermConsequence, 'at'> & { at: string })[]
  shares: ShareConsequence[]
  pending: PendingConsequence
}

/** Whose draft, and which, is the desk's to say; whether they may is the database's. */
export interface DraftRequest {
  session: string
  draft: string
}

/** The custodian's dry run (R25): the desk sees no recordings, so whoever holds them counts. */
export function createDraftTrier(
  db: Kysely<RegisterTables>,
  clock: Clock,
): (request: DraftRequest) => Promise<TriedDraft | 'refused' | 'unreadable'> {
  return async (request) => {
    const at = clock.now()
    const tonight = at.toZonedDateTimeISO(termZone).add({ days: 1 }).startOfDay().toInstant()
    const found = await readDraftToTry(db, request, at, tonight)
    if (typeof found === 'string') return found
    const { before, after } = found
    const terms = await dryRunTerms(db, before, after)
    const reach = reachOfChange(before, after)
    return {
      at: at.toString(),
      effectiveFrom: after.effectiveFrom.toString(),
      terms: terms.map((step) => ({ ...step, at: step.at.toString() })),
      shares: await tryShares(db, before, after, at),
      pending: await countReached(db, { draft: request.draft, reach, effectiveFrom: after.effectiveFrom }),
    }
  }
}
