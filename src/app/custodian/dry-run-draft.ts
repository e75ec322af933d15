import { dryRunTerms, type TermConsequence } from '#destruction/retention/dry-run.ts'
import { effectsOfChange, type ChangeEffects } from '#description/changes/effects-of-change.ts'
import { termZone } from '#description/terms.ts'
import type { Clock } from '#platform/clock/clock.ts'
import type { RegisterTables } from '#register/tables.ts'
import { countAffected, type PendingConsequence } from '#safeguards/versions/count-affected.ts'
import { readDryRunDraft } from '#safeguards/versions/draft-to-try.ts'
import { tryShares, type ShareConsequence } from '#use/shares/try-shares.ts'
import type { Kysely } from 'kysely'

/**
 * Effects of a draft on existing recordings, as counts only. Instants are strings, because this is sent to the desk as JSON.
 * A drafter without a right to any call may ask again and again with other instants: recordings are counted to the end of the
 * Helsinki day, and in steps of five, so that the counts are no measure of when a call ended.
 */
export interface DryRunCounts {
  at: string
  effectiveFrom: string
  terms: (Omit<TermConsequence, 'at'> & { at: string })[]
  shares: ShareConsequence[]
  pending: PendingConsequence
}

/** Request of the desk for a dry run. The database decides whether the session may try the draft. */
export interface DryRunRequest {
  session: string
  draft: string
}

/** Creates the dry run of a draft (R25). The custodian counts, because the desk cannot read recordings. */
export function createDryRunner(
  db: Kysely<RegisterTables>,
  clock: Clock,
): (request: DryRunRequest) => Promise<DryRunCounts | 'refused' | 'unreadable'> {
  return async (request) => {
    const at = clock.now()
    const tonight = at.toZonedDateTimeISO(termZone).add({ days: 1 }).startOfDay().toInstant()
    const found = await readDryRunDraft(db, request, at, tonight)
    if (typeof found === 'string') return found
    const { before, after } = found
    const terms = await dryRunTerms(db, before, after, endOfDay)
    const reach = byWholeDays(effectsOfChange(before, after))
    return {
      at: at.toString(),
      effectiveFrom: after.effectiveFrom.toString(),
      terms: terms.map((step) => ({
        ...step,
        at: step.at.toString(),
        destroyed: atMost(step.destroyed),
        shortened: atMost(step.shortened),
      })),
      shares: await tryShares(db, before, after, at),
      pending: await countAffected(db, {
        draft: request.draft,
        reach,
        effectiveFrom: endOfDay(after.effectiveFrom),
      }),
    }
  }
}

/** Returns the reach for counting: each shorter term at the end of its day. */
function byWholeDays(reach: ChangeEffects): ChangeEffects {
  const terms = reach.terms.map((term) => ({ ...term, at: endOfDay(Temporal.Instant.from(term.at)).toString() }))
  return { ...reach, terms }
}

/** Returns the Helsinki midnight at an instant or after it. */
function endOfDay(at: Temporal.Instant): Temporal.Instant {
  const day = at.toZonedDateTimeISO(termZone).startOfDay().toInstant()
  return Temporal.Instant.compare(day, at) === 0 ? at : day.toZonedDateTimeISO(termZone).add({ days: 1 }).toInstant()
}

function atMost(count: number): number {
  return 5 * Math.ceil(count / 5)
}
