import type { SegmentFacts } from '#register/admit.ts'
import { describeParties, type CallInvitation } from './describe-segment.ts'
import type { Reoffer } from './session-types.ts'
import { lateAnswerTime, type ClientClock } from './reported-times.ts'
import { compareOfficials, isCallerUncertain, withholdingFor } from './answering-official.ts'

/** Returns the changes that a later request of a session makes to its segment. */
export function describeReoffer(
  invitation: CallInvitation,
  known: SegmentFacts | undefined,
  clientClock: ClientClock,
  now: Temporal.Instant,
): Reoffer {
  const { streams, metadata, offer, parties } = invitation
  const facts = describeParties(invitation, known)
  const answeredAt = lateAnswerTime(invitation, clientClock, now)
  const withholds = withholdingFor(invitation, known)
  // A recording has one answering official (R17), so a takeover by an unknown person needs review.
  if (withholds === undefined && compareOfficials(invitation, known?.official) === 'several')
    facts.marks.push('needs-review')
  if (known && isCallerUncertain(invitation, known)) facts.marks.push('needs-review')
  return {
    ...{ streams, tracks: parties.streams, hasSdp: offer !== undefined, facts: { ...facts, answeredAt } },
    ...{ withholds: withholds ?? 'nothing' },
    ...(metadata && { metadata }),
  }
}
