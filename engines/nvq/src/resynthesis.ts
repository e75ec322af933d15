/**
 * A new waveform from a series and an excitation: each 5 ms of the excitation through the minimum-phase filter of its
 * frame, overlapped and added. In: series in nepers, whose first term is not looked at; levels. Out: samples, 1 is full
 * scale.
 */
import { voiceRate } from './engine.ts'
import { bandCount, termsAtBins } from './envelope.ts'
import { RealFft } from './fft.ts'
import { differenceGain, hop } from './voice-activity.ts'

const size = 256
const bins = size / 2 + 1
const windowSamples = 2 * hop
/** What a telephone does not carry sounds like nobody: nepers, growing away from these, hertz. */
const carried = [130, 3700] as const
const steepness = 3 / 200

/**
 * @param level of each frame, dB below full scale as `findSpeech` measures it; -Infinity where it is silent
 * @param warp from a frequency of what comes out to that of the series: another vocal tract
 */
export function resynthesise(
  series: Float32Array,
  level: Float64Array,
  excitation: Float32Array,
  warp: (hertz: number) => number,
): Float32Array {
  const out = new Float32Array(excitation.length)
  const fft = new RealFft(size)
  const filter = new FrameFilter(fft, warp)
  const window = Float64Array.from(
    { length: windowSamples },
    (_, n) => 0.5 - 0.5 * Math.cos((2 * Math.PI * n) / windowSamples),
  )
  const frameSamples = new Float64Array(size)
  const real = new Float64Array(bins)
  const imaginary = new Float64Array(bins)
  for (let frame = 0; frame < level.length; frame++) {
    if (level[frame] === -Infinity) continue
    filter.set(series.subarray(frame * bandCount, (frame + 1) * bandCount), 10 ** (level[frame]! / 20))
    const start = (frame - 1) * hop
    for (let n = 0; n < windowSamples; n++) frameSamples[n] = (excitation[start + n] ?? 0) * window[n]!
    frameSamples.fill(0, windowSamples)
    fft.forward(frameSamples, real, imaginary)
    filter.apply(real, imaginary)
    fft.inverse(real, imaginary, frameSamples)
    for (let n = Math.max(0, -start); n < size && start + n < out.length; n++) out[start + n]! += frameSamples[n]!
  }
  return out
}

/** Nepers. */
export const carriedLoss = (hertz: number): number => -steepness * Math.max(0, carried[0] - hertz, hertz - carried[1])

const loss = Float64Array.from({ length: bins }, (_, bin) => carriedLoss((bin * voiceRate) / size))

/** How much of each frequency a level counts. */
const heard = Float64Array.from({ length: bins }, (_, bin) => differenceGain((bin * voiceRate) / size))

class FrameFilter {
  readonly #fft: RealFft
  readonly #terms: Float64Array
  readonly #real = new Float64Array(bins)
  readonly #imaginary = new Float64Array(bins)
  readonly #cepstrum = new Float64Array(size)

  constructor(fft: RealFft, warp: (hertz: number) => number) {
    this.#fft = fft
    this.#terms = termsAtBins(size, warp)
  }

  /** The phase that goes with the magnitude: the cepstrum folded onto its causal half. */
  set(series: Float32Array, amplitude: number): void {
    const real = this.#real
    const imaginary = this.#imaginary
    for (let bin = 0; bin < bins; bin++) {
      let sum = loss[bin]!
      for (let order = 1; order < bandCount; order++) sum += this.#terms[bin * bandCount + order]! * series[order]!
      real[bin] = sum
      imaginary[bin] = 0
    }
    const cepstrum = this.#cepstrum
    this.#fft.inverse(real, imaginary, cepstrum)
    for (let n = 1; n < size / 2; n++) cepstrum[n]! *= 2
    cepstrum.fill(0, size / 2 + 1)
    this.#fft.forward(cepstrum, real, imaginary)
    let power = 0
    for (let bin = 0; bin < bins; bin++) {
      const magnitude = Math.exp(real[bin]!)
      power += (magnitude * heard[bin]!) ** 2 / bins
      const phase = imaginary[bin]!
      real[bin] = magnitude * Math.cos(phase)
      imaginary[bin] = magnitude * Math.sin(phase)
    }
    const gain = amplitude / Math.sqrt(power)
    for (let bin = 0; bin < bins; bin++) {
      real[bin]! *= gain
      imaginary[bin]! *= gain
    }
  }

  apply(real: Float64Array, imaginary: Float64Array): void {
    for (let bin = 0; bin < bins; bin++) {
      const re = real[bin]! * this.#real[bin]! - imaginary[bin]! * this.#imaginary[bin]!
      imaginary[bin] = real[bin]! * this.#imaginary[bin]! + imaginary[bin]! * this.#real[bin]!
      real[bin] = re
    }
  }
}
