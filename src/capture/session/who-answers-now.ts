/** What a later request of a session says of who answers, beside who answered until then (R17). */
import type { SegmentFacts } from '#register/admit.ts'
import { officialOf, type CallInvitation } from './describe-segment.ts'

/**
 * `same`: nothing has changed, or nothing certain is told. `consultation`: the official asks a colleague while the caller
 * waits, which is nothing of the call. `several`: somebody else has come in beside the official, or takes over without
 * being known. `passed-on`: another official has the call, and the one before has left it.
 */
export type Answering = 'same' | 'consultation' | 'several' | 'passed-on'

/** Only officials of the directory pass a call on between them: any other name may be a better word for the same person. */
export function whoAnswersNow(invitation: CallInvitation, known: SegmentFacts['official']): Answering {
  const { connected } = invitation.parties
  const told = officialOf(invitation)
  const present = new Set(connected.officials.map(({ personId }) => personId))
  if (!known) return 'same'
  if (present.size > 1 && !connected.caller) return 'consultation'
  if (!told || (told.personId ?? told.phone) === (known.personId ?? known.phone)) return 'same'
  if (known.personId === undefined || told.personId === undefined || present.has(known.personId)) return 'several'
  return 'passed-on'
}
