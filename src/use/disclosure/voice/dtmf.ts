/**
 * Detects pressed telephone keys, which may spell a code or a number: two tones, one of each group, and nothing else that is
 * loud (ITU-T Q.23, Q.24), by Goertzel filters. The key itself is not decoded.
 */
import { voiceRate, type Span } from './engine.ts'

const low = [697, 770, 852, 941]
const high = [1209, 1336, 1477, 1633]
/** 205 samples: the tones fall between one another's sidelobes. */
const windowSamples = 205
const step = 80
/** Window level in dB below full scale. */
const minLevelDb = -42
/** Least share of the window's power in the two tones; speech has less. */
const minToneShare = 0.72
/** Power ratios: one tone to the other, and to the next in its group. */
const maxTwist = 16
const minRatioToNext = 6
/** Shortest key: Q.24 requires 40 ms; anything shorter is chance. */
const shortest = 0.03 * voiceRate
/** Longest gap between keys of one span. */
const gap = 0.25 * voiceRate

/** Returns ordered spans that do not overlap; keys in quick succession form one span. */
export function findKeyTones(samples: Int16Array): Span[] {
  const spans: Span[] = []
  let open: Span | undefined
  for (let from = 0; from + windowSamples <= samples.length; from += step) {
    if (!isKey(samples, from)) continue
    if (open && from <= open.to) open.to = from + windowSamples
    else {
      if (open) spans.push(open)
      open = { from, to: from + windowSamples }
    }
  }
  if (open) spans.push(open)
  const joined: Span[] = []
  // At least three windows per key: fewer may be a whistle in a word.
  for (const span of spans.filter(({ from, to }) => to - from >= shortest + step)) {
    const last = joined.at(-1)
    if (last && span.from - last.to <= gap) last.to = span.to
    else joined.push({ ...span })
  }
  return joined
}

function isKey(samples: Int16Array, from: number): boolean {
  let power = 0
  for (let n = from; n < from + windowSamples; n++) power += samples[n]! ** 2
  power /= windowSamples
  if (power < 32768 ** 2 * 10 ** (minLevelDb / 10)) return false
  const lows = low.map((hertz) => tonePower(samples, from, hertz))
  const highs = high.map((hertz) => tonePower(samples, from, hertz))
  const [loudestLow, nextLow] = twoLoudest(lows)
  const [loudestHigh, nextHigh] = twoLoudest(highs)
  return (
    loudestLow + loudestHigh > minToneShare * power &&
    loudestLow < maxTwist * loudestHigh &&
    loudestHigh < maxTwist * loudestLow &&
    loudestLow > minRatioToNext * nextLow &&
    loudestHigh > minRatioToNext * nextHigh
  )
}

/** Power of a sine of this frequency that would explain the filter's output. */
function tonePower(samples: Int16Array, from: number, hertz: number): number {
  const coefficient = 2 * Math.cos((2 * Math.PI * hertz) / voiceRate)
  let last = 0
  let before = 0
  for (let n = from; n < from + windowSamples; n++) {
    const now = samples[n]! + coefficient * last - before
    before = last
    last = now
  }
  return (2 * (last * last + before * before - coefficient * last * before)) / windowSamples ** 2
}

function twoLoudest(powers: number[]): [number, number] {
  const [first = 0, second = 0] = [...powers].sort((a, b) => b - a)
  return [first, second]
}
