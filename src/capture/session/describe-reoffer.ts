import type { SegmentFacts } from '#register/admit.ts'
import { describeParties, type CallInvitation } from './describe-segment.ts'
import type { Reoffer } from './session.ts'
import { lateAnswerOf, type ClientClock } from './told-times.ts'
import { whoAnswersNow } from './who-answers-now.ts'

/** What a later request of a session tells its segment, beside what is known of it. */
export function describeReoffer(
  invitation: CallInvitation,
  known: SegmentFacts | undefined,
  clientClock: ClientClock,
  now: Temporal.Instant,
): Reoffer {
  const { streams, metadata, offer, parties } = invitation
  const facts = describeParties(invitation, known)
  const answeredAt = lateAnswerOf(invitation, clientClock, now)
  const answering = whoAnswersNow(invitation, known?.official)
  // The official speaks to somebody else in the same session, of their own accord or among officials: nothing of this call (R8).
  const isOutside = parties.direction === 'outgoing' || parties.direction === 'internal'
  const consults = answering === 'consultation' || (metadata !== undefined && isOutside)
  // One recording has one answering official (R17): who comes in beside them is for a person to look at.
  if (answering === 'several') facts.marks.push('needs-review')
  return {
    ...{ streams, tracks: parties.streams, hasSdp: offer !== undefined, facts: { ...facts, answeredAt }, consults },
    ...(metadata && { metadata }),
  }
}
