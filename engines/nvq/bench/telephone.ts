/** Simulates a telephone line: a fixed level and G.711 A-law. */
import { alawToLinear, linearToAlaw } from '../../../test/simulator/g711.ts'

const speechDbfs = -20
const peak = 29_000

/** Returns the samples at -20 dBFS (without clipping), encoded to A-law and decoded. */
export function throughTelephone(samples: Int16Array): Int16Array {
  let squares = 0
  let highest = 1
  for (const sample of samples) {
    squares += sample * sample
    highest = Math.max(highest, Math.abs(sample))
  }
  const rms = Math.sqrt(squares / Math.max(1, samples.length)) || 1
  const gain = Math.min((32768 * 10 ** (speechDbfs / 20)) / rms, peak / highest)
  return alawToLinear(linearToAlaw(samples.map((sample) => Math.round(sample * gain))))
}
