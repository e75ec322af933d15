/**
 * How a voice comes and goes where it is soft: there the room, the line and his own breath say who somebody is. It swells at a drawn pace,
 * and fades at the one by which a drawn share of what is heard is soft: how much of his speech is, is somebody's as well. Only when a turn
 * is heard to start stays as it was. In: a track's levels. Out: others where it is soft. Never here: how it swelled or faded before.
 */
import type { Chance } from './chance.ts'
import { heardBelow, heardLevels } from './heard-levels.ts'
import { nearestTo } from './nearest-to.ts'
import { stretchesWhere, type Stretch } from './stretches.ts'
import { belowLoud, crossing, loudOf } from './turn-starts.ts'

/** dB about the middle: what is softer swells and fades as drawn. */
export const soft = -12
/** So far above the softest that is its own the drawn swelling begins at most. */
const steepest = 12
/** dB below the loud: what is heard and softer than this is soft. */
const softBelow = 16
/** What is drawn lies between these; names as in `Fading`. */
const drawn = { swell: [8, 12], floor: [-38, -25], softness: [0.12, 0.3] } as const
/** dB in a frame: a voice fades by one of these. */
const fades = Array.from({ length: 13 }, (_, step) => 0.6 * 10 ** (step / 12))

export interface Fading {
  /** dB in a frame. */
  swell: number
  /** dB about the middle: no speech is softer. */
  floor: number
  /** Share of what is heard. */
  softness: number
}

export const drawFading = (chance: Chance): Fading => ({
  swell: chance.between(...drawn.swell),
  floor: chance.between(...drawn.floor),
  softness: Math.exp(chance.between(Math.log(drawn.softness[0]), Math.log(drawn.softness[1]))),
})

/** In all of its frames a voice is soft. */
interface SoftStretch extends Stretch {
  /** Where in it a turn starts. */
  start: number | undefined
}

/**
 * @param own dB about the middle, as in what comes back; -Infinity where nobody speaks
 * @param loudness what is said instead of it where it is loud
 * @param starts of turns (turn-starts.ts)
 * @param above dB of each frame by which it is heard louder than its level (heard-levels.ts)
 */
export function fadingAsDrawn(
  own: Float64Array,
  loudness: Float64Array,
  starts: Uint8Array,
  above: Float64Array,
  draw: Fading,
): Float64Array {
  const stretches = softStretches(own, starts)
  const heardFrom = loudOf(heardLevels(loudness, above)) - belowLoud
  return nearestTo(
    draw.softness,
    fades.map((fade) => () => {
      const made = loudness.slice()
      for (const stretch of stretches)
        for (let frame = stretch.from; frame < stretch.to; frame++)
          if (own[frame] !== -Infinity)
            made[frame] = softly(made, { ...stretch, ...draw, fade, heardFrom: heardFrom - above[frame]! }, frame)
      return made
    }),
    (levels) => softnessOf(heardLevels(levels, above)),
  )
}

/** @param heard dB of each frame @returns the share of what is heard that is soft */
export function softnessOf(heard: Float64Array): number {
  const loud = loudOf(heard)
  let count = 0
  let softer = 0
  for (const level of heard) {
    if (!(level > loud - heardBelow)) continue
    count++
    if (level < loud - softBelow) softer++
  }
  return softer / Math.max(1, count)
}

const softStretches = (own: Float64Array, starts: Uint8Array): SoftStretch[] =>
  stretchesWhere(own.length, (frame) => !(own[frame]! > soft)).map(({ from, to }) => {
    const start = starts.subarray(from, to).indexOf(1)
    return { from, to, start: start < 0 ? undefined : from + start }
  })

interface Softening extends SoftStretch, Omit<Fading, 'softness'> {
  fade: number
  /** dB: a frame of a level above this is heard. */
  heardFrom: number
}

/** Between what was loud before and what will be. */
function softly(
  loudness: Float64Array,
  { from, to, start, heardFrom, swell, fade, floor }: Softening,
  frame: number,
): number {
  const ends = (at: number) => {
    const level = loudness[at] ?? -Infinity
    return level === -Infinity ? level : Math.max(soft, Math.min(level, soft + steepest))
  }
  const fading = ends(from - 1) - fade * (frame - from + 1)
  const swelling = ends(to) - swell * (to - frame)
  if (start === undefined) return Math.max(fading, swelling, floor)
  if (frame >= start) return Math.max(swelling, heardFrom + crossing.after)
  const before = heardFrom - crossing.before
  return Math.max(Math.min(fading, before), Math.min(swelling, before - swell * (start - frame - 1)), floor)
}
