/**
 * How much shorter than the average a speaker's vocal tract is: of thirteen lengths the one for which the voice lies
 * nearest to the shared codebook (Lee and Rose 1998). In: a track taken apart. Out: the factor.
 */
import { momentsOf, weigh, seriesForEach, type Analysis } from './analysis.ts'
import { Nearest } from './codebook.ts'
import { bandCount, shapeTerms } from './envelope.ts'

export const factors = Array.from({ length: 13 }, (_, step) => 0.85 + 0.025 * step)
/** So many voiced frames are enough. */
const sampled = 320

/** What is quantised with: the codewords, and what each term weighs. */
export interface Shapes {
  weights: Float64Array
  words: Float32Array
  halves: Float32Array
}

export function findTractFactor(analysis: Analysis, shapes: Shapes): number {
  const voiced = analysis.counted.filter((frame) => analysis.pitch[frame]! > 0)
  if (voiced.length < sampled / 8) return 1
  const frames = Uint32Array.from(
    { length: Math.min(sampled, voiced.length) },
    (_, n) => voiced[Math.floor(((n + 0.5) * voiced.length) / Math.min(sampled, voiced.length))]!,
  )
  let best = 1
  let least = Infinity
  const all = seriesForEach(analysis, frames, factors)
  for (const [at, factor] of factors.entries()) {
    const distance = distortion(all[at]!, shapes) + 0.5 * Math.log(factor) ** 2
    if (distance < least) {
      least = distance
      best = factor
    }
  }
  return best
}

/** Mean square distance of the rows to their nearest codewords; in place, they are weighed. */
function distortion(series: Float32Array, shapes: Shapes): number {
  weigh(series, momentsOf(series), shapes.weights)
  const nearest = new Nearest(1, shapes.words, shapes.halves)
  const row = new Float64Array(shapeTerms)
  const rows = series.length / bandCount
  let sum = 0
  for (let n = 0; n < rows; n++) {
    row.set(series.subarray(n * bandCount + 1, (n + 1) * bandCount))
    nearest.find(row)
    sum += nearest.distances[0]!
  }
  return sum / rows
}
