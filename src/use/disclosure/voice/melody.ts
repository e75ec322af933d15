/**
 * The melody of a sentence without its speaker: every voice's pitch lies as everybody's does around a level and in a range that were
 * drawn, rises and falls by a drawn slope as well as its own, and its finest movements are smoothed away. In: the pitch of a track.
 * Out: another. Never here: the level or range it had.
 */
import { spreadAsEverybody } from './everybodys-spread.ts'
import { highestPitch, lowestPitch } from './pitch.ts'
import { hop } from './voice-activity.ts'
import { voiceRate } from './engine.ts'

/** Where the logarithm of everybody's pitch lies about its middle: the knots of everybodys-spread.ts. */
const knots = [-0.165, -0.11, -0.06, 0, 0.066, 0.127, 0.198]
/** A voice that hardly moves is not made to: deviation of the logarithm. */
const leastDeviation = 0.05
/** Frames on either side that are smoothed over: 75 ms. */
const reach = 15
/** How much of its own rise or fall a stretch of voice keeps. */
const keptSlope = 0.8
const framesASecond = voiceRate / hop

/**
 * @param level hertz
 * @param slope by which the logarithm rises in a second of voice
 * @param range how far it moves, 1 as everybody's
 */
export function newMelody(pitch: Float64Array, level: number, slope: number, range: number): Float64Array {
  const melody = new Float64Array(pitch.length)
  const logs = smoothed(pitch)
  tilt(logs, slope / framesASecond)
  const sorted = logs.filter((log) => log > 0).sort()
  if (sorted.length === 0) return melody
  const spread = spreadAsEverybody(
    sorted,
    knots.map((knot) => range * knot),
    leastDeviation,
  )
  for (let frame = 0; frame < pitch.length; frame++) {
    if (logs[frame] === 0) continue
    const hertz = level * Math.exp(Math.max(-0.45, Math.min(0.45, spread(logs[frame]!))))
    melody[frame] = Math.max(lowestPitch, Math.min(highestPitch, hertz))
  }
  return melody
}

/** The logarithm of the pitch, 0 where unvoiced, without its fine movements. */
function smoothed(pitch: Float64Array): Float64Array {
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

/** In place: each stretch of voice loses a part of its own slope, and gets the drawn one. */
function tilt(logs: Float64Array, slope: number): void {
  for (let from = 0; from < logs.length;) {
    let to = from + 1
    while (to < logs.length && logs[to]! > 0 === logs[from]! > 0) to++
    const count = to - from
    if (logs[from]! > 0 && count > 5) {
      const middle = (count - 1) / 2
      let product = 0
      let squares = 0
      for (let n = 0; n < count; n++) {
        product += (n - middle) * logs[from + n]!
        squares += (n - middle) ** 2
      }
      const change = slope - (1 - keptSlope) * (product / squares)
      for (let n = 0; n < count; n++) logs[from + n]! += (n - middle) * change
    }
    from = to
  }
}
