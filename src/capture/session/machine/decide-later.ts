import type { SegmentFacts } from '#register/admit.ts'
import { isOutside, isUntold, notAnswered, type CallInvitation } from './describe-segment.ts'
import type { Offer } from './session-types.ts'

/**
 * What a later request makes of a call that is not recorded. `as-before`: what was decided stays as it is (R14). `another`: it has
 * come to another number; what follows is a segment of its own. An offer: what could not be decided is decided now, with what the
 * client tells only now (RFC 7865 section 6.1), and completes the segment.
 */
export function decideLater(
  { found, parties }: CallInvitation,
  facts: SegmentFacts,
  describe: () => Offer | 'outside',
): 'as-before' | 'another' | Offer {
  const isTold = found === 'metadata' || found === 'both'
  if (!isTold || facts.recording || facts.decision.record) return 'as-before'
  const waitsFor = undecidedReason(facts)
  if (waitsFor) {
    const offer = (waitsFor === 'answer' ? !parties.awaitsAnswer : parties[waitsFor]) ? describe() : 'outside'
    return offer === 'outside' ? 'as-before' : offer
  }
  const { number } = parties
  const isAnother = number?.entry !== undefined && number.number.key !== facts.numberReached.key
  return isAnother && describe() !== 'outside' ? 'another' : 'as-before'
}

/** What a segment's decision lacks; nothing where it could be taken. */
export function undecidedReason({
  decision,
  numberReached,
  official,
}: SegmentFacts): 'number' | 'official' | 'answer' | undefined {
  if (decision.reason === notAnswered) return 'answer'
  if (decision.reason === 'unknown-number' && isUntold(numberReached)) return 'number'
  return decision.reason === 'no-official' && !official?.personId ? 'official' : undefined
}

/** Whether what is missing of a call that is not recorded may yet be told, and decide that it is. */
export function canDecideAgain({ metadata, isUnheard }: CallInvitation, facts: SegmentFacts): boolean {
  // A client without metadata is not listened to in vain; if it tells them later, it is asked to send then.
  return metadata !== undefined && !isUnheard && undecidedReason(facts) !== undefined
}

/** Returns true where the metadata of a request tell of a call that is none of this register's (R8). */
export function isOutsideRegister({ found, parties }: CallInvitation): boolean {
  return (found === 'metadata' || found === 'both') && isOutside(parties)
}

/** Whether a request tells of a call of this register, in a session that was none of it (R8). */
export function hasStarted({ found, parties }: CallInvitation): boolean {
  return (found === 'metadata' || found === 'both') && parties.direction === 'incoming'
}
