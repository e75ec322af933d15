import type { RunningSession } from '../run-session.ts'
import { allInactive, allPaused } from '../media/accepted-streams.ts'
import type { RecorderLimits } from '../recorder-options.ts'

/** What a look at a session now and then finds. `end`: its end signal was lost, and the call ended so long ago. */
export type Judgement = { is: 'well' } | { is: 'end'; silentMs: number } | { is: 'failing' } | { is: 'recovered' }

/** Judges a live session by its age and by what it hears. */
export function judgeSession(
  session: RunningSession,
  ageMs: number,
  limits: RecorderLimits,
  { isScarce, isAcknowledged }: { isScarce: boolean; isAcknowledged: boolean },
): Judgement {
  const { state, media } = session
  if (state?.phase !== 'live') return { is: 'well' }
  if (ageMs > limits.longestCallMs) return { is: 'end', silentMs: 0 }
  const { facts, streams, shared, withholds } = state.session
  // In a conference sound comes, though none of it is kept.
  const isQuiet = facts.captureState === 'paused' && (!shared || withholds !== undefined || allPaused(streams))
  if (!media || isQuiet || allInactive(streams)) return { is: 'well' }
  const silentMs = media.silentMs()
  const mayStay = media.everHeard || (isAcknowledged && !isScarce)
  if (silentMs > (mayStay ? limits.silenceEndsMs : Math.min(limits.scarceSilenceMs, limits.silenceEndsMs))) {
    return { is: 'end', silentMs }
  }
  if (!media.heardAnything()) return { is: ageMs > limits.noMediaMs ? 'failing' : 'well' }
  return { is: facts.captureFailure === 'no-media' ? 'recovered' : 'well' }
}
