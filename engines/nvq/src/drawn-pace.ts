/**
 * How fast somebody speaks: in what time sounds follow each other, and how they swell, says more of a speaker than most else that is left.
 * So the course of every term, and of how loud it is heard, is taken apart into movements that last longer and longer, and the part that
 * each of them has goes half of the way to everybody's, and a little beside it as drawn. In: a series, levels, chance. Out: the same, at
 * another pace. Never here: when something is said; nothing becomes longer.
 */
import type { Analysis } from './analysis.ts'
import { betweenKnots } from './between-knots.ts'
import type { Chance } from './chance.ts'
import { bandCount } from './envelope.ts'
import { heardLevels } from './heard-levels.ts'
import { loudOf } from './turn-starts.ts'

/** Frames on either side: what evens out over these lasts no longer. */
const reaches = [3, 8, 20, 45, 90]
/** Deviation of each movement, the longest last, beside that of the whole: what many people have of these terms, and lines between them. */
const orders = [1, 2, 4, 8, 12, 16, 23]
const everybodysShapes = [
  [0.102, 0.096, 0.137, 0.192, 0.23, 0.274, 0.331],
  [0.141, 0.122, 0.163, 0.209, 0.234, 0.259, 0.293],
  [0.24, 0.207, 0.247, 0.275, 0.287, 0.29, 0.292],
  [0.303, 0.275, 0.279, 0.281, 0.275, 0.264, 0.242],
  [0.274, 0.252, 0.239, 0.222, 0.213, 0.201, 0.177],
  [0.468, 0.467, 0.415, 0.374, 0.349, 0.327, 0.283],
] as const
const everybodysLevels = [0.1, 0.153, 0.269, 0.345, 0.329, 0.434]
/** Of the way there, of the logarithm, and by what factor at most. */
const way = 0.5
const furthest = 2
/** Drawn beside it, of the logarithm, at most. */
const beside = 0.1
/** dB below the loud: what is softer stays as it is. */
const softest = 32
/** Fewer frames (200 ms) have no pace. */
const fewest = 40

export interface Pace {
  /** Each movement by so much more, of shapes and of levels. */
  shapes: Float64Array
  levels: Float64Array
}

export const drawPace = (chance: Chance): Pace => ({ shapes: drawParts(chance), levels: drawParts(chance) })

const drawParts = (chance: Chance): Float64Array =>
  Float64Array.from({ length: reaches.length + 1 }, () => Math.exp(chance.between(-beside, beside)))

/** In place. @param series of `seriesOf`, or what became of it */
export function shapesPaced(series: Float32Array, { speech, counted }: Analysis, parts: Float64Array): void {
  if (counted.length < fewest) return
  for (let order = 1; order < bandCount; order++) {
    const course = Float64Array.from(speech, (_, frame) => series[frame * bandCount + order]!)
    const everybodys = everybodysShapes.map((shares) => betweenKnots(orders, shares, order))
    const made = paced(course, speech, counted, everybodys, parts)
    for (const [frame, speaks] of speech.entries()) if (speaks === 1) series[frame * bandCount + order] = made[frame]!
    for (const own of [course, made]) own.fill(0)
  }
}

/**
 * In place.
 *
 * @param levels dB of each frame; -Infinity where nobody speaks
 * @param above of `powerAboveLevel`
 */
export function levelsPaced(levels: Float64Array, above: Float64Array, parts: Float64Array): void {
  const heard = heardLevels(levels, above)
  const floor = loudOf(heard) - softest
  const course = heard.map((level) => Math.max(level, floor))
  const speech = Uint8Array.from(levels, (level) => (level === -Infinity ? 0 : 1))
  const counted = Uint32Array.from(speech.keys().filter((frame) => speech[frame] === 1 && heard[frame]! > floor))
  if (counted.length < fewest) return
  const made = paced(course, speech, counted, everybodysLevels, parts)
  for (const frame of counted) levels[frame]! += made[frame]! - course[frame]!
}

/** @param speech of which frames somebody speaks @param counted frames that count for deviations */
function paced(
  course: Float64Array,
  speech: Uint8Array,
  counted: Uint32Array,
  everybodys: readonly number[],
  parts: Float64Array,
): Float64Array {
  const { mean, deviation: whole } = spreadOf(course, counted)
  const made = course.map(() => mean)
  const movements = movementsOf(
    course.map((value) => value - mean),
    speech,
  )
  for (const [at, movement] of movements.entries()) {
    const gain = ((everybodys[at]! * whole) / spreadOf(movement, counted).deviation) ** way
    const factor = parts[at]! * Math.max(1 / furthest, Math.min(furthest, gain))
    for (const [frame, value] of movement.entries()) made[frame]! += factor * value
    movement.fill(0)
  }
  return made
}

/** The shortest first; together they are the course. */
export function movementsOf(course: Float64Array, speech: Uint8Array): Float64Array[] {
  const movements: Float64Array[] = []
  let left = course
  for (const reach of reaches) {
    const slower = smoothed(course, speech, reach)
    movements.push(left.map((value, frame) => value - slower[frame]!))
    left = slower
  }
  return [...movements, left]
}

/** Over the frames in which somebody speaks, the nearer the more. */
const smoothed = (course: Float64Array, speech: Uint8Array, reach: number): Float64Array =>
  course.map((_, frame) => {
    if (speech[frame] === 0) return 0
    let sum = 0
    let count = 0
    for (let near = Math.max(0, frame - reach); near <= Math.min(course.length - 1, frame + reach); near++) {
      if (speech[near] === 0) continue
      const counts = reach + 1 - Math.abs(near - frame)
      sum += counts * course[near]!
      count += counts
    }
    return sum / count
  })

function spreadOf(course: Float64Array, counted: Uint32Array) {
  let [sum, squares] = [0, 0]
  for (const frame of counted) {
    sum += course[frame]!
    squares += course[frame]! ** 2
  }
  const mean = sum / counted.length
  return { mean, deviation: Math.sqrt(Math.max(1e-12, squares / counted.length - mean ** 2)) }
}
