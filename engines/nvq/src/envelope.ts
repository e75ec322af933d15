/**
 * The shape of a voice's spectrum without its pitch: a window of three periods, smoothed over two thirds of the pitch
 * (Morise 2015, CheapTrick), in 24 mel bands, as a cosine series. In: samples, pitch, the length of the vocal tract.
 * Out: 24 numbers for each frame, in nepers; the first is the level.
 */
import { voiceRate } from './engine.ts'
import { RealFft } from './fft.ts'
import { hop } from './voice-activity.ts'

export const bandCount = 24
/** Terms 1 .. 23 of a series are its shape: the level is nobody's. */
export const shapeTerms = bandCount - 1
const size = 512
const bins = size / 2 + 1
/** What a telephone carries, hertz. */
const lowest = 130
const highest = 3750
/** Where there is no pitch the window is as for this one. */
const unvoicedPitch = 160

const mel = (hertz: number): number => 1127 * Math.log1p(hertz / 700)
const hertzOf = (mels: number): number => 700 * Math.expm1(mels / 1127)
const lowestMel = mel(lowest)
const melStep = (mel(highest) - lowestMel) / (bandCount + 1)

/**
 * A vocal tract that is shorter than the average by this factor moves every formant up by it; above 2,600 Hz the warp
 * turns so that the band's end stays where it is.
 */
export function warpHertz(hertz: number, factor: number): number {
  const knee = 2600
  if (hertz <= knee) return hertz * factor
  const end = voiceRate / 2
  return knee * factor + ((hertz - knee) * (end - knee * factor)) / (end - knee)
}

/** Weights of the bins in each band, for a vocal tract shorter by `factor`. */
export interface Bands {
  first: Uint16Array
  weights: Float64Array[]
}

export function bandsFor(factor: number): Bands {
  const first = new Uint16Array(bandCount)
  const weights: Float64Array[] = []
  for (let band = 0; band < bandCount; band++) {
    const edge = (step: number) => (warpHertz(hertzOf(lowestMel + step * melStep), factor) * size) / voiceRate
    const [left, middle, right] = [edge(band), edge(band + 1), edge(band + 2)]
    const from = Math.ceil(left)
    const to = Math.min(bins - 1, Math.floor(right))
    const own = Float64Array.from({ length: Math.max(1, to - from + 1) }, (_, n) => {
      const bin = from + n
      return Math.max(1e-3, bin < middle ? (bin - left) / (middle - left) : (right - bin) / (right - middle))
    })
    const sum = own.reduce((total, weight) => total + weight, 0)
    first[band] = from
    weights.push(own.map((weight) => weight / sum))
  }
  return { first, weights }
}

/** Cosines of the series: [coefficient][band]. */
const cosines = Array.from({ length: bandCount }, (_, order) =>
  Float64Array.from(
    { length: bandCount },
    (__, band) => Math.cos((Math.PI * order * (band + 0.5)) / bandCount) * (order === 0 ? 1 : 2) * (1 / bandCount),
  ),
)

/**
 * Each term of the series at each bin of a transform of `points`: [bin][order].
 *
 * @param warp from a frequency of what comes out to that of the series
 */
export function termsAtBins(points: number, warp: (hertz: number) => number): Float64Array {
  const terms = new Float64Array((points / 2 + 1) * bandCount)
  for (let bin = 0; bin <= points / 2; bin++) {
    const hertz = warp((bin * voiceRate) / points)
    const band = Math.min(Math.max((mel(hertz) - lowestMel) / melStep - 1, -0.5), bandCount - 0.5)
    for (let order = 0; order < bandCount; order++)
      terms[bin * bandCount + order] = Math.cos((Math.PI * order * (band + 0.5)) / bandCount)
  }
  return terms
}

export function unwarpHertz(hertz: number, factor: number): number {
  const knee = 2600
  if (hertz <= knee * factor) return hertz / factor
  const end = voiceRate / 2
  return knee + ((hertz - knee * factor) * (end - knee)) / (end - knee * factor)
}

export class EnvelopeFinder {
  readonly #fft = new RealFft(size)
  readonly #frame = new Float64Array(size)
  readonly #real = new Float64Array(bins)
  readonly #imaginary = new Float64Array(bins)
  readonly #sum = new Float64Array(bins + 1)
  readonly #logBands = new Float64Array(bandCount)
  readonly #windows = new Map<number, Float64Array>()
  /** The smoothed power of the frame last looked at, for more than one length of the vocal tract. */
  readonly power = new Float64Array(bins)

  /** Looks at one frame; `pitch` in hertz, 0 where unvoiced. Read the series with `series`. */
  look(samples: Float32Array, frame: number, pitch: number): void {
    const window = this.#windowOf(pitch || unvoicedPitch)
    const start = frame * hop - window.length / 2
    for (let n = 0; n < window.length; n++) this.#frame[n] = (samples[start + n] ?? 0) * window[n]!
    this.#frame.fill(0, window.length)
    this.#fft.forward(this.#frame, this.#real, this.#imaginary)
    const sum = this.#sum
    for (let bin = 0; bin < bins; bin++) sum[bin + 1] = sum[bin]! + this.#real[bin]! ** 2 + this.#imaginary[bin]! ** 2
    const reach = Math.max(1, ((pitch || unvoicedPitch) * size) / voiceRate / 3)
    for (let bin = 0; bin < bins; bin++) {
      const left = Math.max(0, bin + 0.5 - reach)
      const right = Math.min(bins, bin + 0.5 + reach)
      this.power[bin] = (between(sum, right) - between(sum, left)) / (right - left)
    }
  }

  /** The cosine series of the frame last looked at. */
  series(bands: Bands, out: Float64Array | Float32Array): void {
    const logBands = this.#logBands
    for (let band = 0; band < bandCount; band++) {
      const weights = bands.weights[band]!
      const first = bands.first[band]!
      let power = 1e-11
      for (let n = 0; n < weights.length; n++) power += weights[n]! * this.power[first + n]!
      logBands[band] = Math.log(power) / 2
    }
    for (let order = 0; order < bandCount; order++) {
      const terms = cosines[order]!
      let sum = 0
      for (let band = 0; band < bandCount; band++) sum += terms[band]! * logBands[band]!
      out[order] = sum
    }
  }

  /** Hann, even length, energy one: the level does not depend on the pitch. */
  #windowOf(pitch: number): Float64Array {
    const length = 2 * Math.min(size / 2, Math.max(48, Math.round((1.5 * voiceRate) / pitch)))
    let window = this.#windows.get(length)
    if (!window) {
      window = Float64Array.from({ length }, (_, n) => 0.5 - 0.5 * Math.cos((2 * Math.PI * (n + 0.5)) / length))
      const energy = window.reduce((sum, value) => sum + value * value, 0)
      window = window.map((value) => value / Math.sqrt(energy))
      this.#windows.set(length, window)
    }
    return window
  }
}

/** A running sum read between two of its places. */
function between(sum: Float64Array, place: number): number {
  const whole = Math.floor(place)
  const rest = place - whole
  return rest === 0 ? sum[whole]! : sum[whole]! * (1 - rest) + sum[whole + 1]! * rest
}
