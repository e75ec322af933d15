import type { Peaks } from '../api/shapes.ts'
import { decodePeaks, silencesOf, type Stretch } from './silence.ts'
import { talkOf, type Talk } from './talk.ts'

/** Returns the shapes of the two lanes, the stretches where both are silent, and who speaks when, with the holds. */
export function laneShapes(peaks: Peaks): {
  lanes: [caller: Float32Array, official: Float32Array]
  silences: Stretch[]
  talk: Talk
} {
  const [caller, official] = [decodePeaks(peaks.caller), decodePeaks(peaks.official)]
  // Scales quiet calls up, both lanes alike; pure noise is not scaled up.
  const loudest = [caller, official].reduce((max, bytes) => bytes.reduce((a, b) => Math.max(a, b), max), 26)
  const toFloats = (bytes: Uint8Array) => Float32Array.from(bytes, (byte) => (byte / loudest) * 0.95)
  return {
    lanes: [toFloats(caller), toFloats(official)],
    silences: silencesOf(caller, official, peaks.peaksPerSecond),
    talk: talkOf(caller, official, peaks.peaksPerSecond, peaks.holds),
  }
}
