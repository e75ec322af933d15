/**
 * Where a turn starts: what is loud after a pause. In: samples. Out: frames. Never here: the level a voice has there.
 */
import { frameCount, hop } from './voice-activity.ts'

/** dB below the loud: what is louder is heard as the start of a turn, after so many frames without. */
export const belowLoud = 25
export const pause = 40
/** dB by which a turn is heard at its start, and by which what comes before is below that: nothing of it is heard. */
export const crossing = { after: 4, before: 7 }
/** Of the frames; louder than this are the loud ones. */
const loudFrom = 0.95

/** dB, of 10 ms around each frame's beginning. */
function levelsOf(samples: Float32Array): Float64Array {
  return Float64Array.from({ length: frameCount(samples.length) }, (_, frame) => {
    let power = 1e-9
    for (let n = Math.max(0, (frame - 1) * hop); n < Math.min(samples.length, (frame + 1) * hop); n++)
      power += samples[n]! ** 2
    return 10 * Math.log10(power)
  })
}

export const loudOf = (levels: Float64Array): number =>
  levels.toSorted()[Math.floor(levels.length * loudFrom)] ?? -Infinity

/** @returns 1 for the frame in which a turn starts */
export function turnStarts(samples: Float32Array): Uint8Array {
  const levels = levelsOf(samples)
  const heardFrom = loudOf(levels) - belowLoud
  const starts = new Uint8Array(levels.length)
  let quiet = pause
  for (let frame = 0; frame < levels.length; frame++) {
    if (levels[frame]! < heardFrom) {
      quiet++
      continue
    }
    if (quiet >= pause) starts[frame] = 1
    quiet = 0
  }
  return starts
}
