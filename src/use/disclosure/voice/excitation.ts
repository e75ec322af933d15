/**
 * What a voice sounds like before a mouth shapes it: pulses at the pitch with a fixed share of noise, or noise alone.
 * In: pitch for each frame. Out: a signal of power one. Never here: anything of the voice that spoke but when it was
 * voiced.
 */
import type { Chance } from './chance.ts'
import { voiceRate } from './engine.ts'
import { hop } from './voice-activity.ts'

/** Places between two samples at which a pulse may lie. */
const phases = 16
const pulseTaps = 33
/** Above this the pulses lose their share to noise, by so much at the upper end. */
const strongUntilHertz = 1300
const strongest = 0.97
const weakest = 0.97
const noiseTaps = 31

/** Share of the amplitude that is pulses. */
function voicing(hertz: number): number {
  if (hertz <= strongUntilHertz) return strongest
  return strongest + ((weakest - strongest) * (hertz - strongUntilHertz)) / (voiceRate / 2 - strongUntilHertz)
}

/** A filter of this response, as long as `taps`, its middle `shift` of a sample late. */
function taps(response: (hertz: number) => number, count: number, shift: number): Float64Array {
  const middle = (count - 1) / 2
  const steps = 64
  return Float64Array.from({ length: count }, (_, n) => {
    const time = n - middle - shift
    let sum = 0
    for (let step = 0; step < steps; step++) {
      const share = (step + 0.5) / steps
      sum += response((share * voiceRate) / 2) * Math.cos(Math.PI * share * time)
    }
    const window = 0.5 + 0.5 * Math.cos((Math.PI * time) / (middle + 1))
    return (sum / steps) * window
  })
}

const pulses = Array.from({ length: phases }, (_, phase) => taps(voicing, pulseTaps, phase / phases))
const breath = taps((hertz) => Math.sqrt(1 - voicing(hertz) ** 2), noiseTaps, 0)

/** @param pitch hertz, 0 where unvoiced; a voiced frame's neighbours need not be */
export function makeExcitation(pitch: Float64Array, length: number, chance: Chance): Float32Array {
  const noise = new Float32Array(length + noiseTaps)
  for (let n = 0; n < noise.length; n++) noise[n] = chance.noise()
  const out = new Float32Array(length)
  addPulses(pitch, out)
  for (let n = 0; n < length; n++) {
    const share = voicedShare(pitch, n)
    if (share === 0) {
      out[n] = noise[n + (noiseTaps - 1) / 2]!
      continue
    }
    let breathing = 0
    for (let tap = 0; tap < noiseTaps; tap++) breathing += breath[tap]! * noise[n + tap]!
    const alone = noise[n + (noiseTaps - 1) / 2]!
    out[n] = share * (out[n]! + breathing) + (1 - share) * alone
  }
  return out
}

/** Between two frames of which one is voiced the pulses come or go. */
function voicedShare(pitch: Float64Array, sample: number): number {
  const frame = Math.floor(sample / hop)
  const rest = sample / hop - frame
  const left = pitch[frame]! > 0 ? 1 : 0
  const right = (pitch[frame + 1] ?? 0) > 0 ? 1 : 0
  return left + (right - left) * rest
}

function addPulses(pitch: Float64Array, out: Float32Array): void {
  let phase = 0
  for (let n = 0; n < out.length; n++) {
    const frame = Math.floor(n / hop)
    const left = pitch[frame]!
    const right = pitch[frame + 1] ?? 0
    if (left === 0 && right === 0) {
      phase = 0
      continue
    }
    const rest = n / hop - frame
    const hertz = left > 0 && right > 0 ? left + (right - left) * rest : left || right
    const was = phase
    phase += hertz / voiceRate
    if (phase < 1) continue
    phase -= 1
    // Where between this sample and the one before the period ended.
    const late = 1 - (1 - was) / (hertz / voiceRate)
    const place = Math.min(phases - 1, Math.floor((1 - late) * phases))
    const taps = pulses[place]!
    const strength = Math.sqrt(voiceRate / hertz)
    const start = n - 1 - (pulseTaps - 1) / 2
    for (let tap = Math.max(0, -start); tap < pulseTaps && start + tap < out.length; tap++)
      out[start + tap]! += taps[tap]! * strength
  }
}
