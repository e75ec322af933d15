/** Extracts the verifier's features from a recording. */
import { prosodyOf } from './prosody.ts'
import { secondMoments } from './second-moments.ts'
import { voiceFrames } from './voice-frames.ts'

export interface Heard {
  /** Frames x dimensions, of speech only, with the mean subtracted. */
  normalised: Float32Array
  count: number
  prosody: Float64Array
  /** Second moments of the cepstra (second-moments.ts). */
  moments: Float64Array
}

export const hear = (samples: Int16Array): Heard => {
  const frames = voiceFrames(samples)
  const { normalised, count } = frames
  return { normalised, count, prosody: prosodyOf(samples, frames), moments: secondMoments(frames) }
}
