import type { StreamPlan } from '../../siprec/answer-offer.ts'

export function accepted(streams: readonly StreamPlan[]): StreamPlan[] {
  return streams.filter((stream) => stream.accepted)
}

/** A first offer of 0.0.0.0 is how some clients begin; only `inactive` says that nothing will come. */
export function allInactive(streams: readonly StreamPlan[]): boolean {
  return accepted(streams).every((stream) => stream.direction === 'inactive')
}

export function allPaused(streams: readonly StreamPlan[]): boolean {
  const audio = accepted(streams)
  return audio.length > 0 && audio.every((stream) => stream.paused)
}

/** Where the media of an offer come from: its first stream that is taken. */
export function peerOf(streams: readonly StreamPlan[]): string {
  return (streams.find(({ accepted }) => accepted) ?? streams[0])?.remote.address ?? ''
}
