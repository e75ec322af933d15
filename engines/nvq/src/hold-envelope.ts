/**
 * Holds the spectral envelope through quiet frames: each is blended with the nearest louder frame, less with distance, within a
 * random reach.
 */
import type { Chance } from './chance.ts'
import { bandCount } from './envelope.ts'
import { stretchesWhere } from './stretches.ts'

/** dB about the middle: quieter frames are held. */
const heldBelow = -14
/** Range of the reach, in frames. */
const reachRange = [1, 14] as const

export const drawReach = (chance: Chance): number => chance.between(...reachRange)

/** In place. @param own dB about the middle; -Infinity where nobody speaks @param reach in frames, from `drawReach` */
export function holdEnvelope(series: Float32Array, own: Float64Array, reach: number): void {
  const isHeld = (frame: number) => own[frame]! <= heldBelow && own[frame] !== -Infinity
  const speaks = (frame: number) => (own[frame] ?? -Infinity) !== -Infinity
  for (const { from, to } of stretchesWhere(own.length, isHeld)) {
    const before = speaks(from - 1) ? from - 1 : -Infinity
    const after = speaks(to) ? to : Infinity
    for (let frame = from; frame < to; frame++) {
      const isBefore = frame - before <= after - frame
      const far = isBefore ? frame - before : after - frame
      const part = Math.max(0, 1 - (far - 1) / reach)
      if (part === 0) continue
      const edge = isBefore ? before : after
      for (let order = 1; order < bandCount; order++)
        series[frame * bandCount + order]! +=
          part * (series[edge * bandCount + order]! - series[frame * bandCount + order]!)
    }
  }
}
