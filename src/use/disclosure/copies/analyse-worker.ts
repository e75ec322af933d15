/** Worker thread that finds speech and pressed keys on a track. */
import { answerTasks } from '#platform/threads/task-threads.ts'
import { findKeyTones } from '../voice/dtmf.ts'
import { voiceRate, type Span } from '../voice/engine.ts'
import { findSpeech, hop } from '../voice/voice-activity.ts'
import type { Stretch } from './copy-work.ts'

export interface AnalyseTask {
  /** Wiped here. */
  samples: Int16Array<ArrayBuffer>
}

export interface Analysed {
  speech: Stretch[]
  keys: Stretch[]
}

const toMs = (samples: number) => Math.round((samples * 1000) / voiceRate)

answerTasks<AnalyseTask, Analysed>(async ({ samples }) => {
  const { speech } = findSpeech(Float64Array.from(samples, (sample) => sample / 32_768))
  const answer = {
    speech: stretchesOf(speech, samples.length),
    keys: findKeyTones(samples).map(({ from, to }: Span) => ({ fromMs: toMs(from), toMs: toMs(to) })),
  }
  samples.fill(0)
  return { answer, transfer: [] }
})

function stretchesOf(speech: Uint8Array, lengthSamples: number): Stretch[] {
  const stretches: Stretch[] = []
  let from = -1
  for (let frame = 0; frame <= speech.length; frame++) {
    const isSpeech = speech[frame] === 1
    if (isSpeech && from < 0) from = frame
    if (isSpeech || from < 0) continue
    stretches.push({ fromMs: toMs(from * hop), toMs: toMs(Math.min(lengthSamples, frame * hop)) })
    from = -1
  }
  return stretches.filter(({ fromMs, toMs }) => fromMs < toMs)
}
