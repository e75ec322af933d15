/**
 * A copy's sound. In: an original in memory, what is to be removed, an engine. Out: two tracks in which nothing of what was
 * removed is, and nobody's voice; their length tells no more than to five seconds. Never here: an original that outlives the call.
 */
import { randomBytes } from 'node:crypto'
import { Fault } from '#platform/fault.ts'
import type { OriginalTracks } from '#register/recordings/anonymised-copies.ts'
import { voiceRate } from '../voice/engine.ts'
import { copyTracks, united, type CopyWork } from './copy-work.ts'
import { level } from './loudness.ts'
import { silence, spansOf } from './mask.ts'
import { spokenTurns } from './spoken-turns.ts'
import type { LevelEngine } from './voice-engines.ts'

const samplesPerMs = voiceRate / 1000
const coarseSamples = 5 * voiceRate

/** A turn has more words than its time. */
export class TurnFault extends Error {
  readonly code: string
  /** Its place in the work. */
  readonly turn: number
  constructor({ code, message }: Fault, turn: number) {
    super(message)
    this.code = code
    this.turn = turn
  }
}

/** The length of what leaves: whole steps of five seconds, and no sample less than the original. */
export function coarseLength(lengthSamples: number): number {
  return Math.max(1, Math.ceil(lengthSamples / coarseSamples)) * coarseSamples
}

/**
 * @param original is wiped
 * @param onTrack after each track
 * @throws TurnFault; what the engine throws; Fault `engine-answer-wrong`
 */
export async function renderTracks(
  original: OriginalTracks,
  work: CopyWork,
  engine: LevelEngine,
  onTrack: () => void,
): Promise<[Int16Array, Int16Array]> {
  const lengthSamples = coarseLength(original.caller.length)

  async function renderLane(lane: 0 | 1): Promise<Int16Array> {
    const track = copyTracks[lane]!
    // One sound on both: what is removed from either is removed.
    const redactions = work.redactions.filter((one) => original.isMixed || one.track === track)
    const redacted = spansOf(united(redactions), lengthSamples, samplesPerMs)
    const own = lane === 0 ? original.caller : original.official
    let sound: Int16Array
    if (engine.level === 'T') {
      own.fill(0)
      const turns = spokenTurns(work, track, samplesPerMs)
      sound = await engine.speak(turns, lengthSamples, randomBytes, lane).catch((error: unknown) => {
        // Engines name a turn by its number from 1.
        const number = error instanceof Fault && /^Turn (\d+) /.exec(error.message)
        throw number ? new TurnFault(error as Fault, turns[Number(number[1]) - 1]?.index ?? 0) : error
      })
    } else {
      const samples = new Int16Array(lengthSamples)
      samples.set(own)
      own.fill(0)
      // No engine hears what was removed, nor counts it among what it measures.
      silence(samples, redacted)
      sound = await engine.revoice({ samples, redacted }).finally(() => samples.fill(0))
      if (engine.level === 'N') level(sound)
    }
    if (sound.length !== lengthSamples)
      throw new Fault('engine-answer-wrong', `${engine.name} gave ${sound.length} samples of ${lengthSamples}.`)
    silence(sound, redacted)
    onTrack()
    return sound
  }

  // Of one sound there is one other voice: two of it would tell more than one.
  if (original.isMixed && engine.level !== 'T') {
    const sound = await renderLane(0)
    original.official.fill(0)
    return [sound, sound]
  }
  return Promise.all([renderLane(0), renderLane(1)])
}
