/** Sound of the two people of a call, in frames of 20 ms, with silence where neither speaks. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { alawSilence, alawToLinear, alawToUlaw, linearToAlaw } from './g711.ts'
import { seedRandom } from './random.ts'
import type { Codec } from './session-description.ts'
import type { Language, Speaker } from './speech/dialogues.ts'

export const frameSamples = 160
export const frameMs = 20

export type Sound = {
  /** Number of frames until the end of the sound; Infinity for a tone. */
  readonly frames: number
  /** Returns 160 bytes in the requested codec, which must not be changed. */
  readonly frame: (user: Speaker, index: number) => Uint8Array
  readonly speaks: (user: Speaker, index: number) => boolean
}

export type Dialogue = {
  readonly key: string
  readonly title: string
  readonly language: Language
  readonly line: 'service' | 'switchboard'
  readonly officialGender: 'female' | 'male'
  readonly callerGender: 'female' | 'male'
  /**
   * Lines of the dialogue. offset and length are in bytes (= samples) of the .alaw file; pauseMs is the silence before
   * the line.
   */
  readonly lines: readonly {
    readonly who: Speaker
    readonly text: string
    readonly offset: number
    readonly length: number
    readonly pauseMs: number
  }[]
}

const folder = join(import.meta.dirname, 'speech', 'spoken')
let known: readonly Dialogue[] | undefined

/** Returns all dialogues in the repository, by key. */
export function listDialogues(): readonly Dialogue[] {
  known ??= readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .sort()
    .map((file) => JSON.parse(readFileSync(join(folder, file), 'utf8')) as Dialogue)
  return known
}

const rendered = new Map<string, Sound>()

/**
 * Returns a dialogue as two tracks on one timeline. `noiseDbfs` adds faint line noise to both (-60 is a good line, -45
 * a poor one); without it silence is digital silence. Throws if there is no such dialogue.
 */
export function loadDialogue(key: string, codec: Codec = 'pcma', noiseDbfs?: number): Sound {
  const id = `${key} ${codec} ${noiseDbfs ?? 'clean'}`
  let sound = rendered.get(id)
  if (!sound) {
    sound = render(key, codec, noiseDbfs)
    rendered.set(id, sound)
  }
  return sound
}

function render(key: string, codec: Codec, noiseDbfs: number | undefined): Sound {
  const dialogue = listDialogues().find((each) => each.key === key)
  if (!dialogue) throw new Error(`no dialogue is called ${key}`)
  const recorded = readFileSync(join(folder, `${key}.alaw`))
  const utterances: { who: Speaker; from: number; to: number; offset: number }[] = []
  let at = 0
  for (const { who, offset, length, pauseMs } of dialogue.lines) {
    const from = at + pauseMs * 8
    at = from + length
    utterances.push({ who, from, to: at, offset })
  }
  const frames = Math.ceil(at / frameSamples) + 10
  const track = (user: Speaker) => {
    const alaw = new Uint8Array(frames * frameSamples).fill(alawSilence)
    const speech = new Uint8Array(frames)
    for (const { from, to, offset } of utterances.filter((utterance) => utterance.who === user)) {
      alaw.set(recorded.subarray(offset, offset + to - from), from)
      speech.fill(1, Math.floor(from / frameSamples), Math.ceil(to / frameSamples))
    }
    const received = noiseDbfs === undefined ? alaw : addNoise(alaw, noiseDbfs, `${key} ${user}`)
    return { sound: codec === 'pcma' ? received : alawToUlaw(received), speech }
  }
  const tracks = { caller: track('caller'), official: track('official') }
  return {
    frames,
    frame: (user, index) => tracks[user].sound.subarray(index * frameSamples, (index + 1) * frameSamples),
    speaks: (user, index) => tracks[user].speech[index] === 1,
  }
}

function addNoise(alaw: Uint8Array, noiseDbfs: number, seed: string): Uint8Array {
  const random = seedRandom(seed)
  const amplitude = 32768 * 10 ** (noiseDbfs / 20)
  // The peak of uniform noise is sqrt(3) times its RMS.
  const reach = amplitude * Math.sqrt(3) * 2
  return linearToAlaw(alawToLinear(alaw).map((sample) => sample + (random.next() - 0.5) * reach))
}

/**
 * Returns pseudo-random bytes, which sound like noise. Every sample depends on its position, speaker and seed, so that
 * a test can distinguish a lost, duplicated, shifted or swapped sample from a correct one.
 */
export function makeTone(seed: number): Sound {
  return {
    frames: Infinity,
    speaks: () => true,
    frame: (user, index) => {
      const bytes = new Uint8Array(frameSamples)
      const words = new DataView(bytes.buffer)
      let state =
        (Math.imul(seed + 1, 0x9e3779b1) ^
          Math.imul(index + 1, 0x85ebca6b) ^
          (user === 'caller' ? 0x5bd1e995 : 0x27d4eb2f)) >>>
          0 || 1
      for (let offset = 0; offset < frameSamples; offset += 4) {
        // One step of xorshift32.
        state ^= state << 13
        state ^= state >>> 17
        state ^= state << 5
        words.setInt32(offset, state)
      }
      return bytes
    },
  }
}
