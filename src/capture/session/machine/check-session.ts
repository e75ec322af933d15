import type { RunningSession } from '../run-session.ts'
import { isOnHold } from '../../siprec/active-participants.ts'
import { allInactive, allPaused } from '../media/accepted-streams.ts'
import type { RecorderLimits } from '../recorder-options.ts'

/** Result of a periodic check of a session. `end`: the end signal was lost; the call ended `silentMs` ago. */
export type SessionCheck = { is: 'well' } | { is: 'end'; silentMs: number } | { is: 'failing' } | { is: 'recovered' }

/** Checks a live session by its age and received packets. */
export function checkSession(
  session: RunningSession,
  ageMs: number,
  limits: RecorderLimits,
  { isScarce, isAcknowledged }: { isScarce: boolean; isAcknowledged: boolean },
): SessionCheck {
  const { state, media } = session
  if (state?.phase !== 'live') return { is: 'well' }
  if (ageMs > limits.longestCallMs) return { is: 'end', silentMs: media?.hasReceived ? media.silentMs() : 0 }
  const { facts, streams, shared, withholds, metadata } = state.session
  // In a conference packets are expected, although they are not recorded.
  const isQuiet = facts.captureState === 'paused' && (!shared || withholds !== undefined || allPaused(streams))
  if (!media || isQuiet || allInactive(streams)) return { is: 'well' }
  const silentMs = media.silentMs()
  const hasFullLimit = media.hasReceived || (isAcknowledged && !isScarce)
  const isSilentTooLong =
    silentMs > (hasFullLimit ? limits.silenceEndsMs : Math.min(limits.scarceSilenceMs, limits.silenceEndsMs))
  // A hold signalled only in the metadata may be silent, like one in the SDP.
  if (isSilentTooLong && !(media.hasReceived && isOnHold(metadata))) return { is: 'end', silentMs }
  if (!media.hasReceivedAny()) return { is: ageMs > limits.noMediaMs ? 'failing' : 'well' }
  return { is: facts.captureFailure === 'no-media' ? 'recovered' : 'well' }
}
