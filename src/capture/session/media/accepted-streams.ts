import type { StreamPlan } from '../../siprec/answer-offer.ts'

export function accepted(streams: readonly StreamPlan[]): StreamPlan[] {
  return streams.filter((stream) => stream.accepted)
}

/** Returns true if every accepted stream is `inactive`. The address 0.0.0.0 does not count, as some clients send it at first. */
export function allInactive(streams: readonly StreamPlan[]): boolean {
  return accepted(streams).every((stream) => stream.direction === 'inactive')
}

export function allPaused(streams: readonly StreamPlan[]): boolean {
  const audio = accepted(streams)
  return audio.length > 0 && audio.every((stream) => stream.paused)
}

/** Returns the media address of an offer: that of its first accepted stream. */
export function peerOf(streams: readonly StreamPlan[]): string {
  return (streams.find(({ accepted }) => accepted) ?? streams[0])?.remote.address ?? ''
}
