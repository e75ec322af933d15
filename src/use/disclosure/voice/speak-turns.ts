/**
 * Speaks the turns of a call into two tracks at 8 kHz of the same length. Words are never cut, and pace, pauses and levels are
 * not the recording's: each voice has one pace, pauses are drawn, and the background noise is constant.
 */
import type { Synthesiser } from '@echogarden/espeak-ng-emscripten'
import type { SecureRandom } from './secure-random.ts'
import type { SyntheticVoice } from './draw-synthetic-voice.ts'
import { voiceRate, type Turn } from './engine.ts'
import { placeTurns, type SpokenSpan } from './place-turns.ts'
import { resampler } from './resample.ts'
import { speakableText } from './speakable-text.ts'
import { VoiceFault } from './voice-faults.ts'

/** Files of the voices: the variant follows a plus sign. */
const languages = { fi: 'urj/fi', sv: 'gmq/sv', en: 'gmw/en' } as const
/** Root mean square of speech in 16 bits: -26 dB below full scale, the level of telephony (ITU-T P.56). */
const speechLevel = 1_640
const peakLevel = 30_000
/** Level of comfort noise: -70 dB below full scale. */
const noiseLevel = 10
/** Threshold of speech, relative to its peak. */
const audible = 0.01

type SpokenSound = SpokenSpan & { sound: Float32Array }

/**
 * @param call turns of each track, in order
 * @param voices of each track
 * @throws VoiceFault `turns-wrong`; turns are named by number from 1, not by their words
 */
export function speakCall(
  synthesiser: Synthesiser,
  call: readonly [readonly Turn[], readonly Turn[]],
  voices: readonly [SyntheticVoice, SyntheticVoice],
  random: SecureRandom,
): [Int16Array, Int16Array] {
  const toTelephone = resampler(synthesiser.samplerate, voiceRate)
  const speakTrack = (track: 0 | 1): SpokenSound[] => {
    checkTurns(call[track])
    return call[track].flatMap((turn) => {
      const text = speakableText(turn.text, turn.language)
      if (text === '') return []
      const sound = toTelephone(trim(synthesise(synthesiser, voices[track], turn.language, text)))
      return [{ track, turn, sound, lengthSamples: sound.length }]
    })
  }
  const spoken = [...speakTrack(0), ...speakTrack(1)]
  const { startsAt, lengthSamples } = placeTurns(spoken, random)
  const placed = spoken.map(({ track, sound }, index) => ({ track, sound, at: startsAt[index]! }))
  const mixTrack = (track: 0 | 1) =>
    mix(
      placed.filter((one) => one.track === track),
      lengthSamples,
      voices[track].noiseSeed,
    )
  return [mixTrack(0), mixTrack(1)]
}

function checkTurns(turns: readonly Turn[]): void {
  let before = 0
  for (const [index, { from, to }] of turns.entries()) {
    if (Number.isInteger(from) && Number.isInteger(to) && from >= before && to > from) before = to
    else throw new VoiceFault('turns-wrong', `Turn ${index + 1} overlaps the one before.`)
  }
}

function synthesise(
  synthesiser: Synthesiser,
  voice: SyntheticVoice,
  language: Turn['language'],
  text: string,
): Int16Array {
  synthesiser.set_voice(`${languages[language]}+${voice.variant}`, '')
  synthesiser.set_rate(voice.rate)
  synthesiser.set_pitch(voice.pitch)
  synthesiser.set_range(voice.range)
  const parts: Int16Array[] = []
  synthesiser.synthesize(text, (samples) => {
    parts.push(samples)
    return false
  })
  const whole = new Int16Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}

/** Removes surrounding silence, which would add to the drawn pauses. */
function trim(sound: Int16Array): Int16Array {
  const limit = audible * sound.reduce((peak, value) => Math.max(peak, Math.abs(value)), 0)
  const isHeard = (value: number) => Math.abs(value) > limit
  const first = sound.findIndex(isHeard)
  return first < 0 ? new Int16Array(0) : sound.subarray(first, sound.findLastIndex(isHeard) + 1)
}

/** Levels all turns of the track and adds the noise. */
function mix(
  placed: readonly { sound: Float32Array; at: number }[],
  lengthSamples: number,
  seed: Uint32Array,
): Int16Array {
  let energy = 0
  let samples = 0
  let peak = 1
  for (const { sound } of placed) {
    samples += sound.length
    for (const value of sound) {
      energy += value * value
      peak = Math.max(peak, Math.abs(value))
    }
  }
  const gain = samples === 0 ? 0 : Math.min(speechLevel / Math.sqrt(energy / samples), peakLevel / peak)
  const track = new Int16Array(lengthSamples)
  const noise = comfortNoise(seed)
  for (let i = 0; i < lengthSamples; i++) track[i] = noise()
  for (const { at, sound } of placed) {
    for (let i = 0; i < sound.length; i++) track[at + i]! += Math.round(gain * sound[i]!)
  }
  return track
}

/** Endless noise by sfc32; it need not be unpredictable. */
function comfortNoise(seed: Uint32Array): () => number {
  let [a = 0, b = 0, c = 0] = seed
  let counter = 1
  const next = () => {
    const result = (a + b + counter++) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = ((c << 21) | (c >>> 11)) + result
    return result
  }
  for (let i = 0; i < 12; i++) next()
  // The uniform distribution between -x and x has a root mean square of x / sqrt(3).
  const scale = (noiseLevel * Math.sqrt(3)) / 2 ** 31
  return () => Math.round(next() * scale)
}
