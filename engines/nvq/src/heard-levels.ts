/**
 * How loud something is heard: its power over 25 ms. A frame's level is told from the difference of its samples, so a dark sound is louder
 * than its level says and a bright one softer. In: a series, where its frequencies come from, levels. Out: others, heard. Never here: what
 * they should be.
 */
import { bandCount, termsAtBins } from './envelope.ts'
import { carriedLoss } from './resynthesis.ts'
import { differenceGain } from './voice-activity.ts'
import { voiceRate } from './engine.ts'

/** So coarse a spectrum tells a sum of powers. */
const points = 64
/** Frames on either side that are heard with one. */
const reach = 2
/** dB below the loud: what is louder is heard. */
export const heardBelow = 30

/**
 * @param levels of each frame; -Infinity where it is silent
 * @param warp from a frequency of what comes out to that of the series
 * @returns dB of each frame by which its power is above its level
 */
export function powerAboveLevel(
  series: Float32Array,
  levels: Float64Array,
  warp: (hertz: number) => number,
): Float64Array {
  const terms = termsAtBins(points, warp)
  const bins = Array.from({ length: points / 2 }, (_, n) => {
    const hertz = ((n + 1) * voiceRate) / points
    return { at: (n + 1) * bandCount, loss: carriedLoss(hertz), gain: differenceGain(hertz) ** 2 }
  })
  return levels.map((level, frame) => {
    if (level === -Infinity) return 0
    let [power, difference] = [0, 0]
    for (const { at, loss, gain } of bins) {
      let nepers = loss
      for (let order = 1; order < bandCount; order++) nepers += terms[at + order]! * series[frame * bandCount + order]!
      const own = Math.exp(2 * nepers)
      power += own
      difference += own * gain
    }
    return 10 * Math.log10(power / difference)
  })
}

/** @param above of `powerAboveLevel` @returns dB of each frame */
export function heardLevels(levels: Float64Array, above: Float64Array): Float64Array {
  const powers = levels.map((level, frame) => 10 ** ((level + above[frame]!) / 10))
  return powers.map((_, frame) => {
    let sum = 1e-9
    for (let near = Math.max(0, frame - reach); near <= Math.min(powers.length - 1, frame + reach); near++)
      sum += powers[near]!
    return 10 * Math.log10(sum / (2 * reach + 1))
  })
}
