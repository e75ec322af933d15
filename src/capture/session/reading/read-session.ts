/** Queries of a session's state. */
import type { SegmentFacts } from '#register/admit.ts'
import { allPaused } from '../media/accepted-streams.ts'
import type { Offer, SessionState } from '../machine/session-types.ts'

/** Returns the id of a session's recording in any state; undefined if there is none. */
export function recordingIn(state: SessionState | undefined): string | undefined {
  return state && state.phase !== 'over' ? state.session.facts.recording?.id : undefined
}

/** Returns the trunk of a session. */
export function trunkIn(state: SessionState | undefined): string | undefined {
  return state && state.phase !== 'over' ? state.session.facts.trunk : undefined
}

/** Returns the state that the next segment of a session takes over. */
export function stateForNextSegment({
  state,
}: {
  readonly state: SessionState | undefined
}): NonNullable<Offer['previousState']> {
  if (!state || state.phase === 'over') return { answerVersion: 0, tracks: {} }
  const { answerVersion, joined = [], tracks, isSilenced } = state.session
  const own = joined.flatMap(({ index }) => (tracks[index] ? [[index, tracks[index]] as const] : []))
  return { answerVersion, joined, tracks: Object.fromEntries(own), ...(isSilenced && { isSilenced }) }
}

export function isStopped(state: SessionState | undefined): boolean {
  return state !== undefined && state.phase !== 'over' && state.session.stopped !== undefined
}

interface WithState {
  readonly state: SessionState | undefined
}

export function isShared({ state }: WithState): boolean {
  return state !== undefined && state.phase !== 'over' && state.session.shared === true
}

/** Returns the official who speaks with the caller in a session now. */
export function activeOfficial({ state }: WithState): SegmentFacts['official'] {
  if (!state || state.phase === 'over' || state.phase === 'ending') return undefined
  const { facts, streams, withholds } = state.session
  return withholds === 'consultation' || allPaused(streams) ? undefined : facts.official
}
