/** A thread that speaks calls: the synthesiser and the text are in its memory alone, which goes with it. */
import load from '@echogarden/espeak-ng-emscripten'
import { answerTasks } from '#platform/threads/task-threads.ts'
import { Chance } from './chance.ts'
import { drawBytes, drawSyntheticVoice, everyVariant } from './draw-synthetic-voice.ts'
import type { RandomBytes, Turn } from './engine.ts'
import { speakCall } from './speak-turns.ts'
import { VoiceFault } from './voice-faults.ts'

export interface SpeakTask {
  call: readonly [readonly Turn[], readonly Turn[]]
  /** `drawBytesOf(call)` bytes of chance. Wiped here. */
  draw: Uint8Array<ArrayBuffer>
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

answerTasks<SpeakTask, [Int16Array, Int16Array]>(async ({ call, draw }) => {
  const synthesiser = await espeak
  const random = takeFrom(draw)
  const voices = [drawSyntheticVoice(random(drawBytes), 0), drawSyntheticVoice(random(drawBytes), 1)] as const
  try {
    const answer = speakCall(synthesiser, call, voices, new Chance(random))
    return { answer, give: answer.map((track) => track.buffer as ArrayBuffer) }
  } finally {
    draw.fill(0)
    for (const { noiseSeed } of voices) noiseSeed.fill(0)
  }
})

/** Gives the bytes of `draw` one after another, none twice. */
function takeFrom(draw: Uint8Array): RandomBytes {
  let at = 0
  return (size) => {
    const from = at
    at += size
    if (at > draw.length) throw new VoiceFault('engine-answer-wrong', `Chance of ${draw.length} bytes is too little.`)
    return draw.subarray(from, at)
  }
}
