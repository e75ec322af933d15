/**
 * Speech in less time at the same pitch (WSOLA: overlapping pieces, each where it fits the one before best).
 *
 * In: samples at 8 kHz. Out: so many samples. Never here: a cut, every part of the input is heard.
 */

/** 30 ms: two periods of the lowest voice. */
const pieceSamples = 240
const hopSamples = pieceSamples / 2
const searchSamples = 80

const fade = Float32Array.from(
  { length: pieceSamples },
  (_, i) => 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / pieceSamples),
)

/** @param length less than `samples.length`, and at least half of it */
export function hasten(samples: Float32Array, length: number): Float32Array {
  const result = new Float32Array(length)
  const weight = new Float32Array(length)
  const pieces = Math.max(1, Math.ceil((length - pieceSamples) / hopSamples) + 1)
  let before = -1
  for (let piece = 0; piece < pieces; piece++) {
    const at = Math.min(piece * hopSamples, Math.max(0, length - pieceSamples))
    // The first piece is the beginning, the last the end.
    const share = length > pieceSamples ? at / (length - pieceSamples) : 0
    const wanted = Math.round(share * Math.max(0, samples.length - pieceSamples))
    const isEdge = piece === 0 || piece === pieces - 1
    const from = isEdge ? wanted : bestMatch(samples, before + hopSamples, wanted)
    for (let i = 0; i < pieceSamples && at + i < length; i++) {
      // Not quite nothing, so that the first sample has a weight.
      const share = fade[i]! + 1e-3
      result[at + i]! += share * (samples[from + i] ?? 0)
      weight[at + i]! += share
    }
    before = from
  }
  for (let i = 0; i < length; i++) result[i]! /= weight[i]!
  return result
}

/** Near `wanted`, the place that sounds most like what would come next at `next`. */
function bestMatch(samples: Float32Array, next: number, wanted: number): number {
  let best = wanted
  let bestScore = -Infinity
  const last = samples.length - hopSamples
  for (let from = Math.max(0, wanted - searchSamples); from <= Math.min(last, wanted + searchSamples); from++) {
    let product = 0
    let energy = 1
    for (let i = 0; i < hopSamples; i += 2) {
      const candidate = samples[from + i]!
      product += candidate * (samples[next + i] ?? 0)
      energy += candidate * candidate
    }
    const score = product / Math.sqrt(energy)
    if (score > bestScore) [best, bestScore] = [from, score]
  }
  return best
}
