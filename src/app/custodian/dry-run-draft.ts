import { dryRunTerms, type TermConsequence } from '#destruction/retention/dry-run.ts'
import { effectsOfChange, type ChangeEffects } from '#description/changes/effects-of-change.ts'
import { roundUpToFive } from '#description/round-to-five.ts'
import { termZone } from '#description/terms.ts'
import type { Clock } from '#platform/clock/clock.ts'
import type { RegisterTables } from '#register/tables.ts'
import { readDryRunDraft } from '#safeguards/versions/dry-run-draft.ts'
import { tryShares, type ShareConsequence } from '#use/shares/try-shares.ts'
import type { Kysely } from 'kysely'
import { countAffected, type PendingConsequence } from '#safeguards/versions/draft-consequences.ts'

/**
 * Effects of a draft on existing recordings, as counts only. Instants are strings, because this is sent to the desk as JSON.
 * A drafter can repeat the dry run with other instants without a right to any call. Recordings are therefore counted to the end
 * of the Helsinki day and in steps of five: the counts must not reveal when a call ended.
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
    const effects = byWholeDays(effectsOfChange(before, after))
    return {
      at: at.toString(),
      effectiveFrom: after.effectiveFrom.toString(),
      terms: terms.map((step) => ({
        ...step,
        at: step.at.toString(),
        destroyed: roundUpToFive(step.destroyed),
        shortened: roundUpToFive(step.shortened),
      })),
      shares: await tryShares(db, before, after, at),
      pending: await countAffected(db, {
        draft: request.draft,
        effects,
        effectiveFrom: endOfDay(after.effectiveFrom),
      }),
    }
  }
}

/** Returns the effects with each shorter term moved to the end of its day. */
function byWholeDays(effects: ChangeEffects): ChangeEffects {
  const terms = effects.terms.map((term) => ({ ...term, at: endOfDay(Temporal.Instant.from(term.at)).toString() }))
  return { ...effects, terms }
}

/** Returns the Helsinki midnight at an instant or after it. */
function endOfDay(at: Temporal.Instant): Temporal.Instant {
  const day = at.toZonedDateTimeISO(termZone).startOfDay().toInstant()
  return Temporal.Instant.compare(day, at) === 0 ? at : day.toZonedDateTimeISO(termZone).add({ days: 1 }).toInstant()
}
