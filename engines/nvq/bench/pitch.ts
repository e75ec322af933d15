/** Pitch every 10 ms by normalised autocorrelation, with the smoothest path through the candidates (as in RAPT, Talkin 1995). */
import { RealFft } from '../src/fft.ts'

const hop = 80
const frameLength = 320
const [shortest, longest] = [20, 133]
const fft = new RealFft(512)
const window = Float64Array.from({ length: frameLength }, (_, n) => 0.5 - 0.5 * Math.cos((2 * Math.PI * n) / 319))
const candidates = 4
const unvoicedCost = 0.5
const leapCost = 0.6
const changeCost = 0.14

const correlation = (frame: Float64Array, real: Float64Array, imaginary: Float64Array, into: Float64Array) => {
  fft.forward(frame, real, imaginary)
  for (let bin = 0; bin < fft.bins; bin++) {
    real[bin] = real[bin]! ** 2 + imaginary[bin]! ** 2
    imaginary[bin] = 0
  }
  fft.inverse(real, imaginary, into)
}

/** Autocorrelation of the window, by which that of a frame is divided (Boersma 1993). */
const ofWindow = (() => {
  const padded = new Float64Array(512)
  padded.set(window)
  const result = new Float64Array(512)
  correlation(padded, new Float64Array(fft.bins), new Float64Array(fft.bins), result)
  return result
})()

/** Returns the pitch of each frame in Hz; 0 if unvoiced. */
export function pitchOf(samples: Int16Array): Float32Array {
  const frames = Math.max(0, Math.floor((samples.length - frameLength) / hop) + 1)
  const [real, imaginary] = [new Float64Array(fft.bins), new Float64Array(fft.bins)]
  const frame = new Float64Array(512)
  const result = new Float64Array(512)
  const lags = new Float32Array(frames * candidates)
  const strengths = new Float32Array(frames * candidates)
  let highest = 0
  for (const sample of samples) highest = Math.max(highest, Math.abs(sample))
  for (let at = 0; at < frames; at++) {
    let mean = 0
    let peak = 0
    for (let n = 0; n < frameLength; n++) mean += samples[at * hop + n]! / frameLength
    for (let n = 0; n < frameLength; n++) {
      const value = samples[at * hop + n]! - mean
      peak = Math.max(peak, Math.abs(value))
      frame[n] = value * window[n]!
    }
    if (peak < 0.02 * highest) continue
    correlation(frame, real, imaginary, result)
    const normal = (lag: number) => (result[lag]! * ofWindow[0]!) / (result[0]! * ofWindow[lag]! + 1e-9)
    const found: { lag: number; strength: number }[] = []
    for (let lag = shortest; lag <= longest; lag++) {
      const [before, here, after] = [normal(lag - 1), normal(lag), normal(lag + 1)]
      if (here < 0.3 || here < before || here <= after) continue
      const shift = (before - after) / (2 * (before - 2 * here + after) || 1)
      // Slightly prefers shorter lags, against octave errors.
      found.push({ lag: lag + shift, strength: Math.min(1, here) - 0.02 * Math.log2(lag / shortest) })
    }
    found.sort((one, other) => other.strength - one.strength)
    found.slice(0, candidates).forEach(({ lag, strength }, index) => {
      lags[at * candidates + index] = lag
      strengths[at * candidates + index] = strength
    })
  }
  return bestPath(frames, lags, strengths)
}

/** State 0 is unvoiced, the others are the candidates. */
function bestPath(frames: number, lags: Float32Array, strengths: Float32Array): Float32Array {
  const states = candidates + 1
  const from = new Uint8Array(frames * states)
  let costs = new Float64Array(states)
  for (let at = 0; at < frames; at++) {
    const next = new Float64Array(states)
    for (let state = 0; state < states; state++) {
      const lag = state === 0 ? 0 : lags[at * candidates + state - 1]!
      const own = state === 0 ? unvoicedCost : lag === 0 ? 9 : 1 - strengths[at * candidates + state - 1]!
      let best = Infinity
      for (let before = 0; before < states; before++) {
        const lagBefore = before === 0 || at === 0 ? 0 : lags[(at - 1) * candidates + before - 1]!
        const change =
          lag === 0 && lagBefore === 0
            ? 0
            : lag === 0 || lagBefore === 0
              ? changeCost
              : leapCost * Math.abs(Math.log2(lag / lagBefore))
        const cost = costs[before]! + change
        if (cost < best) {
          best = cost
          from[at * states + state] = before
        }
      }
      next[state] = best + own
    }
    costs = next
  }
  const pitch = new Float32Array(frames)
  let state = costs.indexOf(Math.min(...costs))
  for (let at = frames - 1; at >= 0; at--) {
    if (state > 0 && lags[at * candidates + state - 1]! > 0) pitch[at] = 8000 / lags[at * candidates + state - 1]!
    state = from[at * states + state]!
  }
  return pitch
}
