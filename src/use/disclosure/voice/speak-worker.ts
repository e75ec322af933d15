/** Worker thread that speaks calls: synthesiser and text are only in its memory. */
import load from '@echogarden/espeak-ng-emscripten'
import { answerTasks } from '#platform/threads/task-threads.ts'
import { SecureRandom } from './secure-random.ts'
import { drawBytes, drawSyntheticVoice, everyVariant } from './draw-synthetic-voice.ts'
import type { RandomBytes, Turn } from './engine.ts'
import { speakCall } from './speak-turns.ts'
import { VoiceFault } from './voice-faults.ts'

export interface SpeakTask {
  call: readonly [readonly Turn[], readonly Turn[]]
  /** Random bytes for both voices and all pauses (transcript-engine.ts). Wiped here. */
  draw: Uint8Array<ArrayBuffer>
}

const variantFolder = '/usr/share/espeak-ng-data/voices/!v'

/** Discards the messages of eSpeak NG, which may contain the text. */
const silent = () => undefined
const espeak = load({ print: silent, printErr: silent }).then(({ eSpeakNGWorker, FS }) => {
  // A missing variant is no error to eSpeak NG: the default voice would speak for everybody.
  for (const variant of everyVariant) {
    if (FS.analyzePath(`${variantFolder}/${variant}`).exists) continue
    throw new VoiceFault('voice-missing', `eSpeak NG has no voice ${variant}: reinstall Seloste.`)
  }
  return new eSpeakNGWorker()
})

answerTasks<SpeakTask, [Int16Array, Int16Array]>(async ({ call, draw }) => {
  const synthesiser = await espeak
  const random = takeFrom(draw)
  const voices = [drawSyntheticVoice(random(drawBytes), 0), drawSyntheticVoice(random(drawBytes), 1)] as const
  try {
    const answer = speakCall(synthesiser, call, voices, new SecureRandom(random))
    return { answer, transfer: answer.map((track) => track.buffer as ArrayBuffer) }
  } finally {
    draw.fill(0)
    for (const { noiseSeed } of voices) noiseSeed.fill(0)
  }
})

/** Returns bytes of `draw` in order, each once. */
function takeFrom(draw: Uint8Array): RandomBytes {
  let at = 0
  return (size) => {
    const from = at
    at += size
    if (at > draw.length) throw new VoiceFault('engine-answer-wrong', `${draw.length} random bytes are too few.`)
    return draw.subarray(from, at)
  }
}
