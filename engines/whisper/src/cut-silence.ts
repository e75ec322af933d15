/**
 * Shortens long silences. A track of a call is silent while the other party talks, and Whisper invents words in long silence. Only
 * real silence is cut, as a muted or clean line has it: with noise on the line everything stays.
 */
import { rate } from './read-request.ts'

const frame = rate / 50
/** Amplitude: -54 dB of full scale, above what G.711 makes of silence. */
const silentPeak = 64
/** What is kept of a silence on each side; a longer one than both is cut. */
const keptFrames = 25
const keptSamples = keptFrames * frame

interface Cut {
  /** Sample after the cut, in what is left. */
  at: number
  /** Samples that were cut there and before it. */
  before: number
}

export interface Span {
  from: number
  to: number
}

/**
 * Returns what is left, empty if there is no sound at all.
 * `placeOf` returns the place in the track of a span of what is left. A span that a cut interrupts is the part of it that sounds.
 */
export function cutSilence(samples: Int16Array): { sounding: Int16Array; placeOf: (span: Span) => Span } {
  const loud = loudFrames(samples)
  const sounding = new Int16Array(samples.length)
  const cuts: Cut[] = []
  let left = 0
  for (const [index, isKept] of framesToKeep(loud).entries()) {
    if (!isKept) continue
    const from = index * frame
    const before = from - left
    if (before !== (cuts.at(-1)?.before ?? 0)) cuts.push({ at: left, before })
    const part = samples.subarray(from, from + frame)
    sounding.set(part, left)
    left += part.length
  }
  return {
    sounding: sounding.subarray(0, left),
    placeOf: (span) => soundingPlace(cuts, span),
  }
}

function soundingPlace(cuts: readonly Cut[], { from, to }: Span): Span {
  const placeOf = (sample: number) => sample + (cuts.findLast(({ at }) => at <= sample)?.before ?? 0)
  const cut = cuts.find(({ at }) => at > from && at < to)?.at
  const isBefore = cut !== undefined && to <= cut + keptSamples
  const isAfter = cut !== undefined && from >= cut - keptSamples
  // The times of Whisper's words reach into the silence beside them.
  const [first, behind] = [isAfter && !isBefore ? cut : from, isBefore ? cut : to]
  return { from: placeOf(first), to: placeOf(behind - 1) + 1 }
}

function loudFrames(samples: Int16Array): boolean[] {
  return Array.from({ length: Math.ceil(samples.length / frame) }, (_, index) =>
    samples.subarray(index * frame, (index + 1) * frame).some((sample) => Math.abs(sample) >= silentPeak),
  )
}

/** A frame is kept if one within half a second of it is loud. */
function framesToKeep(loud: readonly boolean[]): boolean[] {
  const kept = loud.map(() => false)
  for (const [index, isLoud] of loud.entries()) {
    if (isLoud) kept.fill(true, Math.max(0, index - keptFrames), index + keptFrames + 1)
  }
  return kept
}
