/**
 * Level T: a checked transcript is spoken by synthetic voices, so that nothing of a voice is left (docs/decisions/0036).
 *
 * In: turns with their times, a lane, chance. Out: a track of the same length. Never here: text on a command line or on disk.
 */
import { startTaskThreads } from '#platform/threads/task-threads.ts'
import { drawBytes } from './draw-synthetic-voice.ts'
import type { TranscriptEngine } from './engine.ts'
import type { SpeakTask } from './speak-worker.ts'

/** Ten minutes are spoken in two seconds: whoever takes so long does not end. */
const limitMs = 120_000

/** The version counts what changes the sound: of eSpeak NG, of its voices, of how turns are placed. */
const engine = { name: 'espeak-ng-transcript', version: '2', level: 'T' } as const

/**
 * Threads start when there is something to say and end when there is not.
 * `speak` throws VoiceFault as `speakTurns` does, and Fault `thread-failed`, `thread-too-slow`.
 * @param threads default: one for each core
 */
export function transcriptEngine(threads?: number): TranscriptEngine & { stop: () => Promise<void> } {
  const speakers = startTaskThreads<SpeakTask, Int16Array>({
    script: new URL('./speak-worker.ts', import.meta.url),
    name: 'speak-transcripts',
    limitMs,
    ...(threads === undefined ? {} : { threads }),
  })
  return {
    ...engine,
    speak(turns, lengthSamples, random, lane) {
      const draw = Uint8Array.from(random(drawBytes))
      return speakers.run({ turns, lengthSamples, draw, lane }, [draw.buffer])
    },
    stop: speakers.stop,
  }
}
