/**
 * The melody of a sentence without its speaker: every voice's pitch moves as far as everybody's around a level that was
 * drawn, and its finest movements are smoothed away. In: the pitch of a track. Out: another. Never here: the level or
 * range it had.
 */
import { highestPitch, lowestPitch } from './pitch.ts'

/** Standard deviation of the logarithm of everybody's pitch here. */
const range = 0.11
/** Frames on either side that are smoothed over: 90 ms. */
const reach = 18
/** Frames from which a track's own range is believed; below it, mostly the average one. */
const believed = 100
const averageRange = 0.18

/** @param level hertz */
export function newMelody(pitch: Float64Array, level: number): Float64Array {
  const melody = new Float64Array(pitch.length)
  const logs = pitch.map((hertz) => (hertz > 0 ? Math.log(hertz) : 0))
  const voiced = logs.filter((log) => log > 0).sort()
  if (voiced.length === 0) return melody
  const middle = voiced[Math.floor(voiced.length / 2)]!
  let squares = believed * averageRange ** 2
  for (const log of voiced) squares += Math.min(0.6, Math.abs(log - middle)) ** 2
  const own = Math.sqrt(squares / (voiced.length + believed))
  for (let frame = 0; frame < pitch.length; frame++) {
    if (pitch[frame] === 0) continue
    let sum = 0
    let weights = 0
    for (let offset = -reach; offset <= reach; offset++) {
      const log = logs[frame + offset] ?? 0
      if (log === 0) continue
      const weight = reach + 1 - Math.abs(offset)
      sum += weight * log
      weights += weight
    }
    const deviation = ((sum / weights - middle) / own) * range
    const hertz = level * Math.exp(Math.max(-0.45, Math.min(0.45, deviation)))
    melody[frame] = Math.max(lowestPitch, Math.min(highestPitch, hertz))
  }
  return melody
}
