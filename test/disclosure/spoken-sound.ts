/**
 * Makes audio for tests of engines that re-speak a track, from a frequency or a dialogue's name. Contains no real
 * person's voice.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { alawToLinear } from '#test/simulator/g711.ts'
import { voiceRate } from '#use/disclosure/voice/engine.ts'

const formants = [600, 1100, 2500]

/**
 * Returns a vowel: harmonics of a pitch under three formants; 1 is full scale.
 * @param lowest harmonics below this frequency are left out, as by a telephone
 */
export function vowel(hertz: number, seconds: number, lowest = 0): Float64Array {
  return Float64Array.from({ length: seconds * voiceRate }, (_, n) => {
    let sum = 0
    for (let harmonic = 1; harmonic * hertz < 3600; harmonic++) {
      const at = harmonic * hertz
      if (at < lowest) continue
      const strength = formants.reduce((total, formant) => total + 1 / (1 + ((at - formant) / 120) ** 2), 0.02)
      sum += strength * Math.cos((2 * Math.PI * at * n) / voiceRate)
    }
    return sum / 12
  })
}

export const asTrack = (samples: Float64Array): Int16Array =>
  Int16Array.from(samples, (sample) => Math.round(Math.max(-1, Math.min(1, sample)) * 32767))

/** Returns deterministic noise between -1 and 1. */
export function whiteNoise(length: number): Float64Array {
  let state = 7
  return Float64Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 31 - 1
  })
}

/** Reads a dialogue of the simulator aloud with synthetic voices, without pauses between utterances. */
export function spokenDialogue(key: string): Int16Array {
  const folder = join(import.meta.dirname, '../simulator/speech/spoken')
  return alawToLinear(readFileSync(join(folder, `${key}.alaw`)))
}
