/**
 * The pitch of a voice: peaks of a flattened autocorrelation (a spectrum whose peaks are levelled, so that formants
 * weigh less and a telephone's missing fundamental does not matter), and the path through them that jumps least
 * (Boersma 1993; Tolonen and Karjalainen 2000). In: samples and where somebody speaks. Out: hertz for each frame, 0
 * where unvoiced.
 */
import { voiceRate } from './engine.ts'
import { RealFft } from './fft.ts'
import { frameCount, hop } from './voice-activity.ts'

export const lowestPitch = 62
export const highestPitch = 420

/** Pitch is looked for at every other frame: 10 ms. */
const stride = 2
const windowSamples = 400
const size = 1024
/** The voice's harmonics that count, hertz. */
const lowestHertz = 60
const highestHertz = 2600
const candidates = 4
/** Strengths are shares of the autocorrelation at lag nought. */
const voicedFrom = 0.36
const octaveCost = 0.02
const jumpCost = 0.9
const voicingCost = 0.12
/** dB below the loudest speech of the track: a breath has no pitch. */
const quietest = 34

export function findPitch(samples: Float32Array, level: Float64Array, speech: Uint8Array): Float64Array {
  const frames = frameCount(samples.length)
  const steps = Math.ceil(frames / stride)
  const search = new PeakSearch()
  const loudest = level.reduce((loud, db, frame) => (speech[frame] === 1 && db > loud ? db : loud), -100)
  // Place 0 of each step is "unvoiced".
  const places = candidates + 1
  const hertz = new Float64Array(steps * places)
  const cost = new Float64Array(steps * places)
  const from = new Uint8Array(steps * places)
  for (let step = 0; step < steps; step++) {
    const frame = step * stride
    const strengths =
      speech[frame] === 1 && level[frame]! > loudest - quietest
        ? search.peaks(samples, frame * hop, hertz.subarray(step * places + 1, (step + 1) * places))
        : undefined
    for (let place = 0; place < places; place++) {
      const at = step * places + place
      const strength = place === 0 ? voicedFrom : (strengths?.[place - 1] ?? 0)
      const own = place > 0 && hertz[at] === 0 ? 1e6 : -strength
      if (step === 0) {
        cost[at] = own
        continue
      }
      let best = Infinity
      for (let earlier = 0; earlier < places; earlier++) {
        const was = at - place - places + earlier
        const sum = cost[was]! + moveCost(hertz[was]!, hertz[at]!)
        if (sum < best) {
          best = sum
          from[at] = earlier
        }
      }
      cost[at] = best + own
    }
  }
  const pitch = new Float64Array(frames)
  let place = 0
  for (let last = 1; last < places; last++)
    if (cost[(steps - 1) * places + last]! < cost[(steps - 1) * places + place]!) place = last
  for (let step = steps - 1; step >= 0; step--) {
    const at = step * places + place
    pitch[step * stride] = place === 0 ? 0 : hertz[at]!
    place = from[at]!
  }
  betweenSteps(pitch)
  return pitch
}

function moveCost(was: number, is: number): number {
  if (was === 0 && is === 0) return 0
  if (was === 0 || is === 0) return voicingCost
  return jumpCost * Math.abs(Math.log2(is / was))
}

function betweenSteps(pitch: Float64Array): void {
  for (let frame = 1; frame < pitch.length; frame += stride) {
    const left = pitch[frame - 1]!
    const right = pitch[frame + 1] ?? 0
    pitch[frame] = left > 0 && right > 0 ? Math.sqrt(left * right) : 0
  }
}

class PeakSearch {
  readonly #fft = new RealFft(size)
  readonly #window = Float64Array.from(
    { length: windowSamples },
    (_, n) => 0.5 - 0.5 * Math.cos((2 * Math.PI * (n + 0.5)) / windowSamples),
  )
  readonly #frame = new Float64Array(size)
  readonly #real = new Float64Array(this.#fft.bins)
  readonly #imaginary = new Float64Array(this.#fft.bins)
  readonly #correlation = new Float64Array(size)
  readonly #strengths = new Float64Array(candidates)
  /** What the window alone takes from each lag. */
  readonly #ofWindow: Float64Array

  constructor() {
    this.#frame.set(this.#window)
    this.#fft.forward(this.#frame, this.#real, this.#imaginary)
    for (let bin = 0; bin < this.#fft.bins; bin++) {
      this.#real[bin] = this.#real[bin]! ** 2 + this.#imaginary[bin]! ** 2
      this.#imaginary[bin] = 0
    }
    const correlation = new Float64Array(size)
    this.#fft.inverse(this.#real, this.#imaginary, correlation)
    this.#ofWindow = correlation.map((value) => Math.max(value / correlation[0]!, 0.05))
  }

  /** Writes the pitches of the highest peaks (hertz, 0 where there is none). @returns their strengths */
  peaks(samples: Float32Array, middle: number, hertz: Float64Array): Float64Array {
    const start = middle - windowSamples / 2
    for (let n = 0; n < windowSamples; n++) this.#frame[n] = (samples[start + n] ?? 0) * this.#window[n]!
    this.#frame.fill(0, windowSamples)
    const real = this.#real
    const imaginary = this.#imaginary
    this.#fft.forward(this.#frame, real, imaginary)
    for (let bin = 0; bin < this.#fft.bins; bin++) {
      const at = (bin * voiceRate) / size
      real[bin] = at < lowestHertz || at > highestHertz ? 0 : Math.hypot(real[bin]!, imaginary[bin]!)
      imaginary[bin] = 0
    }
    const correlation = this.#correlation
    this.#fft.inverse(real, imaginary, correlation)
    const strengths = this.#strengths.fill(0)
    hertz.fill(0)
    if (!(correlation[0]! > 0)) return strengths
    const at = (lag: number) => correlation[lag]! / correlation[0]! / Math.sqrt(this.#ofWindow[lag]!)
    const longest = Math.floor(voiceRate / lowestPitch)
    for (let lag = Math.ceil(voiceRate / highestPitch); lag <= longest; lag++) {
      const here = at(lag)
      const left = at(lag - 1)
      const right = at(lag + 1)
      if (here <= 0.1 || here < left || here <= right) continue
      const bend = left - 2 * here + right
      const shift = bend < 0 ? (left - right) / (2 * bend) : 0
      const pitch = voiceRate / (lag + shift)
      const strength = here - (shift * (left - right)) / 4 + octaveCost * Math.log2(pitch / lowestPitch)
      keep(strengths, hertz, strength, pitch)
    }
    return strengths
  }
}

/** In place of the weakest, if that is weaker. */
function keep(strengths: Float64Array, hertz: Float64Array, strength: number, pitch: number): void {
  let weakest = 0
  for (let place = 1; place < candidates; place++) if (strengths[place]! < strengths[weakest]!) weakest = place
  if (strength <= strengths[weakest]!) return
  strengths[weakest] = strength
  hertz[weakest] = pitch
}
