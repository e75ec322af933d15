/**
 * The course of the loudness and nothing else: how loud each frame of speech is, and how fast it swells or fades. An engine that makes
 * every shape of the spectrum anew may leave it as it was, and behind so many shapes a verifier does not hear it.
 */
import type { Frames } from './background-model.ts'
import { cepstra, dimensions } from './voice-frames.ts'

/** The first cepstrum (the mean of the bands' logarithms) and its slope. */
export const levelDimensions = 2

/** @param frames of speech, their mean taken away; frames x `dimensions` */
export function levelCourse({ normalised, count }: Frames): Frames {
  const course = new Float32Array(count * levelDimensions)
  for (let frame = 0; frame < count; frame++) {
    course[frame * levelDimensions] = normalised[frame * dimensions]!
    course[frame * levelDimensions + 1] = normalised[frame * dimensions + cepstra]!
  }
  return { normalised: course, count }
}
