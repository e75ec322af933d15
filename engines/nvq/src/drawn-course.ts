/**
 * A slow course that was drawn, to lie beside a voice's own: how far somebody's loudness or melody wanders is his, and what wanders
 * with it hides that. In: chance. Out: a value for each frame. Never here: anything of the track but how long it is.
 */
import type { Chance } from './chance.ts'
import { voiceRate } from './engine.ts'
import { hop } from './voice-activity.ts'

const waves = 4
const framesASecond = voiceRate / hop

/** What a course is drawn from. */
export interface Wandering {
  /** In the unit of its values: of one wave that is as strong as all of its waves together. */
  height: number
  /** Hertz: how often it rises and falls, at least and at most. */
  slowest: number
  fastest: number
}

/** @returns values about nought: a sum of waves whose pace and beginning are drawn */
export function drawCourse(frames: number, { height, slowest, fastest }: Wandering, chance: Chance): Float64Array {
  const course = new Float64Array(frames)
  for (let wave = 0; wave < waves; wave++) {
    const hertz = Math.exp(chance.between(Math.log(slowest), Math.log(fastest)))
    const phase = chance.between(0, 2 * Math.PI)
    for (let frame = 0; frame < frames; frame++)
      course[frame]! += (height / Math.sqrt(waves)) * Math.sin(phase + (2 * Math.PI * hertz * frame) / framesASecond)
  }
  return course
}
