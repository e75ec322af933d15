/**
 * Level T: synthetic voices speak a checked transcript, so that nothing of a voice remains (docs/decisions/0036). The text is
 * never on a command line or on disk.
 */
import { startTaskThreads } from '#platform/threads/task-threads.ts'
import { drawBytes } from './draw-synthetic-voice.ts'
import type { TranscriptEngine } from './engine.ts'
import type { SpeakTask } from './speak-worker.ts'

/** A normally distributed number takes two draws of four bytes. */
const bytesPerPause = 8

/** A call of ten minutes takes two seconds to speak. After this time the thread counts as hung. */
const limitMs = 120_000

/** The version counts changes of the sound: of eSpeak NG, its voices, the placing of turns. */
const engine = { name: 'espeak-ng-transcript', version: '3', level: 'T' } as const

/**
 * Threads start on demand and end when idle. `speak` throws VoiceFault like `speakCall`, and Fault `thread-failed`,
 * `thread-too-slow`.
 * @param threads default: one per core
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
