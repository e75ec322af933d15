/**
 * A stream with both voices that came beside a stream of each voice: where it is left out of what is heard, so that the two stay
 * apart. Its packets stay in the recording. Pure.
 *
 * In: the index. Out: samples. Never here: sound that only the mixed stream has left out. For a second or more it is heard where a
 * voice has not begun or has ended, where one was lost on the way, and where neither comes.
 */
import { samplesPerSecond, type RecordingIndex } from './recording-index.ts'
import type { Span } from './find-gaps.ts'

const missedSamples = samplesPerSecond

type Told = Pick<RecordingIndex, 'tracks' | 'gaps' | 'durationSamples'>

/** Samples in which mixed streams are left out, in order; none where the voices do not come apart. */
export function mixedLeftOut({ tracks, gaps, durationSamples }: Told): Span[] {
  const came = new Set(tracks.filter(({ packetsReceived }) => packetsReceived > 0).map(({ track }) => track))
  if (!came.has('mixed') || !came.has('caller') || !came.has('official')) return []
  const [caller, official] = (['caller', 'official'] as const).map((voice) =>
    gaps
      .filter(({ track, fromSample, toSample }) => track === voice && toSample - fromSample >= missedSamples)
      .map(({ fromSample: from, toSample: to, kind }) => ({
        ...{ from, to },
        isMissed: kind === 'loss' || from === 0 || to === durationSamples,
      })),
  ) as [Gone[], Gone[]]
  const missed = [...caller, ...official]
    .filter(({ isMissed }) => isMissed)
    .concat(common(caller, official))
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

/** Returns true if a stream with both voices is heard anywhere: then the two tracks are not the voices apart. */
export function hearsMixed(index: Told): boolean {
  if (!index.tracks.some(({ track }) => track === 'mixed')) return false
  const [first, ...more] = mixedLeftOut(index)
  return first === undefined || more.length > 0 || first.from > 0 || first.to < index.durationSamples
}

type Gone = Span & { isMissed: boolean }

/** Where both are gone for long. Gaps of one track are in order and apart. */
function common(ones: readonly Gone[], others: readonly Gone[]): Gone[] {
  const found: Gone[] = []
  for (let n = 0, m = 0; n < ones.length && m < others.length;) {
    const [one, other] = [ones[n]!, others[m]!]
    const both = { from: Math.max(one.from, other.from), to: Math.min(one.to, other.to), isMissed: true }
    if (both.to - both.from >= missedSamples) found.push(both)
    if (one.to < other.to) n++
    else m++
  }
  return found
}
