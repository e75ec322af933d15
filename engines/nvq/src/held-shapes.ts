/**
 * What sounds where a voice is soft: as it fades a sound lasts, as in a room, and the next is there before it swells, until the track's own
 * comes through, sooner or later as drawn. What is there of its own is the room and the line, and is understood less. In: a series, levels,
 * chance. Out: the same series. Never here: how loud it is.
 */
import type { Chance } from './chance.ts'
import { bandCount } from './envelope.ts'
import { stretchesWhere } from './stretches.ts'

/** dB about the middle: what is softer is held. */
const heldBelow = -14
/** Frames after which nothing of what was held is left: between these. */
const drawn = [1, 14] as const

export const drawHolding = (chance: Chance): number => chance.between(...drawn)

/** In place. @param own dB about the middle; -Infinity where nobody speaks @param reach of `drawHolding` */
export function holdShapes(series: Float32Array, own: Float64Array, reach: number): void {
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
