/** Measures how well intonation (F0 contour) and speech onsets are preserved. */
import { pitchOf } from './pitch.ts'

/** Returns the correlation of log pitch where both are voiced; undefined if too few frames are. */
export function contourCorrelation(original: Int16Array, other: Int16Array): number | undefined {
  const [one, two] = [pitchOf(original), pitchOf(other)]
  const pairs: [number, number][] = []
  for (let frame = 0; frame < Math.min(one.length, two.length); frame++)
    if (one[frame]! > 0 && two[frame]! > 0) pairs.push([Math.log(one[frame]!), Math.log(two[frame]!)])
  if (pairs.length < 50) return undefined
  const means = [0, 1].map((side) => pairs.reduce((sum, pair) => sum + pair[side]!, 0) / pairs.length)
  let [both, first, second] = [0, 0, 0]
  for (const [x, y] of pairs) {
    both += (x - means[0]!) * (y - means[1]!)
    first += (x - means[0]!) ** 2
    second += (y - means[1]!) ** 2
  }
  return both / Math.sqrt(first * second + 1e-12)
}

const hop = 40
const quietMs = 200
const onsetDb = 25
const furthestMs = 300

/** Returns the times in milliseconds at which speech starts after a pause. */
function onsets(samples: Int16Array): number[] {
  const frames = Math.floor(samples.length / hop)
  const levels = Float32Array.from({ length: frames }, (_, frame) => {
    let sum = 1
    for (let n = Math.max(0, frame * hop - hop); n < (frame + 1) * hop; n++) sum += samples[n]! ** 2
    return 10 * Math.log10(sum)
  })
  const loud = levels.toSorted()[Math.floor(frames * 0.95)] ?? 0
  const found: number[] = []
  let quiet = quietMs
  levels.forEach((level, frame) => {
    if (level < loud - onsetDb) quiet += 5
    else {
      if (quiet >= quietMs) found.push(frame * 5)
      quiet = 0
    }
  })
  return found
}

/** Returns, for each onset of the original, the milliseconds to the nearest onset of the other; a missing one is `furthestMs`. */
export function onsetShifts(original: Int16Array, other: Int16Array): number[] {
  const theirs = onsets(other)
  return onsets(original).map((ms) =>
    theirs.reduce((nearest, start) => Math.min(nearest, Math.abs(start - ms)), furthestMs),
  )
}
