/**
 * The noise of the line: shaped as strangers' speech, at a level that was drawn. Rooms and telephones differ, and what lies under the
 * noise says nothing. In: chance. Out: noise. Never here: anything of the track.
 */
import type { Chance } from './chance.ts'
import type { Codebook } from './codebook.ts'
import { bandCount } from './envelope.ts'
import { resynthesise } from './resynthesis.ts'
import { hop } from './voice-activity.ts'

/** Whose average it is, and by how much of everybody's deviation its first terms differ from that. */
const strangersMixed = 4
const drawnTerms = 6
const furthest = 0.3
const taps = 80

/** In place: added, so many dB below full scale. */
export function addLineNoise(out: Float32Array, levelDb: number, { strangers }: Codebook, chance: Chance): void {
  const shape = new Float32Array(bandCount)
  for (const stranger of chance.different(strangersMixed, strangers.length))
    for (let order = 1; order < bandCount; order++) shape[order]! += strangers[stranger]!.mean[order]! / strangersMixed
  for (let order = 1; order <= drawnTerms; order++)
    shape[order]! += furthest * chance.normal() * strangers[0]!.deviation[order]!
  const response = responseOf(shape)
  const noise = Float32Array.from({ length: out.length + taps }, () => chance.noise())
  const shaped = new Float32Array(out.length)
  let power = 0
  for (let n = 0; n < out.length; n++) {
    let sum = 0
    for (let tap = 0; tap < taps; tap++) sum += response[tap]! * noise[n + taps - tap]!
    shaped[n] = sum
    power += sum * sum
  }
  const gain = 10 ** (levelDb / 20) / Math.sqrt(power / Math.max(1, out.length) + 1e-12)
  for (let n = 0; n < out.length; n++) out[n]! += gain * shaped[n]!
  for (const drawn of [shape, response, noise, shaped]) drawn.fill(0)
}

/** What a click becomes through a mouth of this shape. */
function responseOf(shape: Float32Array): Float32Array {
  const frames = 8
  const at = 3 * hop
  const series = new Float32Array(frames * bandCount)
  for (let frame = 0; frame < frames; frame++) series.set(shape, frame * bandCount)
  const click = new Float32Array((frames + 2) * hop)
  click[at] = 1
  const response = resynthesise(series, new Float64Array(frames), click, (hertz) => hertz).slice(at, at + taps)
  series.fill(0)
  return response
}
