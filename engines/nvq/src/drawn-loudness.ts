/**
 * How loud each frame of the new voice is. Where somebody speaks up it is as loud as everybody says that sound, by a little more or less as
 * drawn, with a slow part of what he has beyond it, and on a drawn course; where he is softer it comes and goes as drawn. In: a track taken
 * apart, how loud its sounds are said. Out: levels. Never here: how it swelled before.
 */
import type { Analysis } from './analysis.ts'
import type { Chance } from './chance.ts'
import { drawCourse } from './drawn-course.ts'
import { drawFading, fadingAsDrawn, soft, type Fading } from './drawn-fading.ts'
import { spreadAsEverybody } from './everybodys-spread.ts'

/** Where everybody's level lies, dB about its middle: the knots of everybodys-spread.ts; a voice that is evener stays so. */
const knots = [-10.6, -6.2, -2.9, 0, 2.4, 4.1, 6.2]
const leastDeviation = 3
/** What is quieter than all of them is quieter still, so often as much. */
const below = 2
/** Frames on either side over which sounds follow each other evenly, and over which a voice's own loudness is evened. */
const soundReach = 2
const reach = 30
/** What a voice has beyond its sounds is kept so far. */
const kept = 0.1
/** What is drawn lies between these; names as in `Loudness`. */
const drawn = { spread: [0.85, 1.35], skew: [-0.15, 0.3], stress: [0.7, 1.7] } as const
/** dB: how far what is loud wanders, at most, and how often. */
const mostWandering = 4
const paces = { slowest: 0.3, fastest: 1.5 }

export interface Loudness {
  /** How far levels lie apart, 1 as everybody's. */
  spread: number
  /** By which part the soft side is wider than that, and the loud one narrower. */
  skew: number
  /** How far sounds lie apart, 1 as everybody says them. */
  stress: number
  /** dB, of each frame: what is loud is louder by so much. */
  course: Float64Array
  fading: Fading
}

/** @param frames of the track */
export function drawLoudness(frames: number, chance: Chance): Loudness {
  return {
    spread: chance.between(...drawn.spread),
    skew: chance.between(...drawn.skew),
    stress: chance.between(...drawn.stress),
    course: drawCourse(frames, { ...paces, height: chance.between(0, mostWandering) }, chance),
    fading: drawFading(chance),
  }
}

/** A track's levels, spread as everybody's: dB about their middle; -Infinity where nobody speaks. */
export function levelsAsEverybodys(
  { level, speech, counted }: Analysis,
  { spread, skew }: Pick<Loudness, 'spread' | 'skew'>,
): Float64Array {
  const shared = knots.map((knot) => knot * spread * (knot < 0 ? 1 + skew : 1 - skew))
  const sorted = Float64Array.from(counted, (frame) => level[frame]!).sort()
  const spreadOf = spreadAsEverybody(sorted, shared, leastDeviation)
  return level.map((own, frame) => {
    if (speech[frame] === 0) return -Infinity
    const value = spreadOf(own)
    return value + (below - 1) * Math.min(0, value - shared[0]!)
  })
}

/**
 * @param own of `levelsAsEverybodys`, and so is what comes back
 * @param said dB of each frame: how loud its sound is said
 * @param starts of turns (turn-starts.ts)
 * @param above dB of each frame by which it is heard louder than its level (heard-levels.ts)
 */
export function drawnLoudness(
  own: Float64Array,
  said: Float64Array,
  starts: Uint8Array,
  above: Float64Array,
  draw: Loudness,
): Float64Array {
  const sounds = evened(own, said, () => 1, soundReach).map((level) => draw.stress * level)
  const beyond = own.map((level, frame) => level - sounds[frame]!)
  const slow = evened(own, beyond, (far) => reach + 1 - far, reach)
  const loudness = own.map((level, frame) =>
    level > soft ? sounds[frame]! + kept * slow[frame]! + draw.course[frame]! : level,
  )
  return fadingAsDrawn(own, loudness, starts, above, draw.fading)
}

/** Of each loud frame, over its loud neighbours. @param weight of a neighbour so many frames away */
function evened(own: Float64Array, values: Float64Array, weight: (far: number) => number, most: number): Float64Array {
  const weights = Array.from({ length: most + 1 }, (_, far) => weight(far))
  return own.map((level, frame) => {
    if (!(level > soft)) return 0
    let sum = 0
    let count = 0
    for (let near = frame - most; near <= frame + most; near++) {
      if (!((own[near] ?? -Infinity) > soft)) continue
      const counts = weights[Math.abs(near - frame)]!
      sum += counts * values[near]!
      count += counts
    }
    return sum / count
  })
}
