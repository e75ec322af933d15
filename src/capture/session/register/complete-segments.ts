/** Completes segments whose decision was pending, once the missing data are reported. */
import type { SegmentFacts } from '#register/admit.ts'
import { missingForDecision } from '../machine/decide-later.ts'
import { withIntakeKey } from '../media/preallocated-files.ts'
import type { RecorderCounters } from '../recorder-counters.ts'
import type { RecorderOptions } from '../recorder-options.ts'
import type { PendingRequest, RunningSession } from '../run-session.ts'
import type { Offer, Reoffer } from '../machine/session-types.ts'

export interface Completions {
  /** Completes a segment with new facts and the pending decision (R14). `listens`: more may be reported. */
  complete(
    session: RunningSession,
    known: SegmentFacts,
    reported: Offer,
    listens: boolean,
    by?: { offer: Reoffer; pending: PendingRequest },
  ): Promise<void>
  /** Completes the first session's segment with data of a second session: only the second of OpenSIPS has Diversion. */
  completeByDuplicate(first: RunningSession, reported: Offer): Promise<void>
}

export function createCompletions(parts: {
  options: Pick<RecorderOptions, 'quotas' | 'preallocated' | 'intakePublicKey'>
  counters: RecorderCounters
  save: (session: RunningSession) => void
}): Completions {
  const { options, counters, save } = parts

  const completions: Completions = {
    async complete(session, known, { facts }, listens, by) {
      const { answeredAt, numberCalled, numberReached, official, decision, captureState, captureFailure, marks } = facts
      const { recording } = withIntakeKey(facts, options)
      const completion = {
        ...{ answeredAt, numberCalled, numberReached, official, decision, captureState, captureFailure, marks },
        ...(recording && { recording }),
      }
      options.quotas.count({ ...known, ...completion, official: official ?? known.official })
      if (recording) {
        counters.recorded++
        counters.historyOnly--
      }
      const caller = facts.callerIsGuess ? undefined : facts.caller
      const event = { type: 'completed', completion, listens } as const
      await session.dispatch(by ? { ...event, offer: by.offer } : { ...event, ...(caller && { caller }) }, by?.pending)
    },
    async completeByDuplicate(first, reported) {
      const known = first.state?.phase === 'live' ? first.state.session.facts : undefined
      const missing = known && missingForDecision(known)
      if (!missing || missingForDecision(reported.facts) === missing) return
      await completions.complete(first, known, reported, false)
      save(first)
    },
  }
  return completions
}
