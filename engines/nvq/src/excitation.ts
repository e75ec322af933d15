/**
 * What a voice sounds like before a mouth shapes it: pulses at the pitch with a drawn share of noise, or noise alone.
 * In: pitch for each frame. Out: a signal of power one. Never here: anything of the voice that spoke but when it was
 * voiced.
 */
import type { Chance } from './chance.ts'
import { voiceRate } from './engine.ts'
import { hop } from './voice-activity.ts'

/** Places between two samples at which a pulse may lie. */
const phases = 16
const pulseTaps = 33

/** A pulse so many samples late, between none and one. */
function pulse(late: number): Float64Array {
  const middle = (pulseTaps - 1) / 2
  const steps = 64
  return Float64Array.from({ length: pulseTaps }, (_, n) => {
    const time = n - middle - late
    let sum = 0
    for (let step = 0; step < steps; step++) sum += Math.cos((Math.PI * (step + 0.5) * time) / steps)
    const window = 0.5 + 0.5 * Math.cos((Math.PI * time) / (middle + 1))
    return (sum * window) / steps
  })
}

const pulses = Array.from({ length: phases }, (_, phase) => pulse(phase / phases))

/**
 * @param pitch hertz, 0 where unvoiced; a voiced frame's neighbours need not be
 * @param breath share of a voice's amplitude that is noise
 */
export function makeExcitation(pitch: Float64Array, breath: number, length: number, chance: Chance): Float32Array {
  const voicing = Math.sqrt(1 - breath ** 2)
  const out = new Float32Array(length)
  addPulses(pitch, out)
  for (let n = 0; n < length; n++) {
    const share = voicedShare(pitch, n)
    out[n] = share * voicing * out[n]! + (1 - share * (1 - breath)) * chance.noise()
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
