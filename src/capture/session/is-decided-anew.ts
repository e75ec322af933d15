import type { SegmentFacts } from '#register/admit.ts'
import type { CallInvitation } from './describe-segment.ts'
import type { Offer } from './session-types.ts'

/**
 * Whether a later request makes another question of a call that is not recorded: it has come to another number, or it is told
 * only now who answers and then it is recorded. What was decided stays as it is (R14); what follows is a segment of its own.
 */
export function isDecidedAnew(
  { found, parties }: CallInvitation,
  { recording, decision, numberReached, official }: SegmentFacts,
  describe: () => Offer | 'outside',
): boolean {
  const isTold = found === 'metadata' || found === 'both'
  if (!isTold || recording || decision.record) return false
  const { number } = parties
  if (number?.entry && number.number.key !== numberReached.key) return describe() !== 'outside'
  if (official || !parties.official) return false
  const offer = describe()
  return offer !== 'outside' && offer.facts.recording !== undefined
}

/** Whether what is missing of a call that is not recorded may yet be told, and decide that it is. */
export function mayBeDecidedAnew({ parties, metadata }: CallInvitation, facts: SegmentFacts): boolean {
  const { recording, decision } = facts
  // A client without metadata will tell nothing later.
  if (recording || decision.record || !metadata) return false
  const waitsForNumber = decision.reason === 'unknown-number' && !parties.number
  return waitsForNumber || (decision.reason === 'no-official' && !parties.official)
}

/** Whether a request tells of a call of this register, in a session that was none of it (R8). */
export function isBegunByNow({ found, parties }: CallInvitation): boolean {
  return (found === 'metadata' || found === 'both') && parties.direction === 'incoming'
}
