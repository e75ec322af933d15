/**
 * The melody of a sentence without its speaker: every voice's pitch lies as everybody's does around a level and in a range that were
 * drawn, rises and falls by a drawn slope as well as a part of its own, wanders as drawn, and its finest movements are smoothed away.
 * In: the pitch of a track. Out: another. Never here: the level or range it had.
 */
import type { Chance } from './chance.ts'
import { drawCourse } from './drawn-course.ts'
import { spreadAsEverybody } from './everybodys-spread.ts'
import { highestPitch, lowestPitch } from './pitch.ts'
import { hop } from './voice-activity.ts'
import { voiceRate } from './engine.ts'
import { voicedStretches } from './voiced-stretches.ts'

/** Where the logarithm of everybody's pitch lies about its middle: the knots of everybodys-spread.ts. */
const knots = [-0.165, -0.11, -0.06, 0, 0.066, 0.127, 0.198]
/** A voice that hardly moves is not made to: deviation of the logarithm. */
const leastDeviation = 0.05
/** Of the logarithm, at most by how much from its middle. */
const furthest = 0.45
/** What is drawn lies between these; names as in `Melody`. */
const drawn = {
  level: [80, 114],
  slope: [-0.32, 0.12],
  keptSlope: [0.4, 1],
  range: [0.5, 1.6],
  reach: [6, 28],
} as const
/** Of the logarithm. */
const wandering = { height: 0.03, slowest: 0.4, fastest: 2.5 }
const framesASecond = voiceRate / hop

export interface Melody {
  /** Hertz. */
  level: number
  /** By which the logarithm of the pitch rises in a second of voice. */
  slope: number
  /** How much of its own rise or fall a stretch of voice keeps. */
  keptSlope: number
  /** How far it moves, 1 as everybody's. */
  range: number
  /** Frames on either side that are smoothed over. */
  reach: number
  /** Of each frame: what the logarithm of its pitch has beside its own. */
  course: Float64Array
}

/** @param frames of the track */
export function drawMelody(frames: number, chance: Chance): Melody {
  const [lowest, highest] = drawn.level
  return {
    level: Math.exp(chance.between(Math.log(lowest), Math.log(highest))),
    slope: chance.between(...drawn.slope),
    keptSlope: chance.between(...drawn.keptSlope),
    range: chance.between(...drawn.range),
    reach: Math.round(chance.between(...drawn.reach)),
    course: drawCourse(frames, wandering, chance),
  }
}

/** @param pitch hertz, 0 where unvoiced, as in what comes back */
export function newMelody(
  pitch: Float64Array,
  { level, slope, keptSlope, range, reach, course }: Melody,
): Float64Array {
  const melody = new Float64Array(pitch.length)
  const logs = smoothed(pitch, reach)
  flatten(logs, keptSlope)
  const sorted = logs.filter((log) => log > 0).sort()
  if (sorted.length === 0) return melody
  const spread = spreadAsEverybody(
    sorted,
    knots.map((knot) => range * knot),
    leastDeviation,
  )
  const moved = logs.map((log, frame) => (log === 0 ? 0 : spread(log) + course[frame]!))
  tilt(logs, moved, slope / framesASecond)
  for (let frame = 0; frame < pitch.length; frame++) {
    if (logs[frame] === 0) continue
    const hertz = level * Math.exp(Math.max(-furthest, Math.min(furthest, moved[frame]!)))
    melody[frame] = Math.max(lowestPitch, Math.min(highestPitch, hertz))
  }
  return melody
}

/** The logarithm of the pitch, 0 where unvoiced, without its fine movements. */
function smoothed(pitch: Float64Array, reach: number): Float64Array {
  const logs = pitch.map((hertz) => (hertz > 0 ? Math.log(hertz) : 0))
  return logs.map((own, frame) => {
    if (own === 0) return 0
    let sum = 0
    let weights = 0
    for (let offset = -reach; offset <= reach; offset++) {
      const log = logs[frame + offset] ?? 0
      if (log === 0) continue
      const weight = reach + 1 - Math.abs(offset)
      sum += weight * log
      weights += weight
    }
    return sum / weights
  })
}

/** In place: each stretch of voice loses a part of its own rise or fall. */
function flatten(logs: Float64Array, keptSlope: number): void {
  for (const { from, to } of voicedStretches(logs)) {
    const middle = (to - from - 1) / 2
    let product = 0
    let squares = 0
    for (let n = 0; n < to - from; n++) {
      product += (n - middle) * logs[from + n]!
      squares += (n - middle) ** 2
    }
    const change = to - from > 5 ? (1 - keptSlope) * (product / squares) : 0
    for (let n = 0; n < to - from; n++) logs[from + n]! -= (n - middle) * change
  }
}

/** In place: all stretches rise by as much more that a frame of voice rises by so much on average. @param logs 0 where unvoiced */
function tilt(logs: Float64Array, moved: Float64Array, slope: number): void {
  const stretches = voicedStretches(logs)
  let [risen, frames] = [0, 0]
  for (const { from, to } of stretches) {
    risen += moved[to - 1]! - moved[from]!
    frames += to - 1 - from
  }
  const change = slope - risen / Math.max(1, frames)
  for (const { from, to } of stretches)
    for (let frame = from; frame < to; frame++) moved[frame]! += (frame - (from + to - 1) / 2) * change
}
