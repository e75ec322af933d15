/** A thread that speaks tracks: the synthesiser and the text are in its memory alone, which goes with it. */
import load from '@echogarden/espeak-ng-emscripten'
import { answerTasks } from '#platform/threads/task-threads.ts'
import { drawSyntheticVoice, everyVariant } from './draw-synthetic-voice.ts'
import type { Turn } from './engine.ts'
import { speakTurns } from './speak-turns.ts'
import { VoiceFault } from './voice-faults.ts'

export interface SpeakTask {
  turns: readonly Turn[]
  lengthSamples: number
  /** Wiped here. */
  draw: Uint8Array<ArrayBuffer>
  lane: 0 | 1 | undefined
}

const variantFolder = '/usr/share/espeak-ng-data/voices/!v'

/** What it prints may be what it was to say. */
const silent = () => undefined
const espeak = load({ print: silent, printErr: silent }).then(({ eSpeakNGWorker, FS }) => {
  // A variant that is missing is no error to it: the plain voice would speak, the same for everybody.
  for (const variant of everyVariant) {
    if (FS.analyzePath(`${variantFolder}/${variant}`).exists) continue
    throw new VoiceFault('voice-missing', `eSpeak NG has no voice ${variant}: install Seloste anew.`)
  }
  return new eSpeakNGWorker()
})

answerTasks<SpeakTask, Int16Array>(async ({ turns, lengthSamples, draw, lane }) => {
  const synthesiser = await espeak
  const voice = drawSyntheticVoice(draw, lane)
  try {
    const answer = speakTurns(synthesiser, voice, turns, lengthSamples)
    return { answer, give: [answer.buffer as ArrayBuffer] }
  } finally {
    draw.fill(0)
    voice.noiseSeed.fill(0)
  }
})
