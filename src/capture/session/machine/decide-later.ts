import type { SegmentFacts } from '#register/admit.ts'
import { isOutside, isUnreported, notAnsweredReason, type CallInvitation } from './describe-segment.ts'
import type { Offer } from './session-types.ts'

/**
 * Applies a later request to a call that is not recorded.
 * @returns `as-before`: the decision stays (R14). `another`: the call has reached another number, for which a new segment
 * follows. An offer: the pending decision is taken now, because the client has sent the missing data (RFC 7865 section 6.1); it
 * completes the segment
 */
export function decideLater(
  { found, parties }: CallInvitation,
  facts: SegmentFacts,
  describe: () => Offer | 'outside',
): 'as-before' | 'another' | Offer {
  const isReported = found === 'metadata' || found === 'both'
  if (!isReported || facts.recording || facts.decision.record) return 'as-before'
  const waitsFor = missingForDecision(facts)
  if (waitsFor) {
    const offer = (waitsFor === 'answer' ? !parties.awaitsAnswer : parties[waitsFor]) ? describe() : 'outside'
    return offer === 'outside' ? 'as-before' : offer
  }
  const { number } = parties
  const isAnother = number?.entry !== undefined && number.number.key !== facts.numberReached.key
  return isAnother && describe() !== 'outside' ? 'another' : 'as-before'
}

/** Returns the data that a pending decision waits for; undefined if the decision is taken. */
export function missingForDecision({
  decision,
  numberReached,
  official,
}: SegmentFacts): 'number' | 'official' | 'answer' | undefined {
  if (decision.reason === notAnsweredReason) return 'answer'
  if (decision.reason === 'unknown-number' && isUnreported(numberReached)) return 'number'
  return decision.reason === 'no-official' && !official?.personId ? 'official' : undefined
}

/** Returns true if a later request may supply the data that the decision waits for, so that the call can still be recorded. */
export function canBeDecidedLater({ metadata, isUnheard }: CallInvitation, facts: SegmentFacts): boolean {
  // Without metadata no missing data are expected, so our answer stops the client's media. If metadata arrive later, we ask the
  // client to send again.
  return metadata !== undefined && !isUnheard && missingForDecision(facts) !== undefined
}

/** Returns true if a request's metadata show that the call does not belong to this register (R8). */
export function isOutsideRegister({ found, parties }: CallInvitation): boolean {
  return (found === 'metadata' || found === 'both') && isOutside(parties)
}

/** Returns true if a request shows a call of this register in a session that had none (R8). */
export function hasStarted({ found, parties }: CallInvitation): boolean {
  return (found === 'metadata' || found === 'both') && parties.direction === 'incoming'
}
