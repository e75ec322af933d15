/**
 * Level T: a checked transcript is spoken by synthetic voices, so that nothing of a voice is left (docs/decisions/0036).
 *
 * In: the turns of both tracks, chance. Out: two tracks of one length. Never here: text on a command line or on disk.
 */
import { startTaskThreads } from '#platform/threads/task-threads.ts'
import { drawBytes } from './draw-synthetic-voice.ts'
import type { TranscriptEngine } from './engine.ts'
import type { SpeakTask } from './speak-worker.ts'

/** A number of a normal distribution takes two draws of four bytes. */
const bytesPerPause = 8

/** Ten minutes are spoken in two seconds: whoever takes so long does not end. */
const limitMs = 120_000

/** The version counts what changes the sound: of eSpeak NG, of its voices, of how turns are placed. */
const engine = { name: 'espeak-ng-transcript', version: '3', level: 'T' } as const

/**
 * Threads start when there is something to say and end when there is not.
 * `speak` throws VoiceFault as `speakCall` does, and Fault `thread-failed`, `thread-too-slow`.
 * @param threads default: one for each core
 */
export function transcriptEngine(threads?: number): TranscriptEngine & { stop: () => Promise<void> } {
  const speakers = startTaskThreads<SpeakTask, [Int16Array, Int16Array]>({
    script: new URL('./speak-worker.ts', import.meta.url),
    name: 'speak-transcripts',
    limitMs,
    ...(threads === undefined ? {} : { threads }),
  })
  return {
    ...engine,
    speak(call, random) {
      const draw = Uint8Array.from(random(2 * drawBytes + bytesPerPause * (call[0].length + call[1].length + 1)))
      return speakers.run({ call, draw }, [draw.buffer])
    },
    stop: speakers.stop,
  }
}
