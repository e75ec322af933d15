/**
 * Puts spoken turns into a track. In: turns, a synthesiser, a voice. Out: a track at 8 kHz of the asked length.
 *
 * Never here: a cut word; a pause or a level that comes from the recording: between turns there is noise that never changes.
 */
import type { Synthesiser } from '@echogarden/espeak-ng-emscripten'
import type { SyntheticVoice } from './draw-synthetic-voice.ts'
import { voiceRate, type Turn } from './engine.ts'
import { hasten } from './hasten.ts'
import { resampler } from './resample.ts'
import { speakableText } from './speakable-text.ts'
import { VoiceFault } from './voice-faults.ts'

/** The voices' files: the variant follows after a plus sign. */
const languages = { fi: 'urj/fi', sv: 'gmq/sv', en: 'gmw/en' } as const
/** Words a minute: what eSpeak NG speaks at most. */
const fastestRate = 450
/** How much shorter yet a turn may become. Beyond, nobody understands it: the times or the words are wrong. */
const mostHaste = 2
/** Of speech, root mean square in 16 bits: -26 dB below full scale, the level of telephony (ITU-T P.56). */
const speechLevel = 1_640
const peakLevel = 30_000
/** Of comfort noise: -70 dB below full scale. */
const noiseLevel = 10
/** Where speech begins and ends, of its peak. */
const audible = 0.01
const attemptsAtRate = 4
/** What the last turn weighs in that. */
const newest = 0.3
/** Faster by so much than what was reckoned: no two turns have one pace. */
const spare = 1.08
/** Surely too long for its time at the voice's own rate, by what its letters took before. */
const surelyTooLong = 1.15
/** Said so much too fast that there was time to say it slower, of its time. */
const tooFast = 0.85

interface Placed {
  at: number
  sound: Float32Array
}

/**
 * @param turns in order, within the track
 * @throws VoiceFault `turns-wrong`, `turn-too-short`; turns are named by their number from 1, not by what they say
 */
export function speakTurns(
  synthesiser: Synthesiser,
  voice: SyntheticVoice,
  turns: readonly Turn[],
  lengthSamples: number,
): Int16Array {
  checkTurns(turns, lengthSamples)
  const toTelephone = resampler(synthesiser.samplerate, voiceRate)
  const placed: Placed[] = []
  /** What a letter took in the turns before, in samples at a word a minute, by language. */
  const paces = new Map<Turn['language'], number>()
  for (const [index, turn] of turns.entries()) {
    const text = speakableText(turn.text, turn.language)
    if (text === '') continue
    const sayAt = (rate: number) => trim(say(synthesiser, voice, turn.language, text, rate))
    const room = turn.to - turn.from
    const said = fit(sayAt, {
      ownRate: voice.rate,
      room: Math.floor((room * synthesiser.samplerate) / voiceRate),
      needed: (paces.get(turn.language) ?? 0) * text.length,
    })
    const pace = (said.sound.length * said.rate) / text.length
    paces.set(turn.language, pace * newest + (paces.get(turn.language) ?? pace) * (1 - newest))
    const sound = toTelephone(said.sound)
    if (sound.length > mostHaste * room) throw turnTooShort(index + 1, sound.length / mostHaste, room)
    placed.push({ at: turn.from, sound: sound.length > room ? hasten(sound, room) : sound })
  }
  return mix(placed, lengthSamples, voice.noiseSeed)
}

function checkTurns(turns: readonly Turn[], lengthSamples: number): void {
  let before = 0
  for (const [index, { from, to }] of turns.entries()) {
    if (Number.isInteger(from) && Number.isInteger(to) && from >= before && to > from && to <= lengthSamples)
      before = to
    else throw new VoiceFault('turns-wrong', `Turn ${index + 1} overlaps the one before or lies outside the recording.`)
  }
}

function say(
  synthesiser: Synthesiser,
  voice: SyntheticVoice,
  language: Turn['language'],
  text: string,
  rate: number,
): Int16Array {
  synthesiser.set_voice(`${languages[language]}+${voice.variant}`, '')
  synthesiser.set_rate(rate)
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

/** Without the silence around it, which would move the turn. */
function trim(sound: Int16Array): Int16Array {
  const limit = audible * sound.reduce((peak, value) => Math.max(peak, Math.abs(value)), 0)
  const isHeard = (value: number) => Math.abs(value) > limit
  const first = sound.findIndex(isHeard)
  return first < 0 ? new Int16Array(0) : sound.subarray(first, sound.findLastIndex(isHeard) + 1)
}

/**
 * As fast as it must be said to fit, and no faster than the voice's own rate otherwise; longer than `room` at the fastest.
 * @param needed samples at a word a minute, as far as the turns before tell: most turns are said once and not twice
 */
function fit(
  sayAt: (rate: number) => Int16Array,
  { ownRate, room, needed }: { ownRate: number; room: number; needed: number },
): { sound: Int16Array; rate: number } {
  const isLong = needed > surelyTooLong * ownRate * room
  let rate = isLong ? Math.min(fastestRate, Math.ceil((needed / room) * spare)) : ownRate
  let sound = sayAt(rate)
  if (isLong && sound.length < tooFast * room) {
    rate = ownRate
    sound = sayAt(rate)
  }
  for (let attempt = 1; sound.length > room && rate < fastestRate && attempt < attemptsAtRate; attempt++) {
    rate = Math.min(fastestRate, Math.ceil(rate * (sound.length / room) * 1.03))
    sound = sayAt(rate)
  }
  return { sound, rate }
}

/** Lengths in samples. */
function turnTooShort(number: number, needed: number, room: number): VoiceFault {
  const seconds = (samples: number) => (samples / voiceRate).toFixed(1)
  return new VoiceFault(
    'turn-too-short',
    `Turn ${number} takes ${seconds(needed)} s however fast it is said and has ${seconds(room)} s: give it more time or fewer words.`,
  )
}

/** One level for all turns of the track, and the noise beneath all of it. */
function mix(placed: readonly Placed[], lengthSamples: number, seed: Uint32Array): Int16Array {
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

/** Hiss without end; sfc32, as nothing depends on its being hard to guess. */
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
  // Evenly between -x and x has a root mean square of x / sqrt(3).
  const scale = (noiseLevel * Math.sqrt(3)) / 2 ** 31
  return () => Math.round(next() * scale)
}
