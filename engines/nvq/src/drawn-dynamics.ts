/**
 * How far below the loud everything that is heard lies: the spread of that is somebody's, so its quantiles come out as everybody's, wider
 * or narrower as drawn. What was louder than something else stays so. In: levels, chance. Out: others. Never here: what is not heard.
 */
import { betweenKnots } from './between-knots.ts'
import type { Chance } from './chance.ts'
import { levelsPaced } from './drawn-pace.ts'
import { heardBelow, heardLevels } from './heard-levels.ts'
import { belowLoud, crossing, loudOf, pause } from './turn-starts.ts'

/** Everybody's: so large a share of what is heard lies at least so many dB below the loud. */
const everybodys = [
  [0.03, 26.6],
  [0.06, 23.9],
  [0.1, 20.5],
  [0.14, 17.5],
  [0.2, 14.5],
  [0.25, 12.6],
  [0.3, 10.9],
  [0.4, 8.3],
  [0.5, 6.4],
  [0.6, 4.9],
  [0.7, 3.7],
  [0.8, 2.6],
  [0.9, 1.5],
] as const
/** dB below the loud: nothing that is heard is made softer, and what is soft and what is loud begin there. */
const softest = 28
const softFrom = 12
const loudTo = 8
/** dB by which quantiles lie apart at least: theirs, and a track's own. */
const apart = 0.05
const ownApart = 0.01
/** Fewer frames that are heard (200 ms) have no quantiles. */
const fewestHeard = 40
/** Frames in which a turn that starts is heard already. */
const swelling = 4
/** Another pace is another spread, and the other way round. */
const rounds = 2
/** What is drawn lies between these; names as in `Dynamics`. */
const drawn = { width: [0.7, 1.45], soft: [0.8, 1.2], loud: [0.8, 1.2] } as const

export interface Dynamics {
  /** How far all of it lies below the loud, 1 as everybody's; and beside that what is soft, and what is loud. */
  width: number
  soft: number
  loud: number
}

export const drawDynamics = (chance: Chance): Dynamics => ({
  width: chance.between(...drawn.width),
  soft: chance.between(...drawn.soft),
  loud: chance.between(...drawn.loud),
})

/**
 * In place.
 *
 * @param levels dB of each frame; -Infinity where nobody speaks
 * @param above of `powerAboveLevel`
 * @param starts of turns (turn-starts.ts): a turn is heard when it was
 * @param parts of movements (drawn-pace.ts)
 */
export function dynamicsAsDrawn(
  levels: Float64Array,
  above: Float64Array,
  starts: Uint8Array,
  draw: Dynamics,
  parts: Float64Array,
): void {
  for (let round = 0; round < rounds; round++) {
    quantilesAsDrawn(levels, above, draw)
    levelsPaced(levels, above, parts)
  }
  quantilesAsDrawn(levels, above, draw)
  keepStarts(levels, above, starts)
}

/** In place: what is heard of a frame is its neighbours' as well, so it is made twice. */
function quantilesAsDrawn(levels: Float64Array, above: Float64Array, draw: Dynamics): void {
  for (let time = 0; time < 2; time++) {
    const heard = heardLevels(levels, above)
    const loud = loudOf(heard)
    const from = loud - heardBelow
    const sorted = heard.filter((level) => level > from && level <= loud).sort()
    if (sorted.length < fewestHeard) return
    const own = [from, ...everybodys.map(([share]) => sorted[Math.round(share * (sorted.length - 1))]!), loud]
    for (let at = 1; at < own.length; at++) own[at] = Math.max(own[at]!, own[at - 1]! + ownApart)
    const wanted = quantilesFor(loud, draw)
    heard.forEach((level, frame) => {
      if (level > from && level < loud && levels[frame] !== -Infinity)
        levels[frame]! += betweenKnots(own, wanted, level) - level
    })
  }
}

/** In place: a turn is heard from its start on, and not in the pause before it. */
function keepStarts(levels: Float64Array, above: Float64Array, starts: Uint8Array): void {
  const heardFrom = loudOf(heardLevels(levels, above)) - belowLoud
  for (const start of starts.keys().filter((frame) => starts[frame] === 1)) {
    for (let frame = Math.max(0, start - pause); frame < start; frame++)
      levels[frame] = Math.min(levels[frame]!, heardFrom - crossing.before - above[frame]!)
    for (let frame = start; frame < start + swelling; frame++)
      if ((levels[frame] ?? -Infinity) !== -Infinity)
        levels[frame] = Math.max(levels[frame]!, heardFrom + crossing.after - above[frame]!)
  }
}

function quantilesFor(loud: number, { width, soft, loud: louder }: Dynamics): number[] {
  const below = everybodys.map(([, db]) =>
    Math.min(softest, db * width * (db > softFrom ? soft : 1) * (db < loudTo ? louder : 1)),
  )
  const quantiles = [loud - heardBelow, ...below.map((db) => loud - db), loud]
  for (let at = quantiles.length - 2; at > 0; at--) quantiles[at] = Math.min(quantiles[at]!, quantiles[at + 1]! - apart)
  return quantiles
}
