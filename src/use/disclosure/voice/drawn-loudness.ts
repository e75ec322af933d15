/**
 * How loud each frame of the new voice is. Where somebody speaks up his levels are spread as everybody's, by a little more or less as
 * drawn, evened, and on a drawn course; where he is softer the room, the line and his own breath say who he is: there the voice swells
 * and fades at a pace that was drawn, and down to a drawn floor. Only when a turn is heard to start stays as it was. In: a track taken
 * apart. Out: levels. Never here: how it swelled before.
 */
import type { Analysis } from './analysis.ts'
import type { Chance } from './chance.ts'
import { drawCourse } from './drawn-course.ts'
import { spreadAsEverybody } from './everybodys-spread.ts'
import { belowLoud, loudOf, turnStarts } from './turn-starts.ts'

/** Where everybody's level lies, dB about its middle: the knots of everybodys-spread.ts; a voice that is evener stays so. */
const knots = [-10.6, -6.2, -2.9, 0, 2.4, 4.1, 6.2]
const leastDeviation = 3
/** What is quieter than all of them is quieter still, so often as much. */
const below = 2
/** dB about the middle: what is softer swells and fades as drawn; what is louder is evened over so many frames on either side. */
const soft = -12
const reach = 10
/** So far above the softest that is its own the drawn swelling begins at most. */
const steepest = 12
/** dB by which a turn is heard at its start, and not before. */
const crossing = 4
/** What is drawn lies between these; names as in `Loudness`. */
const drawn = { swell: [8, 12], fade: [1.2, 4], floor: [-38, -25], spread: [0.85, 1.35], skew: [-0.15, 0.3] } as const
/** dB: how far what is loud wanders, at most, and how often. */
const mostWandering = 3
const paces = { slowest: 0.3, fastest: 1.5 }

export interface Loudness {
  /** dB in a frame. */
  swell: number
  fade: number
  /** dB about the middle: no speech is softer. */
  floor: number
  /** How far levels lie apart, 1 as everybody's. */
  spread: number
  /** By which part the soft side is wider than that, and the loud one narrower. */
  skew: number
  /** dB, of each frame: what is loud is louder by so much. */
  course: Float64Array
}

/** @param frames of the track */
export function drawLoudness(frames: number, chance: Chance): Loudness {
  return {
    swell: chance.between(...drawn.swell),
    fade: chance.between(...drawn.fade),
    floor: chance.between(...drawn.floor),
    spread: chance.between(...drawn.spread),
    skew: chance.between(...drawn.skew),
    course: drawCourse(frames, { ...paces, height: chance.between(0, mostWandering) }, chance),
  }
}

/** dB about the middle of everybody's; -Infinity where nobody speaks. */
export function drawnLoudness(analysis: Analysis, draw: Loudness): Float64Array {
  const { speech } = analysis
  const own = asEverybodys(analysis, draw)
  const loudness = evened(own, draw.course)
  const heardFrom = loudOf(own) - belowLoud
  const starts = turnStarts(analysis.samples)
  for (let from = 0; from < own.length;) {
    if (own[from]! > soft) {
      from++
      continue
    }
    let to = from
    while (to < own.length && !(own[to]! > soft)) to++
    const start = starts.subarray(from, to).indexOf(1)
    const stretch = { from, to, start: start < 0 ? undefined : from + start, heardFrom }
    for (let frame = from; frame < to; frame++)
      loudness[frame] = speech[frame] === 0 ? -Infinity : softly(loudness, stretch, frame, draw)
    from = to
  }
  return loudness
}

interface Stretch {
  from: number
  to: number
  /** Where in it a turn starts. */
  start: number | undefined
  /** dB: what is louder is heard. */
  heardFrom: number
}

/** Between what was loud before and what will be. */
function softly(
  loudness: Float64Array,
  { from, to, start, heardFrom }: Stretch,
  frame: number,
  { swell, fade, floor }: Loudness,
): number {
  const ends = (at: number) => {
    const level = loudness[at] ?? -Infinity
    return level === -Infinity ? level : Math.max(soft, Math.min(level, soft + steepest))
  }
  const fading = ends(from - 1) - fade * (frame - from + 1)
  const swelling = ends(to) - swell * (to - frame)
  if (start === undefined) return Math.max(fading, swelling, floor)
  if (frame >= start) return Math.max(swelling, heardFrom + crossing)
  const before = heardFrom - crossing
  return Math.max(Math.min(fading, before), Math.min(swelling, before - swell * (start - frame - 1)), floor)
}

function asEverybodys({ level, speech, counted }: Analysis, draw: Loudness): Float64Array {
  const shared = knots.map((knot) => knot * draw.spread * (knot < 0 ? 1 + draw.skew : 1 - draw.skew))
  const sorted = Float64Array.from(counted, (frame) => level[frame]!).sort()
  const spread = spreadAsEverybody(sorted, shared, leastDeviation)
  return level.map((own, frame) => {
    if (speech[frame] === 0) return -Infinity
    const value = spread(own)
    return value + (below - 1) * Math.min(0, value - shared[0]!)
  })
}

/** What is loud, over its loud neighbours, and on the course. */
function evened(own: Float64Array, course: Float64Array): Float64Array {
  return own.map((level, frame) => {
    if (!(level > soft)) return level
    let sum = 0
    let count = 0
    for (let near = frame - reach; near <= frame + reach; near++) {
      if (!((own[near] ?? -Infinity) > soft)) continue
      sum += own[near]!
      count++
    }
    return sum / count + course[frame]!
  })
}
