/**
 * Computes where a stream with both voices is left out of playback because each voice has its own stream. Its packets stay in
 * the recording. Audio that only the mixed stream has is never left out for a second or more: before a voice begins or after it
 * ends, where one was lost, and where neither arrives. Pure.
 */
import { samplesPerSecond, type RecordingIndex } from './recording-index.ts'
import type { Span } from './find-gaps.ts'

const minSharedGapSamples = samplesPerSecond

type IndexFields = Pick<RecordingIndex, 'tracks' | 'gaps' | 'durationSamples'>

/** Returns the sample ranges without mixed streams, in order; none if the voices are not separate. */
export function rangesWithoutMixed({ tracks, gaps, durationSamples }: IndexFields): Span[] {
  const received = new Set(tracks.filter(({ packetsReceived }) => packetsReceived > 0).map(({ track }) => track))
  if (!received.has('mixed') || !received.has('caller') || !received.has('official')) return []
  const [caller, official] = (['caller', 'official'] as const).map((voice) =>
    gaps
      .filter(({ track, fromSample, toSample }) => track === voice && toSample - fromSample >= minSharedGapSamples)
      .map(({ fromSample: from, toSample: to, kind }) => ({
        ...{ from, to },
        isMissed: kind === 'loss' || from === 0 || to === durationSamples,
      })),
  ) as [VoiceGap[], VoiceGap[]]
  const missed = [...caller, ...official]
    .filter(({ isMissed }) => isMissed)
    .concat(sharedGaps(caller, official))
    .sort((a, b) => a.from - b.from)
  const leftOut: Span[] = []
  let at = 0
  for (const { from, to } of missed) {
    if (from > at) leftOut.push({ from: at, to: from })
    at = Math.max(at, to)
  }
  if (at < durationSamples) leftOut.push({ from: at, to: durationSamples })
  return leftOut
}

/** Returns true if a stream with both voices is played anywhere: then the tracks do not separate the voices. */
export function playsMixed(index: IndexFields): boolean {
  if (!index.tracks.some(({ track }) => track === 'mixed')) return false
  const [first, ...more] = rangesWithoutMixed(index)
  return first === undefined || more.length > 0 || first.from > 0 || first.to < index.durationSamples
}

type VoiceGap = Span & { isMissed: boolean }

/** Returns where both voices are absent for long. Gaps of one track are ordered and disjoint. */
function sharedGaps(ones: readonly VoiceGap[], others: readonly VoiceGap[]): VoiceGap[] {
  const found: VoiceGap[] = []
  for (let n = 0, m = 0; n < ones.length && m < others.length;) {
    const [one, other] = [ones[n]!, others[m]!]
    const both = { from: Math.max(one.from, other.from), to: Math.min(one.to, other.to), isMissed: true }
    if (both.to - both.from >= minSharedGapSamples) found.push(both)
    if (one.to < other.to) n++
    else m++
  }
  return found
}
