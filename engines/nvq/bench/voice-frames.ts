/**
 * Features of a recording for a verifier: cepstra of speech frames with the mean subtracted, and their slopes; and the raw frames,
 * loudness and pitch from which prosody is computed (prosody.ts).
 */
import { RealFft } from '../src/fft.ts'

export const cepstra = 20
/** Cepstra and their slopes. */
export const dimensions = 2 * cepstra
const hop = 80
const frameLength = 200
const bands = 26
const [lowestHz, highestHz] = [150, 3700]
/** Frames this far below the loud ones count as silence. */
const silenceDb = 30

const fft = new RealFft(256)
const window = Float64Array.from({ length: frameLength }, (_, n) => 0.54 - 0.46 * Math.cos((2 * Math.PI * n) / 199))
const mel = (hz: number) => 1127 * Math.log(1 + hz / 700)
const edges = Array.from({ length: bands + 2 }, (_, band) => {
  const at = mel(lowestHz) + ((mel(highestHz) - mel(lowestHz)) * band) / (bands + 1)
  return (700 * (Math.exp(at / 1127) - 1) * 256) / 8000
})
const filters = Array.from({ length: bands }, (_, band) => {
  const [low = 0, centre = 0, high = 0] = edges.slice(band, band + 3)
  return Float64Array.from({ length: fft.bins }, (_, bin) =>
    Math.max(0, Math.min((bin - low) / (centre - low), (high - bin) / (high - centre))),
  )
})
const cosines = Array.from({ length: cepstra }, (_, order) =>
  Float64Array.from({ length: bands }, (_, band) => Math.cos((Math.PI * order * (band + 0.5)) / bands)),
)

export interface VoiceFrames {
  /** Frames x `dimensions`, of speech only. */
  normalised: Float32Array
  count: number
  /** Level of every frame in dB, silence included. */
  loudness: Float32Array
  speaks: Uint8Array
  /** Frames x `cepstra` of speech, not normalised. */
  raw: Float32Array
}

export function cepstraOf(samples: Int16Array) {
  const frames = Math.max(0, Math.floor((samples.length - frameLength) / hop) + 1)
  const all = new Float32Array(frames * cepstra)
  const loudness = new Float32Array(frames)
  const input = new Float64Array(256)
  const [real, imaginary] = [new Float64Array(fft.bins), new Float64Array(fft.bins)]
  const power = new Float64Array(fft.bins)
  const logs = new Float64Array(bands)
  for (let frame = 0; frame < frames; frame++) {
    const start = frame * hop
    let energy = 0
    for (let n = 0; n < frameLength; n++) {
      const sample = samples[start + n]!
      energy += sample * sample
      input[n] = (sample - 0.95 * (samples[start + n - 1] ?? 0)) * window[n]!
    }
    loudness[frame] = 10 * Math.log10(energy / frameLength + 1)
    fft.forward(input, real, imaginary)
    for (let bin = 0; bin < fft.bins; bin++) power[bin] = real[bin]! ** 2 + imaginary[bin]! ** 2
    for (let band = 0; band < bands; band++) {
      let sum = 0
      const filter = filters[band]!
      for (let bin = 0; bin < fft.bins; bin++) sum += filter[bin]! * power[bin]!
      logs[band] = Math.log(sum + 1e3)
    }
    for (let order = 0; order < cepstra; order++) {
      let sum = 0
      for (let band = 0; band < bands; band++) sum += cosines[order]![band]! * logs[band]!
      all[frame * cepstra + order] = sum / Math.sqrt(bands)
    }
  }
  return { frames, all, loudness }
}

export function voiceFrames(samples: Int16Array): VoiceFrames {
  const { frames, all, loudness } = cepstraOf(samples)
  const loud = Float32Array.from(loudness).sort()[Math.floor(frames * 0.95)] ?? 0
  const speaks = Uint8Array.from(loudness, (level) => (level > loud - silenceDb ? 1 : 0))
  const spoken = [...speaks.keys()].filter((frame) => speaks[frame] === 1)
  const raw = new Float32Array(spoken.length * cepstra)
  const normalised = new Float32Array(spoken.length * dimensions)
  const mean = new Float64Array(cepstra)
  spoken.forEach((frame, at) => {
    for (let order = 0; order < cepstra; order++) {
      const value = all[frame * cepstra + order]!
      raw[at * cepstra + order] = value
      mean[order]! += value / spoken.length
    }
  })
  const value = (frame: number, order: number) => all[Math.min(frames - 1, Math.max(0, frame)) * cepstra + order]!
  spoken.forEach((frame, at) => {
    for (let order = 0; order < cepstra; order++) {
      normalised[at * dimensions + order] = raw[at * cepstra + order]! - mean[order]!
      const slope =
        (2 * (value(frame + 2, order) - value(frame - 2, order)) + value(frame + 1, order) - value(frame - 1, order)) /
        10
      normalised[at * dimensions + cepstra + order] = slope
    }
  })
  return { normalised, count: spoken.length, loudness, speaks, raw }
}
