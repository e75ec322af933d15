/** Resamples from a synthesiser's rate to the telephone's, without aliasing above 3.4 kHz and without shifting the sound. */

const cutoffHz = 3_650
/** Half of the filter: 80 samples of the input at 22,050 Hz. The response falls by 60 dB from 3.4 to 3.9 kHz. */
const halfWidthSeconds = 80 / 22_050
const kaiserBeta = 6

/**
 * Returns a resampler with a Kaiser-windowed sinc filter for each phase.
 * @param fromRate, toRate in Hz; `fromRate` is greater
 */
export function resampler(fromRate: number, toRate: number): (samples: Int16Array) => Float32Array {
  const divisor = greatestCommon(fromRate, toRate)
  const [step, phases] = [fromRate / divisor, toRate / divisor]
  const half = Math.ceil(halfWidthSeconds * fromRate)
  const taps = 2 * half
  const filters = Array.from({ length: phases }, (_, phase) => filterAt(phase / phases, half, fromRate))

  return (samples) => {
    const result = new Float32Array(Math.ceil((samples.length * toRate) / fromRate))
    for (let n = 0; n < result.length; n++) {
      const index = n * step
      const first = Math.floor(index / phases) - half + 1
      const filter = filters[index % phases]!
      const begin = Math.max(0, -first)
      const end = Math.min(taps, samples.length - first)
      let sum = 0
      for (let k = begin; k < end; k++) sum += filter[k]! * samples[first + k]!
      result[n] = sum
    }
    return result
  }
}

/** Returns weights of the input samples around a position `fraction` after one of them; they sum to 1. */
function filterAt(fraction: number, half: number, rate: number): Float32Array {
  const weights = new Float32Array(2 * half)
  const band = (2 * cutoffHz) / rate
  let sum = 0
  for (let k = 0; k < weights.length; k++) {
    const distance = k - half + 1 - fraction
    const x = Math.PI * band * distance
    const sinc = x === 0 ? 1 : Math.sin(x) / x
    const within = 1 - (distance / half) ** 2
    weights[k] = within <= 0 ? 0 : sinc * bessel(kaiserBeta * Math.sqrt(within))
    sum += weights[k]!
  }
  for (let k = 0; k < weights.length; k++) weights[k]! /= sum
  return weights
}

/** I0, the modified Bessel function of the first kind. */
function bessel(x: number): number {
  let term = 1
  let sum = 1
  for (let n = 1; term > 1e-10 * sum; n++) sum += term *= (x / (2 * n)) ** 2
  return sum
}

function greatestCommon(a: number, b: number): number {
  return b === 0 ? a : greatestCommon(b, a % b)
}
