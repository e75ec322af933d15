/**
 * The loudness contour as a feature of its own: the level of each frame of speech and its slope. An engine that replaces the
 * spectral envelope may leave the contour unchanged, and among many cepstra a verifier would miss it.
 */
import type { Frames } from './background-model.ts'
import { cepstra, dimensions } from './voice-frames.ts'

/** The first cepstrum (the mean of the bands' logarithms) and its slope. */
export const levelDimensions = 2

/** @param frames of speech, with the mean subtracted; frames x `dimensions` */
export function levelCourse({ normalised, count }: Frames): Frames {
  const course = new Float32Array(count * levelDimensions)
  for (let frame = 0; frame < count; frame++) {
    course[frame * levelDimensions] = normalised[frame * dimensions]!
    course[frame * levelDimensions + 1] = normalised[frame * dimensions + cepstra]!
  }
  return { normalised: course, count }
}
