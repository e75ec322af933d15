/** Decides when a session's packets are discarded, and the effects of a change. Pure functions. */
import type { SegmentFacts } from '#register/admit.ts'
import { isOnHold } from '../../siprec/active-participants.ts'
import { allPaused } from '../media/accepted-streams.ts'
import { withMark } from './recording-outcome.ts'
import type { Reoffer, SessionEffect, SessionEvent, SessionFacts, SessionState, Withholding } from './session-types.ts'

export function withholdingReason({
  withholds,
  shared,
}: Pick<SessionFacts, 'withholds' | 'shared'>): Withholding | undefined {
  return withholds ?? (shared ? 'conference' : undefined)
}

/**
 * Returns why the conversation pauses: a hold is reported by the SDP or by the metadata alone. What arrives during a hold is
 * recorded, whichever reports it.
 */
function pauseReason(session: Pick<SessionFacts, 'withholds' | 'shared' | 'streams' | 'metadata'>) {
  const isHeld = allPaused(session.streams) || isOnHold(session.metadata)
  return withholdingReason(session) ?? (isHeld ? 'hold' : undefined)
}

export function holdMark(why: Withholding | undefined): SessionEffect {
  return { do: 'mark', kind: 'hold', ...(why && { why }) }
}

/**
 * Pauses or resumes the recording if withholding or hold changes from `before` to `after`. A hold that only the metadata report is
 * marked, and its segment stays `recording`: the client may continue to send.
 */
export function updatePause(
  before: SessionFacts,
  after: SessionFacts,
): { facts: SegmentFacts; effects: SessionEffect[] } {
  const { facts } = after
  if (!facts.recording) return { facts, effects: [] }
  const isQuiet = (session: SessionFacts) => withholdingReason(session) !== undefined || allPaused(session.streams)
  const [was, is, reason] = [pauseReason(before), pauseReason(after), withholdingReason(after)]
  if (was === is && isQuiet(before) === isQuiet(after)) return { facts, effects: [] }
  const effects: SessionEffect[] = []
  if ((reason !== undefined) !== (withholdingReason(before) !== undefined)) {
    effects.push({ do: 'withhold', on: reason !== undefined })
  }
  if (was !== is) effects.push(is ? holdMark(reason) : { do: 'mark', kind: 'resume' })
  if (facts.captureState === 'failing' || after.stopped) return { facts, effects }
  const captureState = isQuiet(after) ? 'paused' : 'recording'
  return { facts: facts.captureState === captureState ? facts : { ...facts, captureState }, effects }
}

export function withholdingOf({ withholds }: Reoffer): Pick<SessionFacts, 'withholds'> {
  return withholds === undefined ? {} : { withholds: withholds === 'nothing' ? undefined : withholds }
}

/**
 * Continues the segment in another session of its call. If the first has ended while its metadata reported a consultation or
 * conference, the rest is not recorded until the other session reports who is in the call, and the segment is marked for review.
 */
export function continueInSession(
  session: SessionFacts,
  { to, isSilenced, hasEnded }: SessionEvent & { type: 'moved' },
): [SessionState, SessionEffect[]] {
  const { metadata, paused, named: _named, claims: _claims, hasPassedOn: _hasPassedOn, ...legState } = to
  const { metadata: _metadata, joined: _theirs, listens: _there, ...rest } = session
  const remains = hasEnded && !legState.withholds ? session.withholds : undefined
  const withholds = legState.withholds ?? remains
  const next: SessionFacts = { ...rest, ...legState, withholds, ...(metadata && { metadata }), isSilenced }
  if (!session.facts.recording) return [{ phase: 'live', session: next }, []]
  if (remains) {
    const facts = { ...session.facts, marks: withMark(session.facts.marks, 'needs-review') }
    return [
      { phase: 'live', session: { ...next, facts } },
      [
        { do: 'map', tracks: legState.tracks },
        { do: 'store-facts', facts },
      ],
    ]
  }
  const effects: SessionEffect[] = [{ do: 'map', tracks: legState.tracks }]
  const { captureState } = session.facts
  const reason = withholdingReason(next)
  const isQuiet = paused || reason !== undefined
  const marked = isQuiet ? 'paused' : 'recording'
  effects.push({ do: 'withhold', on: reason !== undefined })
  const wasHeld = captureState === 'paused' || isOnHold(session.metadata)
  const isHeld = isQuiet || isOnHold(metadata)
  if (isHeld !== wasHeld) effects.push(isHeld ? holdMark(reason) : { do: 'mark', kind: 'resume' })
  if (session.stopped || captureState === 'failing' || captureState === marked) {
    return [{ phase: 'live', session: next }, effects]
  }
  const facts: SegmentFacts = { ...session.facts, captureState: marked }
  return [{ phase: 'live', session: { ...next, facts } }, [...effects, { do: 'store-facts', facts }]]
}
