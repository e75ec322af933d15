/**
 * Renders a copy's audio without the removed parts and without the speakers' voices. Its length is rounded up to five
 * seconds. If the engine needs the original, it is only in memory.
 */
import { randomBytes } from 'node:crypto'
import { Fault } from '#platform/fault.ts'
import type { OriginalTracks } from '#register/recordings/anonymised-copies.ts'
import { voiceRate } from '../voice/engine.ts'
import { coarseLength } from '../voice/place-turns.ts'
import type { TranscriptEngine } from '../voice/engine.ts'
import { copyTracks, mergeStretches, type CopyWork } from './copy-work.ts'
import { level } from './loudness.ts'
import { silence, spansOf } from './mask.ts'
import { spokenTurns } from './spoken-turns.ts'
import type { Revoicing } from './voice-engines.ts'

const samplesPerMs = voiceRate / 1000

/**
 * Speaks the words of a call (level T), without reading the original.
 * @param isMixed both tracks of the original are the same audio: a removal applies to both
 * @throws the engine's errors
 */
export function speakCopy(
  { level, turns, redactions }: CopyWork,
  engine: TranscriptEngine,
  isMixed: boolean,
): Promise<[Int16Array, Int16Array]> {
  const removed = isMixed ? redactions.flatMap((one) => copyTracks.map((track) => ({ ...one, track }))) : redactions
  const work = { level, turns, redactions: removed }
  return engine.speak(
    [spokenTurns(work, 'CALLER', samplesPerMs), spokenTurns(work, 'OFFICIAL', samplesPerMs)],
    randomBytes,
  )
}

/**
 * Gives both tracks another voice (levels N and D).
 * @param original is wiped
 * @param onTrack called after each track
 * @throws the engine's errors; Fault `engine-answer-wrong`
 */
export async function renderTracks(
  original: OriginalTracks,
  work: CopyWork,
  engine: Revoicing,
  onTrack: () => void,
): Promise<[Int16Array, Int16Array]> {
  const lengthSamples = coarseLength(original.caller.length)

  async function renderTrack(index: 0 | 1): Promise<Int16Array> {
    const track = copyTracks[index]!
    // The same audio on both tracks: a removal applies to both.
    const redactions = work.redactions.filter((one) => original.isMixed || one.track === track)
    const redacted = spansOf(mergeStretches(redactions), lengthSamples, samplesPerMs)
    const own = index === 0 ? original.caller : original.official
    const samples = new Int16Array(lengthSamples)
    samples.set(own)
    own.fill(0)
    // Engines never get the removed audio.
    silence(samples, redacted)
    const sound = await engine.revoice({ samples, redacted }).finally(() => samples.fill(0))
    if (sound.length !== lengthSamples)
      throw new Fault('engine-answer-wrong', `${engine.name} gave ${sound.length} samples of ${lengthSamples}.`)
    if (engine.level === 'N') level(sound)
    silence(sound, redacted)
    onTrack()
    return sound
  }

  // Tracks with the same audio get one voice: two renderings of it would reveal more.
  if (original.isMixed) {
    const sound = await renderTrack(0)
    original.official.fill(0)
    return [sound, sound]
  }
  return Promise.all([renderTrack(0), renderTrack(1)])
}
